"""Add a version of yearly figures; record and end 负面信息. Nothing is ever overwritten."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.services import record
from companies.figures.catalogue import CATALOGUE, Source
from companies.figures.checks import contradictions, in_year, unit_doubts
from companies.figures.models import Incident, IncidentKind, Severity, YearFigures
from companies.figures.refusals import FiguresDisagree, IncidentDatesDisagree, NothingNew, UnitInDoubt
from companies.figures.selectors import CurrentFigures, figures_for
from companies.register import slots
from companies.register.models import Company
from companies.register.writing import require_writer
from core.retrying import retried

if TYPE_CHECKING:
    from accounts.users.models import User

FIRST_YEAR = 1978


def _locked(company_id: int) -> Company:
    return Company.objects.select_for_update(of=("self",)).select_related("district").get(pk=company_id, withdrawn_on__isnull=True)


@retried
@transaction.atomic
def figures_add(
    *,
    company_id: int,
    year: int,
    source: str,
    values: Mapping[str, Any],
    by: "User",
    on: date,
    is_estimate: bool = False,
    stands_beside: bool = False,
    note: str = "",
    period_to: date | None = None,
    is_unit_checked: bool = False,
) -> YearFigures:
    """A new version of one year from one source; facts not in `values` keep the figures of the version in force.

    `values` are catalogue codes in the product's units (yuan, count, percent, flag; None empties a figure). With `stands_beside` the
    version holds only `values` and does not replace what is there: it comes from another paper, and where they differ the source
    contradicts itself. Raises NotPermitted, FiguresDisagree, UnitInDoubt, NothingNew or NotToday.
    """
    opening.check_on(on)
    company = _locked(company_id)
    require_writer(by, company)
    source = Source(source)
    _require_year(year, on)
    standing = figures_for([company.pk], on=on).get(company.pk, [])
    current = next((row.values for row in standing if (row.year, row.source) == (year, source)), {})
    whole = {code: values.get(code) for code in CATALOGUE} if stands_beside else {**dict.fromkeys(CATALOGUE), **current, **values}
    if not stands_beside and current == whole and not _turns_final(standing, year, source, is_estimate=is_estimate):
        raise NothingNew
    if found := contradictions(whole):
        raise FiguresDisagree(found)
    if not is_unit_checked:
        _require_plausible(standing, year, source, {code: whole[code] for code in values})
    figures = YearFigures.objects.create(
        company=company,
        year=year,
        source=source,
        period_to=period_to or date(year, 12, 31),
        is_estimate=is_estimate,
        stands_beside=stands_beside,
        known_on=on,
        entered_by=by,
        note=note,
        stamp=opening.stamp(),
        **whole,
    )
    _logged(figures, company=company, current=current, whole=whole, by=by, on=on)
    return figures


def _require_plausible(standing: Sequence[CurrentFigures], year: int, source: str, values: Mapping[str, Any]) -> None:
    """Ask about a figure thousands of times the last earlier year's of the same source."""
    earlier = next((row for row in reversed(standing) if row.source == source and row.year < year), None)
    if earlier and (doubts := unit_doubts(values, earlier.values, against=in_year(earlier.year))):
        raise UnitInDoubt(doubts)


def _require_year(year: int, on: date) -> None:
    if not FIRST_YEAR <= year <= on.year:
        template = _("年度须在 %(first)s 至 %(last)s 之间，这里是 %(year)s。")
        raise FiguresDisagree([template % {"first": FIRST_YEAR, "last": on.year, "year": year}])


def _logged(figures: YearFigures, *, company: Company, current: Mapping[str, Any], whole: Mapping[str, Any], by: "User", on: date) -> None:
    """Tell the slots, then one entry with the figures that changed."""
    slots.emit("figures_added", figures=[figures], company_ids=[company.pk], by=by, on=on)
    changed = [code for code in CATALOGUE if whole[code] != current.get(code)]
    record(
        "figures.added",
        actor=by,
        target=figures,
        company=company,
        district=company.district,
        before={code: _text(current.get(code)) for code in changed},
        after={"year": figures.year, "source": str(figures.source), **{code: _text(whole[code]) for code in changed}},
        reason=figures.note,
        on=on,
    )


def _turns_final(standing: list[Any], year: int, source: str, *, is_estimate: bool) -> bool:
    """Whether the same figures say something new: the estimate has become final, or the other way round."""
    return any(row.is_estimate != is_estimate for row in standing if (row.year, row.source) == (year, source))


def _text(value: Any) -> str | bool | None:
    return value if value is None or isinstance(value, bool) else str(value)


@retried
@transaction.atomic
def incident_add(
    *,
    company_id: int,
    kind: str,
    starts_on: date,
    by: "User",
    on: date,
    severity: str = Severity.GENERAL,
    ends_on: date | None = None,
    document_number: str = "",
    note: str = "",
) -> Incident:
    """Record an incident of the firm. Raises NotPermitted, IncidentDatesDisagree or NotToday."""
    opening.check_on(on)
    company = _locked(company_id)
    require_writer(by, company)
    _check_days(starts_on, ends_on, on)
    incident = Incident.objects.create(
        company=company,
        kind=IncidentKind(kind),
        severity=Severity(severity),
        starts_on=starts_on,
        ends_on=ends_on,
        document_number=document_number.strip(),
        note=note,
        known_on=on,
        entered_by=by,
    )
    slots.emit("incident_changed", incident=incident, by=by, on=on)
    after = {"kind": incident.kind, "severity": incident.severity, "starts_on": starts_on.isoformat()}
    record("incident.added", actor=by, target=incident, company=company, district=company.district, after=after, reason=note, on=on)
    return incident


@retried
@transaction.atomic
def incident_end(*, incident_id: int, ends_on: date, by: "User", on: date, reason: str = "") -> Incident:
    """The incident is over since `ends_on`: the open row is withdrawn and a closed one takes its place, so that both stay readable.

    Raises NotPermitted, IncidentDatesDisagree or NotToday.
    """
    opening.check_on(on)
    incident = Incident.objects.select_for_update(of=("self",)).select_related("company__district").get(pk=incident_id)
    company = incident.company
    require_writer(by, company)
    if incident.ends_on is not None or incident.withdrawn_on is not None:
        raise IncidentDatesDisagree(_("这条负面信息已经结束，不能再改结束日期。"))
    _check_days(incident.starts_on, ends_on, on)
    incident.withdrawn_on = on
    incident.save(update_fields=["withdrawn_on"])
    ended = Incident.objects.create(
        company=company,
        kind=incident.kind,
        severity=incident.severity,
        starts_on=incident.starts_on,
        ends_on=ends_on,
        document_number=incident.document_number,
        note=incident.note,
        known_on=on,
        entered_by=by,
    )
    slots.emit("incident_changed", incident=ended, by=by, on=on)
    record(
        "incident.ended",
        actor=by,
        target=ended,
        company=company,
        district=company.district,
        before={"ends_on": None},
        after={"ends_on": ends_on.isoformat()},
        reason=reason,
        items=[incident],
        on=on,
    )
    return ended


def _check_days(starts_on: date, ends_on: date | None, on: date) -> None:
    if starts_on > on:
        raise IncidentDatesDisagree(_("开始日期 %(start)s 在今天之后，请核对。") % {"start": starts_on.isoformat()})
    if ends_on is not None and not starts_on <= ends_on <= on:
        template = _("结束日期 %(end)s 须在开始日期 %(start)s 与今天之间。")
        raise IncidentDatesDisagree(template % {"end": ends_on.isoformat(), "start": starts_on.isoformat()})
