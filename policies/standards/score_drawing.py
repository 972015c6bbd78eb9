"""The table of a score below its row on a gap sheet: every part with its points, folded."""

from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from policies.engine import Observed, ScorePart, Verdict
from policies.standards.sayings import marked


def score_drawn(verdict: Verdict) -> SafeString:
    """A row across the whole sheet; nothing for a criterion without a score."""
    if not verdict.parts:
        return format_html("{}", "")
    lines = format_html_join("\n", "{}", ((line,) for part in verdict.parts for line in _lines(part, 0)))
    return format_html(
        '<tr role="row" class="is-child"><td role="cell" colspan="6"><details class="fold"><summary>{}{}</summary>'
        '<ul class="row-list">{}</ul></details></td></tr>\n',
        _("评分表"),
        format_html_join("", "：{}", ((marked(one.text),) for one in verdict.observed)),
        lines,
    )


def _lines(part: ScorePart, depth: int) -> Iterator[SafeString]:
    """One line per part, the parts of a part below it."""
    text = format_html('<span lang="zh-CN">{}</span>', part.text)
    text = format_html('<span class="child">{}</span>', text) if depth else format_html("<strong>{}</strong>", text)
    if part.is_closed:
        text += format_html(' <span class="tag line">{}</span>', _("已关账"))
    told = [part.holding, *(_value(one) for one in part.observed)]
    most = "" if part.most is None else _("满分 %(points)s 分") % {"points": part.most}
    yield format_html(
        '<li><span>{}{}{}</span><span class="r">{}<span class="src">{}</span></span></li>',
        text,
        _sources(format_html_join(" · ", "{}", ((marked(one),) for one in told if one))),
        _more(part),
        marked(part.points_text),
        most,
    )
    for one in part.parts:
        yield from _lines(one, depth + 1)


def _value(one: Observed) -> str:
    return f"{one.text}（{one.year}）" if one.year else one.text


def _sources(text: SafeString) -> SafeString:
    return format_html('<span class="src">{}</span>', text) if text else text


def _more(part: ScorePart) -> SafeString:
    """The next band, and what is missing where no finer part says so."""
    texts = [part.ahead] if part.ahead else []
    if not part.parts:
        texts += [one.text for one in part.missing]
    return format_html_join("", '<span class="src">{}</span>', ((marked(text),) for text in texts))
