"""What figures and incidents show on the firm's page: the grid of years, the versions of a cell, the strip of incidents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Fact, Source
from companies.figures.checks import in_table, shown
from companies.figures.models import Incident, YearFigures
from companies.figures.selectors import CurrentFigures, figures_for, known_by
from companies.figures.words import fact_label
from companies.register import slots
from companies.register.models import Company
from core.prepared import Prepared

MOST_YEARS = 6


class Shown(NamedTuple):
    """One figure in a cell."""

    text: str
    source: str
    is_estimate: bool


@dataclass(slots=True)
class Cell:
    """One year of one fact: its figures by source; more than one within a source is a conflict and reads as 缺数据."""

    key: str
    figures: list[Shown]
    is_conflict: bool = False


@dataclass(slots=True)
class Line:
    """One fact over the years."""

    label: str
    note: str
    cells: list[Cell]


@dataclass(slots=True)
class Grid:
    """The page 年度指标: years newest first, the lines that have a figure, and the number of those that have none."""

    years: list[int]
    lines: list[Line]
    empty: list[str]
    has_conflict: bool


def grid_for(*, company: Company, on: date, source: Source | None) -> Grid:
    """The versions in force of a firm as a grid, one query; `source` None shows every source."""
    rows = [row for row in figures_for([company.pk], on=on).get(company.pk, []) if source is None or row.source == source]
    years = sorted({row.year for row in rows}, reverse=True)[:MOST_YEARS]
    lines, empty, has_conflict = [], [], False
    for code, fact in CATALOGUE.items():
        cells = [_cell(fact, code, year, [row for row in rows if row.year == year]) for year in years]
        if any(cell.figures for cell in cells):
            lines.append(Line(fact_label(fact), _(fact.note) if fact.note else "", cells))
            has_conflict = has_conflict or any(cell.is_conflict for cell in cells)
        else:
            empty.append(fact_label(fact))
    return Grid(years, lines, empty, has_conflict)


def _cell(fact: Fact, code: str, year: int, rows: Sequence[CurrentFigures]) -> Cell:
    figures: dict[tuple[str, Any], bool] = {}
    for row in rows:
        if row.values[code] is not None:
            figures.setdefault((row.source, row.values[code]), row.is_estimate)
    sources = [source for source, _value in figures]
    is_conflict = len(sources) != len(set(sources))
    write = shown if is_conflict else in_table  # values that disagree are printed whole
    texts = [Shown(write(fact, value), _(SOURCE_LABELS[Source(source)]), is_estimate) for (source, value), is_estimate in figures.items()]
    return Cell(f"{year},{code}", texts, is_conflict=is_conflict)


class Version(NamedTuple):
    """One version of a cell, newest first."""

    text: str
    source: str
    known_on: date
    by: str
    note: str
    state: str
    is_estimate: bool
    stamp: str


def versions_of(*, company: Company, year: int, code: str) -> list[Version]:
    """Every version of a firm's cell with who entered it, why, and whether it stands; one query."""
    columns = (
        "pk",
        "source",
        "known_on",
        "entered_by__person__name",
        "note",
        "withdrawn_on",
        "stands_beside",
        "is_estimate",
        "stamp",
        code,
    )
    rows = YearFigures.objects.filter(company=company, year=year).order_by("source", "known_on", "pk").values_list(*columns)
    found: list[Version] = []
    replaced: dict[str, list[int]] = {}
    states: dict[int, str] = {}
    every = list(rows)
    for pk, source, _known, _by, _note, withdrawn_on, stands_beside, *_rest in every:
        if withdrawn_on is not None:
            states[pk] = _("已撤回")
            continue
        if not stands_beside:
            states |= dict.fromkeys(replaced.get(source, ()), _("已被替代"))
            replaced[source] = []
        states[pk] = _("并存") if stands_beside else _("现行")
        replaced.setdefault(source, []).append(pk)
    with_value = {row[1] for row in every if row[-1] is not None}  # a source that never told this figure has no version of it
    for pk, source, known_on, by, note, _withdrawn, _beside, is_estimate, stamp, value in every:
        if source not in with_value:
            continue
        label = _(SOURCE_LABELS[Source(source)])
        found.append(Version(shown(CATALOGUE[code], value), label, known_on, by or _("导入"), note, states[pk], is_estimate, stamp))
    return sorted(found, key=lambda version: version.known_on, reverse=True)


def incidents_in_force(asked: slots.PanelRequest) -> dict[str, Any] | None:
    """Incidents without an end, or ending later, as known today; None when there is none."""
    rows = _lasting(company=asked.company.pk, on=asked.on)
    against = slots.titles_against(asked, rows) if rows else {}
    for row in rows:
        row.against = against.get(row.pk, [])
    return {"incidents": rows, "uscc": asked.company.uscc} if rows else None


def incident_history(asked: slots.PanelRequest) -> dict[str, Any] | None:
    """All incidents as known today, newest first; None when there is none."""
    rows = list(incidents_known(company=asked.company.pk, on=asked.on))
    return {"incidents": rows, "uscc": asked.company.uscc, "on": asked.on} if rows else None


def incidents_known(*, company: int, on: date) -> QuerySet[Incident]:
    """The incidents of the firm with that key as known on a day."""
    return Incident.objects.filter(known_by(on), company=company, starts_on__lte=on)


_lasting = Prepared(lambda company, on: incidents_known(company=company, on=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on)))


def source_choices(rows: Iterable[Source] = tuple(Source)) -> list[tuple[str, str]]:
    """口径 as choices."""
    return [(str(source), _(SOURCE_LABELS[source])) for source in rows]
