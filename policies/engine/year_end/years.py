"""Figures at a coming filing: single years, the state on the day, sums and growth, each solved for the open year."""

from decimal import Decimal
from typing import Any

from policies.engine import wording
from policies.engine.conditions.base import ONE, Condition
from policies.engine.conditions.growth import Growth
from policies.engine.conditions.measures import Line, Measure
from policies.engine.conditions.totals import Total
from policies.engine.conditions.yearly import AnyYear, EachYear, OnTheDay, Yearly, whole_years
from policies.engine.slots import Facts
from policies.engine.units import HUNDRED, show, show_gap
from policies.engine.year_end.parts import (
    DONE,
    Asked,
    By,
    Part,
    Task,
    amount_unit,
    last_known,
    marked,
    missing,
    not_known,
    part_of,
    rounded,
    sign,
    silent,
)

_by_verdict = part_of.dispatch(Condition)  # what any condition answers by its own verdict


@part_of.register
def _each_year(condition: EachYear, asked: Asked) -> Part:
    facts = asked.facts
    if condition.by_time:
        return _by_time(condition, facts, facts.year - 1)
    found, is_lacking = None, False
    for offset, at in zip(condition.offsets, condition.starts, strict=True):
        year = facts.year + offset
        if year == facts.on_year:
            found = _open_year(condition, facts, at, year)
        elif year < facts.on_year:
            passed = condition.compare(facts.values, at)
            if passed is False:
                return _closed(condition, facts)
            is_lacking = is_lacking or passed is None
    if is_lacking:
        return missing(condition, facts, found)
    return found or _next_years(facts)


def _closed(condition: EachYear, facts: Facts) -> Part:
    earliest = condition.earliest(facts)
    return Part(Task.CLOSED, condition.gap(facts).relative, lambda: condition.closes(facts, earliest), By.NONE, earliest)


def _next_years(facts: Facts) -> Part:
    """A filing further off that looks at no year up to the open one."""
    return Part(Task.WAITING, words=lambda: wording.YEAR_END_LATER.format(year=facts.year - 1), earliest=facts.year)


@part_of.register
def _any_year(condition: AnyYear, asked: Asked) -> Part:
    facts = asked.facts
    passing = [
        facts.year + offset for offset, at in zip(condition.offsets, condition.starts, strict=True) if condition.compare(facts.values, at)
    ]
    if any(year < facts.on_year for year in passing):
        return DONE
    at = facts.on_year - facts.year - condition.offsets[0]
    if not 0 <= at < len(condition.starts):
        return _next_years(facts)
    return _open_year(condition, facts, condition.starts[at], facts.on_year)


@part_of.register
def _on_the_day(condition: OnTheDay, asked: Asked) -> Part:
    """A state asked on the day of the filing: by what is known of it last."""
    facts, at, measure, line = asked.facts, condition.starts[0], condition.measure, condition.line
    if condition.by_time:
        return _by_time(condition, facts, facts.year)
    if at in facts.conflicts:
        return missing(condition, facts)
    if measure.under is not None or condition.unit.is_flag:
        return _by_verdict(condition, asked)
    known = last_known(facts, measure.over.code, measure.sources, facts.year)
    if known is None:
        return not_known(measure, facts.on_year)
    have = show(known.value, condition.unit, line.value)
    if line.test(known.value, line.value):
        if known.year >= facts.on_year and not known.row.is_estimate:
            return DONE
        words = wording.YEAR_END_HOLD_NOW.format(label=measure.label, year=known.year, have=have)
        return Part(Task.HOLD, words=lambda: words, by=By.FILING)
    lack = line.short(known.value)

    def ask() -> str:
        template = wording.YEAR_END_MORE_NOW if line.is_lower else wording.YEAR_END_LESS_NOW
        return template.format(label=measure.label, sign=sign(line), gap=show_gap(lack, condition.unit), year=known.year, have=have)

    return Part(Task.TO_DO, line.relative(lack), ask, By.FILING)


def _by_time(condition: Yearly, facts: Facts, year: int) -> Part:
    """A count of years: one more each year, from the last one that was reported."""
    measure, line = condition.measure, condition.line
    known = last_known(facts, measure.over.code, measure.sources, year)
    if known is None:
        return not_known(measure, facts.on_year - 1)
    if line.test(known.value, line.value):
        return DONE
    lack = line.short(known.value + (year - known.year))
    wait = whole_years(lack, line) if not line.test(-lack, Decimal(0)) else 0
    earliest = facts.year + wait
    if wait == 0:
        words = wording.YEAR_END_TIME.format(year=year, line=line.plain)
    else:
        words = wording.CLOSE_WAIT.format(year=earliest - (facts.year - year), line=line.plain, earliest=earliest)
    return Part(Task.WAITING, line.relative(max(lack, Decimal(0))), lambda: words, By.NONE, earliest)


