"""Filters of list pages: declared one by one; what the address says beyond them is dropped and named."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, NormalTextField, Select, StrictDecimalField, StrictIntegerField


class FilterSet(django_filters.FilterSet):
    """Base of our filter sets; wrong values become errors of the form, which the list page drops and names."""

    def get_form_class(self) -> type[forms.Form]:
        """Marks the form as a filter and draws its selects in one go."""
        form_class = super().get_form_class()
        form_class.is_filter = True
        return form_class

    @property
    def form(self) -> forms.Form:
        """The form, its selects replaced once."""
        form = super().form
        if not getattr(form, "_selects_lean", False):
            form._selects_lean = True
            for field in form.fields.values():
                if type(field.widget) is forms.Select:
                    field.widget = _lean(field.widget)
        return form


def _lean(widget: forms.Select) -> Select:
    lean = Select(attrs=widget.attrs)
    lean.choices = widget.choices
    lean.is_required = widget.is_required
    return lean


class TextFilter(django_filters.CharFilter):
    """A search word of at most 100 characters."""

    field_class = NormalTextField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        super().__init__(*args, **kwargs)


class ChoiceFilter(django_filters.ChoiceFilter):
    """One of a fixed list; the empty choice reads 全部."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("全部"))
        super().__init__(*args, **kwargs)


class ModelChoiceFilter(django_filters.ModelChoiceFilter):
    """One of the rows the user may see; the empty choice reads 全部."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("全部"))
        super().__init__(*args, **kwargs)


class IntegerFilter(django_filters.NumberFilter):
    """A whole number."""

    field_class = StrictIntegerField

    def get_max_validator(self) -> None:
        """The field has its own bounds."""
        return


class DecimalFilter(django_filters.NumberFilter):
    """A decimal."""

    field_class = StrictDecimalField

    def get_max_validator(self) -> None:
        """The field has its own bounds."""
        return


class DayFilter(django_filters.DateFilter):
    """A day."""

    field_class = DateField


def query_names(form: forms.Form) -> dict[str, str]:
    """Every name the form reads from the address → the field it belongs to; ranges have one per end."""
    names = {}
    for name, field in form.fields.items():
        suffixes = getattr(field.widget, "widgets_names", None)
        for query_name in [f"{name}{suffix}" for suffix in suffixes] if suffixes else [name]:
            names[query_name] = name
    return names


def takes_many(field: forms.Field) -> bool:
    """Whether a name may stand in the address more than once."""
    return isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField)


def without(query: QueryDict, names: Iterable[str]) -> QueryDict:
    """A copy of `query` without these names."""
    copy = query.copy()
    for name in names:
        copy.pop(name, None)
    return copy
