"""Checks of figures that belong together: ranges, parts and wholes, units. Used by every door."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from companies.figures.catalogue import CATALOGUE, Fact, Kind
from companies.figures.words import fact_label, quantity
from core.units import grouped, visible, yuan_to_wan

# a figure typed in 元 instead of 万元 is 10,000 times the right one; a firm may grow or shrink, so the band is wide
JUMP_FROM, JUMP_TO = Decimal(2_000), Decimal(50_000)


def shown(fact: Fact, value: Any) -> str:
    """A figure with its unit as it is written on paper."""
    if value is None:
        return _("缺数据")
    if fact.kind is Kind.FLAG:
        return _("是") if value else _("否")
    if fact.kind is Kind.MONEY:
        return _("%(number)s 万元") % {"number": f"{yuan_to_wan(value).normalize():,f}"}
    if fact.kind is Kind.COUNT:
        return quantity(f"{value:,}", fact.unit)
    return quantity(f"{Decimal(value).normalize():,f}", fact.unit)


def in_table(fact: Fact, value: Any) -> str:
    """As `shown`, money with one decimal (more where it would print as zero)."""
    if value is not None and fact.kind is Kind.MONEY:
        return _("%(number)s 万元") % {"number": visible(yuan_to_wan(value), places=1)}
    return shown(fact, value)


def contradictions(values: Mapping[str, Any]) -> list[str]:
    """Sentences about figures out of range and parts above their whole; none means they agree."""
    found = []
    for code, value in values.items():
        fact = CATALOGUE[code]
        if value is None or fact.kind is Kind.FLAG:
            continue
        if fact.minimum is not None and value < fact.minimum:
            found.append(
                _("%(label)s不能小于 %(least)s，这里是 %(value)s。") % _words(fact, value, least=grouped(Decimal(fact.minimum), 0))
            )
        if fact.maximum is not None and value > fact.maximum:
            found.append(_("%(label)s不能大于 %(most)s，这里是 %(value)s。") % _words(fact, value, most=grouped(Decimal(fact.maximum), 0)))
        whole = values.get(fact.part_of) if fact.part_of else None
        if whole is not None and value > whole:
            template = _("%(label)s（%(value)s）大于%(whole_label)s（%(whole)s），请核对。")
            whole_fact = CATALOGUE[fact.part_of]
            found.append(template % _words(fact, value, whole_label=fact_label(whole_fact), whole=shown(whole_fact, whole)))
    return found


def _words(fact: Fact, value: Any, **more: str) -> dict[str, str]:
    return {"label": fact_label(fact), "value": shown(fact, value), **more}


def in_year(year: int) -> str:
    """A year as figures are held against it."""
    return _("%(year)s 年") % {"year": year}


def unit_doubts(values: Mapping[str, Any], beside: Mapping[str, Any], *, against: str) -> list[str]:
    """Sentences about money about 10,000 times, or 1/10,000 of, the same fact in `beside`; `against` says where that stands."""
    found = []
    for code, value in values.items():
        fact, other = CATALOGUE[code], beside.get(code)
        if fact.kind is not Kind.MONEY or not value or not other:
            continue
        ratio = abs(value / other)
        if JUMP_FROM <= ratio <= JUMP_TO or JUMP_FROM <= 1 / ratio <= JUMP_TO:
            template = _("%(label)s %(value)s，%(against)s %(other)s，相差约一万倍：万元还是元？")
            found.append(template % _words(fact, value, against=against, other=shown(fact, other)))
    return found
