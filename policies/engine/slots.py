"""Which figures a standard reads, settled once on load, and their values for one company, looked up once per evaluation.

A bundle is a set of figures that must come from one source (both sides of a ratio, all years of a growth rate). For
each bundle the first source that has all of it wins: the criterion's own source, then what may stand in, and only then
estimates in the same order. Two versions of one source that differ are a conflict: the bundle is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from policies.engine.facts import FigureRow, JudgementFact, RowsByYear, Snapshot, Value

_NO_JUDGEMENTS: dict[str, JudgementFact] = {}


@dataclass(frozen=True, slots=True)
class Bundle:
    """`items`: (fact, offset from the application year), values stored from `start` on; `shifts`: years to try in turn.

    `order` is the place of its sources in the plan's list of source orders.
    """

    start: int
    items: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    shifts: tuple[int, ...]
    order: int


class Alone(NamedTuple):
    """The slots one source fills: (offset, its (slot, fact), its (slot, fact, fact)) per year, and the bundles of other shapes."""

    years: tuple[tuple[int, tuple[tuple[int, str], ...], tuple[tuple[int, str, str], ...]], ...]
    others: tuple[Bundle, ...]


class Plan:
    """All bundles of one standard; filled while it is compiled. `codes` names the fact of every slot."""

    def __init__(self) -> None:
        self.bundles: list[Bundle] = []
        self.orders: list[tuple[str, ...]] = []
        self.codes: list[str] = []
        # the usual shapes, flat: (slot, fact, offset, order) and (slot, fact, fact, offset, order)
        self.singles: list[tuple[int, str, int, int]] = []
        self.pairs: list[tuple[int, str, str, int, int]] = []
        self.others: list[Bundle] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._alone: dict[str, Alone] = {}

    @property
    def size(self) -> int:
        """How many slots there are."""
        return len(self.codes)

    def add(self, items: Sequence[tuple[str, int]], sources: tuple[str, ...], shifts: tuple[int, ...] = (0,)) -> int:
        """Index of the bundle's first value; a bundle asked for twice is looked up once."""
        key = (tuple(items), sources, shifts)
        start = self._known.get(key)
        if start is None:
            start = self._known[key] = self.size
            if sources not in self.orders:
                self.orders.append(sources)
            bundle = Bundle(start, tuple(items), sources, shifts, self.orders.index(sources))
            self.bundles.append(bundle)
            self.codes += [fact for fact, _ in items]
            if len(items) == 1 and shifts == (0,):
                self.singles.append((start, *items[0], bundle.order))
            elif len(items) == 2 and shifts == (0,) and items[0][1] == items[1][1]:
                self.pairs.append((start, items[0][0], items[1][0], items[0][1], bundle.order))
            else:
                self.others.append(bundle)
        return start

    def alone(self, source: str) -> Alone:
        """What one source can give where it is the only one a company has; worked out once per source."""
        known = self._alone.get(source)
        if known is None:
            known = self._alone[source] = self._of_one(source)
        return known

    def _of_one(self, source: str) -> Alone:
        years: dict[int, tuple[list[tuple[int, str]], list[tuple[int, str, str]]]] = {}
        for at, fact, offset, order in self.singles:
            if source in self.orders[order]:
                years.setdefault(offset, ([], []))[0].append((at, fact))
        for at, over, under, offset, order in self.pairs:
            if source in self.orders[order]:
                years.setdefault(offset, ([], []))[1].append((at, over, under))
        return Alone(
            tuple((offset, tuple(singles), tuple(pairs)) for offset, (singles, pairs) in years.items()),
            tuple(bundle for bundle in self.others if source in bundle.sources),
        )


