"""Reads the versions of yearly figures that are in force, as of a day and as known by a day.

A version replaces every earlier one of the same company, year and source, unless it `stands_beside` (another paper of the same
source): then both are in force, and where their values differ the source contradicts itself. An estimate is in force only until a
final version of the same source is known.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import Q

from companies.figures.catalogue import CATALOGUE
from companies.figures.models import YearFigures


class CurrentFigures(NamedTuple):
    """One version in force; `values` maps catalogue codes to figures in the product's units (yuan, count, percent, flag)."""

    company_id: int
    year: int
    source: str
    version_id: int
    is_estimate: bool
    known_on: date
    values: dict[str, Any]


def known_by(known: date) -> Q:
    """Condition on rows with known_on and withdrawn_on: entered by that day and not yet withdrawn then."""
    return Q(known_on__lte=known) & (Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=known))


def figures_for(
    company_ids: Iterable[int], *, on: date, known: date | None = None, facts: Sequence[str] | None = None
) -> dict[int, list[CurrentFigures]]:
    """Versions in force per company, in order of year and source; one query. `facts` limits the columns read (default: all)."""
    columns = tuple(facts) if facts is not None else tuple(CATALOGUE)
    rows = (
        YearFigures.objects.filter(known_by(known or on), company_id__in=list(company_ids), year__lte=on.year)
        .order_by("company_id", "year", "source", "known_on", "pk")
        .values_list("company_id", "year", "source", "pk", "is_estimate", "known_on", "stands_beside", *columns)
    )
    found: dict[int, list[CurrentFigures]] = {}
    place: tuple[Any, ...] = ()
    heads: list[tuple[Any, ...]] = []
    for row in chain(rows.iterator(chunk_size=2_000), [()]):
        if row[:3] == place:
            heads = [*heads, row] if row[6] else [row]
            continue
        if place:
            found.setdefault(place[0], []).extend(_version(head, columns) for head in _final(heads))
        place, heads = row[:3], [row]
    return found


def _version(row: tuple[Any, ...], columns: tuple[str, ...]) -> CurrentFigures:
    return CurrentFigures(*row[:6], dict(zip(columns, row[7:], strict=True)))


def _final(heads: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Estimates drop out as soon as a final version stands."""
    return heads if len(heads) == 1 else [row for row in heads if not row[4]] or heads
