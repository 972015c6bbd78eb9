"""Decimals that compare alike on every database: scaled integers in the column, Decimal in Python.

SQLite keeps decimal columns as floating point, compares them wrongly and rounds silently on save; whole numbers do neither.
"""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

BIGGEST = 9_223_372_036_854_775_807


class ScaledDecimalField(models.BigIntegerField):
    """A Decimal with exactly `places` decimals, stored as value × 10^places. Saving never rounds: too many decimals raise."""

    description = _("定点小数")

    def __init__(self, *args: Any, places: int = 2, **kwargs: Any) -> None:
        self.places = places
        self.step = Decimal(1).scaleb(-places)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Keep `places` in migrations."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["places"] = self.places
        return name, path, list(args), kwargs

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        """Column integer → Decimal."""
        return None if value is None else Decimal(value) * self.step

    def to_python(self, value: Any) -> Decimal | None:
        """Anything a form or fixture holds → Decimal; raises ValidationError for NaN, infinity, floats and too many decimals."""
        if value is None or value == "":
            return None
        return self._exact(value)

    def _exact(self, value: Any) -> Decimal:
        if isinstance(value, bool | float):
            raise ValidationError(_("须为十进制数，不能是浮点数。"))
        try:
            number = Decimal(value)
        except (InvalidOperation, ValueError, TypeError) as error:
            raise ValidationError(_("不是数字。")) from error
        if not number.is_finite():
            raise ValidationError(_("不是有限的数字。"))
        scaled = number.scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValidationError(_("小数位超过 %(places)s 位。"), params={"places": self.places})
        if abs(scaled) > BIGGEST:
            raise ValidationError(_("数字太大。"))
        return number

    def get_prep_value(self, value: Any) -> int | None:
        """Decimal → column integer, refusing what does not fit instead of rounding."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if value.__class__ is Decimal and value.is_finite():
            whole = int(scaled := value.scaleb(self.places))
            if whole == scaled and -BIGGEST <= whole <= BIGGEST:
                return whole
        return int(self._exact(value).scaleb(self.places))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """As `get_prep_value`; `prepared` values are column integers already."""
        return value if prepared else self.get_prep_value(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Blank and choice rules only; the number itself was checked by `to_python`."""
        models.Field.validate(self, value, model_instance)

    @property
    def validators(self) -> list[Any]:
        """The integer range validators do not apply to the decimal value."""
        return list(getattr(self, "_validators", ()))

    def value_to_string(self, obj: models.Model) -> str:
        """Decimal text for serialisers."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        """Forms use core.forms fields explicitly; the default is a plain decimal input."""
        return models.Field.formfield(self, **{"form_class": forms.DecimalField, "decimal_places": self.places, **kwargs})


class MoneyField(ScaledDecimalField):
    """Yuan as Decimal in Python, whole 分 in the column. 万元 exists only at the edges."""

    description = _("金额（元）")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("places", 2)
        super().__init__(*args, **kwargs)
