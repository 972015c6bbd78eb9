"""Thresholds as published, converted once on load, and figures printed back in the published unit."""

import re
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from companies.figures.catalogue import Fact, Kind

HUNDRED = Decimal(100)
TEN_THOUSAND = Decimal(10_000)
HUNDRED_MILLION = Decimal(100_000_000)

_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(31))
_THRESHOLD = re.compile(r"^(-?\d+(?:\.\d+)?)\s*(\S*)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """How a quantity is printed: base value ÷ `divisor`, with `places` decimals and the label after it."""

    label: str
    divisor: Decimal = Decimal(1)
    places: int = 0
    gap_label: str = ""
    is_flag: bool = False

    @property
    def difference(self) -> str:
        """The unit of a difference: shares differ by 个百分点."""
        return self.gap_label or self.label

    def printed(self, value: Decimal) -> Decimal:
        """The value in this unit, unrounded."""
        return value / self.divisor


MONEY = Unit("万元", TEN_THOUSAND, 1)
PERCENT = Unit("%", Decimal(1), 2, "个百分点")
FLAG = Unit("", is_flag=True)


def unit_of(fact: Fact) -> Unit:
    """The printing unit of a catalogue fact."""
    if fact.kind is Kind.MONEY:
        return MONEY
    if fact.kind is Kind.PERCENT:
        return PERCENT
    if fact.kind is Kind.FLAG:
        return FLAG
    if fact.kind is Kind.NUMBER:
        return Unit(fact.unit, Decimal(1), 1)
    return Unit(fact.unit)


def unit_of_ratio(over: Fact, under: Fact) -> Unit:
    """A share in per cent where both sides have one unit, else so much per unit of the lower side."""
    if over.kind is under.kind and over.unit == under.unit:
        return PERCENT
    base = unit_of(over)
    return Unit(f"{over.unit}/{under.unit}", base.divisor, 2)


_FACTORS = {"万元": TEN_THOUSAND, "亿元": HUNDRED_MILLION, "元": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A published line: `value` in base units (yuan, per cent, pieces), `text` as published."""

    value: Decimal
    text: str


def parse_threshold(text: str, unit: Unit) -> Threshold:
    """`5000 万元`, `4 亿元`, `3%`, `4 项`, `10 年`. Raises ValueError when the unit is not the figure's own."""
    match = _THRESHOLD.match(text.strip())
    if not match:
        raise ValueError(f"门槛“{text}”不是“数值 单位”，如 5000 万元、3%、4 项")
    number, label = Decimal(match[1]), match[2]
    factor = _factor(label, unit)
    if factor is None:
        raise ValueError(f"门槛“{text}”的单位应为“{unit.label}”")
    grouped = group(number)
    return Threshold(number * factor, f"{grouped}%" if label == "%" else f"{grouped} {label}")


def _factor(label: str, unit: Unit) -> Decimal | None:
    head, slash, rest = label.partition("/")
    own_head, own_slash, own_rest = unit.label.partition("/")
    if slash != own_slash or rest != own_rest:
        return None
    if own_head in _FACTORS:
        return _FACTORS.get(head)
    return Decimal(1) if head == own_head else None


def group(value: Decimal) -> str:
    """Thousands separated, no trailing zeros: 5000 → 5,000."""
    plain = format(value.normalize(), "f")
    whole, dot, rest = plain.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{dot}{rest}"


def _fixed(value: Decimal, places: int, rounding: str) -> Decimal:
    return value.quantize(_STEPS[places], rounding=rounding)


def _with_unit(number: Decimal, label: str) -> str:
    return f"{number:,f}%" if label == "%" else f"{number:,f} {label}".rstrip()


def show(value: Decimal, unit: Unit, threshold: Decimal | None = None) -> str:
    """The value in its unit, with as many decimals as keep it apart from a threshold it does not equal."""
    printed = unit.printed(value)
    if threshold is None or value == threshold:
        return _with_unit(_fixed(printed, unit.places, ROUND_HALF_UP), unit.label)
    line = unit.printed(threshold)
    places = unit.places
    while True:
        shown = _fixed(printed, places, ROUND_HALF_UP)
        if shown != line or places >= 30:
            return _with_unit(shown, unit.label)
        places += 1


def show_gap(amount: Decimal, unit: Unit) -> str:
    """An amount still to close, rounded up: 378.6 万元, 0.30 个百分点, 1 项."""
    return _with_unit(_fixed(unit.printed(amount), unit.places, ROUND_CEILING), unit.difference)


def show_nearest(gap: Decimal, label: str) -> str:
    """A gap already in its printed unit, with the decimals the sheet prints, rounded up as there."""
    places = next((unit.places for unit in (MONEY, PERCENT) if unit.difference == label), 1)
    return f"{_fixed(gap, 0 if gap == gap.to_integral_value() else places, ROUND_CEILING):,f}"


def show_surplus(amount: Decimal, unit: Unit) -> str:
    """An amount above the line, rounded down and never to nothing: 8,680 万元, 16.7 个百分点."""
    printed = unit.printed(amount)
    places = min(unit.places, 1)
    shown = _fixed(printed, places, ROUND_FLOOR)
    while not shown and printed and places < 30:
        places += 1
        shown = _fixed(printed, places, ROUND_FLOOR)
    return f"{group(shown)} {unit.difference}".rstrip()


def exact_gap(amount: Decimal, unit: Unit) -> Decimal:
    """The gap in its unit, rounded up at the sixth decimal so that it is finite and never nothing."""
    return _fixed(unit.printed(amount), 6, ROUND_CEILING).normalize() + 0 if amount else Decimal(0)
