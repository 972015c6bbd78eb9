"""What a part of a score table measures: a figure, a share, a sum, a mean or a growth rate, as an exact fraction.

`pair(facts)` gives (over, under) with `under` above zero, so that a band is tested as over ≥ line × under, without
division; None when a figure is missing, disputed or cannot be computed with.
"""

from collections.abc import Callable
from decimal import Decimal

from policies.engine import wording
from policies.engine.conditions.measures import Measure
from policies.engine.facts import Value
from policies.engine.periods import Period, Span
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts, Plan
from policies.engine.units import HUNDRED, PERCENT, Unit, show

Number = Decimal | int
Pair = tuple[Number, Number]


class Reading:
    """One quantity over its period. `last` is the offset of its last year: a reading is open while that year is."""

    pair: Callable[[Facts], Pair | None]

    def __init__(self, plan: Plan, measure: Measure, period: Period) -> None:
        self.measure, self.period = measure, period
        self.unit: Unit = measure.unit
        self.label = measure.label
        self.offsets = period.offsets
        self.last = self.offsets[-1]
        shifts = (0, -1) if period.span is Span.POINT else (0,)
        self.starts = tuple(plan.add(measure.items(offset), measure.sources, shifts) for offset in self.offsets)
        parts = len(self.starts) if period.span is Span.MEAN else 1
        self.pair = _single(measure, self.starts[0]) if len(self.starts) == 1 else _sums(measure, self.starts, parts)

    def is_open(self, facts: Facts, year: int) -> bool:
        """Whether an application of `year` looks at a year that has not ended on the day asked."""
        return year + self.last >= facts.on_year

    def value(self, facts: Facts) -> Decimal | None:
        """The quantity in base units; None when it cannot be judged."""
        found = self.pair(facts)
        return None if found is None else Decimal(found[0]) / Decimal(found[1])

    def observe(self, facts: Facts, line: Decimal | None = None) -> tuple[Observed, ...]:
        """Each year as it is, and what is made of them where there are several."""
        years = tuple(
            self.measure.observed(facts, at, facts.year + offset, line if len(self.starts) == 1 else None)
            for offset, at in zip(self.offsets, self.starts, strict=True)
        )
        value = self.value(facts) if len(years) > 1 else None
        if value is None:
            return years
        return (*years, Observed(self.period.text, show(value, self.unit, line), None, value, self.unit.label))

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        """What it lacks, oldest year first."""
        return tuple(
            lack
            for offset, at in zip(self.offsets, self.starts, strict=True)
            for lack in self.measure.missing(facts, at, facts.year + offset)
        )


def _single(measure: Measure, at: int) -> Callable[[Facts], Pair | None]:
    if measure.under is None:

        def figure(facts: Facts) -> Pair | None:
            value = facts.values[at]
            return None if value is None else (value, 1)

        return figure
    scale, below = measure.scale, at + 1

    def share(facts: Facts) -> Pair | None:
        over, under = facts.values[at], facts.values[below]
        if over is None or under is None or under <= 0:
            return None
        return over * scale, under

    return share


def _sums(measure: Measure, starts: tuple[int, ...], parts: int) -> Callable[[Facts], Pair | None]:
    is_share, scale = measure.under is not None, measure.scale

    def sums(facts: Facts) -> Pair | None:
        values = facts.values
        over, under = Decimal(0), Decimal(0)
        for at in starts:
            upper = values[at]
            lower = values[at + 1] if is_share else 1
            if upper is None or lower is None:
                return None
            over += upper
            under += lower
        if not is_share:
            return over, parts
        return (over * scale, under) if under > 0 else None

    return sums


class Rates(Reading):
    """Growth in per cent; all its years come from one source.

    平均 is the mean of the yearly rates. 高企 is that of 195号: a first year of nothing leaves the second rate alone, a
    second year of nothing counts as no growth.
    """

    def __init__(self, plan: Plan, measure: Measure, period: Period, *, is_high_tech: bool) -> None:
        self.measure, self.period, self.is_high_tech = measure, period, is_high_tech
        self.unit = PERCENT
        self.label = wording.GROWTH_LABEL.format(label=measure.label)
        self.offsets = period.offsets
        self.last = -1
        first = plan.add(tuple((measure.over.code, offset) for offset in self.offsets), measure.sources)
        self.starts = tuple(range(first, first + len(self.offsets)))
        rate = _high_tech_rate if is_high_tech else _mean_rate
        starts = self.starts

        def pair(facts: Facts) -> Pair | None:
            known = [facts.values[at] for at in starts]
            return None if None in known else rate(known)

        self.pair = pair

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        code, label, sources = self.measure.over.code, self.measure.label, self.measure.sources
        years = [(facts.year + offset, at) for offset, at in zip(self.offsets, self.starts, strict=True)]
        lacks = tuple(
            lack
            for year, at in years
            if at in facts.conflicts or (facts.rows[at] is None and not facts.has_figure(code, year, sources))
            for lack in self.measure.missing(facts, at, year)
        )
        if lacks or self.pair(facts) is not None:
            return lacks
        if any(facts.values[at] is None for _, at in years):
            shown = wording.YEARS_JOIN.join(str(year) for year, _ in years)
            return (Missing(code, label, None, sources, wording.MISSING_GROWTH_SOURCE.format(years=shown, label=label)),)
        year = next(year for year, at in years if (facts.values[at] or 0) < self._least_base())
        return (Missing(code, label, year, sources, wording.MISSING_BASE.format(year=year, label=label)),)

    def _least_base(self) -> Decimal:
        """A base year below this cannot be computed with; nothing at all has a rule of its own in 195号."""
        return Decimal(0) if self.is_high_tech else Decimal("0.01")


def _mean_rate(known: list[Value]) -> Pair | None:
    """Mean of the yearly rates in per cent; None where a base year is not above zero."""
    figures = [Decimal(value or 0) for value in known]
    bases = figures[:-1]
    if any(base <= 0 for base in bases):
        return None
    whole, rates = Decimal(1), Decimal(0)
    for base in bases:
        whole *= base
    for at in range(1, len(figures)):
        rest = figures[at]
        for other, base in enumerate(bases):
            if other != at - 1:
                rest *= base
        rates += rest
    return (rates - len(bases) * whole) * HUNDRED, len(bases) * whole


def _high_tech_rate(known: list[Value]) -> Pair | None:
    """½ × (Y2/Y1 + Y3/Y2) − 1 in per cent, or Y2/Y1 − 1 over two years; None where a base year is below zero."""
    figures = [Decimal(value or 0) for value in known]
    if any(base < 0 for base in figures[:-1]):
        return None
    second, last = figures[-2], figures[-1]
    if not second:
        return Decimal(0), 1
    if len(figures) == 2 or not figures[0]:
        return (last - second) * HUNDRED, second
    first = figures[0]
    return (second * second + last * first - 2 * first * second) * HUNDRED, 2 * first * second
