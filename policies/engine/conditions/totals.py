"""近 n 年合计 and 近 n 年平均: the closed years count, an open year can still make up the rest."""

from decimal import Decimal

from policies.engine import wording
from policies.engine.conditions.base import MET, UNKNOWN, UNMET, Condition, Gap, sure
from policies.engine.conditions.measures import Line, Measure
from policies.engine.outcomes import GapKind
from policies.engine.periods import Period, Span
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts, Plan
from policies.engine.units import show, show_gap, show_surplus


class Total(Condition):
    """A sum or a mean of one fact over the last years, or the ratio of two sums."""

    def __init__(self, plan: Plan, measure: Measure, period: Period, line: Line) -> None:
        self.measure, self.period, self.line = measure, period, line
        self.unit = measure.unit
        self.offsets = period.offsets
        self.starts = tuple(plan.add(measure.items(offset), measure.sources) for offset in self.offsets)
        self.parts = len(self.starts) if period.span is Span.MEAN else 1
        words = wording.AVERAGE if period.span is Span.MEAN else wording.TOTAL
        self.threshold_text = words.format(threshold=line.text)
        test, wanted = line.test, line.value * self.parts

        def judge(facts: Facts) -> int:
            sums = self._sums(facts)
            if sums is None:
                return UNKNOWN
            over, under = sums
            return MET if test(over, wanted * under) else UNMET

        self.judge = judge

    def _sums(self, facts: Facts) -> tuple[Decimal, Decimal] | None:
        """(scaled sum of the upper side, sum of the lower side or 1); None when a year is missing."""
        values, over = facts.values, Decimal(0)
        if self.measure.under is None:
            for at in self.starts:
                value = values[at]
                if value is None:
                    return None
                over += value
            return over, Decimal(1)
        under = Decimal(0)
        for at in self.starts:
            upper, lower = values[at], values[at + 1]
            if upper is None or lower is None:
                return None
            over += upper
            under += lower
        return (over * self.measure.scale, under) if under > 0 else None

    def _amount(self, facts: Facts) -> Decimal:
        over, under = sure(self._sums(facts))
        return self.line.short(over / under / self.parts)

    def _open_year(self, facts: Facts) -> int | None:
        """The open year that can still make it up: in this filing's years, or the year after them."""
        first = max(facts.year + self.offsets[0], facts.on_year)
        if first < facts.year:
            return first
        return facts.year if self.line.is_lower and facts.year >= facts.on_year else None

    def earliest(self, facts: Facts) -> int:
        if self.judge(facts) != UNMET:
            return facts.year
        year = max(facts.year, facts.on_year + 1)
        while not self.line.is_lower and self.measure.under is None and self._closed_sum(facts, year) > self._limit():
            year += 1
        return year

    def _limit(self) -> Decimal:
        return self.line.value * self.parts

    def _closed_sum(self, facts: Facts, application_year: int) -> Decimal:
        """What the closed years of another filing's window already add up to."""
        total = Decimal(0)
        for offset, at in zip(self.offsets, self.starts, strict=True):
            year, value = facts.year + offset, facts.values[at]
            if application_year + self.offsets[0] <= year < facts.on_year and value is not None:
                total += value
        return total

    def gap(self, facts: Facts) -> Gap:
        amount = self._amount(facts)
        relative = self.line.relative(amount)
        into = self._open_year(facts)
        if into is None:
            return Gap(GapKind.CLOSED, amount, self.unit, relative, facts.year - 1)
        return Gap(GapKind.CURABLE, amount, self.unit, relative, facts.year - 1, into)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        if outcome not in (MET, UNMET):
            return ""
        amount = self._amount(facts)
        if outcome == UNMET:
            if not amount:
                return wording.GAP_STRICT.format(threshold=self.line.text)
            return wording.GAP.format(gap=show_gap(amount, self.unit))
        if not amount:
            return wording.ON_THE_LINE
        words = wording.SURPLUS_OVER if self.line.is_lower else wording.SURPLUS_UNDER
        return words.format(surplus=show_surplus(-amount, self.unit))

    def closes(self, facts: Facts, earliest: int) -> str:
        into = self._open_year(facts)
        years = [earliest + offset for offset in self.offsets]
        label = self.measure.label
        if into is None or self.measure.under is not None or not self.line.is_lower:
            return wording.CLOSE_NEXT_YEAR.format(
                failed=wording.YEARS_JOIN.join(str(facts.year + offset) for offset in self.offsets),
                first=max(years[0], facts.on_year),
                label=label,
                must=wording.must(self.threshold_text),
                earliest=earliest,
            )
        closed = [year for year in years if year < facts.on_year]
        have = self._closed_sum(facts, earliest)
        open_years = wording.YEARS_JOIN.join(str(year) for year in years if year >= facts.on_year)
        need = self._limit() - have
        if not closed:
            return wording.CLOSE_TOTAL_FRESH.format(open=open_years, label=label, need=show_gap(need, self.unit), apply=earliest)
        shut = wording.YEARS_JOIN.join(map(str, closed))
        if need <= 0:
            return wording.CLOSE_TOTAL_DONE.format(closed=shut, have=show(have, self.unit), apply=earliest)
        return wording.CLOSE_TOTAL.format(
            open=open_years,
            label=label,
            need=show_gap(need, self.unit),
            apply=earliest,
            closed=shut,
            have=show(have, self.unit),
        )

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        return tuple(
            self.measure.observed(facts, at, facts.year + offset, None) for offset, at in zip(self.offsets, self.starts, strict=True)
        ) + self._whole(facts)

    def _whole(self, facts: Facts) -> tuple[Observed, ...]:
        sums = self._sums(facts)
        if sums is None:
            return ()
        value = sums[0] / sums[1] / self.parts
        text = show(value, self.unit, self.line.value)
        return (Observed(self.period.text, text, None, value, self.unit.label),)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return tuple(
            lack
            for offset, at in zip(self.offsets, self.starts, strict=True)
            for lack in self.measure.missing(facts, at, facts.year + offset)
        )
