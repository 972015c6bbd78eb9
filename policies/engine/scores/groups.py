"""Parts made of parts: the first that holds, the best of several ways, several added up to a cap."""

from collections.abc import Sequence

from policies.engine import wording
from policies.engine.conditions.base import MANUAL, MET, UNMET, Condition
from policies.engine.conditions.measures import Line
from policies.engine.conditions.totals import Total
from policies.engine.conditions.yearly import Yearly
from policies.engine.outcomes import GapKind
from policies.engine.scores.parts import Fixed, Move, Part
from policies.engine.scores.tables import Number, Points, Row, range_words
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts


class FirstOf(Part):
    """The first entry whose test holds gives its points; the last has no test."""

    def __init__(self, code: str, text: str, entries: Sequence[tuple[Condition | None, str, Part]]) -> None:
        super().__init__(code, text, max(part.top for _, _, part in entries))
        self.entries = tuple(entries)
        self.conditions = tuple(test for test, _, _ in entries if test is not None)
        self.parts = tuple(part for _, _, part in entries)
        judged = tuple((None if test is None else test.judge, part.span) for test, _, part in entries)

        def span(facts: Facts) -> Points:
            least: Number | None = None
            most: Number = 0
            for judge, of_part in judged:
                outcome = MET if judge is None else judge(facts)
                if outcome == UNMET:
                    continue
                low, high = of_part(facts)
                least = low if least is None or low < least else least
                most = max(high, most)
                if outcome == MET:
                    break
            return least or 0, most

        self.span = span

    def settled(self, facts: Facts) -> Points:
        best: Points = (0, 0)
        for test, _, part in reversed(self.entries):
            outcome = MET if test is None else test.judge(facts)
            if outcome == UNMET:
                continue
            low, high = part.settled(facts)
            if outcome == MET:
                best = (low, high)
            elif outcome == MANUAL:
                best = (min(low, best[0]), max(high, best[1]))
            else:
                best = (max(low, best[0]), min(high, best[1]))
        return best

    def reach(self, facts: Facts, year: int) -> Number:
        most: Number = 0
        for test, _, part in self.entries:
            outcome = MET if test is None else test.judge(facts)
            if outcome != UNMET or can_turn(test, facts, year):
                most = max(most, part.reach(facts, year))
            if outcome == MET:
                break
        return most

    def has_open_year(self, facts: Facts) -> bool:
        for test, _, part in self.entries:
            outcome = MET if test is None else test.judge(facts)
            if outcome == MET:
                return part.has_open_year(facts)
            if outcome == UNMET and can_turn(test, facts, facts.year):
                return True
        return False

    def moves(self, facts: Facts, year: int) -> list[Move]:
        now, found = self.points_of(facts)[1], []
        for test, words, part in self.entries:
            outcome = MET if test is None else test.judge(facts)
            if test is not None and outcome == UNMET and part.points_of(facts)[1] > now and can_turn(test, facts, year):
                found.append(Move(int(part.points_of(facts)[1]), words, test.gap(facts).relative))
            elif outcome == MET:
                return found + [move for move in part.moves(facts, year) if move.points > now]
        return found

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        """What each test looked at, each once."""
        seen: list[Observed] = []
        for test, words, _ in self.entries:
            if test is None:
                break
            for label, one in _observed(test, words, facts):
                named = Observed(
                    one.label,
                    wording.SHOWN_BESIDE.format(label=label, text=one.text),
                    one.year,
                    one.value,
                    one.unit,
                    one.source,
                    one.source_label,
                    one.version_ids,
                    one.is_estimate,
                    one.conflict,
                )
                if one.text and named not in seen:
                    seen.append(named)
            if test.judge(facts) == MET:
                break
        return tuple(seen)

    def holding(self, facts: Facts) -> str:
        for test, words, _ in self.entries:
            outcome = MET if test is None else test.judge(facts)
            if outcome != UNMET:
                return words if outcome == MET else ""
        return ""

    def lacks(self, facts: Facts) -> list[tuple[Number, Missing]]:
        if self.points_of(facts) == self.settled(facts):
            return []
        least, most = self.points_of(facts)
        found: list[tuple[Number, Missing]] = []
        for test, _, part in self.entries:
            outcome = MET if test is None else test.judge(facts)
            if test is not None and outcome not in (MET, UNMET, MANUAL):
                found += [(most - least, lack) for lack in test.missing(facts)]
            if outcome != UNMET:
                found += part.lacks(facts)
            if outcome == MET:
                break
        return found

    def rows(self) -> tuple[Row, ...]:
        return tuple(
            Row(words, range_words(part.points)) if isinstance(part, Fixed) else Row(words, "", part.rows())
            for _, words, part in self.entries
        )

    def shown_parts(self, facts: Facts) -> Sequence[Part]:
        """Of the entries the one that holds, where it is more than plain points."""
        for test, _, part in self.entries:
            if test is None or test.judge(facts) == MET:
                return () if isinstance(part, Fixed) else part.shown_parts(facts) or (part,)
        return ()


