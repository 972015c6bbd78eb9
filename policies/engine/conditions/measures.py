"""What a figures test looks at: one catalogue fact, or the ratio of two from one source in one year."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from companies.figures.catalogue import CATALOGUE
from policies.engine import wording
from policies.engine.facts import Value
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts
from policies.engine.units import HUNDRED, PERCENT, Threshold, Unit, show, unit_of, unit_of_ratio

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "at_least": operator.ge,
    "at_most": operator.le,
    "more_than": operator.gt,
    "less_than": operator.lt,
    "equals": operator.eq,
}
LOWER_BOUNDS = frozenset({"at_least", "more_than", "equals"})
STRICT = frozenset({"more_than", "less_than"})

Compare = Callable[[list[Value], int], bool | None]


class Line:
    """The published line: operator, value in base units, text."""

    def __init__(self, operator_name: str, threshold: Threshold) -> None:
        self.operator = operator_name
        self.test = OPERATORS[operator_name]
        self.value = threshold.value
        self.is_lower = operator_name in LOWER_BOUNDS
        self.is_strict = operator_name in STRICT
        self.text = wording.OPERATOR[operator_name].format(line=threshold.text)
        self.plain = threshold.text

    def short(self, value: Decimal) -> Decimal:
        """By how much a value misses the line; 0 when it stands on a line that must be passed."""
        return self.value - value if self.is_lower else value - self.value

    def relative(self, amount: Decimal) -> Decimal:
        """The gap as a part of the line, to compare gaps of different units."""
        return amount / abs(self.value) if self.value else amount


class FlagLine(Line):
    """是 or 否."""

    def __init__(self, wanted: bool) -> None:
        super().__init__("equals", Threshold(Decimal(int(wanted)), wording.FLAG_TEXT[wanted]))
        self.text = wording.FLAG_LINE[wanted]


class Measure:
    """One fact or a ratio; `sources` in the order they may be used."""

    def __init__(self, over: str, under: str | None, sources: tuple[str, ...]) -> None:
        self.over = CATALOGUE[over]
        self.under = CATALOGUE[under] if under else None
        self.sources = sources
        self.codes = (over, under) if under else (over,)
        if self.under is None:
            self.unit: Unit = unit_of(self.over)
            self.label = self.over.label
        else:
            self.unit = unit_of_ratio(self.over, self.under)
            self.label = wording.RATIO_LABEL.format(over=self.over.label, under=self.under.label)
        self.scale = HUNDRED if self.under is not None and self.unit is PERCENT else Decimal(1)

    def items(self, offset: int) -> tuple[tuple[str, int], ...]:
        """What one year of it needs."""
        return tuple((code, offset) for code in self.codes)

    def comparer(self, line: Line) -> Compare:
        """The test of one year, as a closure: True, False, or None when it cannot be judged. No division."""
        test, wanted = line.test, line.value
        if self.under is None:

            def compare_fact(values: list[Value], at: int) -> bool | None:
                value = values[at]
                return None if value is None else test(value, wanted)

            return compare_fact
        scale = self.scale

        def compare_ratio(values: list[Value], at: int) -> bool | None:
            over, under = values[at], values[at + 1]
            if over is None or under is None or under <= 0:
                return None
            return test(over * scale, wanted * under)

        return compare_ratio

    def value(self, values: list[Value], at: int) -> Decimal | None:
        """One year's value in base units (ratios: per cent where both sides have one unit)."""
        over = values[at]
        if over is None:
            return None
        if self.under is None:
            return Decimal(over)
        under = values[at + 1]
        return None if under is None or under <= 0 else Decimal(over) * self.scale / Decimal(under)

    def observed(self, facts: Facts, at: int, year: int, line: Decimal | None) -> Observed:
        """One year as shown: value, source and the versions it comes from."""
        if facts.conflicts and (conflict := self._conflict(facts, at)):
            text = wording.CONFLICT.format(values=wording.YEARS_JOIN.join(conflict))
            ids = tuple(row.version_id for i in self._slots(at) for row in facts.conflicts.get(i, ()))
            return Observed(str(year), text, year, version_ids=ids, conflict=conflict)
        value, row = self.value(facts.values, at), facts.rows[at]
        if value is None or row is None:
            return Observed(str(year), wording.NO_DATA, year)
        # both sides of a ratio come from one source, an estimate perhaps on one side only
        beside = facts.rows[at + 1] if self.under is not None else None
        is_estimate = row.is_estimate or (beside is not None and beside.is_estimate)
        text = wording.FLAG_TEXT[bool(value)] if self.unit.is_flag else show(value, self.unit, line)
        ids = (row.version_id,) if beside is None or beside.version_id == row.version_id else (row.version_id, beside.version_id)
        return Observed(
            str(row.year),
            wording.ESTIMATE_MARK.format(text=text) if is_estimate else text,
            row.year,
            value,
            self.unit.label,
            row.source,
            wording.source_label(row.source),
            ids,
            is_estimate,
        )

    def _slots(self, at: int) -> range:
        return range(at, at + len(self.codes))

    def _conflict(self, facts: Facts, at: int) -> tuple[str, ...]:
        shown = []
        for i, code in zip(self._slots(at), self.codes, strict=True):
            for row in facts.conflicts.get(i, ()):
                value, unit = row.values[code], unit_of(CATALOGUE[code])
                shown.append(wording.FLAG_TEXT[bool(value)] if unit.is_flag else show(Decimal(value or 0), unit))
        return tuple(shown)

    def missing(self, facts: Facts, at: int, year: int) -> tuple[Missing, ...]:
        """Which of its facts one year lacks, and who can supply them; empty when it can be judged."""
        found: list[Missing] = []
        for i, code in zip(self._slots(at), self.codes, strict=True):
            label = CATALOGUE[code].label
            if i in facts.conflicts:
                text = wording.MISSING_DISPUTED.format(year=year, label=label)
            elif facts.rows[i] is None and not (len(self.codes) > 1 and facts.has_figure(code, year, self.sources)):
                source = wording.source_label(self.sources[0])
                text = wording.MISSING_FIGURE.format(year=year, label=label, source=source, who=wording.who_supplies(self.sources))
            else:
                continue
            found.append(Missing(code, label, year, self.sources, text))
        return tuple(found) or self._unusable(facts, at, year)

    def _unusable(self, facts: Facts, at: int, year: int) -> tuple[Missing, ...]:
        if self.under is None:
            return ()
        upper, lower = facts.values[at], facts.values[at + 1]
        if upper is None or lower is None:
            # each side is known, but from different sources: one source must give both
            text = wording.MISSING_ONE_SOURCE.format(year=year, label=self.label)
            return (Missing(self.over.code, self.over.label, year, self.sources, text),)
        if lower <= 0:
            text = wording.MISSING_DENOMINATOR.format(year=year, label=self.under.label)
            return (Missing(self.under.code, self.under.label, year, self.sources, text),)
        return ()
