"""Reads the versions of yearly figures that are in force, as of a day and as known by a day.

A version replaces every earlier one of the same company, year and source, unless it `stands_beside` (another paper of the same
source): then both are in force, and where their values differ the source contradicts itself. An estimate is in force only until a
final version of the same source is known.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from companies.figures.catalogue import CATALOGUE
from companies.figures.models import YearFigures
from core.fields import ScaledDecimalField
from core.prepared import MOST_OF_A_LIST, Prepared

HEAD = 6  # columns of a row before its facts


def unconverted(name: str) -> ExpressionWrapper:
    """A column as the database holds it: a converter for every cell costs more than reading it."""
    return ExpressionWrapper(F(name), output_field=models.Field())


class Shape:
    """Which facts were read, and how what the database holds of each becomes the product's value."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = tuple(codes)
        fields = {code: YearFigures._meta.get_field(code) for code in self.codes}
        self.steps = [(code, field.step) for code, field in fields.items() if isinstance(field, ScaledDecimalField)]
        self.flags = [code for code, field in fields.items() if isinstance(field, models.BooleanField)]

    def values(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Code → value in the product's units."""
        values = dict(zip(self.codes, cells, strict=True))
        for code, step in self.steps:
            if (whole := values[code]) is not None:
                values[code] = Decimal(whole) * step
        for code in self.flags:
            if (flag := values[code]) is not None:
                values[code] = bool(flag)
        return values


class CurrentFigures:
    """One version in force; `values` maps catalogue codes to figures in the product's units, made when first asked for."""

    __slots__ = ("_cells", "_shape", "_values", "company_id", "is_estimate", "source", "version_id", "year")

    def __init__(self, row: Sequence[Any], shape: Shape) -> None:
        self.company_id: int
        self.year: int
        self.source: str
        self.version_id: int
        self.is_estimate: bool
        self.company_id, self.year, self.source, self.version_id, is_estimate, *_ = row
        self.is_estimate = bool(is_estimate)
        self._cells, self._shape = row[HEAD:], shape
        self._values: dict[str, Any] | None = None

    @property
    def values(self) -> dict[str, Any]:
        """Catalogue code → yuan, count, percent, flag, or None."""
        if self._values is None:
            self._values = self._shape.values(self._cells)
        return self._values


def known_by(known: date) -> Q:
    """Condition on rows with known_on and withdrawn_on: entered by that day and not yet withdrawn then."""
    return Q(known_on__lte=known) & (Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=known))


def _figure_rows(
    codes: Sequence[str], years: Sequence[int] | None, sources: Sequence[str] | None, *, ids: Sequence[int], until: int, known: date
) -> models.QuerySet[YearFigures, tuple[Any, ...]]:
    wanted = YearFigures.objects.filter(known_by(known), company_id__in=ids, year__lte=until)
    if years is not None:
        wanted = wanted.filter(year__in=years)
    if sources is not None:
        wanted = wanted.filter(source__in=sources)
    return wanted.order_by("company_id", "year", "source", "known_on", "pk").values_list(
        "company_id", "year", "source", "pk", unconverted("is_estimate"), unconverted("stands_beside"), *map(unconverted, codes)
    )


_prepared = Prepared(_figure_rows)


def figures_for(
    company_ids: Iterable[int],
    *,
    on: date,
    known: date | None = None,
    facts: Sequence[str] | None = None,
    years: Iterable[int] | None = None,
    sources: Iterable[str] | None = None,
) -> dict[int, list[CurrentFigures]]:
    """Versions in force per company, in order of year and source; one query. `facts`, `years` and `sources` limit what is read."""
    shape = Shape(tuple(facts) if facts is not None else tuple(CATALOGUE))
    ids = list(company_ids)
    asked: Any = (shape.codes, *(None if given is None else tuple(sorted(set(given))) for given in (years, sources)))  # type: ignore[type-var]
    values: dict[str, Any] = {"ids": ids, "until": on.year, "known": known or on}
    # many firms are read as they come, a chunk with what was put together before
    rows = _figure_rows(*asked, **values).iterator(chunk_size=2_000) if len(ids) > MOST_OF_A_LIST else _prepared(*asked, **values)
    found: dict[int, list[CurrentFigures]] = {}
    place: tuple[Any, ...] = ()
    heads: list[tuple[Any, ...]] = []
    for row in chain(rows, [()]):
        if row and row[:3] == place:
            heads = [*heads, row] if row[HEAD - 1] else [row]
            continue
        if heads:
            found.setdefault(place[0], []).extend(CurrentFigures(head, shape) for head in _final(heads))
        place, heads = row[:3], [row]
    return found


def _final(heads: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Estimates drop out as soon as a final version stands."""
    return heads if len(heads) == 1 else [row for row in heads if not row[4]] or heads
