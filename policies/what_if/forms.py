"""The figures of a trial as fields, by the very rules of the figures form; and a plan with its steps."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from companies.figures.catalogue import CATALOGUE
from companies.figures.forms import fact_field
from core.forms import DateField, NormalTextField
from policies.engine.what_if import Input, Key
from policies.what_if.trying import label_of, value_shown

STEPS = 6


class TrialForm(forms.Form):
    """One field per figure; an empty one leaves the figure as it is. Its placeholder is the figure itself."""

    use_required_attribute = False

    def __init__(self, *args: Any, inputs: tuple[Input, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = {str(one.key): one.key for one in inputs}
        for one in inputs:
            field = fact_field(CATALOGUE[one.key.fact])
            field.label = label_of(one.key)
            shown = _g("数据冲突") if one.is_disputed else value_shown(one.key, one.value) if one.value is not None else _g("缺数据")
            shown = _g("%(value)s（预计）") % {"value": shown} if one.is_estimate else shown
            field.help_text = _g("现为 %(value)s") % {"value": shown}
            field.widget.attrs["placeholder"] = shown
            if isinstance(field, forms.TypedChoiceField):
                choices: Any = field.choices
                field.choices = [("", _g("不改")), *((value, label) for value, label in choices if value != "")]
            self.fields[str(one.key)] = field

    def values(self) -> dict[Key, Any]:
        """Figures that were given, by key; wrong ones are left out and named at their field."""
        if not self.is_bound:
            return {}
        self.full_clean()
        return {self.keys[name]: value for name, value in self.cleaned_data.items() if name in self.keys and value is not None}


class PlanForm(forms.Form):
    """Name of the plan, who leads it, a note, and up to six steps; a step has a text and a day, or is left empty."""

    name = NormalTextField(label=_("名称"), max_length=80)
    lead = NormalTextField(label=_("牵头人"), max_length=60, required=False)
    note = NormalTextField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, STEPS + 1):
            step = {"number": number}
            self.fields[f"text_{number}"] = NormalTextField(label=_g("步骤 %(number)s") % step, max_length=200, required=False)
            self.fields[f"due_on_{number}"] = DateField(label=_g("步骤 %(number)s 期限") % step, required=False)
            self.fields[f"owner_{number}"] = NormalTextField(label=_g("步骤 %(number)s 负责人") % step, max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        """A step without a day, or a day without a step, is named."""
        given: dict[str, Any] = super().clean() or {}
        for number in range(1, STEPS + 1):
            text, due_on = given.get(f"text_{number}"), given.get(f"due_on_{number}")
            if text and not due_on and f"due_on_{number}" not in self.errors:
                self.add_error(f"due_on_{number}", _g("请填写这一步的期限。"))
            if not text and (due_on or given.get(f"owner_{number}")) and f"text_{number}" not in self.errors:
                self.add_error(f"text_{number}", _g("请填写这一步要做什么。"))
        return given

    def steps(self) -> Iterator[tuple[str, Any, str]]:
        """(text, day, who) of every step that was filled in."""
        for number in range(1, STEPS + 1):
            if self.cleaned_data.get(f"text_{number}"):
                yield self.cleaned_data[f"text_{number}"], self.cleaned_data[f"due_on_{number}"], self.cleaned_data[f"owner_{number}"]
