"""差距表 for the firm to take away: what holds, what can still be mended and how, what is closed, what is missing, what people judge."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from companies.recognitions.models import Title
from companies.register.models import Company
from core.documents import blocks as b
from core.documents.pdf import pdf_bytes
from policies.engine import OVERALL_LABELS, GapKind, Outcome, Sheet, Verdict
from policies.handouts.plain import closing, company_pairs, criterion_text, imprint, shown_text
from policies.standards.sayings import said

if TYPE_CHECKING:
    from accounts.users.models import User


class Group(NamedTuple):
    """Verdicts of one kind: heading, one sentence about it, the head of its last column, and what that column says."""

    heading: str
    about: str
    column: str
    holds: Callable[[Verdict], bool]
    words: Callable[[Verdict], str]


def gap_sheet_pdf(*, user: "User", company: Company, title: Title, sheet: Sheet, known: date) -> bytes:
    """The paper; its verdicts are those of the page."""
    heading = _("差距表 · %(title)s") % {"title": title.short}
    content = gap_sheet_blocks(company=company, heading=heading, sheet=sheet)
    return pdf_bytes(content, imprint=imprint(title=heading, user=user, on=sheet.on, known=known))


def gap_sheet_blocks(*, company: Company, heading: str, sheet: Sheet) -> list[b.Block]:
    """The blocks of the paper, groups without verdicts left out."""
    content: list[b.Block] = [b.Heading(heading, 1), b.KeyValue([*company_pairs(company), *_head(sheet)])]
    if sheet.exclusion:
        return [*content, b.Paragraph(said(sheet.exclusion)), *closing(())]
    content.append(b.Paragraph(_summary(sheet)))
    if sheet.moves_on:
        content.append(b.Note(said(sheet.moves_on)))
    for group in _groups():
        found = [verdict for verdict in sheet.verdicts if group.holds(verdict)]
        if found:
            content += [
                b.Heading(_("%(heading)s（%(count)s 项）") % {"heading": group.heading, "count": len(found)}),
                b.Paragraph(group.about),
            ]
            content.append(_table(group, found))
    return [*content, *closing(sheet.verdicts)]


def _head(sheet: Sheet) -> list[tuple[str, str]]:
    window = sheet.earliest_window
    if window and window.opens_on:
        earliest = _("%(year)s 年（计划 %(from)s 起填报）") % {"year": window.year, "from": window.opens_on.isoformat()}
    else:
        earliest = _("%(year)s 年") % {"year": sheet.earliest_year} if sheet.earliest_year else "—"
    return [
        (_("依据"), f"{sheet.standard_name}（{sheet.document}）"),
        (_("申请"), _("%(type)s，%(year)s 年申报") % {"type": sheet.application, "year": sheet.application_year}),
        (_("数据截至"), sheet.on.isoformat()),
        (_("结论"), said(OVERALL_LABELS[sheet.overall])),
        (_("最早可申报"), earliest),
    ]


def _summary(sheet: Sheet) -> str:
    counts = sheet.counts
    facts = {
        "all": len(sheet.verdicts),
        "met": counts.met,
        "unmet": counts.unmet,
        "unknown": counts.unknown,
        "manual": counts.manual,
        "rest": counts.not_applicable,
    }
    text = _(
        "贵企业对照 %(all)s 项条件：达标 %(met)s 项，未达标 %(unmet)s 项，缺数据 %(unknown)s 项，待人工核 %(manual)s 项，"
        "不适用 %(rest)s 项。"
    )
    return text % facts


def _groups() -> list[Group]:
    """In the order a firm acts on them."""
    gap, nothing = _("怎样补上"), Outcome.UNMET
    return [
        Group(
            _("可补"),
            _("现在还能补上的。"),
            gap,
            lambda one: one.outcome is nothing and one.gap_kind in (GapKind.CURABLE, GapKind.NONE),
            _how,
        ),
        Group(_("已关账"), _("看的是已结束的年度，不能再改，以后年度做到即可。"), gap, lambda one: one.gap_kind is GapKind.CLOSED, _how),
        Group(_("待时间"), _("只有时间能补上。"), gap, lambda one: one.gap_kind is GapKind.WAITING, _how),
        Group(_("缺数据"), _("缺数据不等于未达标，请补齐。"), _("缺什么"), lambda one: one.outcome is Outcome.UNKNOWN, _lacks),
        Group(_("待人工核"), _("由人判断，请备好材料。"), _("备什么"), lambda one: one.outcome is Outcome.MANUAL, _papers),
        Group(_("达标"), _("按在库数据已达到。"), _("余量"), lambda one: one.outcome is Outcome.MET, _surplus),
        Group(_("不适用"), _("贵企业不用看这些。"), _("原因"), lambda one: one.outcome is Outcome.NOT_APPLICABLE, _waived),
    ]


def _table(group: Group, verdicts: list[Verdict]) -> b.Table:
    columns = [
        b.Column(_("条件"), weight=1.5),
        b.Column(_("本企业"), weight=1.1),
        b.Column(_("门槛"), weight=0.9),
        b.Column(group.column, weight=1.7),
    ]
    rows = [[criterion_text(one), shown_text(one.observed), said(one.threshold_text) or "—", group.words(one) or "—"] for one in verdicts]
    return b.Table(columns, rows)


def _how(verdict: Verdict) -> str:
    parts = [said(verdict.gap_text), said(verdict.closes)]
    if verdict.gap_kind in (GapKind.CLOSED, GapKind.WAITING) and not verdict.closes:
        parts.append(said(verdict.gap_note))
    return "\n".join(part for part in parts if part)


def _lacks(verdict: Verdict) -> str:
    return "\n".join(said(one.text) for one in verdict.missing)


def _papers(verdict: Verdict) -> str:
    return "、".join(verdict.evidence)


def _surplus(verdict: Verdict) -> str:
    return said(verdict.gap_text) or (_("判断于 %(day)s") % {"day": verdict.judged.happened_on.isoformat()} if verdict.judged else "")


def _waived(verdict: Verdict) -> str:
    return _("由 %(by)s 豁免") % {"by": verdict.waived_by} if verdict.waived_by else ""
