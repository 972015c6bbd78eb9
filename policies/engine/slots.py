"""Which figures a standard reads, settled once on load, and their values for one company, looked up once per evaluation.

A bundle is a set of figures that must come from one source (both sides of a ratio, all years of a growth rate). For
each bundle the first source that has all of it wins: the criterion's own source, then what may stand in, and only then
estimates in the same order. Two versions of one source that differ are a conflict: the bundle is unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from policies.engine.facts import FigureRow, JudgementFact, RowsByYear, Snapshot, Value


@dataclass(frozen=True, slots=True)
class Bundle:
    """`items`: (fact, offset from the application year), values stored from `start` on; `shifts`: years to try in turn."""

    start: int
    items: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    shifts: tuple[int, ...]


class Plan:
    """All bundles of one standard; filled while it is compiled."""

    def __init__(self) -> None:
        self.bundles: list[Bundle] = []
        self.size = 0
        self._known: dict[tuple[object, ...], int] = {}

    def add(self, items: Sequence[tuple[str, int]], sources: tuple[str, ...], shifts: tuple[int, ...] = (0,)) -> int:
        """Index of the bundle's first value; a bundle asked for twice is looked up once."""
        key = (tuple(items), sources, shifts)
        start = self._known.get(key)
        if start is None:
            start = self._known[key] = self.size
            self.bundles.append(Bundle(start, tuple(items), sources, shifts))
            self.size += len(items)
        return start


class Facts:
    """One company's facts as one standard reads them, for one application year."""

    __slots__ = ("conflicts", "judgements", "on", "on_year", "rows", "snapshot", "valid_titles", "values", "year")

    def __init__(self, plan: Plan, snapshot: Snapshot, *, on: date, year: int) -> None:
        self.snapshot = snapshot
        self.on = on
        self.on_year = on.year
        self.year = year
        self.values: list[Value] = [None] * plan.size
        self.rows: list[FigureRow | None] = [None] * plan.size
        self.conflicts: dict[int, tuple[FigureRow, ...]] = {}
        self.valid_titles = (
            None if snapshot.titles is None else {held.title for held in snapshot.titles if held.is_valid_on(on)}
        )
        self.judgements = latest_judgements(snapshot.judgements, on)
        index = snapshot.index
        if index:
            for bundle in plan.bundles:
                self._look_up(bundle, index)

    def _look_up(self, bundle: Bundle, index: dict[str, RowsByYear]) -> None:
        # the usual case first: one row per source and year, audited, nothing missing
        years = index.get(bundle.sources[0])
        if years is not None:
            at = bundle.start
            base = self.year + bundle.shifts[0]
            for fact, offset in bundle.items:
                row = years.get(base + offset)
                if row is None or type(row) is list or row.is_estimate:  # type: ignore[union-attr]
                    break
                value = row.values.get(fact)  # type: ignore[union-attr]
                if value is None or (type(value) is not int and not is_usable(value)):
                    break
                self.values[at] = value
                self.rows[at] = row  # type: ignore[assignment]
                at += 1
            else:
                return
        self._look_up_slowly(bundle, index)

    def _look_up_slowly(self, bundle: Bundle, index: dict[str, RowsByYear]) -> None:
        stop = bundle.start + len(bundle.items)
        self.values[bundle.start : stop] = [None] * len(bundle.items)
        self.rows[bundle.start : stop] = [None] * len(bundle.items)
        for shift in bundle.shifts:
            for allow_estimates in (False, True):
                for source in bundle.sources:
                    if source in index and self._take(bundle, index[source], self.year + shift, allow_estimates):
                        return

    def _take(self, bundle: Bundle, years: RowsByYear, base: int, allow_estimates: bool) -> bool:
        """Whether one source settles the bundle: with all its figures, or with a conflict."""
        found = [pick(years.get(base + offset), fact, allow_estimates) for fact, offset in bundle.items]
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
        return any(pick(self.snapshot.rows_of(source).get(year), fact, True) for source in sources)


def pick(known: FigureRow | list[FigureRow] | None, fact: str, allow_estimates: bool) -> tuple[FigureRow, ...]:
    """Rows of one source and year that give a figure: none, one, or several that differ."""
    if known is None:
        return ()
    rows = known if isinstance(known, list) else [known]
    giving = [row for row in rows if is_usable(row.values.get(fact)) and (allow_estimates or not row.is_estimate)]
    if allow_estimates and any(not row.is_estimate for row in giving):
        giving = [row for row in giving if not row.is_estimate]
    if not giving:
        return ()
    giving.sort(key=lambda row: str(row.version_id))
    if all(row.values[fact] == giving[0].values[fact] for row in giving):
        return (giving[0],)
    return tuple(giving)


def is_usable(value: Value) -> bool:
    """Whether a figure can be compared: reported, and a finite number. A float is a programming error."""
    if value is None:
        return False
    if isinstance(value, Decimal):
        return value.is_finite()
    if isinstance(value, int):
        return True
    raise TypeError(f"figures are Decimal, int or bool, not {type(value).__name__}")


_NO_JUDGEMENTS: dict[str, JudgementFact] = {}


def latest_judgements(judgements: Sequence[JudgementFact], on: date) -> dict[str, JudgementFact]:
    """The last judgement of each criterion up to `on`."""
    if not judgements:
        return _NO_JUDGEMENTS
    latest: dict[str, JudgementFact] = {}
    for one in sorted(judgements, key=lambda judgement: (judgement.happened_on, str(judgement.id).zfill(20))):
        if one.happened_on <= on:
            latest[one.criterion] = one
    return latest
