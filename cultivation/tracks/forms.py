"""The form of 提请调库."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.evidence.models import Evidence
from companies.recognitions.models import Batch
from core.forms import NormalTextField, Select
from cultivation.tracks.models import MoveKind, ReasonCode, Track, TrackState
from cultivation.tracks.moves import PROPOSABLE, UPWARDS
from cultivation.tracks.selectors import batches_to_aim_at

ROWS = {"rows": 3}


class MoveForm(forms.Form):
    """Reason and papers of one move; what else is asked depends on where it leads."""

    batch = forms.ModelChoiceField(
        label=_("申报批次"), queryset=Batch.objects.none(), required=False, empty_label=_("请选择"), widget=Select
    )
    reason_code = forms.ChoiceField(label=_("原因"), choices=[("", _("请选择")), *ReasonCode.choices], required=False, widget=Select)
    reason = NormalTextField(label=_("理由"), max_length=1000, required=False, widget=forms.Textarea(attrs=ROWS))
    document_number = NormalTextField(label=_("文号"), max_length=100, required=False)
    public_wording = NormalTextField(
        label=_("企业看到的说明"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs=ROWS),
        help_text=_("不填则用该原因的通用说明"),
    )
    evidence = forms.ModelMultipleChoiceField(
        label=_("佐证材料"), queryset=Evidence.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, track: Track, to_state: str, is_special: bool, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = PROPOSABLE[track.state, to_state]
        files = Evidence.objects.filter(company=track.company_id, withdrawn_on__isnull=True)
        self.fields["evidence"].queryset = files  # type: ignore[attr-defined]
        self.fields["batch"].queryset = batches_to_aim_at(track.title, on)  # type: ignore[attr-defined]
        if to_state != TrackState.SPRINT:
            del self.fields["batch"]
        if kind in UPWARDS:
            del self.fields["reason_code"], self.fields["public_wording"]
            if is_special:
                for name in ("reason", "document_number"):
                    self.fields[name].required = True
            else:
                del self.fields["document_number"]
        else:
            self.fields["reason_code"].required = True
        if kind in {MoveKind.DEMOTE, MoveKind.REMOVE}:
            self.fields["reason"].label = _("事实")
        if not files.exists():
            del self.fields["evidence"]
