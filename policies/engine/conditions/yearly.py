"""Tests of a figure year by year: each of the last years, any of them, or the state on the application day."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from policies.engine import wording
from policies.engine.conditions.base import MET, UNKNOWN, UNMET, Condition, Gap, sure
from policies.engine.conditions.measures import Line, Measure
from policies.engine.outcomes import GapKind
from policies.engine.periods import Period, Span
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts, Plan
from policies.engine.units import show, show_gap, show_surplus


class Yearly(Condition):
    """Shared by the tests that look at single years; `starts` are the slots of each year, oldest first."""

    def __init__(self, plan: Plan, measure: Measure, period: Period, line: Line, *, by_time: bool = False) -> None:
        self.measure, self.period, self.line, self.by_time = measure, period, line, by_time
        self.unit = measure.unit
        self.offsets = period.offsets
        shifts = (0, -1) if period.span is Span.POINT else (0,)
        self.starts = tuple(plan.add(measure.items(offset), measure.sources, shifts) for offset in self.offsets)
        self.compare = measure.comparer(line)
        self.threshold_text = line.text

    def years(self, facts: Facts) -> tuple[int, ...]:
        """The years looked at, oldest first."""
        return tuple(facts.year + offset for offset in self.offsets)

    def failing(self, facts: Facts) -> list[tuple[int, int]]:
        """(year, slot) of the years that fail, oldest first."""
        values = facts.values
        return [
            (facts.year + offset, at) for offset, at in zip(self.offsets, self.starts, strict=True) if self.compare(values, at) is False
        ]

    def amount(self, facts: Facts, at: int) -> Decimal:
        """By how much one year misses the line, in base units."""
        return self.line.short(sure(self.measure.value(facts.values, at)))

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        return tuple(
            self.measure.observed(facts, at, year, self.line.value) for year, at in zip(self.years(facts), self.starts, strict=True)
        )

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return tuple(
            lack
            for year, at in zip(self.years(facts), self.starts, strict=True)
            if self.compare(facts.values, at) is None
            for lack in self.measure.missing(facts, at, year)
        )

    def _gap_words(self, facts: Facts, at: int) -> str:
        if self.unit.is_flag:
            return ""
        amount = self.amount(facts, at)
        if not amount:
            return wording.GAP_STRICT.format(threshold=self.line.text)
        return wording.GAP.format(gap=show_gap(amount, self.unit))

    def surplus_words(self, facts: Facts) -> str:
        """By how much the weakest year passes the line."""
        if self.unit.is_flag:
            return ""
        over = [-self.amount(facts, at) for at in self.starts if self.compare(facts.values, at)]
        if not over:
            return ""
        if not min(over):
            return wording.ON_THE_LINE
        words = wording.SURPLUS_OVER if self.line.is_lower else wording.SURPLUS_UNDER
        return words.format(surplus=show_surplus(min(over), self.unit))

    def repair_words(self, facts: Facts, year: int, at: int) -> str:
        """What must still happen in an open year, solved for the upper side of the ratio."""
        measure, line = self.measure, self.line
        if self.unit.is_flag:
            return wording.CLOSE_FLAG.format(label=measure.label)
        if measure.under is None:
            words = wording.CLOSE_MORE if line.is_lower else wording.CLOSE_LESS
            return words.format(year=year, label=measure.label, gap=show_gap(self.amount(facts, at), self.unit))
        over, under = Decimal(facts.values[at] or 0), Decimal(facts.values[at + 1] or 0)
        lack = abs(line.value * under / measure.scale - over)
        parts = Measure(measure.over.code, None, measure.sources).unit
        base = Measure(measure.under.code, None, measure.sources).unit
        words = wording.CLOSE_RATIO_MORE if line.is_lower else wording.CLOSE_RATIO_LESS
        return words.format(
            year=year,
            over=measure.over.label,
            gap=show_gap(lack, parts),
            under=measure.under.label,
            base=show(under, base),
        )


class EachYear(Yearly):
    """上年度, 上年末, 近 n 年每年: every year must pass. A closed year that fails stays in the way until it is out of sight."""

    def __init__(self, plan: Plan, measure: Measure, period: Period, line: Line, *, by_time: bool = False) -> None:
        super().__init__(plan, measure, period, line, by_time=by_time)
        starts, compare = self.starts, self.compare

        def judge(facts: Facts) -> int:
            values = facts.values
            outcome = MET
            for at in starts:
                passed = compare(values, at)
                if passed is None:
                    outcome = UNKNOWN
                elif not passed:
                    return UNMET
            return outcome

        self.judge = judge
        if len(starts) > 1:
            self.threshold_text = wording.EACH_YEAR.format(threshold=line.text)

    def earliest(self, facts: Facts) -> int:
        failed = self.failing(facts)
        if not failed:
            return facts.year
        if self.by_time:
            return facts.year + self._years_to_wait(facts)
        closed = [year for year, _ in failed if year < facts.on_year]
        return max(closed) - self.offsets[0] + 1 if closed else facts.year

    def _years_to_wait(self, facts: Facts) -> int:
        return whole_years(self.amount(facts, self.starts[-1]), self.line)

    def gap(self, facts: Facts) -> Gap:
        failed = self.failing(facts)
        closed = [(year, at) for year, at in failed if year < facts.on_year]
        year, at = closed[-1] if closed else failed[-1]
        amount = self.amount(facts, at)
        relative = self.line.relative(amount)
        measured = None if self.unit.is_flag else amount
        if self.by_time:
            return Gap(GapKind.WAITING, measured, self.unit, relative, year)
        if closed:
            return Gap(GapKind.CLOSED, measured, self.unit, relative, year)
        return Gap(GapKind.CURABLE, measured, self.unit, relative, year, year)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        if outcome != UNMET:
            return self.surplus_words(facts) if outcome == MET else ""
        failed = self.failing(facts)
        if len(self.starts) == 1 or self.unit.is_flag:
            return self._gap_words(facts, failed[-1][1])
        return wording.JOIN.join(
            wording.GAP_OF_YEAR.format(year=year, gap=show_gap(self.amount(facts, at), self.unit)) for year, at in failed
        )

    def closes(self, facts: Facts, earliest: int) -> str:
        failed = self.failing(facts)
        if self.by_time:
            return wording.CLOSE_WAIT.format(year=earliest - 1, line=self.line.plain, earliest=earliest)
        closed = [year for year, _ in failed if year < facts.on_year]
        if closed:
            return wording.CLOSE_NEXT_YEAR.format(
                failed=wording.YEARS_JOIN.join(map(str, closed)),
                first=earliest + self.offsets[0],
                label=self.measure.label,
                must=wording.must(self.line.text),
                earliest=earliest,
            )
        return wording.JOIN.join(self.repair_words(facts, year, at) for year, at in failed)


class AnyYear(Yearly):
    """近 n 年任一年: one passing year is enough; a missing one keeps the answer open."""

    def __init__(self, plan: Plan, measure: Measure, period: Period, line: Line) -> None:
        super().__init__(plan, measure, period, line)
        starts, compare = self.starts, self.compare

        def judge(facts: Facts) -> int:
            values = facts.values
            outcome = UNMET
            for at in starts:
                passed = compare(values, at)
                if passed:
                    return MET
                if passed is None:
                    outcome = UNKNOWN
            return outcome

        self.judge = judge
        self.threshold_text = wording.ANY_YEAR.format(threshold=line.text)

    def earliest(self, facts: Facts) -> int:
        if self.judge(facts) != UNMET:
            return facts.year
        return max(facts.year, facts.on_year + 1)  # the first filing that looks at an open year

    def gap(self, facts: Facts) -> Gap:
        at = min(self.starts, key=lambda start: self.amount(facts, start))
        amount = self.amount(facts, at)
        measured = None if self.unit.is_flag else amount
        last = facts.year - 1
        if last < facts.on_year:
            return Gap(GapKind.CLOSED, measured, self.unit, self.line.relative(amount), last)
        return Gap(GapKind.CURABLE, measured, self.unit, self.line.relative(amount), last, last)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        if outcome == UNMET:
            return self._gap_words(facts, min(self.starts, key=lambda start: self.amount(facts, start)))
        if outcome != MET or self.unit.is_flag:
            return ""
        best = max(-self.amount(facts, at) for at in self.starts if self.compare(facts.values, at))
        words = wording.SURPLUS_OVER if self.line.is_lower else wording.SURPLUS_UNDER
        return words.format(surplus=show_surplus(best, self.unit)) if best else wording.ON_THE_LINE

    def closes(self, facts: Facts, earliest: int) -> str:
        last = facts.year - 1
        if last >= facts.on_year:
            return self.repair_words(facts, last, self.starts[-1])
        return wording.CLOSE_NEXT_YEAR.format(
            failed=wording.YEARS_JOIN.join(map(str, self.years(facts))),
            first=earliest - 1,
            label=self.measure.label,
            must=wording.must(self.line.text),
            earliest=earliest,
        )


class OnTheDay(Yearly):
    """申请日 and 当年: a state that can still change until the application."""

    def __init__(self, plan: Plan, measure: Measure, period: Period, line: Line, *, by_time: bool = False) -> None:
        super().__init__(plan, measure, period, line, by_time=by_time)
        at, compare = self.starts[0], self.compare

        def judge(facts: Facts) -> int:
            passed = compare(facts.values, at)
            return UNKNOWN if passed is None else MET if passed else UNMET

        self.judge = judge

    def _is_past(self, facts: Facts) -> bool:
        return facts.year < facts.on_year

    def earliest(self, facts: Facts) -> int:
        if self.by_time and self.judge(facts) == UNMET:
            return facts.year + whole_years(self.amount(facts, self.starts[0]), self.line)
        return facts.year

    def gap(self, facts: Facts) -> Gap:
        amount = self.amount(facts, self.starts[0])
        relative = self.line.relative(amount)
        measured = None if self.unit.is_flag else amount
        if self.by_time:
            return Gap(GapKind.WAITING, measured, self.unit, relative, facts.year)
        if self._is_past(facts):
            return Gap(GapKind.CLOSED, measured, self.unit, relative, facts.year)
        return Gap(GapKind.CURABLE, measured, self.unit, relative, facts.year, facts.year)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        if outcome == UNMET:
            return self._gap_words(facts, self.starts[0])
        return self.surplus_words(facts) if outcome == MET else ""

    def closes(self, facts: Facts, earliest: int) -> str:
        if self.by_time:
            return wording.CLOSE_WAIT.format(year=earliest - 1, line=self.line.plain, earliest=earliest)
        if self.unit.is_flag or self.measure.under is not None:
            return self.repair_words(facts, earliest, self.starts[0])
        words = wording.CLOSE_MORE_NOW if self.line.is_lower else wording.CLOSE_LESS_NOW
        return words.format(label=self.measure.label, gap=show_gap(self.amount(facts, self.starts[0]), self.unit))


def whole_years(lack: Decimal, line: Line) -> int:
    """Whole years until a count of years reaches its line."""
    if line.is_strict:
        return int(lack.to_integral_value(ROUND_FLOOR)) + 1
    return int(lack.to_integral_value(ROUND_CEILING))