class Facts:
    """One company's facts as one standard reads them, for one application year."""

    __slots__ = ("conflicts", "judgements", "on", "on_year", "points", "rows", "snapshot", "valid_titles", "values", "year")

    def __init__(self, plan: Plan, snapshot: Snapshot, *, on: date, year: int) -> None:
        self.snapshot = snapshot
        self.on = on
        self.on_year = on.year
        self.year = year
        self.values: list[Value] = [None] * len(plan.codes)
        self.rows: list[FigureRow | None] = [None] * len(plan.codes)
        self.conflicts: dict[int, tuple[FigureRow, ...]] = {}
        self.points: dict[object, tuple[Any, Any]] | None = None  # of the parts of a score table, once it is explained
        self.valid_titles = None if snapshot.titles is None else {held.title for held in snapshot.titles if held.is_valid_on(on)}
        self.judgements = latest_judgements(snapshot.judgements, on) if snapshot.judgements else _NO_JUDGEMENTS
        index = snapshot.index
        if index.has_versions or index.estimates:
            for bundle in plan.bundles:
                self._look_up_slowly(bundle)
        elif len(index.actual) == 1:
            ((source, years),) = index.actual.items()
            self._look_up_alone(plan.alone(source), years)
        elif index.actual:
            self._look_up_plainly(plan, index.actual)

    def _look_up_alone(self, alone: Alone, years: RowsByYear) -> None:
        """One source, one row a year, no estimates: as most firms of a register are."""
        values, rows = self.values, self.rows
        for offset, singles, pairs in alone.years:
            row = years.get(self.year + offset)
            if row is None:
                continue
            given = row.values  # type: ignore[union-attr]
            for at, fact in singles:
                value = given.get(fact)
                if value is not None and (value.__class__ is not Decimal or value.is_finite()):
                    values[at] = value
                    rows[at] = row  # type: ignore[assignment]
            for at, over, under in pairs:
                upper, lower = given.get(over), given.get(under)
                if upper is not None and lower is not None and is_usable(upper) and is_usable(lower):
                    values[at] = upper
                    values[at + 1] = lower
                    rows[at] = rows[at + 1] = row  # type: ignore[assignment]
        for bundle in alone.others:
            self._look_up_other(bundle, [years])

    def _look_up_plainly(self, plan: Plan, index: dict[str, RowsByYear]) -> None:
        """One row per source and year, no estimates: the usual case where several sources speak."""
        values, rows, application_year = self.values, self.rows, self.year
        orders = [[index[source] for source in order if source in index] for order in plan.orders]
        for at, fact, offset, order in plan.singles:
            for years in orders[order]:
                row = years.get(application_year + offset)
                if row is not None:
                    value = row.values.get(fact)  # type: ignore[union-attr]
                    if value is not None and (value.__class__ is not Decimal or value.is_finite()):
                        values[at] = value
                        rows[at] = row  # type: ignore[assignment]
                        break
        for at, over, under, offset, order in plan.pairs:
            for years in orders[order]:
                row = years.get(application_year + offset)
                if row is not None:
                    upper = row.values.get(over)  # type: ignore[union-attr]
                    lower = row.values.get(under)  # type: ignore[union-attr]
                    if upper is not None and lower is not None and is_usable(upper) and is_usable(lower):
                        values[at] = upper
                        values[at + 1] = lower
                        rows[at] = rows[at + 1] = row  # type: ignore[assignment]
                        break
        for bundle in plan.others:
            self._look_up_other(bundle, orders[bundle.order])

    def _look_up_other(self, bundle: Bundle, sources: list[RowsByYear]) -> None:
        for shift in bundle.shifts:
            base = self.year + shift
            for years in sources:
                at = bundle.start
                for fact, offset in bundle.items:
                    row = years.get(base + offset)
                    if row is None:
                        break
                    value = row.values.get(fact)  # type: ignore[union-attr]
                    if value is None or not is_usable(value):
                        break
                    self.values[at] = value
                    self.rows[at] = row  # type: ignore[assignment]
                    at += 1
                else:
                    return
        for at in range(bundle.start, bundle.start + len(bundle.items)):
            self.values[at] = None
            self.rows[at] = None

    def _look_up_slowly(self, bundle: Bundle) -> None:
        index = self.snapshot.index
        for shift in bundle.shifts:
            for part in (index.actual, index.estimates):
                for source in bundle.sources:
                    if source in part and self._take(bundle, part[source], self.year + shift):
                        return

    def _take(self, bundle: Bundle, years: RowsByYear, base: int) -> bool:
        """Whether one source settles the bundle: with all its figures, or with a conflict."""
        found = [pick(years.get(base + offset), fact) for fact, offset in bundle.items]
        clashes = {bundle.start + at: rows for at, rows in enumerate(found) if len(rows) > 1}
        if clashes:
            self.conflicts.update(clashes)
            return True
        if not all(found):
            return False
        for at, (row,) in enumerate(found):
            self.values[bundle.start + at] = row.values[bundle.items[at][0]]
            self.rows[bundle.start + at] = row
        return True

    def has_figure(self, fact: str, year: int, sources: tuple[str, ...]) -> bool:
        """Whether any of the sources gives the figure at all, conflict or not."""
        index = self.snapshot.index
        return any(pick(part[source].get(year), fact) for part in (index.actual, index.estimates) for source in sources if source in part)


def pick(known: FigureRow | list[FigureRow] | None, fact: str) -> tuple[FigureRow, ...]:
    """Rows of one source and year that give a figure: none, one, or several that differ."""
    if known is None:
        return ()
    rows = known if isinstance(known, list) else [known]
    giving = [row for row in rows if is_usable(row.values.get(fact))]
    if not giving:
        return ()
    giving.sort(key=lambda row: str(row.version_id))
    if all(row.values[fact] == giving[0].values[fact] for row in giving):
        return (giving[0],)
    return tuple(giving)


def is_usable(value: Value) -> bool:
    """Whether a figure can be compared: reported, and a finite number."""
    return value is not None and (value.__class__ is not Decimal or value.is_finite())


def latest_judgements(judgements: Sequence[JudgementFact], on: date) -> dict[str, JudgementFact]:
    """The last judgement of each criterion up to `on`."""
    latest: dict[str, JudgementFact] = {}
    for one in sorted(judgements, key=lambda judgement: (judgement.happened_on, str(judgement.id).zfill(20))):
        if one.happened_on <= on:
            latest[one.criterion] = one
    return latest
