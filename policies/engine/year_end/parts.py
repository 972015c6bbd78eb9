"""What one condition of a coming filing still asks for, solved in closed form for the figure of the open year.

The closed years stand as they are; the open year is the year of the day asked. A figure of it that is not an estimate is one to date:
both are what the company shows now, and enough only once the year is over. Where the open year has no figure yet the line is still
solved; what the last known year showed says how far away it would be.
"""

from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from functools import singledispatch
from typing import NamedTuple

from policies.engine import wording
from policies.engine.conditions.base import MANUAL, MET, NOT_APPLICABLE, ONE, UNKNOWN, UNMET, Condition
from policies.engine.conditions.groups import judge_criterion
from policies.engine.conditions.measures import Line, Measure
from policies.engine.facts import FigureRow, Window
from policies.engine.outcomes import GapKind
from policies.engine.slots import Facts, pick
from policies.engine.standard import Criterion
from policies.engine.units import Unit, show_gap

LOOK_BACK = 3  # years before the open one in which a last known figure is looked for


class Task(StrEnum):
    """What is left of a criterion: to do, a figure of this year still to come, to hold, to wait, closed, missing, for people, done."""

    TO_DO = "to_do"
    TARGET = "target"
    HOLD = "hold"
    WAITING = "waiting"
    CLOSED = "closed"
    MISSING = "missing"
    MANUAL = "manual"
    MET = "met"
    NOT_APPLICABLE = "not_applicable"


class By(StrEnum):
    """When it must have happened."""

    NONE = ""
    YEAR_END = "year_end"
    FILING = "filing"


def silent() -> str:
    """No words."""
    return ""


def nothing() -> tuple[str, ...]:
    """Nothing is missing."""
    return ()


class Part(NamedTuple):
    """What one condition asks for. `words` and `lacks` (catalogue codes of what is missing) are worked out when asked.

    `relative` is the shortfall as a part of the line, None where it cannot be measured.
    """

    task: Task
    relative: Decimal | None = Decimal(0)
    words: Callable[[], str] = silent
    by: By = By.NONE
    earliest: int = 0
    lacks: Callable[[], tuple[str, ...]] = nothing

    @property
    def size(self) -> Decimal:
        """The shortfall to rank by: what cannot be measured is a whole line short."""
        return ONE if self.relative is None else self.relative


class Asked(NamedTuple):
    """The company's facts for the application year, and the window of that filing."""

    facts: Facts
    window: Window


class Known(NamedTuple):
    """A figure with the year it is of."""

    year: int
    value: Decimal
    row: FigureRow


DONE = Part(Task.MET)
FOR_PEOPLE = Part(Task.MANUAL)


def criterion_part(criterion: Criterion, asked: Asked) -> Part:
    """What a criterion asks for; one whose waiver is shown to hold asks for nothing."""
    if criterion.waivers and judge_criterion(criterion, asked.facts) == NOT_APPLICABLE:
        return Part(Task.NOT_APPLICABLE)
    return part_of(criterion.condition, asked)


@singledispatch
def part_of(condition: Condition, asked: Asked) -> Part:
    """Any condition by its own verdict: what is unmet by the kind of its gap, what is unknown as missing."""
    facts = asked.facts
    outcome = condition.judge(facts)
    if outcome == MET:
        return DONE
    if outcome == MANUAL:
        return FOR_PEOPLE
    if outcome == UNKNOWN:
        return missing(condition, facts)
    if outcome != UNMET:
        return Part(Task.NOT_APPLICABLE)
    gap, earliest = condition.gap(facts), condition.earliest(facts)
    day = condition.not_before(facts)
    if day is not None:
        closes_on = asked.window.closes_on
        earliest = max(earliest, day.year + (closes_on is not None and day.year == asked.window.year and day > closes_on))
    task = {GapKind.CLOSED: Task.CLOSED, GapKind.WAITING: Task.WAITING}.get(gap.kind, Task.TO_DO)
    if task is Task.CLOSED and earliest <= facts.year:  # its year is still open for this filing
        task = Task.TO_DO
    relative = None if gap.amount is None else gap.relative
    return Part(task, relative, lambda: condition.closes(facts, earliest), By.FILING if task is Task.TO_DO else By.NONE, earliest)


def missing(condition: Condition, facts: Facts, rest: Part | None = None) -> Part:
    """What is missing of the years that are over, and what the open year asks beside it."""
    lacks = condition.missing(facts)
    past = tuple(one for one in lacks if one.year is None or one.year < facts.on_year) or lacks
    also = () if rest is None or rest.task is Task.MISSING or not rest.words() else (rest.words(),)
    return Part(
        Task.MISSING,
        words=lambda: wording.JOIN.join([*(one.text for one in past), *also]),
        lacks=lambda: tuple(dict.fromkeys(one.fact for one in past)),
    )


def not_known(measure: Measure, year: int) -> Part:
    """A figure of which no year is known: who can supply that of `year`."""
    fact, source = measure.over, wording.source_label(measure.sources[0])
    text = wording.MISSING_FIGURE.format(year=year, label=fact.label, source=source, who=wording.who_supplies(measure.sources))
    return Part(Task.MISSING, words=lambda: text, lacks=lambda: (fact.code,))


def marked(text: str, is_estimate: bool) -> str:
    """A figure of the open year with its mark: estimated, or what there is to date."""
    return (wording.ESTIMATE_MARK if is_estimate else wording.TO_DATE_MARK).format(text=text)


def amount_unit(code: str, measure: Measure) -> Unit:
    """The unit of one side of a share."""
    return Measure(code, None, measure.sources).unit


def sign(line: Line) -> str:
    """The operator of a line as printed."""
    if line.is_lower:
        return ">" if line.is_strict else "≥"
    return "<" if line.is_strict else "≤"


def rounded(line: Line, amount: Decimal, unit: Unit) -> str:
    """An amount that must be reached rounds up, one that must not be passed rounds down."""
    if line.is_lower:
        return show_gap(amount, unit)
    return show_gap(amount // unit.divisor * unit.divisor, unit)


def last_known(facts: Facts, code: str, sources: tuple[str, ...], year: int, back: int = LOOK_BACK) -> Known | None:
    """The figure of `year`, else of the last of the years before it that has one; one a source contradicts is not known."""
    index = facts.snapshot.index
    for asked in range(year, year - back - 1, -1):
        for part in (index.actual, index.estimates):
            for source in sources:
                if source in part and (found := pick(part[source].get(asked), code)):
                    if len(found) > 1:
                        return None
                    value = found[0].values[code]
                    return Known(asked, Decimal(value or 0), found[0])
    return None
