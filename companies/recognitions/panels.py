"""What recognitions show on the register's pages: titles held beside the name, as a column and as a filter."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from companies.recognitions.models import Recognition
from companies.recognitions.seeds import TITLES
from companies.register import slots
from companies.register.models import Company
from core.filters import ChoiceFilter
from core.prepared import Prepared

if TYPE_CHECKING:
    from datetime import date

    from accounts.users.models import User


def in_force(on: "date") -> "QuerySet[Recognition]":
    """Confirmed recognitions that are valid on a day, as known that day."""
    ends = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    return Recognition.objects.counted(on=on, known=on).filter(ends, valid_from__lte=on)


_held = Prepared(
    lambda company, on: in_force(on).filter(company=company).select_related("title").order_by("title__position", "valid_until")
)


def titles_held(asked: slots.PanelRequest) -> dict[str, Any] | None:
    """Per title held the latest end of validity; titles whose confirmation is waiting are not held."""
    held = {row.title_id: row for row in _held(company=asked.company.pk, on=asked.on)}
    return {"held": list(held.values())} if held else None


def held_names(rows: Sequence[Company], user: "User") -> Mapping[int, str]:
    """Short names of the titles held today by company id, in catalogue order; one query."""
    name = "title__name_en" if get_language() == "en" else "title__short_name"
    found: dict[int, dict[str, None]] = {}
    held = in_force(localdate()).filter(company__in=[row.pk for row in rows]).order_by("title__position")
    for company_id, title in held.values_list("company_id", name):
        found.setdefault(company_id, {})[title] = None
    return {company_id: "、".join(titles) for company_id, titles in found.items()}


@lru_cache(maxsize=1)
def _catalogue() -> tuple[tuple[str, str, str], ...]:
    lines = yaml.safe_load(TITLES.read_text(encoding="utf-8"))["titles"]
    return tuple((line["code"], line["name"], line["name_en"]) for line in lines)


def _title_choices() -> list[tuple[str, str]]:
    is_english = get_language() == "en"
    return [(code, name_en if is_english else name) for code, name, name_en in _catalogue()]


def title_filter() -> ChoiceFilter:
    """Firms that hold the title today; the choices are the catalogue's file, so that they cost no query."""

    def hold(queryset: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        return queryset.filter(pk__in=in_force(localdate()).filter(title__code=value).values("company_id"))

    return ChoiceFilter(choices=_title_choices, method=hold, label=_("称号"))


def connect() -> None:
    """Titles held beside the name, as a column and as a filter."""
    slots.add_panel(slots.Panel("titles-held", "name", "companies/register/titles-held.html", titles_held))
    slots.add_column(slots.SlotColumn("titles", _("有效称号"), held_names, order=20))
    slots.add_filter(slots.SlotFilter("title", title_filter, order=20))
    slots.add_merge_relation(slots.MergeRelation("companies.Recognition", "company"))
