"""Builds what the engine is told about companies: plain typed snapshots as of a day, as known by a day, in a bounded number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q

from companies.figures.catalogue import CATALOGUE
from companies.figures.models import Incident
from companies.figures.selectors import figures_for, known_by
from companies.recognitions.models import Batch, BatchStep, Recognition, RecognitionState, Step
from companies.register.models import Company, CompanyDistrict
from policies import engine
from policies.standards.models import Judgement

NO_END = date.max


class Subject(NamedTuple):
    """One company beside its snapshot."""

    company_id: int
    snapshot: engine.Snapshot
    judgements: dict[int, list[engine.JudgementFact]]  # by standard row


def _titles(ids: Sequence[int], *, on: date, known: date) -> dict[int, list[engine.HeldTitle]]:
    """Confirmed recognitions as known by `known`; an ended one stops the day before its end, if the end was known."""
    rows = (
        Recognition.objects.filter(
            company_id__in=ids,
            state__in=[RecognitionState.CONFIRMED, RecognitionState.REVOKED, RecognitionState.VOIDED],
            happened_on__lte=on,
            known_on__lte=known,
            withdrawn_on__isnull=True,
        )
        .order_by("company_id", "happened_on", "pk")
        .values_list("company_id", "title__code", "valid_from", "valid_until", "pk", "application_type", "ended_on", "end_known_on")
    )
    held: dict[int, list[engine.HeldTitle]] = defaultdict(list)
    for company_id, code, valid_from, valid_until, pk, kind, ended_on, end_known_on in rows:
        if ended_on is not None and end_known_on <= known:  # type: ignore[operator]
            last = date.fromordinal(ended_on.toordinal() - 1)
            valid_until = min(valid_until or NO_END, last)
        held[company_id].append(engine.HeldTitle(code, valid_from, valid_until, pk, kind))
    return held


def _incidents(ids: Sequence[int], *, on: date, known: date) -> dict[int, list[engine.IncidentFact]]:
    rows = (
        Incident.objects.filter(known_by(known), company_id__in=ids, starts_on__lte=on)
        .order_by("company_id", "starts_on", "pk")
        .values_list("company_id", "kind", "severity", "starts_on", "ends_on", "pk")
    )
    found: dict[int, list[engine.IncidentFact]] = defaultdict(list)
    for company_id, kind, severity, starts_on, ends_on, pk in rows:
        found[company_id].append(engine.IncidentFact(kind, severity, starts_on, ends_on, pk))
    return found


def _judgements(ids: Sequence[int], *, on: date, known: date) -> dict[int, dict[int, list[engine.JudgementFact]]]:
    rows = (
        Judgement.objects.filter(known_by(known), company_id__in=ids, happened_on__lte=on)
        .order_by("company_id", "happened_on", "pk")
        .values_list("company_id", "standard_id", "criterion", "outcome", "note", "happened_on", "pk", "evidence__sha256")
    )
    found: dict[int, dict[int, list[engine.JudgementFact]]] = defaultdict(lambda: defaultdict(list))
    for company_id, standard_id, criterion, outcome, note, happened_on, pk, sha in rows:
        found[company_id][standard_id].append(engine.JudgementFact(criterion, outcome, note, happened_on, pk, sha or ""))
    return found


def _districts(ids: Sequence[int], *, on: date) -> dict[int, str]:
    """Code of the district each company belonged to on the day; companies without a period then are left out."""
    periods = CompanyDistrict.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), company_id__in=ids, starts_on__lte=on)
    return dict(periods.order_by("starts_on").values_list("company_id", "district__code"))


def snapshots_for(
    company_ids: Iterable[int], *, on: date, known: date | None = None, facts: Sequence[str] = tuple(CATALOGUE)
) -> list[Subject]:
    """One Subject per company that exists, in order of id; six queries however many companies."""
    ids, known = sorted(set(company_ids)), known or on
    figures = figures_for(ids, on=on, known=known, facts=facts)
    titles, incidents = _titles(ids, on=on, known=known), _incidents(ids, on=on, known=known)
    judgements, districts = _judgements(ids, on=on, known=known), _districts(ids, on=on)
    rows: Iterable[Any] = (
        Company.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "uscc", "district__code", "industry", "founded_on", "is_above_scale", "town__name", "park__name")
    )
    subjects = []
    for pk, uscc, district, industry, founded_on, is_above_scale, town, park in rows:
        snapshot = engine.Snapshot(
            uscc=uscc,
            on=on,
            district=districts.get(pk, district),
            attributes={
                "industry": industry or None,
                "founded_on": founded_on,
                "is_above_scale": is_above_scale,
                "town": town,
                "park": park,
            },
            figures=[engine.FigureRow(row.year, row.source, row.version_id, row.values, row.is_estimate) for row in figures.get(pk, ())],
            titles=tuple(titles.get(pk, ())),
            incidents=tuple(incidents.get(pk, ())),
        )
        subjects.append(Subject(pk, snapshot, judgements.get(pk, {})))
    return subjects


def with_judgements(subject: Subject, standard_id: int) -> engine.Snapshot:
    """The snapshot with what people judged under one standard."""
    judged = subject.judgements.get(standard_id)
    if not judged:
        return subject.snapshot
    shot = subject.snapshot
    return engine.Snapshot(
        uscc=shot.uscc,
        on=shot.on,
        district=shot.district,
        attributes=shot.attributes,
        figures=shot.figures,
        titles=shot.titles,
        incidents=shot.incidents,
        judgements=tuple(judged),
    )


def windows_of(title_code: str) -> tuple[engine.Window, ...]:
    """Known filing windows of a title: the planned dates of 企业填报 of each batch."""
    steps = BatchStep.objects.filter(batch__title__code=title_code, step=Step.FILLING).order_by("batch__year")
    found = {
        year: engine.Window(year, opens, closes) for year, opens, closes in steps.values_list("batch__year", "planned_from", "planned_to")
    }
    for year in Batch.objects.filter(title__code=title_code).values_list("year", flat=True):
        found.setdefault(year, engine.Window(year))
    return tuple(found[year] for year in sorted(found))
