"""Reads the versions of yearly figures that are in force, as of a day and as known by a day.

A version replaces every earlier one of the same company, year and source, unless it `stands_beside` (another paper of the same
source): then both are in force, and where their values differ the source contradicts itself. An estimate is in force only until a
final version of the same source is known.
"""

from collections.abc import Iterable, Sequence
from datetime import date
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
    heads: list[CurrentFigures] = []
    for row in rows.iterator(chunk_size=2_000):
        version = CurrentFigures(*row[:6], dict(zip(columns, row[7:], strict=True)))  # type: ignore[call-arg]
        if heads and heads[0][:3] != version[:3]:
            found.setdefault(heads[0].company_id, []).extend(_final(heads))
            heads = []
        if not row[6]:
            heads = []
        heads.append(version)
    if heads:
        found.setdefault(heads[0].company_id, []).extend(_final(heads))
    return found


def _final(heads: list[CurrentFigures]) -> list[CurrentFigures]:
    """Estimates drop out as soon as a final version stands."""
    final = [version for version in heads if not version.is_estimate]
    return final or heads
