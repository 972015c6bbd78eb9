"""Exact conversions and rounding of figures: yuan and 万元, gaps rounded up, values printed apart from their threshold."""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext

YUAN_PER_WAN = Decimal(10_000)
YUAN_PER_YI = Decimal(100_000_000)
_MOST_DECIMALS = 12


def yuan_to_wan(yuan: Decimal) -> Decimal:
    """Yuan → 万元, exact."""
    return yuan.scaleb(-4)


def wan_to_yuan(wan: Decimal) -> Decimal:
    """万元 → yuan, exact."""
    return wan.scaleb(4)


def rounded(value: Decimal, places: int) -> Decimal:
    """`value` to `places` decimals, half away from zero (四舍五入)."""
    with localcontext(prec=60):
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def gap_up(value: Decimal, places: int) -> Decimal:
    """An amount still to close, rounded up to `places` decimals, so that reaching the printed amount does close the gap."""
    with localcontext(prec=60):
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING)


def grouped(value: Decimal, places: int) -> str:
    """`1,205.4`: fixed decimals, separators from 1,000; a rounded zero never prints a minus sign."""
    number = rounded(value, places)
    return f"{number if number else abs(number):,.{places}f}"


def count(number: int) -> str:
    """A whole number with separators from 1,000."""
    return f"{number:,}"


def print_apart(value: Decimal, threshold: Decimal, *, places: int = 1) -> str:
    """`value` with at least `places` decimals, and as many more as keep it on its own side of `threshold`.

    2.996 against 3 prints `2.996`, never `3.0`. The comparison itself is always made on unrounded values; this is for print only.
    """
    side = value.compare(threshold)
    for decimals in range(places, _MOST_DECIMALS + 1):
        if rounded(value, decimals).compare(threshold) == side:
            return grouped(value, decimals)
    return f"{value:,f}"


def visible(value: Decimal, *, places: int) -> str:
    """As `grouped`, with more decimals where a value other than zero would otherwise print as zero."""
    return print_apart(value, Decimal(0), places=places)
