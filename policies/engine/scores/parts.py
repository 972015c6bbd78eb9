"""The parts of a score table: each gives the least and the most points the known facts allow.

A part whose facts are missing gives the range over everything they could be; experts' judgement inside a band is the
band's own range. `settled` is the same range if every missing fact came out for the best (its low) or for the worst
(its high): what no fact can move any more is the experts'.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from policies.engine import wording
from policies.engine.conditions.base import Condition
from policies.engine.conditions.measures import Line
from policies.engine.scores.readings import Reading
from policies.engine.scores.tables import UNBOUNDED, Number, Points, Row, exact, line_words, points_words, range_words
from policies.engine.sheet import Missing, Observed, ScorePart
from policies.engine.slots import Facts
from policies.engine.units import Threshold, show_gap


class Move(NamedTuple):
    """A step that would bring more points: the part's points after it, in words, and how far it is from where it stands."""

    points: Number
    words: str
    distance: Decimal


class Part:
    """One line of a score table. `span(facts)` is the hot path: (least, most) points."""

    span: Callable[[Facts], Points]
    parts: Sequence["Part"] = ()
    conditions: Sequence[Condition] = ()
    floor: Line | None = None  # only of a group: points that must be reached in it

    def __init__(self, code: str, text: str, top: Number) -> None:
        self.code, self.text, self.top = code, text, top

    @property
    def asks_experts(self) -> bool:
        """Whether people give points that no fact decides."""
        return any(part.asks_experts for part in self.parts)

    def points_of(self, facts: Facts) -> Points:
        """As `span`, worked out once for one company: what is said about a table asks for it again and again."""
        known = facts.points
        if known is None:
            known = facts.points = {}
        found = known.get(self)
        if found is None:
            found = known[self] = self.span(facts)
        return found

    def settled(self, facts: Facts) -> Points:
        """(most that the low, least that the high can become) by facts alone."""
        return self.points_of(facts)

    def reach(self, facts: Facts, year: int) -> Number:
        """The most points in an application of `year`, closed years being as they are."""
        return self.points_of(facts)[1]

    def moves(self, facts: Facts, year: int) -> list[Move]:
        """Steps beyond the most it can have now, that an application of `year` would count."""
        return []

    def has_open_year(self, facts: Facts) -> bool:
        """Whether what it looks at for this application can still change."""
        return self.reach(facts, facts.year) > self.points_of(facts)[1] or any(part.has_open_year(facts) for part in self.parts)

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        """What the company shows for it."""
        return ()

    def lacks(self, facts: Facts) -> list[tuple[Number, Missing]]:
        """Missing facts, each with the points it would settle."""
        return []

    def rows(self) -> tuple[Row, ...]:
        """The published table of the part."""
        return ()

    def holding(self, facts: Facts) -> str:
        """The band that holds, in words."""
        return ""

    def shown(self, facts: Facts) -> ScorePart:
        """The part as the sheet prints it."""
        low, high = self.points_of(facts)
        ahead = self.ahead(facts)
        parts = tuple(part.shown(facts) for part in self.shown_parts(facts))
        return ScorePart(
            code=self.code,
            text=self.text,
            most=int(self.top) if self.top < UNBOUNDED else None,
            low=exact(low),
            high=exact(high) if high < UNBOUNDED else None,
            points_text=range_words((low, high)),
            holding=self.holding(facts),
            observed=self.observe(facts),
            missing=() if parts else tuple(dict.fromkeys(lack for _, lack in self.lacks(facts))),
            ahead=ahead,
            is_closed=bool(ahead) and not self.has_open_year(facts),
            parts=parts,
        )

    def ahead(self, facts: Facts) -> str:
        """The next band, in words with its points: of this application, else of the first that looks at an open year."""
        found = self.moves(facts, facts.year) or self.moves(facts, max(facts.year, facts.on_year + 1))
        if not found:
            return ""
        move = min(found, key=lambda one: (one.points, one.distance))
        return wording.SCORE_STEP.format(step=move.words, points=points_words(move.points - self.points_of(facts)[1]))

    def shown_parts(self, facts: Facts) -> Sequence["Part"]:
        """The parts printed below it."""
        return self.parts


