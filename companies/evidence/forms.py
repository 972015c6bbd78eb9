"""The upload form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.evidence.models import EvidenceKind
from core.forms import NormalTextField, Select

UPLOADED = [(kind.value, kind.label) for kind in EvidenceKind if kind is not EvidenceKind.WORKBOOK]


class EvidenceForm(forms.Form):
    """One paper of a firm."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("PDF、图片（png、jpg）或 xlsx，最多 20 MB；图片会去掉拍摄地点等信息"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.xlsx"}),
    )
    kind = forms.ChoiceField(label=_("类别"), choices=UPLOADED, widget=Select)
    period = NormalTextField(label=_("期间"), max_length=20, required=False, help_text=_("如 2025 年度"))
