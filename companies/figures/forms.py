"""Forms of figures and incidents."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Fact, Kind
from companies.figures.models import IncidentKind, Severity
from companies.figures.words import fact_label, fact_unit
from core.forms import DateField, NormalTextField, Select, StrictDecimalField, StrictIntegerField, WanField, YearField

MOST_WHOLE = 2_000_000_000
SOURCES = [(str(source), _(label)) for source, label in SOURCE_LABELS.items()]
_FLAG = [("", _("缺数据")), ("1", _("是")), ("0", _("否"))]


def _flag(value: str) -> bool | None:
    return {"1": True, "0": False, "True": True, "False": False}.get(value)


def fact_field(fact: Fact) -> forms.Field:
    """The form field of a catalogue fact; empty means 缺数据."""
    note = gettext(fact.note) if fact.note else ""
    common: dict[str, Any] = {"label": fact_label(fact), "required": False}
    if fact.kind is Kind.MONEY:
        return WanField(help_text=_("万元；%(note)s") % {"note": note} if note else _("万元"), **common)
    if fact.kind is Kind.FLAG:
        return forms.TypedChoiceField(choices=_FLAG, coerce=_flag, empty_value=None, widget=Select, help_text=note, **common)
    common["help_text"] = _("%(unit)s；%(note)s") % {"unit": fact_unit(fact), "note": note} if note else fact_unit(fact)
    if fact.kind is Kind.COUNT:
        return StrictIntegerField(min_value=-MOST_WHOLE, max_value=MOST_WHOLE, **common)
    return StrictDecimalField(max_digits=18, decimal_places=fact.places, **common)


class FiguresForm(forms.Form):
    """One year of one source; only the figures that were changed since the form was opened are sent on (`changed_values`)."""

    year = YearField(label=_("年度"))
    source = forms.ChoiceField(label=_("口径"), choices=SOURCES, widget=Select)
    is_estimate = forms.BooleanField(label=_("预计（年度未结束）"), required=False)
    stands_beside = forms.BooleanField(label=_("来自另一份材料，与现有数据并存"), required=False)
    note = NormalTextField(label=_("说明"), max_length=300, required=False, help_text=_("依据的材料或修改原因"))
    is_unit_checked = forms.BooleanField(label=_("单位已核对"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, standing: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, fact in CATALOGUE.items():
            field = fact_field(fact)
            field.show_hidden_initial = True
            value = standing.get(code)
            field.initial = {True: "1", False: "0"}.get(value, value) if fact.kind is Kind.FLAG else _plain(fact, value)  # type: ignore[arg-type]
            self.fields[code] = field

    def ask_about_units(self) -> None:
        """Show the box that says the units were checked."""
        self.fields["is_unit_checked"].widget = forms.CheckboxInput()

    def changed_values(self) -> dict[str, Any]:
        """Facts whose text differs from what the form showed when it was opened."""
        return {
            code: self.cleaned_data[code]
            for code in CATALOGUE
            if self.data.get(self.add_prefix(code), "").strip() != self.data.get(self.add_initial_prefix(code), "").strip()
        }


def _plain(fact: Fact, value: Any) -> Any:
    return f"{value.normalize():f}" if value is not None and fact.kind in {Kind.NUMBER, Kind.PERCENT} else value


class IncidentForm(forms.Form):
    """A new incident."""

    kind = forms.ChoiceField(label=_("类别"), choices=IncidentKind.choices, widget=Select)
    severity = forms.ChoiceField(label=_("等级"), choices=Severity.choices, widget=Select, help_text=_("事故按公布的等级"))
    starts_on = DateField(label=_("起"))
    ends_on = DateField(label=_("止"), required=False, help_text=_("未结束留空"))
    document_number = NormalTextField(label=_("文号"), max_length=100, required=False)
    note = NormalTextField(label=_("说明"), max_length=300, required=False)


class IncidentEndForm(forms.Form):
    """The end of an incident."""

    ends_on = DateField(label=_("结束日期"))
    reason = NormalTextField(label=_("依据"), max_length=300)
