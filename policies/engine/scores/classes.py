"""划型, 分级: ordered classes; a company is in the first whose conditions hold."""

from policies.engine import wording
from policies.engine.conditions.base import MANUAL, MET, UNKNOWN, UNMET, Condition
from policies.engine.conditions.groups import judge_criterion, missing_of
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts
from policies.engine.standard import Criterion


class Classes(Condition):
    """Never unmet: met once the class is known, unknown while a missing fact leaves several. The last class takes the rest."""

    mode = "classes"
    is_rating = True

    def __init__(self, classes: tuple[Criterion, ...], rest: str) -> None:
        self.children, self.rest = classes, rest

        def judge(facts: Facts) -> int:
            outcome = MET
            for child in classes:
                found = judge_criterion(child, facts)
                if found == MET:
                    return outcome
                if found != UNMET:
                    outcome = UNKNOWN if found == UNKNOWN or outcome == UNKNOWN else MANUAL
            return outcome

        self.judge = judge

    def possible(self, facts: Facts) -> tuple[str, ...]:
        """The classes that the known facts allow, from the top."""
        found = []
        for child in self.children:
            outcome = judge_criterion(child, facts)
            if outcome != UNMET:
                found.append(child.text)
            if outcome == MET:
                return tuple(found)
        return (*found, self.rest)

    def result(self, facts: Facts) -> str:
        return wording.TITLE_OR.join(self.possible(facts))

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        return (Observed("", self.result(facts)),)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return tuple(dict.fromkeys(lack for child in self.children for lack in missing_of(child, facts)))
