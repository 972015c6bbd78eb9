"""What a company within reach of a title lacks: how far it is at most, and which facts nobody has reported."""

from datetime import date
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from policies.engine.conditions.base import MANUAL, UNKNOWN, UNMET, Condition
from policies.engine.conditions.groups import AnyOf, judge_criterion
from policies.engine.conditions.growth import Growth
from policies.engine.facts import Snapshot
from policies.engine.slots import Facts
from policies.engine.standard import Criterion, Standard
from policies.engine.units import HUNDRED

_ARITHMETIC = Context(prec=60)


class Near(NamedTuple):
    """`gap` is the largest one as a part of its line among those that can be measured; `missing_facts`: catalogue codes, each once.

    `exceptions`: criteria whose figures fail and which only a person's exception could still open (“原则上”之外的情形).
    """

    gap: Decimal | None
    missing_facts: tuple[str, ...]
    exceptions: int


def near_of(standard: Standard, snapshot: Snapshot, *, on: date, codes: frozenset[str]) -> Near:
    """The open criteria named by `codes`, as the summary of the same day gives them."""
    gap: Decimal | None = None
    lacking: dict[str, None] = {}
    exceptions = 0
    with localcontext(_ARITHMETIC):
        facts = Facts(standard.plan, snapshot, on=on, year=on.year)
        for criterion in standard.criteria:
            if criterion.code not in codes:
                if isinstance(criterion.condition, AnyOf) and _needs_exception(criterion, facts):
                    exceptions += 1
                    for child in criterion.condition.promised:
                        size = _size(child.condition, facts)
                        gap = size if gap is None or (size is not None and size > gap) else gap
                continue
            outcome = judge_criterion(criterion, facts)
            if outcome == UNMET:
                size = _size(criterion.condition, facts)
                if size is not None:
                    gap = size if gap is None else max(gap, size)
            elif outcome == UNKNOWN:
                lacking |= dict.fromkeys(one.fact for one in criterion.condition.missing(facts))
    return Near(gap, tuple(lacking), exceptions)


def _needs_exception(criterion: Criterion, facts: Facts) -> bool:
    """Whether every way that figures decide fails and a person's answer is all that is left."""
    condition = criterion.condition
    if not isinstance(condition, AnyOf) or judge_criterion(criterion, facts) != MANUAL:
        return False
    return any(child.judged_by == "figures" for child in condition.promised) and all(
        judge_criterion(child, facts) == UNMET for child in condition.promised
    )


def _size(condition: Condition, facts: Facts) -> Decimal | None:
    """The gap as a part of the line; of a growth rate, as a part of the figure it must grow to, year by year."""
    if isinstance(condition, Growth) and condition.line.is_lower:
        rate = condition.value(facts)
        return None if rate is None else max(1 - (HUNDRED + rate) / (HUNDRED + condition.line.value), Decimal(0))
    found = condition.gap(facts)
    return None if found.amount is None else found.relative