def _open_year(condition: Yearly, facts: Facts, at: int, year: int) -> Part:
    """One figure or share of the open year against its line."""
    measure, line = condition.measure, condition.line
    slots = range(at, at + len(measure.codes))
    if any(one in facts.conflicts for one in slots):
        return missing(condition, facts)
    value = measure.value(facts.values, at)
    if value is None:
        return _target(condition, facts, year)
    is_estimate = any((row := facts.rows[one]) is not None and row.is_estimate for one in slots)
    have = marked(show(value, condition.unit, line.value), is_estimate)
    if condition.compare(facts.values, at):
        words = wording.YEAR_END_HOLD.format(year=year, label=measure.label, have=have)
        return Part(Task.HOLD, words=silent if condition.unit.is_flag else lambda: words, by=By.YEAR_END)
    if condition.unit.is_flag:
        words = wording.YEAR_END_FLAG.format(year=year, label=measure.label, line=wording.FLAG_TEXT[bool(line.value)])
        return Part(Task.TO_DO, None, lambda: words, By.YEAR_END)
    lack = line.short(value)

    def ask() -> str:
        if measure.under is not None:
            return _share_words(measure, line, facts, at, year, is_estimate)
        template = wording.YEAR_END_MORE if line.is_lower else wording.YEAR_END_LESS
        return template.format(
            year=year, label=measure.label, sign=sign(line), gap=show_gap(lack, condition.unit), have=have, line=line.text
        )

    return Part(Task.TO_DO, line.relative(lack), ask, By.YEAR_END)


def _share_words(measure: Measure, line: Line, facts: Facts, at: int, year: int, is_estimate: bool) -> str:
    """The upper side of a share that is missed, at the lower side the company shows."""
    assert measure.under is not None  # noqa: S101  a share has two sides
    over, under = Decimal(facts.values[at] or 0), Decimal(facts.values[at + 1] or 0)
    lack = abs(line.value * under / measure.scale - over)
    template = wording.YEAR_END_SHARE_MORE if line.is_lower else wording.YEAR_END_SHARE_LESS
    return template.format(
        year=year,
        over=measure.over.label,
        upper=measure.over.label,
        sign=sign(line),
        gap=show_gap(lack, amount_unit(measure.over.code, measure)),
        under=measure.under.label,
        base=marked(show(under, amount_unit(measure.under.code, measure)), is_estimate),
        have=marked(show(over, amount_unit(measure.over.code, measure)), is_estimate),
    )


def _target(condition: Yearly, facts: Facts, year: int) -> Part:
    """The open year has no figure yet: the line itself, solved with what is known; how far by the last known year."""
    measure, line = condition.measure, condition.line
    if condition.unit.is_flag:
        return missing(condition, facts)
    if measure.under is not None:
        return _target_share(measure, line, facts, year)
    last = last_known(facts, measure.over.code, measure.sources, year - 1)
    lack = None if last is None else line.relative(max(line.short(last.value), Decimal(0)))

    def ask() -> str:
        if last is None:
            return wording.YEAR_END_TARGET.format(year=year, label=measure.label, line=line.text)
        have = show(last.value, condition.unit, line.value)
        return wording.YEAR_END_TARGET_LAST.format(year=year, label=measure.label, line=line.text, last=last.year, have=have)

    return Part(Task.TARGET, lack, ask, By.YEAR_END, lacks=lambda: (measure.over.code,))


def _target_share(measure: Measure, line: Line, facts: Facts, year: int) -> Part:
    assert measure.under is not None  # noqa: S101  a share has two sides
    over, under = measure.over, measure.under
    base = last_known(facts, under.code, measure.sources, year)
    before = last_known(facts, over.code, measure.sources, year - 1)
    of_then = None if before is None else last_known(facts, under.code, measure.sources, before.year)
    lack: Decimal | None = None
    if before is not None and of_then is not None and of_then.year == before.year and of_then.value > 0:
        lack = line.relative(max(line.short(before.value * measure.scale / of_then.value), Decimal(0)))

    def ask() -> str:
        if base is None or base.value <= 0:
            return wording.YEAR_END_TARGET.format(year=year, label=measure.label, line=line.text)
        need = rounded(line, line.value * base.value / measure.scale, amount_unit(over.code, measure))
        shown: dict[str, Any] = {
            "year": year,
            "over": over.label,
            "upper": over.label,
            "under": under.label,
            "lower": under.label,
            "base": show(base.value, amount_unit(under.code, measure)),
            "need": need,
        }
        if base.year == year:
            shown["base"] = marked(shown["base"], base.row.is_estimate)
            return wording.YEAR_END_SHARE.format(**shown, sign=sign(line))
        return wording.YEAR_END_SHARE_LAST.format(**shown, line=line.text, last=base.year)

    return Part(Task.TARGET, lack, ask, By.YEAR_END, lacks=lambda: (over.code,) if base and base.year == year else (over.code, under.code))


