"""Tests made of tests: 满足其一, 同时满足, and lines that depend on another figure (分档)."""

from decimal import Decimal

from policies.engine import wording
from policies.engine.conditions.base import (
    MANUAL,
    MET,
    NOT_APPLICABLE,
    UNKNOWN,
    UNMET,
    Condition,
    Gap,
    sure,
)
from policies.engine.conditions.measures import Line, Measure
from policies.engine.conditions.questions import Question
from policies.engine.outcomes import GapKind
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts, Plan
from policies.engine.standard import Criterion

KIND_ORDER = {GapKind.CURABLE: 0, GapKind.WAITING: 1, GapKind.CLOSED: 2, GapKind.NONE: 3}


def judge_criterion(criterion: Criterion, facts: Facts) -> int:
    """The outcome of a criterion with its waivers: one that is waived does not apply.

    A waiver counts only when it is shown to hold; one that is not known leaves the criterion as it is.
    """
    outcome = criterion.condition.judge(facts)
    if outcome != MET and criterion.waivers:
        for waiver in criterion.waivers:
            if waiver.condition.judge(facts) == MET:
                return NOT_APPLICABLE
    return outcome


def earliest_of(criterion: Criterion, facts: Facts) -> int:
    """The first application year that closed years do not block, waivers included."""
    if criterion.waivers and judge_criterion(criterion, facts) == NOT_APPLICABLE:
        return facts.year
    return criterion.condition.earliest(facts)


def missing_of(criterion: Criterion, facts: Facts) -> tuple[Missing, ...]:
    """What an unknown criterion lacks."""
    return criterion.condition.missing(facts) if judge_criterion(criterion, facts) == UNKNOWN else ()


def asks_a_person(criterion: Criterion) -> bool:
    """Whether a branch rests on a person's judgement, alone or among others."""
    condition = criterion.condition
    return isinstance(condition, Question) or any(asks_a_person(child) for child in condition.children)


class AnyOf(Condition):
    """满足其一: counts once, however many ways it names.

    A filing year is promised by the ways that figures decide; ways that need a person's judgement only where there is no other.
    """

    mode = "any"

    def __init__(self, children: tuple[Criterion, ...]) -> None:
        self.children = children
        self.promised = tuple(child for child in children if not asks_a_person(child)) or children

        def judge(facts: Facts) -> int:
            outcome = UNMET
            for child in children:
                found = judge_criterion(child, facts)
                if found in (MET, NOT_APPLICABLE):
                    return MET
                if found == UNKNOWN or (found == MANUAL and outcome == UNMET):
                    outcome = found
            return outcome

        self.judge = judge

    def earliest(self, facts: Facts) -> int:
        return min(earliest_of(child, facts) for child in self.promised)

    def gap(self, facts: Facts) -> Gap:
        gaps = [child.condition.gap(facts) for child in self.children]
        return min(gaps, key=lambda gap: (KIND_ORDER[gap.kind], gap.relative))

    def closes(self, facts: Facts, earliest: int) -> str:
        told = (child.condition.closes(facts, child.condition.earliest(facts)) for child in self.children)
        ways = wording.JOIN.join(way for way in told if way)
        return wording.CLOSE_ANY.format(ways=ways)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return tuple(lack for child in self.children for lack in missing_of(child, facts))


class AllOf(Condition):
    """同时满足, as one branch of a choice."""

    mode = "all"

    def __init__(self, children: tuple[Criterion, ...]) -> None:
        self.children = children

        def judge(facts: Facts) -> int:
            outcome = MET
            for child in children:
                found = judge_criterion(child, facts)
                if found == UNMET:
                    return UNMET
                if found == UNKNOWN or (found == MANUAL and outcome == MET):
                    outcome = found
            return outcome

        self.judge = judge

    def _failing(self, facts: Facts) -> list[Criterion]:
        return [child for child in self.children if judge_criterion(child, facts) == UNMET]

    def earliest(self, facts: Facts) -> int:
        return max(earliest_of(child, facts) for child in self.children)

    def gap(self, facts: Facts) -> Gap:
        gaps = [child.condition.gap(facts) for child in self._failing(facts)]
        return max(gaps, key=lambda gap: (KIND_ORDER[gap.kind], gap.relative))

    def closes(self, facts: Facts, earliest: int) -> str:
        return wording.JOIN.join(child.condition.closes(facts, child.condition.earliest(facts)) for child in self._failing(facts))

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return tuple(lack for child in self.children for lack in missing_of(child, facts))


class Bands(Condition):
    """分档: the first step whose line the deciding figure passes says what is required. The last step has no line."""

    mode = "bands"

    def __init__(self, plan: Plan, measure: Measure, steps: tuple[tuple[Line | None, Criterion], ...]) -> None:
        self.measure, self.steps = measure, steps
        self.children = tuple(child for _, child in steps)
        self.start = plan.add(measure.items(-1), measure.sources)
        self.tests = tuple((None if line is None else measure.comparer(line), child) for line, child in steps)

        def judge(facts: Facts) -> int:
            child = self.step(facts)
            return UNKNOWN if child is None else judge_criterion(child, facts)

        self.judge = judge

    def step(self, facts: Facts) -> Criterion | None:
        """The branch that applies; None while the deciding figure is not known."""
        if self.measure.value(facts.values, self.start) is None:
            return None
        for test, child in self.tests:
            if test is None or test(facts.values, self.start):
                return child
        return None

    def earliest(self, facts: Facts) -> int:
        child = self.step(facts)
        if child is None:
            return facts.year
        here = earliest_of(child, facts)
        if here == facts.year:
            return here
        # once the deciding year is open again, the company may have grown into a higher band; it is not asked to shrink
        first_open = max(facts.year, facts.on_year + 1)
        return min(here, max(first_open, min(earliest_of(branch, facts) for branch in self._up_from(child))))

    def _up_from(self, child: Criterion) -> tuple[Criterion, ...]:
        at = self.children.index(child)
        first = self.steps[0][0]
        return self.children[: at + 1] if first is None or first.is_lower else self.children[at:]

    def _applying(self, facts: Facts) -> Criterion:
        return sure(self.step(facts))

    def gap(self, facts: Facts) -> Gap:
        return self._applying(facts).condition.gap(facts)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        child = self.step(facts)
        return "" if child is None else child.condition.gap_text(facts, outcome)

    def closes(self, facts: Facts, earliest: int) -> str:
        child = self._applying(facts)
        here = earliest_of(child, facts)
        closes = child.condition.closes(facts, here)
        if self.earliest(facts) >= here:
            return closes
        grown = wording.CLOSE_BAND.format(label=self.measure.label, earliest=self.earliest(facts))
        return wording.JOIN.join([closes, grown])

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        return (self.measure.observed(facts, self.start, facts.year - 1, self._line()),)

    def _line(self) -> Decimal | None:
        line = self.steps[0][0]
        return None if line is None else line.value

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        child = self.step(facts)
        if child is None:
            return self.measure.missing(facts, self.start, facts.year - 1)
        return missing_of(child, facts)
