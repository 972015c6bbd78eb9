"""What every condition can be asked. `judge` is the hot path; the rest is asked for unmet ones or for a whole sheet."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from policies.engine.outcomes import GapKind, Outcome
from policies.engine.sheet import Missing, Observed, ScorePart
from policies.engine.slots import Facts
from policies.engine.units import Unit

if TYPE_CHECKING:
    from policies.engine.standard import Criterion

MET, UNMET, UNKNOWN, MANUAL, NOT_APPLICABLE = range(5)
OUTCOMES = (Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.MANUAL, Outcome.NOT_APPLICABLE)
NO_UNIT = Unit("")
ONE = Decimal(1)


class Gap(NamedTuple):
    """How far an unmet condition is: `amount` in base units (None: not measurable), `relative` to the line, the kind,
    the closed year it was measured in (0: none) and the open year that can make it up."""

    kind: GapKind
    amount: Decimal | None = None
    unit: Unit = NO_UNIT
    relative: Decimal = ONE
    year: int = 0
    counts_into: int | None = None


def sure[T](value: T | None) -> T:
    """The value that must be there: gaps are asked only of what was judged."""
    if value is None:
        raise ValueError("asked for the gap of a condition that cannot be judged")
    return value


class Condition:
    """One test of one criterion, compiled on load.

    `judge(facts)` gives the outcome as a small int. `earliest(facts)` gives the first application year, from the facts'
    own on, in which no closed year already fails; it is only asked with an application year that is not past.
    """

    mode = ""
    children: tuple["Criterion", ...] = ()
    unit: Unit = NO_UNIT
    threshold_text = ""
    is_rating = False  # its result is what is asked for, not whether it is met
    inner_tests: tuple["Condition", ...] = ()  # inside a score table
    question: tuple[str, str] | None = None  # code and text of what a person is asked
    judge: Callable[[Facts], int]

    def earliest(self, facts: Facts) -> int:
        """First application year that closed years do not block."""
        return facts.year

    def not_before(self, facts: Facts) -> date | None:
        """The day before which an application cannot pass, where only the calendar brings it; None otherwise."""
        return None

    def turns_on(self, facts: Facts) -> date | None:
        """The next day on which the calendar alone could turn the outcome, year ends and titles apart."""
        return None

    def gap(self, facts: Facts) -> Gap:
        """The gap of an unmet condition."""
        return Gap(GapKind.CURABLE)

    def gap_text(self, facts: Facts, outcome: int) -> str:
        """The gap, or what is above the line, in words; empty where nothing can be measured."""
        return ""

    def closes(self, facts: Facts, earliest: int) -> str:
        """What would close an unmet condition, in the company's own figures."""
        return ""

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        """What the company shows, oldest year first."""
        return ()

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        """What is missing for an unknown condition."""
        return ()

    def rests_on_judgement(self, facts: Facts) -> bool:
        """Whether a person's judgement decided what figures left open."""
        return False

    def score_parts(self, facts: Facts) -> tuple[ScorePart, ...]:
        """The table of a score, part by part."""
        return ()

    def result(self, facts: Facts) -> str:
        """What a rating says; empty for everything else."""
        return ""
