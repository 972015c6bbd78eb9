"""The published words for periods, as offsets from the application year.

上年度 of an application year Y is Y−1. A year is closed once it has ended on the day asked; a closed year cannot be
mended. `POINT` asks for the state on the application day: the current year's figure, else the last year-end.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Span(StrEnum):
    """How the years of a period are read together."""

    EACH = "each"
    ANY = "any"
    SUM = "sum"
    MEAN = "mean"
    GROWTH = "growth"
    POINT = "point"
    CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Period:
    """`years` counts the years ending with 上年度; 0 for the current year and the application day."""

    text: str
    span: Span
    years: int

    @property
    def offsets(self) -> tuple[int, ...]:
        """Offsets from the application year, oldest first; for growth the base year comes first."""
        if self.years == 0:
            return (0,)
        first = -self.years - 1 if self.span is Span.GROWTH else -self.years
        return tuple(range(first, 0))


_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_SPANS = {"每年": Span.EACH, "合计": Span.SUM, "平均": Span.MEAN, "任一年": Span.ANY, "": Span.GROWTH}
_LAST_YEARS = re.compile("^近([一二两三四五])年(每年|合计|平均|任一年|)$")


def parse_period(text: str) -> Period:
    """上年度, 上年末, 当年, 申请日, 近两年每年, 近两年合计, 近三年平均, 近三年任一年; 近两年 alone for growth only.

    Raises ValueError on any other word.
    """
    if text in ("上年度", "上年末"):
        return Period(text, Span.EACH, 1)
    if text == "当年":
        return Period(text, Span.CURRENT, 0)
    if text == "申请日":
        return Period(text, Span.POINT, 0)
    match = _LAST_YEARS.match(text)
    if not match:
        raise ValueError(
            f"不认识的期间“{text}”，可用：上年度、上年末、当年、申请日、近两年每年、近两年合计、近三年平均、近三年任一年、近两年（增长率）"
        )
    return Period(text, _SPANS[match[2]], _NUMERALS[match[1]])
