"""Forms of 登记认定 and 取消认定."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.users.models import User
from companies.recognitions.models import ApplicationType, Batch, Title
from companies.register.models import Company
from companies.register.uscc import normalise
from core.forms import DateField, IdentifierField, NormalTextField, Select

FILE_HELP = _("PDF、图片（png、jpg）或 xlsx，最多 20 MB")
FILES = {"accept": ".pdf,.png,.jpg,.jpeg,.xlsx"}


class RecognitionForm(forms.Form):
    """What an official list says about one firm."""

    uscc = IdentifierField(label=_("统一社会信用代码"), max_length=18, help_text=_("18 位，须已在企业名录"))
    title = forms.ModelChoiceField(
        label=_("称号"), queryset=Title.objects.recognisable(), to_field_name="code", empty_label=_("请选择"), widget=Select
    )
    application_type = forms.ChoiceField(label=_("申请类型"), choices=ApplicationType.choices, widget=Select)
    batch = forms.ModelChoiceField(
        label=_("批次"),
        queryset=Batch.objects.select_related("title").order_by("title", "-year"),
        required=False,
        empty_label=_("无批次"),
        widget=Select,
    )
    document_number = NormalTextField(label=_("文号"), max_length=100)
    announced_on = DateField(label=_("公告日期"))
    certified_on = DateField(label=_("证书日期"), required=False, help_text=_("按证书日计入的称号（如高新技术企业）必填"))
    valid_from = DateField(label=_("有效期起"), required=False, help_text=_("不填则从证书或公告日起"))
    valid_until = DateField(label=_("有效期至"), required=False, help_text=_("不填则按该称号的公布年限"))
    file = forms.FileField(label=_("公告文件"), help_text=FILE_HELP, max_length=255, widget=forms.FileInput(attrs=FILES))
    reason = NormalTextField(label=_("说明"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.company: Company | None = None
        self.fields["batch"].label_from_instance = _batch_label  # type: ignore[attr-defined]

    def clean_uscc(self) -> str:
        """The code of a firm in the user's scope."""
        code = normalise(self.cleaned_data["uscc"])
        self.company = Company.objects.visible_to(self.user).filter(uscc=code).first()
        if self.company is None:
            raise ValidationError(_("没有找到，或您无权查看。请核对信用代码，或先在企业名录新建企业。"), code="uscc")
        return code

    def clean(self) -> dict[str, Any]:
        """A batch of the chosen title only."""
        cleaned = super().clean() or {}
        batch, title = cleaned.get("batch"), cleaned.get("title")
        if batch and title and batch.title_id != title.pk:
            self.add_error("batch", _("该批次不属于所选称号，请重新选择。"))
        return cleaned


def _batch_label(batch: Batch) -> str:
    return f"{batch.title.short} · {batch}"


class RevocationForm(forms.Form):
    """What ends a recognition."""

    ended_on = DateField(label=_("终止日"), help_text=_("从这一天起不再计入有效数"))
    document_number = NormalTextField(label=_("终止文号"), max_length=100)
    file = forms.FileField(label=_("公告文件"), help_text=FILE_HELP, max_length=255, widget=forms.FileInput(attrs=FILES))
    reason = NormalTextField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
