"""年底倒推单 on one A4 page: what must still happen by 31 December, in the firm's own figures."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from companies.recognitions.models import Title
from companies.register.models import Company
from core.documents import blocks as b
from core.documents.pdf import pdf_bytes
from policies.engine.year_end import YearEnd
from policies.handouts.plain import closing, company_pairs, imprint, marked_text
from policies.reach.aims import Aim
from policies.standards.sayings import said
from policies.year_end.selectors import Section, sections_of

if TYPE_CHECKING:
    from accounts.users.models import User

# sections that ask for nothing are told in one line each, so that all fits on a page
IN_A_TABLE = ("todo", "target", "filing", "hold", "closed", "waiting", "missing")


def year_end_pdf(*, user: "User", company: Company, title: Title, page: YearEnd, aim: Aim) -> bytes:
    """The paper; its lines are those of the page."""
    heading = _("年底倒推单 · %(title)s") % {"title": title.short}
    return pdf_bytes(
        year_end_blocks(company=company, heading=heading, page=page, aim=aim),
        imprint=imprint(title=heading, user=user, on=page.on, known=page.on),
    )


def year_end_blocks(*, company: Company, heading: str, page: YearEnd, aim: Aim) -> list[b.Block]:
    """The blocks of the paper."""
    content: list[b.Block] = [b.Heading(heading, 1), b.KeyValue([*company_pairs(company)[:2], *_head(page)])]
    if page.exclusion:
        return [*content, b.Paragraph(said(page.exclusion)), *closing(())]
    content.append(b.Paragraph(_summary(page)))
    if not aim.is_lasting:
        content.append(b.Note(_("还不知道申报时施行哪个文本，按现行文本计算。")))
    sections = sections_of(page)
    rows = [row for section in sections if section.code in IN_A_TABLE for row in _rows(section)]
    content.append(b.Table([b.Column(_("事项"), fixed=True), b.Column(_("条件"), weight=1.1), b.Column(_("须做到"), weight=2)], rows))
    content += [_one_line(section) for section in sections if section.code not in IN_A_TABLE]
    return [*content, *closing([line for section in sections if section.code in IN_A_TABLE for line in section.lines])]


def _head(page: YearEnd) -> list[tuple[str, str]]:
    window = page.window
    if window.opens_on and window.closes_on:
        planned = {"year": page.application_year, "from": window.opens_on.isoformat(), "to": window.closes_on.isoformat()}
        filing = _("%(year)s 年（计划 %(from)s 至 %(to)s 填报）") % planned
    else:
        filing = _("%(year)s 年（填报日期未公布）") % {"year": page.application_year}
    return [
        (_("申报"), filing),
        (_("依据"), f"{page.standard_name}（{page.document}）"),
        (_("距年底"), _("%(days)s 天（%(day)s）") % {"days": page.days_left, "day": page.ends_on.isoformat()}),
    ]


def _summary(page: YearEnd) -> str:
    year = {"year": page.on.year, "apply": page.application_year, "earliest": page.earliest_year}
    if page.is_blocked:
        text = _("有条件看的是已结束的年度，或还须等待：贵企业最早 %(earliest)s 年可申报。下面各项仍值得今年做到。")
    else:
        text = _("没有条件被已结束的年度挡住：年底前做到下面各项，可赶上 %(apply)s 年申报；缺数据和待人工核的仍须补齐。")
    if not page.has_figures:
        text += _("贵企业还没有报 %(year)s 年的数，请报来现有数或预计数。")
    return text % year


def _rows(section: Section) -> list[list[str]]:
    return [["" if at else section.heading, marked_text(line), said(line.words) or "—"] for at, line in enumerate(section.lines)]


def _one_line(section: Section) -> b.Block:
    names = "；".join(marked_text(line) for line in section.lines)
    return b.Paragraph(
        _("%(heading)s（%(count)s 项）：%(names)s") % {"heading": section.heading, "count": len(section.lines), "names": names}
    )
