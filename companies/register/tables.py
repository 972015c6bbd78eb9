"""The table of 企业名录: own columns and those of the slots."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from companies.register import slots
from companies.register.models import Company
from core.tables import Column, DayColumn, Table


class SlotTableColumn(Column):
    """Draws what a slot's prefetch found for the row."""

    def __init__(self, slot: slots.SlotColumn) -> None:
        super().__init__(verbose_name=slot.header, accessor="pk", num=slot.num)
        self.slot = slot

    def render(self, value: int, table: "CompanyTable") -> Any:
        """The slot's drawing, or a dash."""
        found = table.found.get(self.slot.code, {}).get(value)
        return "—" if found is None else self.slot.render(found)


class CompanyTable(Table):
    """One row per firm; the name leads to its page and remembers the list (`from`)."""

    caption = _("企业名录")
    row_header = "name"

    name = Column(verbose_name=_("企业"))
    uscc = Column(verbose_name=_("统一社会信用代码"), attrs={"td": {"class": "uscc"}})
    district = Column(verbose_name=_("区、县（市）"), export="district__name")
    town = Column(verbose_name=_("镇街"), export="town__name")
    park = Column(verbose_name=_("园区"), export="park__name")
    industry = Column(verbose_name=_("行业"))
    size = Column(verbose_name=_("规模"))
    is_above_scale = Column(verbose_name=_("规上"))
    founded_on = DayColumn(verbose_name=_("成立日期"))

    def __init__(self, data: Any, *, found: Mapping[str, Mapping[int, Any]] | None = None, came_from: str = "", **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.found = found or {}
        self.base = reverse("companies:company-list")
        self.tail = f"?{urlencode({'from': came_from})}" if came_from else ""

    def render_name(self, record: Company) -> Any:
        """A door to the firm's page."""
        return format_html('<a href="{}{}/{}">{}</a>', self.base, record.uscc, self.tail, record.name)

    def render_is_above_scale(self, value: bool) -> Any:
        """是 or 否; unknown stays a dash."""
        return _g("是") if value else _g("否")


OWN_SHOWN = ("name", "district", "industry", "size")


def company_table() -> type[CompanyTable]:
    """The table class with the columns of the slots; made anew when those change (tests only)."""
    offered = slots.columns()
    key = tuple(offered)
    if key not in _made:
        columns = {slot.code: SlotTableColumn(slot) for slot in offered}
        shown = (*OWN_SHOWN, *(slot.code for slot in offered if slot.is_shown))
        _made[key] = type("CompanyTable", (CompanyTable,), {**columns, "shown": shown})
    return _made[key]


_made: dict[tuple[slots.SlotColumn, ...], type[CompanyTable]] = {}


def prefetched(names: Sequence[str], rows: Sequence[Company], user: Any) -> dict[str, Mapping[int, Any]]:
    """Values of the shown slot columns for these rows: annotated ones as read, the others one query per column."""
    found: dict[str, Mapping[int, Any]] = {}
    for slot in slots.columns() if rows else ():
        if slot.code not in names:
            continue
        if slot.annotation is not None:
            found[slot.code] = {row.pk: getattr(row, slot.attribute) for row in rows}
        elif slot.prefetch is not None:
            found[slot.code] = slot.prefetch(rows, user)
    return found


def annotated(queryset: QuerySet[Company], names: Sequence[str]) -> QuerySet[Company]:
    """The rows with the annotations of the shown slot columns."""
    wanted = {slot.attribute: slot.annotation() for slot in slots.columns() if slot.annotation is not None and slot.code in names}
    return queryset.annotate(**wanted) if wanted else queryset
