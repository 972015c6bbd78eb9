"""Form fields that refuse what Django's own let through, and the renderer of every form.

Refused here: `1_000`, `1E3`, NaN, digits of other scripts, numbers without bound, NUL, surrogates, direction marks, years out of range.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from core.text import check_text, half_width, identifier
from core.units import grouped, wan_to_yuan, yuan_to_wan

FIRST_YEAR, LAST_YEAR = 1900, 2100
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
BIGGEST_WHOLE = 9_223_372_036_854_775_807


class TiduRenderer(DjangoTemplates):
    """Draws forms and fields with templates/components; widgets are Django's own."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        """Components come from the project's templates, everything else from Django."""
        if template_name.startswith("components/"):
            return get_template(template_name)
        return super().get_template(template_name)


class TextInput(forms.TextInput):
    """A box drawn in one go; Django's own renders three templates."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The `<input>`."""
        written = self.format_value(value)
        every = {"type": self.input_type, "name": name, **({} if written is None else {"value": written})}
        return format_html("<input{}>", forms.utils.flatatt({**every, **self.build_attrs(self.attrs, attrs)}))


class Select(forms.Select):
    """A select drawn in one go; Django's own makes a dictionary and renders a template per option."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The `<select>` with its options and groups."""
        chosen = frozenset(str(item) for item in self.format_value(value))
        every = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        if self.allow_multiple_selected:
            every["multiple"] = True
        options = _options(_plain(self.choices), chosen, self.allow_multiple_selected)
        return format_html("<select{}>{}</select>", forms.utils.flatatt(every), options)


def _plain(choices: Iterable[tuple[Any, Any]]) -> tuple[tuple[Any, Any, bool], ...]:
    """Choices as (value, label, whether the label is safe), a group as (label, options, False): equal where they are drawn alike."""
    found: list[tuple[Any, Any, bool]] = []
    for value, label in choices:
        if isinstance(label, list | tuple):
            found.append((str(value), _plain(label), False))
        else:
            words = str(label)
            found.append(("" if value is None else str(value), words, hasattr(words, "__html__")))
    return tuple(found)


@lru_cache(maxsize=256)  # the same places, industries and titles on every list page
def _options(choices: tuple[tuple[Any, Any, bool], ...], chosen: frozenset[str], is_multiple: bool) -> SafeString:
    drawn, left = format_html("{}", ""), set(chosen)
    for value, label, _is_safe in choices:
        if isinstance(label, tuple):
            drawn += format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, frozenset(left), is_multiple))
            continue
        drawn += format_html('<option value="{}"{}>{}</option>', value, _SELECTED if value in left else "", label)
        if not is_multiple:
            left.discard(value)  # of two options with one value the first is shown
    return drawn


_SELECTED = format_html("{}", " selected")


class SelectMultiple(Select, forms.SelectMultiple):
    """Several choices, drawn in one go."""

    allow_multiple_selected = True


def plain_number(text: str) -> str:
    """Full-width digits, comma, point and sign as ASCII, blanks around removed."""
    return half_width(text).replace("−", "-").strip()