class Fixed(Part):
    """Points as they stand."""

    def __init__(self, code: str, text: str, points: Points) -> None:
        super().__init__(code, text, points[1])
        self.points = points
        self.span = lambda facts: points

    @property
    def asks_experts(self) -> bool:
        return self.points[0] != self.points[1]

    def rows(self) -> tuple[Row, ...]:
        return (Row(wording.SCORE_ANY, range_words(self.points)),)


class Panel(Part):
    """Left to people altogether."""

    def __init__(self, code: str, text: str, top: Number, question: str) -> None:
        super().__init__(code, text, top)
        self.question = question
        whole: Points = (0, top)
        self.span = lambda facts: whole

    @property
    def asks_experts(self) -> bool:
        return True

    def holding(self, facts: Facts) -> str:
        return wording.SCORE_PANEL

    def rows(self) -> tuple[Row, ...]:
        return (Row(self.question, range_words((0, self.top))),)


class Steps(Part):
    """Bands of one reading, the best first; the first whose line holds gives its points, the last has no line."""

    def __init__(self, code: str, text: str, reading: Reading, steps: Sequence[tuple[Line | None, Points]]) -> None:
        super().__init__(code, text, max(points[1] for _, points in steps))
        self.reading, self.steps = reading, tuple(steps)
        whole: Points = (min(points[0] for _, points in steps), self.top)
        pair = reading.pair
        tests = tuple((line.test, line.value, points) for line, points in steps if line is not None)
        rest = self.steps[-1][1]

        def span(facts: Facts) -> Points:
            found = pair(facts)
            if found is None:
                return whole
            over, under = found
            for test, wanted, points in tests:
                if test(over, wanted * under):
                    return points
            return rest

        self.span = span

    @property
    def asks_experts(self) -> bool:
        return any(low != high for _, (low, high) in self.steps)

    def settled(self, facts: Facts) -> Points:
        if self.reading.pair(facts) is not None:
            return self.points_of(facts)
        return max(points[0] for _, points in self.steps), min(points[1] for _, points in self.steps)

    def reach(self, facts: Facts, year: int) -> Number:
        return self.top if self.reading.is_open(facts, year) else self.points_of(facts)[1]

    def has_open_year(self, facts: Facts) -> bool:
        return self.reading.is_open(facts, facts.year)

    def moves(self, facts: Facts, year: int) -> list[Move]:
        value = self.reading.value(facts)
        if value is None or not self.reading.is_open(facts, year):
            return []
        now = self.points_of(facts)[1]
        lines = [(line, points[1]) for line, points in self.steps if line is not None]
        scale = max(abs(line.value) for line, _ in lines) or Decimal(1)
        return [
            Move(points, line_words(self.reading.label, line), max(line.short(value), Decimal(0)) / scale)
            for line, points in lines
            if points > now
        ]

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        line = self._line(facts)
        return self.reading.observe(facts, None if line is None else line.value)

    def _line(self, facts: Facts) -> Line | None:
        """The line of the band that holds, else of the last one missed: values are printed apart from it."""
        found = self.reading.pair(facts)
        lines = [line for line, _ in self.steps if line is not None]
        if found is None or not lines:
            return None
        return next((line for line in lines if line.test(found[0], line.value * found[1])), lines[-1])

    def holding(self, facts: Facts) -> str:
        found = self.reading.pair(facts)
        if found is None:
            return ""
        return next(_band(line) for line, _ in self.steps if line is None or line.test(found[0], line.value * found[1]))

    def lacks(self, facts: Facts) -> list[tuple[Number, Missing]]:
        if self.reading.pair(facts) is not None:
            return []
        least, most = self.points_of(facts)
        return [(most - least, lack) for lack in self.reading.missing(facts)] if most > least else []

    def rows(self) -> tuple[Row, ...]:
        label = wording.SCORE_OF.format(label=self.reading.label, period=self.reading.period.text)
        return (Row(label, "", tuple(Row(_band(line), range_words(points)) for line, points in self.steps)),)


def _band(line: Line | None) -> str:
    return wording.SCORE_OTHER if line is None else line.text


