"""Filters of list pages: declared one by one; what the address says beyond them is dropped and named."""

import copy
from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import DateField, NormalTextField, Select, StrictDecimalField, StrictIntegerField, TextInput


class FilterSet(django_filters.FilterSet):
    """Base of our filter sets; wrong values become errors of the form, which the list page drops and names."""

    def get_form_class(self) -> type[forms.Form]:
        """Marks the form as a filter. Its fields were made for this request alone and are not copied once more."""
        form_class = super().get_form_class()
        form_class.is_filter = True
        form_class.base_fields = _OwnFields(form_class.base_fields)
        return form_class

    @property
    def form(self) -> forms.Form:
        """The form, its widgets replaced once."""
        form = super().form
        if not getattr(form, "_is_lean", False):
            form._is_lean = True
            for field in form.fields.values():
                if type(field.widget) in _LEAN:
                    field.widget = _lean(field.widget)
        return form


class _OwnFields(dict[str, forms.Field]):
    """Fields that belong to one form, so that its copy of them is the fields themselves."""

    def __deepcopy__(self, memo: Any) -> dict[str, forms.Field]:
        return dict(self)


class _OfRequest:
    """A filter whose copy for a request shares everything but `extra`, which a filter set may change (choices of a scope)."""

    extra: dict[str, Any]
    method: Any

    def __deepcopy__(self, memo: Any) -> Any:
        twin = copy.copy(self)
        vars(twin).pop("_field", None)
        vars(twin).pop("filter", None)
        twin.extra = dict(twin.extra)
        twin.method = twin.method  # its runner knows the filter it runs for
        return twin


def _lean(widget: Any) -> forms.Widget:
    lean = _LEAN[type(widget)](attrs=widget.attrs)
    lean.is_required = widget.is_required
    if isinstance(widget, forms.Select):
        lean.choices = widget.choices
    return lean


_LEAN: dict[type[forms.Widget], Any] = {forms.Select: Select, forms.TextInput: TextInput}


class TextFilter(_OfRequest, django_filters.CharFilter):
    """A search word of at most 100 characters."""

    field_class = NormalTextField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        super().__init__(*args, **kwargs)


class ChoiceFilter(_OfRequest, django_filters.ChoiceFilter):
    """One of a fixed list; the empty choice reads 全部."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("全部"))
        super().__init__(*args, **kwargs)


class ModelChoiceFilter(_OfRequest, django_filters.ModelChoiceFilter):
    """One of the rows the user may see; the empty choice reads 全部."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("全部"))
        super().__init__(*args, **kwargs)


class IntegerFilter(_OfRequest, django_filters.NumberFilter):
    """A whole number."""

    field_class = StrictIntegerField

    def get_max_validator(self) -> None:
        """The field has its own bounds."""
        return


class DecimalFilter(_OfRequest, django_filters.NumberFilter):
    """A decimal."""

    field_class = StrictDecimalField

    def get_max_validator(self) -> None:
        """The field has its own bounds."""
        return


class DayFilter(_OfRequest, django_filters.DateFilter):
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
