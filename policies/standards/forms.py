"""作出判断: outcome, note, evidence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.evidence.models import Evidence
from core.forms import NormalTextField, Select
from policies.standards.models import JudgedOutcome


class JudgementForm(forms.Form):
    """Shape of the input only; the service checks the rules."""

    criterion = forms.ChoiceField(label=_("条件"), widget=Select(attrs={"lang": "zh-CN"}))  # published wording
    outcome = forms.ChoiceField(label=_("判断"), choices=JudgedOutcome.choices, widget=forms.RadioSelect)
    note = NormalTextField(label=_("依据"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}))
    evidence = forms.ModelChoiceField(label=_("佐证材料"), queryset=Evidence.objects.none(), required=False, empty_label=_("无"))

    def __init__(self, *args: Any, criteria: list[tuple[str, str]], evidence: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = criteria  # type: ignore[attr-defined]
        self.fields["evidence"].queryset = evidence  # type: ignore[attr-defined]
