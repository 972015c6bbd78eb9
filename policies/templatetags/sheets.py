"""差距表: one partial for the firm's page, the track, the approval, the portal and print."""

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.tidu import OUTCOMES
from policies.engine import GAP_KIND_LABELS, OVERALL_LABELS, Outcome, Overall, Sheet, Verdict
from policies.standards import sayings
from policies.standards.drawing import rows_drawn

register = template.Library()


@register.filter
def said(text: str) -> SafeString | str:
    """A sentence of the engine in the reader's language; what stays Chinese is marked as Chinese."""
    return sayings.marked(text)


@register.simple_tag
def gap_rows(rows: list[dict[str, Any]], judge_url: str = "") -> SafeString:
    """The rows of a sheet."""
    return rows_drawn(rows, judge_url=judge_url)


OVERALL_TAGS = {
    Overall.NOT_YET: "bad",
    Overall.DATA_NEEDED: "",
    Overall.POSSIBLE: "manual",
    Overall.PROMISING: "accent",
    Overall.NOT_APPLICABLE: "",
}
FOLDED = (Outcome.MET, Outcome.NOT_APPLICABLE)


def _sources(verdict: Verdict) -> list[str]:
    """`2025 审计报告` per observed value, each once and in order."""
    estimate = _("（预计）")
    parts = [
        f"{one.year or sayings.said(one.label)} {sayings.said(one.source_label)}{estimate if one.is_estimate else ''}".strip()
        for one in verdict.observed
    ]
    return list(dict.fromkeys(part for part in parts if part))


def _group_labels() -> dict[str, str]:
    return {
        "any": _("满足其一"),
        "all": _("须同时满足"),
        "bands": _("按规模分档"),
        "cases": _("按情形"),
        "classes": _("自上而下取第一级"),
    }


def _row(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict,
        "outcome": verdict.outcome.value,
        "sources": _sources(verdict),
        "gap_kind": sayings.said(GAP_KIND_LABELS[verdict.gap_kind]),
        "group_label": {"any": _("满足其一"), "all": _("须同时满足"), "bands": _("按规模分档"), "classes": _("自上而下取第一级")}.get(
            verdict.mode, ""
        ),
        "children": [_row(child) for child in verdict.children],
        "waivers": [_row(waiver) for waiver in verdict.waivers],
    }


def sheet_context(sheet: Sheet | dict[str, Any], *, only: str = "", door: str = "") -> dict[str, Any]:
    """Rows of a sheet in screen order with its tally; a frozen sheet (its dict) is read back first.

    `door` is the address of the rows of one outcome, with `{}` for its code; `only` the outcome whose rows are shown.
    """
    if isinstance(sheet, dict):
        sheet = Sheet.from_dict(sheet)
    rows = [_row(verdict) for verdict in sheet.ordered()]
    counts = sheet.counts
    is_rated = bool(sheet.result) and sheet.overall is Overall.PROMISING  # a rating has a result, not a chance
    tally = [
        (Outcome.MET, counts.met),
        (Outcome.UNMET, counts.unmet),
        (Outcome.UNKNOWN, counts.unknown),
        (Outcome.MANUAL, counts.manual),
        (Outcome.NOT_APPLICABLE, counts.not_applicable),
    ]
    return {
        "sheet": sheet,
        "overall": sayings.said(sheet.result if is_rated else OVERALL_LABELS[sheet.overall]),
        "overall_tag": OVERALL_TAGS[sheet.overall],
        "possible": sheet.result if not is_rated else "",
        "rows": [row for row in rows if row["outcome"] == only or (not only and row["verdict"].outcome not in FOLDED)],
        "folded": [row for row in rows if not only and row["verdict"].outcome in FOLDED],
        "tally": [
            {
                "outcome": outcome.value,
                "text": f"{OUTCOMES[outcome.value]} {number}",
                "url": door.format(outcome.value) if door and number else "",
            }
            for outcome, number in tally
        ],
        "only": only,
    }


def _view(context: dict[str, Any]) -> tuple[str, str, str]:
    """The outcome asked for by `?verdict=`, the address that asks for one, and the one that shows all again."""
    query = context["request"].GET.copy()
    asked = query.pop("verdict", [""])[-1]
    rest = f"{query.urlencode()}&" if query else ""
    only = asked if asked in {outcome.value for outcome in Outcome} else ""
    return only, "?" + rest.replace("{", "{{").replace("}", "}}") + "verdict={}#gap", f"?{rest.rstrip('&')}#gap"


@register.inclusion_tag("policies/standards/_gap_sheet.html", takes_context=True)
def gap_sheet(context: dict[str, Any], sheet: Sheet | dict[str, Any], judge_url: str = "", has_doors: bool = False) -> dict[str, Any]:
    """The whole sheet. `judge_url` is the page on which a manual criterion is judged; empty for those who may not.

    `has_doors`: the tally opens the rows it counts, on pages where nothing typed could be lost by that.
    """
    only, door, all_url = _view(context) if has_doors else ("", "", "")
    return {
        **sheet_context(sheet, only=only, door=door),
        "all_url": all_url,
        "html_lang": context.get("html_lang", ""),
        "judge_url": judge_url,
        "heading_id": f"gap-{context.get('gap_sheet_id', 'sheet')}",
        "as_printed": context.get("as_printed", False),
    }
