"""What a company within reach of a title lacks: how far it is at most, and which facts nobody has reported."""

from datetime import date
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from policies.engine.conditions.base import UNKNOWN, UNMET, Condition
from policies.engine.conditions.groups import judge_criterion
from policies.engine.conditions.growth import Growth
from policies.engine.facts import Snapshot
from policies.engine.slots import Facts
from policies.engine.standard import Standard
from policies.engine.units import HUNDRED

_ARITHMETIC = Context(prec=60)


class Near(NamedTuple):
    """`gap` is the largest one as a part of its line among those that can be measured; `missing_facts`: catalogue codes, each once."""

    gap: Decimal | None
    missing_facts: tuple[str, ...]


def near_of(standard: Standard, snapshot: Snapshot, *, on: date, codes: frozenset[str]) -> Near:
    """The open criteria named by `codes`, as the summary of the same day gives them."""
    gap: Decimal | None = None
    lacking: dict[str, None] = {}
    with localcontext(_ARITHMETIC):
        facts = Facts(standard.plan, snapshot, on=on, year=on.year)
        for criterion in standard.criteria:
            if criterion.code not in codes:
                continue
            outcome = judge_criterion(criterion, facts)
            if outcome == UNMET:
                size = _size(criterion.condition, facts)
                if size is not None:
                    gap = size if gap is None else max(gap, size)
            elif outcome == UNKNOWN:
                lacking |= dict.fromkeys(one.fact for one in criterion.condition.missing(facts))
    return Near(gap, tuple(lacking))


def _size(condition: Condition, facts: Facts) -> Decimal | None:
    """The gap as a part of the line; of a growth rate, as a part of the figure it must grow to, year by year."""
    if isinstance(condition, Growth) and condition.line.is_lower:
        rate = condition.value(facts)
        return None if rate is None else max(1 - (HUNDRED + rate) / (HUNDRED + condition.line.value), Decimal(0))
    found = condition.gap(facts)
    return None if found.amount is None else found.relative