@part_of.register
def _total(condition: Total, asked: Asked) -> Part:
    facts, line = asked.facts, condition.line
    at = facts.on_year - facts.year - condition.offsets[0]
    if not 0 <= at < len(condition.starts):
        return _next_years(facts)
    if condition.measure.under is not None or not line.is_lower:
        return _by_verdict(condition, asked)
    start = condition.starts[at]
    others = [facts.values[one] for one in condition.starts[:at]]
    if any(value is None for value in others) or start in facts.conflicts:
        return missing(condition, facts)
    have = sum((Decimal(value or 0) for value in others), Decimal(0))
    limit = line.value * condition.parts
    closed = wording.YEARS_JOIN.join(str(facts.year + offset) for offset in condition.offsets[:at])
    shown: dict[str, Any] = {
        "year": facts.on_year,
        "label": condition.measure.label,
        "sign": sign(line),
        "closed": closed,
        "have": show(have, condition.unit),
    }
    now, row = facts.values[start], facts.rows[start]
    if others and line.test(have, limit):
        return Part(Task.MET, words=lambda: wording.YEAR_END_SUM_DONE.format(**shown))
    if at < len(condition.starts) - 1:  # years after the open one count as well
        rest = max(limit - have, Decimal(0)) / abs(limit or ONE)
        return Part(Task.TARGET, rest, lambda: condition.closes(facts, facts.year), By.YEAR_END)
    if now is None or row is None:
        need = limit - have
        last = last_known(facts, condition.measure.over.code, condition.measure.sources, facts.on_year - 1)
        apart = None if last is None else max(need - last.value, Decimal(0)) / abs(limit or ONE)
        template = wording.YEAR_END_SUM_TARGET if others else wording.YEAR_END_GROWTH_TARGET
        words = template.format(**shown, need=show_gap(need, condition.unit))
        return Part(Task.TARGET, apart, lambda: words, By.YEAR_END, lacks=lambda: (condition.measure.over.code,))
    shown_now = marked(show(Decimal(now), condition.unit), row.is_estimate)
    if line.test(have + Decimal(now), limit):
        words = wording.YEAR_END_HOLD.format(**{**shown, "have": shown_now})
        return Part(Task.HOLD, words=lambda: words, by=By.YEAR_END)
    lack = limit - have - Decimal(now)

    def ask() -> str:
        told = {**shown, "gap": show_gap(lack, condition.unit), "now": shown_now}
        if others:
            return wording.YEAR_END_SUM.format(**told)
        return wording.YEAR_END_MORE.format(**{**told, "have": told["now"]}, line=condition.threshold_text)

    return Part(Task.TO_DO, lack / abs(limit or ONE), ask, By.YEAR_END)


@part_of.register
def _growth(condition: Growth, asked: Asked) -> Part:
    """Growth up to the open year: the figure it must reach, linear in it for both ways of counting."""
    facts, line, measure = asked.facts, condition.line, condition.measure
    if facts.year - 1 != facts.on_year:
        return _next_years(facts)
    if not line.is_lower:
        return _by_verdict(condition, asked)
    bases = _bases(condition, facts)
    if not bases:
        return missing(condition, facts)
    if condition.compound:
        need = bases[0] * (1 + line.value / HUNDRED) ** condition.spans
    else:
        rates = sum((bases[at] / bases[at - 1] for at in range(1, len(bases))), Decimal(0))
        need = bases[-1] * (condition.spans * (1 + line.value / HUNDRED) - rates)
    shown: dict[str, Any] = {
        "year": facts.on_year,
        "label": measure.label,
        "sign": sign(line),
        "need": show_gap(max(need, Decimal(0)), measure.unit),
    }
    now = last_known(facts, measure.over.code, measure.sources, facts.on_year, back=0)
    if now is None:
        last = last_known(facts, measure.over.code, measure.sources, facts.on_year - 1)
        lack = None if last is None else max(need - last.value, Decimal(0)) / max(need, ONE)
        words = wording.YEAR_END_GROWTH_TARGET.format(**shown)
        return Part(Task.TARGET, lack, lambda: words, By.YEAR_END, lacks=lambda: (measure.over.code,))
    shown["have"] = marked(show(now.value, measure.unit), now.row.is_estimate)
    if line.test(now.value, need):
        held = wording.YEAR_END_HOLD.format(**shown)
        return Part(Task.HOLD, words=lambda: held, by=By.YEAR_END)
    told = wording.YEAR_END_GROWTH.format(**shown, same=sign(line), gap=show_gap(need - now.value, measure.unit))
    return Part(Task.TO_DO, (need - now.value) / max(need, ONE), lambda: told, By.YEAR_END)


def _bases(condition: Growth, facts: Facts) -> list[Decimal]:
    """The closed years of a growth rate, oldest first, from the first source that has all; empty if none has, or if one is not above 0."""
    measure = condition.measure
    for source in measure.sources:
        known = [last_known(facts, measure.over.code, (source,), facts.year + offset, back=0) for offset in condition.offsets[:-1]]
        if all(known):
            bases = [one.value for one in known if one is not None]
            return bases if all(base > 0 for base in bases) else []
    return []
