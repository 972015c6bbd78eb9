"""Growth of one fact over the last years: compound (复合增长率), the mean of the yearly rates (平均增长率), or every rate (逐年)."""

from decimal import Context, Decimal

from policies.engine import wording
from policies.engine.conditions.base import MET, UNKNOWN, UNMET, Condition, Gap, sure
from policies.engine.conditions.measures import Line, Measure
from policies.engine.facts import Value
from policies.engine.outcomes import GapKind
from policies.engine.periods import Period
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts, Plan
from policies.engine.units import HUNDRED, PERCENT, show, show_gap, show_surplus

# a rate is only shown and ranked; whether it passes is decided without it
_ROOTS = Context(prec=28)


class Growth(Condition):
    """All its years come from one source. Compared without division or root, so that a boundary is exact."""

    unit = PERCENT

    def __init__(self, plan: Plan, measure: Measure, period: Period, line: Line, *, compound: bool) -> None:
        self.measure, self.period, self.line, self.compound = measure, period, line, compound
        # compound growth reads the first and the last year only
        self.offsets = (period.offsets[0], -1) if compound else period.offsets
        self.spans = period.years
        self.start = plan.add(tuple((measure.over.code, offset) for offset in self.offsets), measure.sources)
        self.label = wording.GROWTH_LABEL.format(label=measure.label)
        self.threshold_text = line.text
        passes = self._compound_test() if compound else self._mean_test()

        def judge(facts: Facts) -> int:
            known = self._known(facts.values)
            if known is None:
                return UNKNOWN
            return MET if passes(known) else UNMET

        self.judge = judge

    def _known(self, values: list[Value]) -> list[Decimal] | None:
        """The figures, oldest first; None when one is missing or a base year is not above zero."""
        known: list[Decimal] = []
        for at in range(self.start, self.start + len(self.offsets)):
            value = values[at]
            if value is None:
                return None
            known.append(Decimal(value))
        return known if all(base > 0 for base in known[:-1]) else None

    def _compound_test(self):  # type: ignore[no-untyped-def]
        factor = (1 + self.line.value / HUNDRED) ** self.spans
        test = self.line.test
        return lambda known: test(known[1], known[0] * factor)

    def _mean_test(self):  # type: ignore[no-untyped-def]
        wanted = self.spans * (1 + self.line.value / HUNDRED)
        test = self.line.test

        def passes(known: list[Decimal]) -> bool:
            whole = Decimal(1)
            for base in known[:-1]:
                whole *= base
            rates = Decimal(0)
            for at in range(1, len(known)):
                rest = known[at]
                for other in range(len(known) - 1):
                    if other != at - 1:
                        rest *= known[other]
                rates += rest
            return test(rates, wanted * whole)

        return passes

    def value(self, facts: Facts) -> Decimal | None:
        """The growth rate in per cent; None when it cannot be computed."""
        known = self._known(facts.values)
        if known is None:
            return None
        if not self.compound:
            rates = sum((known[at] / known[at - 1] for at in range(1, len(known))), Decimal(0))
            return (rates / self.spans - 1) * HUNDRED
        times = _ROOTS.divide(known[1], known[0])
        if times < 0:
            return -HUNDRED
        root = times.sqrt(_ROOTS) if self.spans == 2 else times ** (Decimal(1) / self.spans)
        return (root - 1) * HUNDRED

    def earliest(self, facts: Facts) -> int:
        if self.judge(facts) != UNMET:
            return facts.year
        return max(facts.year, facts.on_year + 1)  # its last year must still be open

    def _amount(self, facts: Facts) -> Decimal:
        return max(self.line.short(sure(self.value(facts))), Decimal(0))

    def gap(self, facts: Facts) -> Gap:
        amount = self._amount(facts)
        relative, last = self.line.relative(amount), facts.year - 1
        if last < facts.on_year:
            return Gap(GapKind.CLOSED, amount, PERCENT, relative, last)
        return Gap(GapKind.CURABLE, amount, PERCENT, relative, last, last)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        if outcome not in (MET, UNMET):
            return ""
        if outcome == UNMET:
            return wording.GAP.format(gap=show_gap(self._amount(facts), PERCENT))
        over = -self.line.short(sure(self.value(facts)))
        if over <= 0:
            return wording.ON_THE_LINE
        words = wording.SURPLUS_OVER if self.line.is_lower else wording.SURPLUS_UNDER
        return words.format(surplus=show_surplus(over, PERCENT))

    def closes(self, facts: Facts, earliest: int) -> str:
        last = facts.year - 1
        known = self._known(facts.values)
        if last < facts.on_year or known is None or not self.compound:
            return wording.CLOSE_NEXT_YEAR.format(
                failed=wording.YEARS_JOIN.join(str(facts.year + offset) for offset in self.offsets),
                first=max(earliest - 1, facts.on_year),
                label=self.label,
                must=wording.must(self.line.text),
                earliest=earliest,
            )
        need = known[0] * (1 + self.line.value / HUNDRED) ** self.spans
        return wording.CLOSE_GROWTH.format(open=last, label=self.measure.label, need=show_gap(need, self.measure.unit), apply=earliest)

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        years = tuple(self.measure.observed(facts, self.start + at, facts.year + offset, None) for at, offset in enumerate(self.offsets))
        value = self.value(facts)
        if value is None:
            return years
        return (*years, Observed(self.period.text, show(value, PERCENT, self.line.value), None, value, "%"))

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return _missing(self.measure, facts, self.start, self.offsets)


