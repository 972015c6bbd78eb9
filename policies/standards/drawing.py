"""The rows of a gap sheet, drawn in one pass: what is the same in every row is said once per sheet, as `core.tables` does for lists.

The same rows stand on the firm's page, the track, the approval, the portal and in print.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags import tidu
from policies.engine import Observed, Verdict
from policies.standards.sayings import marked
from policies.standards.score_drawing import score_drawn

NOTHING = format_html("{}", "")
DASH = tidu.DASH
# of these the one branch that applies says what is required, so it is shown inside other groups as well
APPLYING = ("bands", "cases")
END = format_html("</{}>\n", "td")


def stale_marked(text: object) -> SafeString:
    """What is shown of a kept evaluation, with the mark that it is to be worked out anew."""
    return format_html('{} <span class="tag">{}</span>', text, _("待重算"))


def _cell(head: str, kind: str = "") -> SafeString:
    return format_html('<td role="cell" class="{}" data-l="{}">', kind, head) if kind else format_html('<td role="cell" data-l="{}">', head)


def _tag(text: Any, kind: str = "") -> SafeString:
    return format_html(' <span class="tag {}">{}</span>', kind, text) if kind else format_html(' <span class="tag">{}</span>', text)


def _line(text: Any) -> SafeString:
    return format_html('<span class="line">{}</span>', text)


def _source(text: Any) -> SafeString:
    return format_html('<span class="src">{}</span>', text)


def _policy_source(text: str) -> SafeString:
    """A line of policy wording, which stays Chinese."""
    return format_html('<span class="src" lang="zh-CN">{}</span>', text)


class RowDrawer:
    """Draws the rows of one sheet in the language in force; `judge_url` is empty for those who may not judge."""

    def __init__(self, judge_url: str = "") -> None:
        self.judge_url = judge_url
        self.observed = format_html("</{}>\n", "th") + _cell(_("本企业"), "num")
        self.threshold = END + _cell(_("门槛"), "num")
        self.outcome = END + _cell(_("结论"))
        self.gap = END + _cell(_("差距"))
        self.sources = END + _cell(_("年份与口径"))
        self.needs_check, self.local, self.conflict = _("待核"), _tag(_("本地设定")), _tag(_("数据冲突"), "bad")
        self.missing = tidu.missing()
        self.outcomes: dict[str, SafeString] = {}

    def draw(self, row: dict[str, Any]) -> SafeString:
        """`<tr>` of a criterion and, below it, one of each child."""
        verdict: Verdict = row["verdict"]
        return (
            format_html('<tr role="row" class="is-{}">', row["outcome"])
            + self._head(verdict, row["group_label"])
            + self._middle(row, years=len(verdict.observed) > 1)
            + self.gap
            + self._gap(verdict, row)
            + self._sources(row)
            + score_drawn(verdict)
            + format_html_join("", "{}", ((self._child(child),) for child in row["children"]))
        )

    def _child(self, row: dict[str, Any]) -> SafeString:
        verdict: Verdict = row["verdict"]
        return (
            format_html(
                '<tr role="row" class="is-child"><th role="rowheader" scope="row"><span class="child" lang="zh-CN">{}</span>'
                '<span class="src">{}</span>',
                verdict.text,
                verdict.code,
            )
            + self._middle(row, years=False, conflicts=False)
            + self.gap
            + (_source(marked(verdict.gap_text)) if verdict.gap_text else DASH)
            + self._sources(row)
            + score_drawn(verdict)
            + format_html_join("", "{}", ((self._child(one),) for one in row["children"] if verdict.mode in APPLYING))
        )

    def _head(self, verdict: Verdict, group: str) -> SafeString:
        head = format_html('<th role="rowheader" scope="row"><span lang="zh-CN">{}</span>', verdict.text)
        if group:
            head += _tag(group, "line")
        if verdict.needs_check:
            head += format_html(' <span class="tag warn" title="{}">{}</span>', verdict.dispute, self.needs_check)
        if verdict.is_local:
            head += self.local
        head += _policy_source(f"{verdict.code} · {verdict.clause}" if verdict.clause else verdict.code)
        return head + (_policy_source(verdict.dispute) if verdict.dispute else NOTHING)

    def _middle(self, row: dict[str, Any], *, years: bool, conflicts: bool = True) -> SafeString:
        """What the firm shows, the threshold, the outcome."""
        verdict, code = row["verdict"], row["outcome"]
        if code not in self.outcomes:
            self.outcomes[code] = tidu.verdict(code)
        shown = format_html_join("", "{}", ((self._observed(one, years=years, conflicts=conflicts),) for one in verdict.observed))
        return (
            self.observed
            + (shown or (self.missing if code == "unknown" else DASH))
            + self.threshold
            + (conditional_escape(marked(verdict.threshold_text)) if verdict.threshold_text else DASH)
            + self.outcome
            + self.outcomes[code]
        )

    def _observed(self, one: Observed, *, years: bool, conflicts: bool) -> SafeString:
        text = conditional_escape(marked(one.text))
        if years and one.year:
            text += format_html('<span class="nowrap">（{}）</span>', one.year)
        return _line(text + self.conflict if conflicts and one.conflict else text)

    def _gap(self, verdict: Verdict, row: dict[str, Any]) -> SafeString:
        """The gap, its kind, what would close it, what is missing and who judged; a dash where none of it says how far."""
        found = NOTHING
        if verdict.gap_text:
            kind = "gap" if row["outcome"] == "unmet" else "muted"
            found += format_html('<span class="{}">{}</span>', kind, marked(verdict.gap_text))
        if verdict.gap_note:
            found += _tag(marked(verdict.gap_note), "line wrap")
        elif row["gap_kind"]:
            found += _tag(row["gap_kind"], "line")
        if verdict.closes:
            found += _source(marked(verdict.closes))
        for miss in verdict.missing:
            found += _source(marked(miss.text))
        if verdict.judged:
            judged = verdict.judged
            found += format_html('<span class="src">{}：<span lang="zh-CN">{}</span></span>', judged.happened_on.isoformat(), judged.note)
        is_to_judge = bool(self.judge_url) and row["outcome"] == "manual"
        if is_to_judge:
            found += format_html(
                '<a href="{}{}criterion={}" data-dialog>{}</a>',
                self.judge_url,
                "&" if "?" in self.judge_url else "?",
                verdict.code,
                _("作出判断"),
            )
        if verdict.waived_by:
            found += _source(_("由 %(by)s 豁免") % {"by": verdict.waived_by})
        is_told = verdict.gap_text or verdict.gap_note or verdict.missing or verdict.judged or verdict.waived_by
        return found if is_told or is_to_judge else found + DASH

    def _sources(self, row: dict[str, Any]) -> SafeString:
        lines = format_html_join("", "{}", ((_line(source),) for source in row["sources"]))
        return self.sources + (lines or DASH) + format_html("</{}></{}>\n", "td", "tr")


def rows_drawn(rows: Iterable[dict[str, Any]], *, judge_url: str = "") -> SafeString:
    """All rows of a sheet, in order."""
    drawer = RowDrawer(judge_url)
    return format_html_join("", "{}", ((drawer.draw(row),) for row in rows))
