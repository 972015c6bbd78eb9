"""Keeps the summaries of evaluations: a row that says the same already is left alone, the others go down in one statement.

Rows are plain tuples: whole registers are evaluated, and a model instance per row costs more than judging it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from core.prepared import Prepared
from policies import engine
from policies.standards.library import Published
from policies.standards.models import Evaluation

type Kept = tuple[Any, ...]  # in the order of COLUMNS

KEY = ("company_id", "title_id")
COLUMNS = tuple(field.attname for field in Evaluation._meta.concrete_fields if not field.primary_key)
# the digest stands for facts, text, year, outcomes and so for every count; the rest follows the calendar as well
_TELLING = ("digest", "nearest_text", "earliest_year", "stale_after")
_told = itemgetter(*(COLUMNS.index(name) for name in (*KEY, *_TELLING)))


def kept_row(published: Published, company_id: int, summary: engine.Summary, *, on: date) -> Kept:
    """The row of one company and title."""
    counts, nearest = summary.counts, summary.nearest
    return (
        company_id,
        published.row.title_id,
        published.row.pk,
        summary.application_year,
        summary.overall.value,
        counts.met,
        counts.unmet,
        counts.unknown,
        counts.manual,
        counts.open,
        " ".join(summary.open_codes)[:300],
        engine.nearest_text(published.compiled, nearest)[:200] if nearest else "",
        summary.earliest_year,
        summary.digest,
        on,
        summary.stale_after,
        False,
    )


def keep(rows: Sequence[Kept], *, on: date) -> int:
    """Store the rows that say something new; returns how many.

    A stale row whose answer turns out the same is only marked current as of `on`. `evaluated_on` of a current row stays the day on
    which the answer was first given.
    """
    known = _known({row[0] for row in rows})
    fresh, confirmed = [], []
    for row in rows:
        found = known.get(_told(row))
        if found is None:
            fresh.append(row)
        elif found[1]:
            confirmed.append(found[0])
    with transaction.atomic():
        if fresh:
            with connection.cursor() as cursor:
                cursor.executemany(_statement(), _for_database(fresh))
        if confirmed:
            Evaluation.objects.filter(pk__in=confirmed).update(is_stale=False, evaluated_on=on)
    return len(fresh) + len(confirmed)


_rows = Prepared(lambda ids: Evaluation.objects.filter(company_id__in=ids).order_by().values_list(*KEY, *_TELLING, "pk", "is_stale"))


def _known(company_ids: set[int]) -> dict[tuple[Any, ...], tuple[int, bool]]:
    """What is kept → (key of the row, whether it is stale)."""
    return {row[:-2]: row[-2:] for row in _rows(ids=list(company_ids))}


def _for_database(rows: Iterable[Kept]) -> list[Kept]:
    days = [at for at, name in enumerate(COLUMNS) if name in ("evaluated_on", "stale_after")]
    ready = [list(row) for row in rows]
    given = {day: connection.ops.adapt_datefield_value(day) for day in {row[at] for row in ready for at in days}}
    for row in ready:
        for at in days:
            row[at] = given[row[at]]
    return [tuple(row) for row in ready]


def _statement() -> str:
    """One insert that updates what is there: the unique pair of company and title decides."""
    quote = connection.ops.quote_name
    given = ", ".join(quote(name) for name in COLUMNS)
    taken = ", ".join(f"{quote(name)} = EXCLUDED.{quote(name)}" for name in COLUMNS if name not in KEY)
    return (
        f"INSERT INTO {quote(Evaluation._meta.db_table)} ({given}) VALUES ({', '.join(['%s'] * len(COLUMNS))}) "  # noqa: S608 (own names)
        f"ON CONFLICT ({', '.join(map(quote, KEY))}) DO UPDATE SET {taken}"
    )