class GrowthEachYear(Condition):
    """逐年增长: the rate of every year must pass, each year compared with the one before it in the same source.

    As with 近 n 年每年, one known rate that fails decides, and a closed year that fails stays in the way until it is out of sight.
    """

    unit = PERCENT

    def __init__(self, plan: Plan, measure: Measure, period: Period, line: Line) -> None:
        self.measure, self.period, self.line = measure, period, line
        self.offsets = period.offsets[1:]
        code, sources = measure.over.code, measure.sources
        self.starts = tuple(plan.add(((code, offset - 1), (code, offset)), sources) for offset in self.offsets)
        self.label = wording.GROWTH_LABEL.format(label=measure.label)
        self.threshold_text = wording.EACH_RATE.format(threshold=line.text)
        self.factor = 1 + line.value / HUNDRED
        starts, compare = self.starts, self._compare

        def judge(facts: Facts) -> int:
            values, outcome = facts.values, MET
            for at in starts:
                passed = compare(values, at)
                if passed is None:
                    outcome = UNKNOWN
                elif not passed:
                    return UNMET
            return outcome

        self.judge = judge

    def _compare(self, values: list[Value], at: int) -> bool | None:
        """Whether one year grew enough; None when either figure is missing or the base is not above zero. No division."""
        base, value = values[at], values[at + 1]
        if base is None or value is None or base <= 0:
            return None
        return self.line.test(value, base * self.factor)

    def rate(self, values: list[Value], at: int) -> Decimal | None:
        """The rate of one year in per cent."""
        base, value = values[at], values[at + 1]
        return None if base is None or value is None or base <= 0 else (Decimal(value) / Decimal(base) - 1) * HUNDRED

    def failing(self, facts: Facts) -> list[tuple[int, int]]:
        """(year, slot) of the years whose rate fails, oldest first."""
        pairs = zip(self.offsets, self.starts, strict=True)
        return [(facts.year + offset, at) for offset, at in pairs if self._compare(facts.values, at) is False]

    def _amount(self, facts: Facts, at: int) -> Decimal:
        return self.line.short(sure(self.rate(facts.values, at)))

    def earliest(self, facts: Facts) -> int:
        closed = [year for year, _ in self.failing(facts) if year < facts.on_year]
        return max(closed) - self.offsets[0] + 1 if closed else facts.year

    def gap(self, facts: Facts) -> Gap:
        failed = self.failing(facts)
        closed = [(year, at) for year, at in failed if year < facts.on_year]
        year, at = closed[-1] if closed else failed[-1]
        amount = self._amount(facts, at)
        relative = self.line.relative(amount)
        if closed:
            return Gap(GapKind.CLOSED, amount, PERCENT, relative, year)
        return Gap(GapKind.CURABLE, amount, PERCENT, relative, year, year)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        if outcome == UNMET:
            return wording.JOIN.join(self._gap_of_year(facts, year, at) for year, at in self.failing(facts))
        if outcome != MET:
            return ""
        over = min(-self._amount(facts, at) for at in self.starts)
        return wording.SURPLUS_OVER.format(surplus=show_surplus(over, PERCENT)) if over else wording.ON_THE_LINE

    def _gap_of_year(self, facts: Facts, year: int, at: int) -> str:
        amount = self._amount(facts, at)
        if not amount:
            return wording.GAP_STRICT_OF_YEAR.format(year=year, threshold=self.line.text)
        return wording.GAP_OF_YEAR.format(year=year, gap=show_gap(amount, PERCENT))

    def closes(self, facts: Facts, earliest: int) -> str:
        failed = self.failing(facts)
        closed = [year for year, _ in failed if year < facts.on_year]
        if closed:
            return wording.CLOSE_NEXT_YEAR.format(
                failed=wording.YEARS_JOIN.join(map(str, closed)),
                first=earliest + self.offsets[0],
                label=self.label,
                must=wording.must(self.line.text),
                earliest=earliest,
            )
        words = wording.CLOSE_GROWTH_OVER if self.line.is_strict else wording.CLOSE_GROWTH
        return wording.JOIN.join(
            words.format(
                open=year,
                label=self.measure.label,
                need=show_gap(Decimal(facts.values[at] or 0) * self.factor, self.measure.unit),
                apply=earliest,
            )
            for year, at in failed
        )

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        measure, years = self.measure, facts.year
        shown = [measure.observed(facts, self.starts[0], years + self.offsets[0] - 1, None)]
        for offset, at in zip(self.offsets, self.starts, strict=True):
            shown.append(measure.observed(facts, at + 1, years + offset, None))
        for offset, at in zip(self.offsets, self.starts, strict=True):
            rate = self.rate(facts.values, at)
            if rate is not None:
                text = wording.RATE_OF_YEAR.format(year=years + offset, rate=show(rate, PERCENT, self.line.value))
                shown.append(Observed(self.period.text, text, None, rate, PERCENT.label))
        return tuple(shown)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        found = (
            lack
            for offset, at in zip(self.offsets, self.starts, strict=True)
            if self._compare(facts.values, at) is None
            for lack in _missing(self.measure, facts, at, (offset - 1, offset))
        )
        return tuple({lack.text: lack for lack in found}.values())


def _missing(measure: Measure, facts: Facts, start: int, offsets: tuple[int, ...]) -> tuple[Missing, ...]:
    """What a rate over the years at `offsets` lacks: figures, one source for all of them, or a base above zero."""
    lacks = tuple(
        lack
        for at, offset in enumerate(offsets)
        if (facts.rows[start + at] is None and not facts.has_figure(measure.over.code, facts.year + offset, measure.sources))
        or start + at in facts.conflicts
        for lack in measure.missing(facts, start + at, facts.year + offset)
    )
    if lacks:
        return lacks
    values = facts.values[start : start + len(offsets)]
    if any(value is None for value in values):
        text = wording.MISSING_GROWTH_SOURCE.format(
            years=wording.YEARS_JOIN.join(str(facts.year + offset) for offset in offsets),
            label=measure.label,
        )
        return (Missing(measure.over.code, measure.label, None, measure.sources, text),)
    year = facts.year + next(o for o, value in zip(offsets, values, strict=True) if not value or value <= 0)
    text = wording.MISSING_BASE.format(year=year, label=measure.label)
    return (Missing(measure.over.code, measure.label, year, measure.sources, text),)
