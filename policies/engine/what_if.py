"""试算: the figures a standard reads of one company, and the same company with some of them changed. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from companies.figures.catalogue import CATALOGUE
from policies.engine.facts import FigureRow, Snapshot, Value, VersionId
from policies.engine.slots import Facts
from policies.engine.standard import Standard

VERSION: VersionId = "what-if"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """One figure: of which year, which fact, from which source."""

    year: int
    fact: str
    source: str

    def __str__(self) -> str:
        return f"{self.fact}.{self.year}.{self.source}"


@dataclass(frozen=True, slots=True)
class Input:
    """A figure the standard reads: its value where one is known, and whether that is an estimate or disputed."""

    key: Key
    value: Value
    is_estimate: bool
    is_disputed: bool


def parse_key(text: str) -> Key | None:
    """`revenue.2025.audit` as a key; None for anything else."""
    parts = text.split(".")
    if len(parts) != 3 or parts[0] not in CATALOGUE or not (len(parts[1]) == 4 and parts[1].isascii() and parts[1].isdigit()):
        return None
    return Key(int(parts[1]), parts[0], parts[2])


def inputs_of(standard: Standard, snapshot: Snapshot, *, on: date, application_year: int) -> tuple[Input, ...]:
    """Every figure the criteria read in a filing of that year, once each, oldest year first, in the order of the criteria.

    A figure nobody reported stands with the first source its criterion names, in the year it is asked for.
    """
    facts = Facts(standard.plan, snapshot, on=on, year=application_year)
    found: dict[Key, Input] = {}
    for bundle in standard.plan.bundles:
        for at, (fact, offset) in enumerate(bundle.items, bundle.start):
            row, disputed = facts.rows[at], facts.conflicts.get(at)
            given = disputed[0] if disputed else row
            if given is None:
                key = Key(application_year + offset, fact, bundle.sources[0])
                known = _known(snapshot, key)
                found.setdefault(key, Input(key, known, False, False))
                continue
            key = Key(given.year, fact, given.source)
            found.setdefault(key, Input(key, None if disputed else facts.values[at], given.is_estimate, bool(disputed)))
    return tuple(sorted(found.values(), key=lambda one: one.key.year))


def _known(snapshot: Snapshot, key: Key) -> Value:
    """A figure of the very source that a bundle could not use, as the other half was missing."""
    for part in (snapshot.index.actual, snapshot.index.estimates):
        row = part.get(key.source, {}).get(key.year)
        if isinstance(row, FigureRow):
            return row.values.get(key.fact)
    return None


def changed(snapshot: Snapshot, values: Mapping[Key, Value]) -> Snapshot:
    """The company with these figures in place of its own; what a source says twice is settled by the change."""
    rows = [
        one if isinstance(one, FigureRow) else FigureRow(one.year, one.source, one.version_id, {one.fact: one.value}, one.is_estimate)
        for one in snapshot.figures
    ]
    for (year, source), given in _by_row(values).items():
        mine = [at for at, row in enumerate(rows) if (row.year, row.source) == (year, source)]
        for at in mine:
            rows[at] = rows[at]._replace(values={**rows[at].values, **given})
        if not mine:
            rows.append(FigureRow(year, source, VERSION, given))
    return replace(snapshot, figures=rows)


def _by_row(values: Mapping[Key, Value]) -> dict[tuple[int, str], dict[str, Value]]:
    found: dict[tuple[int, str], dict[str, Value]] = {}
    for key, value in values.items():
        found.setdefault((key.year, key.source), {})[key.fact] = value
    return found