class PerUnit(Part):
    """So many points for each whole unit above a start, up to the part's own most."""

    def __init__(self, code: str, text: str, top: Number, reading: Reading, each: Threshold, beyond: Threshold, points: int) -> None:
        super().__init__(code, text, top)
        self.reading, self.each, self.beyond, self.points = reading, each, beyond, points
        whole: Points = (0, top)
        pair, size, start = reading.pair, each.value, beyond.value

        def span(facts: Facts) -> Points:
            found = pair(facts)
            if found is None:
                return whole
            over, under = found
            got = min(max(int((over - start * under) // (size * under)), 0) * points, top)
            return got, got

        self.span = span

    def settled(self, facts: Facts) -> Points:
        return (self.top, 0) if self.reading.pair(facts) is None else self.points_of(facts)

    def reach(self, facts: Facts, year: int) -> Number:
        return self.top if self.reading.is_open(facts, year) else self.points_of(facts)[1]

    def has_open_year(self, facts: Facts) -> bool:
        return self.reading.is_open(facts, facts.year)

    def moves(self, facts: Facts, year: int) -> list[Move]:
        value = self.reading.value(facts)
        if value is None or not self.reading.is_open(facts, year):
            return []
        now, found = self.points_of(facts)[1], []
        units = now // self.points
        for more in range(1, ceil((self.top - now) / Fraction(self.points)) + 1):
            target = self.beyond.value + self.each.value * (int(units) + more)
            words = wording.SCORE_UP_TO.format(label=self.reading.label, line=show_gap(target, self.reading.unit))
            found.append(Move(min(now + more * self.points, self.top), words, (target - value) / target))
        return found

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        return self.reading.observe(facts)

    def lacks(self, facts: Facts) -> list[tuple[Number, Missing]]:
        if self.reading.pair(facts) is not None:
            return []
        return [(self.top, lack) for lack in self.reading.missing(facts)]

    def rows(self) -> tuple[Row, ...]:
        label = wording.SCORE_OF.format(label=self.reading.label, period=self.reading.period.text)
        template = wording.SCORE_EACH_BEYOND if self.beyond.value else wording.SCORE_EACH
        each = template.format(each=self.each.text, beyond=self.beyond.text)
        return (Row(label, "", (Row(each, points_words(self.points)),)),)


class Weigh(Part):
    """A reading against its baseline, times a weight; nothing caps it. Only in a rating without a line."""

    def __init__(self, code: str, text: str, reading: Reading, baselines: dict[str, Threshold], weight: int) -> None:
        super().__init__(code, text, UNBOUNDED)
        self.reading, self.baselines, self.weight = reading, baselines, weight
        factors = {district: Fraction(weight) / Fraction(line.value) for district, line in baselines.items()}
        pair = reading.pair

        def span(facts: Facts) -> Points:
            found = pair(facts)
            factor = factors.get(facts.snapshot.district) or factors.get("")
            if found is None or factor is None:
                return 0, UNBOUNDED
            got = Fraction(found[0]) / Fraction(found[1]) * factor
            return got, got

        self.span = span

    def settled(self, facts: Facts) -> Points:
        least, most = self.points_of(facts)
        return (UNBOUNDED, 0) if most == UNBOUNDED else (least, most)

    def _baseline(self, facts: Facts) -> Threshold | None:
        return self.baselines.get(facts.snapshot.district) or self.baselines.get("")

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        return self.reading.observe(facts)

    def holding(self, facts: Facts) -> str:
        baseline = self._baseline(facts)
        return "" if baseline is None else wording.SCORE_WEIGH.format(baseline=baseline.text, weight=self.weight)

    def lacks(self, facts: Facts) -> list[tuple[Number, Missing]]:
        if self._baseline(facts) is None:
            text = wording.MISSING_BASELINE.format(label=self.reading.label)
            return [(self.weight, Missing("district", wording.ATTRIBUTE_LABELS["district"], None, (), text))]
        return [(self.weight, lack) for lack in self.reading.missing(facts)]

    def rows(self) -> tuple[Row, ...]:
        label = wording.SCORE_OF.format(label=self.reading.label, period=self.reading.period.text)
        lines = tuple(
            Row(wording.SCORE_WEIGH.format(baseline=line.text, weight=self.weight), district) for district, line in self.baselines.items()
        )
        return (Row(label, "", lines),)
