"""Builds what the engine is told about companies: plain typed snapshots as of a day, as known by a day, in a bounded number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery

from companies.figures.catalogue import CATALOGUE
from companies.figures.selectors import figures_for, known_by
from companies.recognitions.models import Batch, Recognition, RecognitionState, Step
from companies.register.models import Company, CompanyDistrict
from core.prepared import Prepared
from policies import engine
from policies.standards.models import Judgement

NO_END = date.max


class Reading(NamedTuple):
    """What is read of companies: catalogue codes of their figures, and years and titles unless all of them are."""

    facts: Sequence[str] = tuple(CATALOGUE)
    years: frozenset[int] | None = None
    titles: frozenset[str] | None = None


EVERYTHING = Reading()


class Subject(NamedTuple):
    """One company beside its snapshot."""

    company_id: int
    snapshot: engine.Snapshot
    judgements: dict[int, list[engine.JudgementFact]]  # by standard row


def _title_rows(codes: Sequence[str] | None, *, ids: Sequence[int], on: date, known: date) -> QuerySet[Recognition, tuple[Any, ...]]:
    return (
        Recognition.objects.filter(
            company_id__in=ids,
            state__in=[RecognitionState.CONFIRMED, RecognitionState.REVOKED, RecognitionState.VOIDED],
            happened_on__lte=on,
            known_on__lte=known,
            withdrawn_on__isnull=True,
            **({} if codes is None else {"title__code__in": codes}),
        )
        .order_by("company_id", "happened_on", "pk")
        .values_list("company_id", "title__code", "valid_from", "valid_until", "pk", "application_type", "ended_on", "end_known_on")
    )


_prepared_titles = Prepared(_title_rows)


def _titles(ids: list[int], *, on: date, known: date, codes: frozenset[str] | None) -> dict[int, list[engine.HeldTitle]]:
    """Confirmed recognitions as known by `known`; an ended one stops the day before its end, if the end was known."""
    rows = _prepared_titles(None if codes is None else tuple(sorted(codes)), ids=ids, on=on, known=known)
    held: dict[int, list[engine.HeldTitle]] = defaultdict(list)
    for company_id, code, valid_from, valid_until, pk, kind, ended_on, end_known_on in rows:
        if ended_on is not None and end_known_on <= known:
            last = date.fromordinal(ended_on.toordinal() - 1)
            valid_until = min(valid_until or NO_END, last)
        held[company_id].append(engine.HeldTitle(code, valid_from, valid_until, pk, kind))
    return held


_judgement_rows = Prepared(
    lambda ids, on, known: (
        Judgement.objects.filter(known_by(known), company_id__in=ids, happened_on__lte=on)
        .order_by("company_id", "happened_on", "pk")
        .values_list("company_id", "standard_id", "criterion", "outcome", "note", "happened_on", "pk", "evidence__sha256")
    )
)


def _judgements(ids: list[int], *, on: date, known: date) -> dict[int, dict[int, list[engine.JudgementFact]]]:
    rows = _judgement_rows(ids=ids, on=on, known=known)
    found: dict[int, dict[int, list[engine.JudgementFact]]] = defaultdict(lambda: defaultdict(list))
    for company_id, standard_id, criterion, outcome, note, happened_on, pk, sha in rows:
        found[company_id][standard_id].append(engine.JudgementFact(criterion, outcome, note, happened_on, pk, sha or ""))
    return found


def _company_rows(*, ids: Sequence[int], on: date, known: date) -> QuerySet[Company, tuple[Any, ...]]:
    periods = CompanyDistrict.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), company=OuterRef("pk"), starts_on__lte=on)
    begun = Q(incidents__starts_on__lte=on, incidents__known_on__lte=known)
    lasting = Q(incidents__withdrawn_on__isnull=True) | Q(incidents__withdrawn_on__gt=known)
    return (
        Company.objects.filter(pk__in=ids)
        .annotate(
            district_then=Subquery(periods.order_by("-starts_on").values("district__code")[:1]),
            incident=FilteredRelation("incidents", condition=begun & lasting),
        )
        .order_by("pk", "incident__starts_on", "incident__pk")
        .values_list(
            *("pk", "uscc", "district__code", "industry", "founded_on", "is_above_scale", "town__name", "park__name", "district_then"),
            *("incident__kind", "incident__severity", "incident__starts_on", "incident__ends_on", "incident__pk"),
        )
    )


_prepared_companies = Prepared(_company_rows)


def _companies(ids: list[int], *, on: date, known: date) -> tuple[list[tuple[Any, ...]], dict[int, list[engine.IncidentFact]]]:
    """What is read of each company, with the code of its district on the day, and its incidents as known then; one query for both."""
    rows = _prepared_companies(ids=ids, on=on, known=known)
    companies: dict[int, tuple[Any, ...]] = {}
    incidents: dict[int, list[engine.IncidentFact]] = defaultdict(list)
    for row in rows:
        companies.setdefault(row[0], row[:9])
        if row[13] is not None:
            incidents[row[0]].append(engine.IncidentFact(*row[9:]))
    return list(companies.values()), incidents


def snapshots_for(company_ids: Iterable[int], *, on: date, known: date | None = None, reading: Reading = EVERYTHING) -> list[Subject]:
    """One Subject per company that exists, in order of id; four queries however many companies."""
    ids, known = sorted(set(company_ids)), known or on
    figures = figures_for(ids, on=on, known=known, facts=reading.facts, years=reading.years)
    titles, judgements = _titles(ids, on=on, known=known, codes=reading.titles), _judgements(ids, on=on, known=known)
    companies, incidents = _companies(ids, on=on, known=known)
    subjects = []
    for pk, uscc, district, industry, founded_on, is_above_scale, town, park, district_then in companies:
        snapshot = engine.Snapshot(
            uscc=uscc,
            on=on,
            district=district_then or district,
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


def _filling(**chosen: str) -> QuerySet[Batch, tuple[Any, ...]]:
    return (
        Batch.objects.filter(**chosen)
        .annotate(filling=FilteredRelation("steps", condition=Q(steps__step=Step.FILLING)))
        .order_by("year", "filling__pk")
        .values_list("title__code", "year", "filling__planned_from", "filling__planned_to")
    )


_filling_of_one = Prepared(lambda title: _filling(title__code=title))
_filling_of_all = Prepared(lambda: _filling())


def _windows(rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[engine.Window, ...]]:
    found: dict[str, dict[int, engine.Window]] = defaultdict(dict)
    for title, year, opens, closes in rows:
        if year not in found[title] or opens or closes:
            found[title][year] = engine.Window(year, opens, closes)
    return {title: tuple(years.values()) for title, years in found.items()}


def windows_of(title_code: str) -> tuple[engine.Window, ...]:
    """Known filing windows of a title: the planned dates of 企业填报 of each batch."""
    return _windows(_filling_of_one(title=title_code)).get(title_code, ())


def windows_of_all() -> dict[str, tuple[engine.Window, ...]]:
    """Title code → its known filing windows; one query."""
    return _windows(_filling_of_all())
