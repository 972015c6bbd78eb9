"""What is held at a coming filing, and tests made of tests: the way that asks for least, the part that is furthest away."""

from policies.engine import wording
from policies.engine.conditions.base import MET, Condition
from policies.engine.conditions.groups import AllOf, AnyOf, Bands
from policies.engine.conditions.holdings import HoldsTitle
from policies.engine.year_end.parts import DONE, Asked, By, Part, Task, criterion_part, missing, part_of

_by_verdict = part_of.dispatch(Condition)
_BEST_FIRST = (
    *(Task.MET, Task.NOT_APPLICABLE, Task.HOLD, Task.TO_DO, Task.TARGET),
    *(Task.MANUAL, Task.MISSING, Task.WAITING, Task.CLOSED),
)
_WORST_FIRST = (Task.CLOSED, Task.WAITING, Task.MISSING, Task.TO_DO, Task.TARGET, Task.MANUAL, Task.HOLD)


@part_of.register
def _holds(condition: HoldsTitle, asked: Asked) -> Part:
    facts, window = asked.facts, asked.window
    if condition.judge(facts) != MET:
        return _by_verdict(condition, asked)
    held = [one for one in facts.snapshot.titles or () if one.title in condition.titles and one.is_valid_on(facts.on)]
    lasting = [one for one in held if one.valid_until is None or one.valid_until >= (window.opens_on or facts.on.replace(facts.year, 1, 1))]
    if lasting:
        return DONE
    last = max(held, key=lambda one: one.valid_until or facts.on)
    words = wording.YEAR_END_TITLE.format(
        title=wording.TITLE_LABELS[last.title], until=last.valid_until and last.valid_until.isoformat(), year=facts.year
    )
    return Part(Task.TO_DO, None, lambda: words, By.FILING)


@part_of.register
def _any_of(condition: AnyOf, asked: Asked) -> Part:
    """The way that asks for least; all that can still be done are named."""
    parts = [criterion_part(child, asked) for child in condition.children]
    best = min(parts, key=lambda part: (_BEST_FIRST.index(part.task), part.size))
    if best.task in (Task.MET, Task.NOT_APPLICABLE):
        return DONE
    if best.task in (Task.HOLD, Task.MANUAL):
        return best
    told = [part for part in parts if part.task in (Task.TO_DO, Task.TARGET)] or [part for part in parts if part.task is best.task]
    earliest = min((part.earliest for part in parts if part.task is best.task), default=0)
    return Part(
        best.task,
        best.relative,
        lambda: wording.CLOSE_ANY.format(ways=wording.JOIN.join(part.words() for part in told)) if len(told) > 1 else told[0].words(),
        best.by,
        earliest,
        lambda: tuple(dict.fromkeys(fact for part in told for fact in part.lacks())),
    )


@part_of.register
def _all_of(condition: AllOf, asked: Asked) -> Part:
    """The part that is furthest away; everything still to do is named."""
    parts = [criterion_part(child, asked) for child in condition.children]
    task = next((one for one in _WORST_FIRST if any(part.task is one for part in parts)), Task.MET)
    if task is Task.MET:
        return DONE
    told = [part for part in parts if part.task not in (Task.MET, Task.NOT_APPLICABLE)]
    return Part(
        task,
        max((part.relative for part in told if part.task is task and part.relative is not None), default=None),
        lambda: wording.JOIN.join(words for part in told if (words := part.words())),
        By.YEAR_END if any(part.by is By.YEAR_END for part in told) else next((part.by for part in told if part.by), By.NONE),
        max(part.earliest for part in told),
        lambda: tuple(dict.fromkeys(fact for part in told for fact in part.lacks())),
    )


@part_of.register
def _bands(condition: Bands, asked: Asked) -> Part:
    """What the band asks that applies by the figures shown now."""
    child = condition.step(asked.facts)
    return missing(condition, asked.facts) if child is None else criterion_part(child, asked)
