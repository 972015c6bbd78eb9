"""Points and bands in words, and the rows in which a published score table is printed."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from policies.engine import wording
from policies.engine.conditions.measures import Line
from policies.engine.units import Unit, show

Number = int | Fraction
Points = tuple[Number, Number]
# stands for "no most": a weighted rating has no cap
UNBOUNDED = 10**9
POINTS = Unit("分")
_SHOWN = Unit("", places=4)


class Row(NamedTuple):
    """One line of a published table: what it says, what it gives, the lines below it."""

    text: str
    points: str
    rows: tuple["Row", ...] = ()


def exact(points: Number) -> Decimal:
    """Points as a Decimal; a fraction to the precision of the context."""
    return Decimal(points) if isinstance(points, int) else Decimal(points.numerator) / Decimal(points.denominator)


def plain_points(points: Number) -> str:
    """58, or 113.7965: a fraction is printed to four decimals."""
    if points == int(points):
        return str(int(points))
    return show(exact(points), _SHOWN).replace(",", "")


@lru_cache(maxsize=2_000)
def points_words(points: Number) -> str:
    """58 分."""
    return wording.SCORE_POINTS.format(points=plain_points(points))


@lru_cache(maxsize=2_000)
def range_words(points: Points) -> str:
    """58 分, 52–60 分, 或 52 分以上 where nothing caps it."""
    low, high = points
    if low == high:
        return points_words(low)
    if high >= UNBOUNDED:
        return wording.SCORE_FROM.format(points=plain_points(low))
    return wording.SCORE_RANGE.format(low=plain_points(low), high=plain_points(high))


@lru_cache(maxsize=5_000)
def line_words(label: str, line: Line) -> str:
    """研发费用占营业收入到 4%."""
    if line.is_strict:
        words = wording.SCORE_OVER if line.is_lower else wording.SCORE_UNDER
    else:
        words = wording.SCORE_UP_TO if line.is_lower else wording.SCORE_DOWN_TO
    return words.format(label=label, line=line.plain)