def _label(test: Condition, words: str) -> str:
    return test.measure.label if isinstance(test, Yearly | Total) else words


def _observed(test: Condition, words: str, facts: Facts) -> list[tuple[str, Observed]]:
    """What a test looked at, each with the name of the figure."""
    own = [(_label(test, words), one) for one in test.observe(facts)]
    return own or [one for child in test.children for one in _observed(child.condition, child.text, facts)]


def can_turn(test: Condition | None, facts: Facts, year: int) -> bool:
    """Whether a test that fails can still hold in an application of `year`."""
    if test is None:
        return False
    kind = test.gap(facts).kind
    if kind is GapKind.NONE:
        return False
    if year == facts.year:
        return kind is GapKind.CURABLE
    return test.earliest(facts) <= year


class BestOf(Part):
    """择一: the way that gives most."""

    def __init__(self, code: str, text: str, top: Number, parts: Sequence[Part]) -> None:
        super().__init__(code, text, top)
        self.parts = tuple(parts)
        spans = tuple(part.span for part in parts)

        def span(facts: Facts) -> Points:
            least: Number = 0
            most: Number = 0
            for of_part in spans:
                low, high = of_part(facts)
                least, most = max(low, least), max(high, most)
            return min(least, top), min(most, top)

        self.span = span

    def settled(self, facts: Facts) -> Points:
        found = [part.settled(facts) for part in self.parts]
        return min(max(low for low, _ in found), self.top), min(max(high for _, high in found), self.top)

    def reach(self, facts: Facts, year: int) -> Number:
        return min(max(part.reach(facts, year) for part in self.parts), self.top)

    def moves(self, facts: Facts, year: int) -> list[Move]:
        now = self.points_of(facts)[1]
        found = [move for part in self.parts for move in part.moves(facts, year)]
        return [Move(min(move.points, self.top), move.words, move.distance) for move in found if move.points > now and now < self.top]

    def lacks(self, facts: Facts) -> list[tuple[Number, Missing]]:
        if self.points_of(facts) == self.settled(facts):
            return []
        return [lack for part in self.parts for lack in part.lacks(facts)]

    def rows(self) -> tuple[Row, ...]:
        return tuple(row for part in self.parts for row in part.rows())


class SumOf(Part):
    """各项相加, up to a cap. A group of the table is one, with a line of its own where the text has one."""

    def __init__(self, code: str, text: str, top: Number, parts: Sequence[Part], floor: Line | None = None) -> None:
        super().__init__(code, text, top)
        self.parts, self.floor = tuple(parts), floor
        spans = tuple(part.span for part in parts)

        def span(facts: Facts) -> Points:
            least: Number = 0
            most: Number = 0
            for of_part in spans:
                low, high = of_part(facts)
                least += low
                most += high
            return (least, most) if most <= top else (min(least, top), top)

        self.span = span

    def settled(self, facts: Facts) -> Points:
        found = [part.settled(facts) for part in self.parts]
        return min(sum(low for low, _ in found), self.top), min(sum(high for _, high in found), self.top)

    def reach(self, facts: Facts, year: int) -> Number:
        return min(sum(part.reach(facts, year) for part in self.parts), self.top)

    def moves(self, facts: Facts, year: int) -> list[Move]:
        whole = sum(part.points_of(facts)[1] for part in self.parts)
        now = min(whole, self.top)
        found = []
        for part in self.parts:
            own = part.points_of(facts)[1]
            for move in part.moves(facts, year):
                points = int(min(whole - own + move.points, self.top))
                if points > now:
                    found.append(Move(points, move.words, move.distance))
        return found

    def ahead(self, facts: Facts) -> str:
        """The parts say it one by one."""
        return ""

    def lacks(self, facts: Facts) -> list[tuple[Number, Missing]]:
        if self.points_of(facts) == self.settled(facts):
            return []
        return [lack for part in self.parts for lack in part.lacks(facts)]

    def rows(self) -> tuple[Row, ...]:
        return tuple(Row(part.text, wording.SCORE_MOST.format(points=part.top), part.rows()) for part in self.parts)
