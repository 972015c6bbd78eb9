"""评分: the sum of a score table against its line, as a range; and a score that is itself the result of a rating."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil

from policies.engine import wording
from policies.engine.conditions.base import MANUAL, MET, UNKNOWN, UNMET, Condition, Gap
from policies.engine.conditions.measures import Line
from policies.engine.outcomes import GapKind, Outcome
from policies.engine.scores.groups import SumOf
from policies.engine.scores.parts import Move, Part
from policies.engine.scores.tables import POINTS, UNBOUNDED, Number, Row, exact, points_words, range_words
from policies.engine.sheet import Missing, Observed, ScorePart
from policies.engine.slots import Facts
from policies.engine.units import show_gap, show_surplus

Lack = tuple[Number, Missing]
_LAST_YEAR_TRIED = 10  # years ahead; every part looks at an open year long before


class Score(Condition):
    """The groups of a table added up.

    met when the least reaches every line, unmet when the most misses one. Between the two a missing fact keeps it
    unknown as long as facts alone could decide; what only experts can decide is manual, until a person judges it.
    """

    unit = POINTS

    def __init__(self, code: str, groups: Sequence[SumOf], line: Line | None) -> None:
        self.code, self.groups, self.total = code, tuple(groups), line
        self.lines = tuple((group, group.floor) for group in groups if group.floor is not None)
        self.threshold_text = self._threshold()
        self.inner_tests = tuple(_conditions(groups))
        self.asks_experts = line is not None and any(group.asks_experts for group in groups)
        self.judge = self._rating() if line is None else self._judge(line)
        self.is_rating = line is None

    def _judge(self, line: Line):  # type: ignore[no-untyped-def]
        table = tuple(
            (group.span, None if group.floor is None else group.floor.test, 0 if group.floor is None else group.floor.value)
            for group in self.groups
        )
        test, wanted = line.test, line.value

        def judge(facts: Facts) -> int:
            low: Number = 0
            high: Number = 0
            is_sure = True
            for span, of_group, floor in table:
                least, most = span(facts)
                low += least
                high += most
                if of_group is not None:
                    if not of_group(most, floor):
                        return UNMET
                    is_sure = is_sure and of_group(least, floor)
            if not test(high, wanted):
                return UNMET
            return MET if is_sure and test(low, wanted) else self._between(facts)

        return judge

    def _rating(self):  # type: ignore[no-untyped-def]
        spans = tuple(group.span for group in self.groups)

        def judge(facts: Facts) -> int:
            for span in spans:
                least, most = span(facts)
                if least != most:
                    return UNKNOWN if any(group.span(facts) != group.settled(facts) for group in self.groups) else MANUAL
            return MET

        return judge

    def _threshold(self) -> str:
        if self.total is None:
            return ""
        if not self.lines:
            return self.total.text
        words = [wording.SCORE_GROUP_LINE.format(group=group.text, threshold=floor.text) for group, floor in self.lines]
        return wording.SCORE_LINES.format(total=self.total.text, groups=wording.YEARS_JOIN.join(words))

    def _between(self, facts: Facts) -> int:
        if self._facts_may_decide(facts):
            return UNKNOWN
        judgement = facts.judgements.get(self.code)
        if judgement is None:
            return MANUAL
        return MET if judgement.outcome == Outcome.MET else UNMET

    def _facts_may_decide(self, facts: Facts) -> bool:
        settled = {group: group.settled(facts) for group in self.groups}
        bounds = [(sum(low for low, _ in settled.values()), sum(high for _, high in settled.values()), self.total)]
        bounds += [(*settled[group], floor) for group, floor in self.lines]
        lines = [(low, high, line) for low, high, line in bounds if line is not None]
        return all(line.test(low, line.value) for low, _, line in lines) or any(not line.test(high, line.value) for _, high, line in lines)

    def span(self, facts: Facts) -> tuple[Number, Number]:
        """Least and most points."""
        found = [group.span(facts) for group in self.groups]
        return sum(low for low, _ in found), sum(high for _, high in found)

    def rests_on_judgement(self, facts: Facts) -> bool:
        if self.total is None or self.judge(facts) not in (MET, UNMET):
            return False
        return self._outcome_without_people(facts) not in (MET, UNMET)

    def _outcome_without_people(self, facts: Facts) -> int:
        bounds = self._bounds(facts)
        if any(not line.test(high, line.value) for _, _, high, line in bounds):
            return UNMET
        return MET if all(line.test(low, line.value) for _, low, _, line in bounds) else MANUAL

    def _bounds(self, facts: Facts) -> list[tuple[str, Number, Number, Line]]:
        """(name, least, most, line) of the whole and of each group with a line; the whole has no name."""
        whole = [] if self.total is None else [("", *self.span(facts), self.total)]
        return [*whole, *((group.text, *group.span(facts), floor) for group, floor in self.lines)]

    def _failing(self, facts: Facts) -> list[tuple[str, Number, Line]]:
        return [(name, high, line) for name, _, high, line in self._bounds(facts) if not line.test(high, line.value)]

    def _is_within_reach(self, facts: Facts, year: int) -> bool:
        reach = {group: group.reach(facts, year) for group in self.groups}
        lines = [(sum(reach.values()), self.total), *((reach[group], floor) for group, floor in self.lines)]
        return all(line.test(most, line.value) for most, line in lines if line is not None)

    def earliest(self, facts: Facts) -> int:
        if self.judge(facts) != UNMET or self.rests_on_judgement(facts):
            return facts.year
        return self._opens(facts) or facts.year

    def _opens(self, facts: Facts) -> int | None:
        """The first application year in which open years may still bring the points; None when none does."""
        last = max(facts.year, facts.on_year) + _LAST_YEAR_TRIED
        return next((year for year in range(facts.year, last + 1) if self._is_within_reach(facts, year)), None)

    def gap(self, facts: Facts) -> Gap:
        failing = self._failing(facts)
        if not failing:
            return Gap(GapKind.NONE)
        # every failing line must be reached: the farthest says how many points that takes
        amount, line = max(((max(line.short(exact(high)), Decimal(0)), line) for _, high, line in failing), key=lambda one: one[0])
        relative, opens = line.relative(amount), self._opens(facts)
        if opens is None:
            return Gap(GapKind.NONE, amount, POINTS, relative)
        if opens > facts.year:
            return Gap(GapKind.CLOSED, amount, POINTS, relative, facts.year - 1)
        into = facts.year - 1 if facts.year - 1 >= facts.on_year else facts.year
        return Gap(GapKind.CURABLE, amount, POINTS, relative, into, into)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        if self.total is None or self.rests_on_judgement(facts):
            return ""
        if outcome == UNMET:
            return wording.JOIN.join(self._short(name, high, line, facts) for name, high, line in self._failing(facts))
        if outcome != MET:
            return ""
        over = -self.total.short(exact(self.span(facts)[0]))
        return wording.SURPLUS_OVER.format(surplus=show_surplus(over, POINTS)) if over else wording.ON_THE_LINE

    def _short(self, name: str, high: Number, line: Line, facts: Facts) -> str:
        amount = line.short(exact(high))
        if not amount:
            return wording.GAP_STRICT.format(threshold=line.text)
        gap = show_gap(amount, POINTS)
        if name:
            return wording.GAP_OF_GROUP.format(group=name, gap=gap)
        low, most = self.span(facts)
        return (wording.GAP if low == most else wording.GAP_AT_BEST).format(gap=gap)

    def closes(self, facts: Facts, earliest: int) -> str:
        if self.rests_on_judgement(facts):
            return wording.CLOSE_JUDGED
        steps = wording.JOIN.join(
            wording.SCORE_STEP.format(step=move.words, points=points_words(gain)) for move, gain in self._cheapest(facts, earliest)
        )
        if not steps or earliest <= facts.year:
            return steps
        return wording.SCORE_LATER.format(apply=earliest, open=earliest - 1, steps=steps)

    def _cheapest(self, facts: Facts, year: int) -> list[tuple[Move, Number]]:
        """Steps that would reach every line, each part once, those with most points for the least way first."""
        open_parts = [(group, part) for group in self.groups for part in group.parts]
        needs: list[tuple[SumOf | None, Number]] = [(group, _lack(floor, group.span(facts)[1])) for group, floor in self.lines]
        if self.total is not None:
            needs.append((None, _lack(self.total, self.span(facts)[1])))
        chosen: list[tuple[Move, Number]] = []
        gained: dict[SumOf, Number] = {}
        for only, lack in needs:
            lack -= sum(points for group, points in gained.items() if only in (None, group))
            while lack > 0:
                found = [
                    (move, move.points - part.span(facts)[1], group, part)
                    for group, part in open_parts
                    if only in (None, group)
                    for move in part.moves(facts, year)
                ]
                if not found:
                    break
                move, gain, group, part = min(found, key=lambda one: (one[0].distance / ceil(min(one[1], lack)), one[1]))
                chosen.append((move, gain))
                open_parts.remove((group, part))
                gained[group] = gained.get(group, 0) + gain
                lack -= gain
        return chosen

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        low, high = self.span(facts)
        value = exact(low) if low == high and high < UNBOUNDED else None
        return (Observed("", range_words((low, high)), None, value, POINTS.label if value is not None else ""),)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        lacks: list[Lack] = [lack for group in self.groups for lack in group.lacks(facts)]
        return tuple(dict.fromkeys(lack for _, lack in sorted(lacks, key=lambda one: -one[0])))

    def score_parts(self, facts: Facts) -> tuple[ScorePart, ...]:
        return tuple(group.shown(facts) for group in self.groups)

    def result(self, facts: Facts) -> str:
        if self.total is not None:
            return ""
        return range_words(self.span(facts))

    def table(self) -> tuple[Row, ...]:
        return tuple(
            Row(
                group.text,
                wording.SCORE_MOST.format(points=group.top) if group.top < UNBOUNDED else "",
                group.rows(),
            )
            for group in self.groups
        )


def _lack(line: Line, high: Number) -> Number:
    """Whole points still to gain: one more where standing on the line is not enough."""
    if line.test(high, line.value):
        return 0
    lack = Fraction(line.value) - high
    return lack + 1 if line.is_strict else lack


def _conditions(parts: Sequence[Part]) -> list[Condition]:
    """Every test inside a table."""
    return [test for part in parts for test in (*part.conditions, *_conditions(part.parts))]
