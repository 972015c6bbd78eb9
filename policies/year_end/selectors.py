"""Reads 年底倒推 of one firm and title."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from companies.recognitions.models import Title
from companies.register.models import Company
from policies import engine
from policies.engine.year_end import By, Task, YearEnd, YearEndLine, year_end
from policies.reach.aims import Aim, aim_of
from policies.standards import library
from policies.standards.services import no_standard
from policies.standards.snapshots import Reading, snapshots_for, windows_of, with_judgements


def year_end_for(*, company: Company, title: Title, on: date) -> tuple[YearEnd, Aim]:
    """What the next filing of a title still asks of a firm. Raises NoStandard."""
    aim = aim_of(title.code, on=on, rows=library.library(), windows=windows_of(title.code))
    if aim is None:
        raise no_standard(title, on)
    text = aim.published.compiled
    reading = Reading(facts=tuple(sorted(engine.facts_of(text))))
    (subject,) = snapshots_for([company.pk], on=on, reading=reading)
    snapshot = with_judgements(subject, aim.published.row.pk)
    return year_end(text, snapshot, on=on, application_year=aim.year, windows=aim.windows), aim


class Section(NamedTuple):
    """Lines of one kind under one heading, with a sentence that says what the kind means."""

    code: str
    heading: str
    about: str
    lines: tuple[YearEndLine, ...]


def sections_of(page: YearEnd) -> list[Section]:
    """The lines by what is left of them, most pressing first; kinds without lines are left out. What is met stands last."""
    year = {"year": page.ends_on.year, "next": page.application_year}
    todo = page.of(Task.TO_DO)
    every = [
        Section(
            "todo",
            _("12 月 31 日前还须完成"),
            _("按今年现有或预计的数算，还差这些。"),
            tuple(one for one in todo if one.by is not By.FILING),
        ),
        Section("target", _("今年还没有数"), _("报来今年的现有数或预计数后，可算出还差多少。"), page.of(Task.TARGET)),
        Section(
            "filing",
            _("申报前还须办好"),
            _("不看年度，%(next)s 年申报前办好即可。") % year,
            tuple(one for one in todo if one.by is By.FILING),
        ),
        Section("hold", _("按现有数已够"), _("按今年现有或预计的数已够，须落实。"), page.of(Task.HOLD)),
        Section("closed", _("已关账"), _("看的是已结束的年度，不能再改。"), page.of(Task.CLOSED)),
        Section("waiting", _("待时间"), _("只有时间能补上。"), page.of(Task.WAITING)),
        Section("missing", _("缺数据"), _("缺数据不等于未达标，补齐后再算。"), page.of(Task.MISSING)),
        Section("manual", _("待人工核"), _("由人判断，请先备好材料。"), page.of(Task.MANUAL)),
        Section("met", _("已达到或不适用"), _("不受今年影响。"), page.of(Task.MET, Task.NOT_APPLICABLE)),
    ]
    return [section for section in every if section.lines]


def counts_of(page: YearEnd) -> dict[str, Any]:
    """What the head of the page says in figures."""
    return {
        "todo": len(page.of(Task.TO_DO)),
        "target": len(page.of(Task.TARGET)),
        "missing": len(page.of(Task.MISSING)),
        "closed": len(page.of(Task.CLOSED)) + sum(1 for one in page.of(Task.WAITING) if (one.earliest_year or 0) > page.application_year),
    }
