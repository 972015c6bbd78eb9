"""按情形: the first case whose test holds says what is required."""

from policies.engine.conditions.base import MET, UNKNOWN, UNMET, Condition, Gap, sure
from policies.engine.conditions.groups import earliest_of, judge_criterion, missing_of
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts
from policies.engine.standard import Criterion


class Cases(Condition):
    """As a line in bands, but which branch applies is any test's answer. The last case has no test."""

    mode = "cases"

    def __init__(self, cases: tuple[tuple[Condition | None, Criterion], ...]) -> None:
        self.cases = cases
        self.children = tuple(child for _, child in cases)
        self.inner_tests = tuple(test for test, _ in cases if test is not None)

        def judge(facts: Facts) -> int:
            for test, child in cases:
                outcome = MET if test is None else test.judge(facts)
                if outcome == MET:
                    return judge_criterion(child, facts)
                if outcome != UNMET:
                    return outcome
            return UNKNOWN

        self.judge = judge

    def step(self, facts: Facts) -> Criterion | None:
        """The branch that applies; None while that cannot be told."""
        for test, child in self.cases:
            outcome = MET if test is None else test.judge(facts)
            if outcome != UNMET:
                return child if outcome == MET else None
        return None

    def earliest(self, facts: Facts) -> int:
        child = self.step(facts)
        return facts.year if child is None else earliest_of(child, facts)

    def gap(self, facts: Facts) -> Gap:
        return sure(self.step(facts)).condition.gap(facts)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        child = self.step(facts)
        return "" if child is None else child.condition.gap_text(facts, outcome)

    def closes(self, facts: Facts, earliest: int) -> str:
        return sure(self.step(facts)).condition.closes(facts, earliest)

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        """What the tests looked at, up to the case that applies."""
        seen: dict[Observed, None] = {}
        for test, _ in self.cases:
            if test is None:
                break
            seen |= dict.fromkeys(test.observe(facts))
            if test.judge(facts) != UNMET:
                break
        return tuple(seen)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        child = self.step(facts)
        if child is not None:
            return missing_of(child, facts)
        undecided = next((test for test in self.inner_tests if test.judge(facts) != UNMET), None)
        return () if undecided is None else undecided.missing(facts)
