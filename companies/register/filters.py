"""The filters of 企业名录: own ones and those of the slots."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.register import slots
from companies.register.industries import INDUSTRIES
from companies.register.models import Company, Size
from companies.register.search import companies_matching
from companies.register.selectors import Places
from core.filters import ChoiceFilter, FilterSet, TextFilter


class PlaceFilter(ChoiceFilter):
    """A place in the user's scope, by its key; the choices come with the request."""


def _matching(queryset: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
    return companies_matching(queryset, value)


class CompanyFilterSet(FilterSet):
    """关键字, 区县, 镇街, 园区, 行业, 规模; `places` are the choices of the user's scope."""

    q = TextFilter(method=_matching, label=_("关键字"))
    district = PlaceFilter(field_name="district", choices=(), label=_("区、县（市）"))
    town = PlaceFilter(field_name="town", choices=(), label=_("镇街"))
    park = PlaceFilter(field_name="park", choices=(), label=_("园区"))
    industry = ChoiceFilter(choices=[(code, f"{code} {name}") for code, name in INDUSTRIES], label=_("行业"))
    size = ChoiceFilter(choices=Size.choices, label=_("规模"))

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("district", places.districts), ("town", places.towns), ("park", places.parks)):
            if name == "district" and len(places.districts) < 2:
                del self.filters[name]  # one district is no choice
                continue
            self.filters[name].extra["choices"] = choices

    def filter_queryset(self, queryset: QuerySet[Company]) -> QuerySet[Company]:
        """Cheap filters first; the search word last, so that it is asked once."""
        for name in sorted(self.form.cleaned_data, key=lambda name: name == "q"):
            queryset = self.filters[name].filter(queryset, self.form.cleaned_data[name])
        return queryset


def company_filterset() -> type[CompanyFilterSet]:
    """The filter set with the filters of the slots."""
    key = tuple(slots.filters())
    if key not in _made:
        _made[key] = type("CompanyFilterSet", (CompanyFilterSet,), {slot.name: slot.make() for slot in key})
    return _made[key]


_made: dict[tuple[slots.SlotFilter, ...], type[CompanyFilterSet]] = {}