class StrictDecimalField(forms.DecimalField):
    """A decimal as people write it: `1,205.4`, `１２３`; nothing else. Value: Decimal."""

    default_error_messages = {"invalid": _("“%(value)s”不是数字，请改为如 1,200.0。")}
    widget = forms.TextInput

    def __init__(self, *, max_digits: int = 19, decimal_places: int = 2, **kwargs: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Text or number → Decimal; raises ValidationError naming the value."""
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal) and value.is_finite():
            return value
        text = plain_number(str(value))
        if isinstance(value, bool) or not _NUMBER.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": str(value)[:40]})
        return Decimal(text.replace(",", ""))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The phone's number keys."""
        return {"inputmode": "decimal", "autocomplete": "off"}


class StrictIntegerField(forms.IntegerField):
    """A whole number as people write it, at most 63 bits. Value: int."""

    default_error_messages = {"invalid": _("“%(value)s”不是整数，请改为如 1200。")}
    widget = forms.TextInput

    def __init__(self, *, min_value: int = -BIGGEST_WHOLE, max_value: int = BIGGEST_WHOLE, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Text or number → int; raises ValidationError naming the value."""
        if value in self.empty_values:
            return None
        text = plain_number(str(value))
        if isinstance(value, bool) or not _WHOLE.fullmatch(text) or len(text) > 40:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": str(value)[:40]})
        return int(text.replace(",", ""))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The phone's number keys."""
        return {"inputmode": "numeric", "autocomplete": "off"}


class WanField(StrictDecimalField):
    """Money typed in 万元, yuan inside. At most 6 decimals of 万元, that is whole 分."""

    def __init__(self, *, max_yuan: Decimal = Decimal("9999999999999.99"), **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("单位：万元"))
        self.max_yuan = max_yuan
        super().__init__(max_digits=25, decimal_places=6, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """万元 as typed → yuan."""
        wan = super().clean(value)
        if wan is None:
            return None
        yuan = wan_to_yuan(wan).quantize(Decimal("0.01"))
        if abs(yuan) > self.max_yuan:
            raise ValidationError(
                _("数额太大，最多 %(most)s 万元。请核对单位是不是万元。"),
                code="max",
                params={"most": grouped(yuan_to_wan(self.max_yuan), 0)},
            )
        return yuan

    def prepare_value(self, value: Any) -> Any:
        """Yuan → what the box shows; text typed before stays as typed."""
        return f"{yuan_to_wan(value).normalize():f}" if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compares yuan with yuan."""
        try:
            return self.clean(data) != initial
        except ValidationError:
            return True


class NormalTextField(forms.CharField):
    """Text kept exactly as typed, or refused with the reason: no control, direction or surrogate characters; default at most 200."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.validators = [check for check in self.validators if type(check).__name__ != "ProhibitNullCharactersValidator"]

    def to_python(self, value: Any) -> str:
        """The text, checked."""
        text = super().to_python(value)
        return check_text(text) if text else ""


class TextRefused(Refusal):
    """A text typed beside a button is too long or holds what is stored nowhere."""

    status = 422
    code = "text_refused"


def posted_text(request: HttpRequest, name: str, *, most: int = 500) -> str:
    """A text typed beside a button, by the rules of a form's field; "" where there is none. Raises TextRefused."""
    try:
        return str(NormalTextField(required=False, max_length=most).clean(request.POST.get(name, "")))
    except ValidationError as error:
        raise TextRefused("".join(error.messages), remedy=str(_("请返回修改后重新提交，您填写的内容还在。"))) from error


class IdentifierField(NormalTextField):
    """A code in one spelling: half width, upper case, no blanks or invisible characters."""

    def to_python(self, value: Any) -> str:
        """The code, normalised before it is checked."""
        return super().to_python(identifier(value) if isinstance(value, str) else value)


class DateField(forms.DateField):
    """A day between 1900 and 2100, written `2026-11-24` (also with / or .)."""

    default_error_messages = {
        "invalid": _("“%(value)s”不是日期，请按 2026-11-24 的格式填写。"),
        "year": _("年份须在 %(first)s 至 %(last)s 之间。"),
    }
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": f"{FIRST_YEAR}-01-01", "max": f"{LAST_YEAR}-12-31"})

    def to_python(self, value: Any) -> date | None:
        """Text → date; raises ValidationError naming the value or the year."""
        if value in self.empty_values:
            return None
        if isinstance(value, str):
            found = _DAY.fullmatch(half_width(value).strip())
            try:
                day = date(*map(int, found.groups())) if found else None
            except ValueError:
                day = None
        else:
            day = super().to_python(value)
        if day is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": str(value)[:40]})
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["year"], code="year", params={"first": FIRST_YEAR, "last": LAST_YEAR})
        return day


class YearField(StrictIntegerField):
    """A year between 1900 and 2100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=FIRST_YEAR, max_value=LAST_YEAR, **kwargs)


__all__ = [
    "DateField",
    "IdentifierField",
    "NormalTextField",
    "Select",
    "SelectMultiple",
    "StrictDecimalField",
    "StrictIntegerField",
    "TextInput",
    "TextRefused",
    "TiduRenderer",
    "WanField",
    "YearField",
    "posted_text",
]
