"""Forms of 数据导入: upload, official list, submit."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companies.figures.models import SOURCE_CHOICES
from core.forms import DateField, NormalTextField, Select

BOOKS = {"accept": ".xlsx,.xls"}
PAPERS = {"accept": ".pdf,.png,.jpg,.jpeg,.xlsx"}


class UploadForm(forms.Form):
    """A workbook and what it is; the official list only where it brings recognitions."""

    file = forms.FileField(
        label=_("工作簿"),
        help_text=_("模板或您手头的表，.xlsx 或 .xls，最多 20 MB、10 万行；表头须有“统一社会信用代码”列"),
        max_length=255,
        widget=forms.FileInput(attrs=BOOKS),
    )
    source = forms.ChoiceField(label=_("口径"), choices=SOURCE_CHOICES, initial="audit", widget=Select, help_text=_("文件里年度指标的来源"))
    confirm_jumps = forms.BooleanField(
        label=_("已核对数量级"), required=False, help_text=_("有的数与上年相差约一万倍，已核对单位无误，才勾选")
    )
    document_number = NormalTextField(label=_("公告文号"), max_length=100, required=False, help_text=_("文件带有“获得认定”时填写"))
    document_on = DateField(label=_("公告日期"), required=False)
    official_list = forms.FileField(
        label=_("公告文件"),
        required=False,
        help_text=_("正式公布的名单：PDF、图片（png、jpg）或 xlsx，最多 20 MB"),
        max_length=255,
        widget=forms.FileInput(attrs=PAPERS),
    )

    def clean(self) -> dict[str, Any]:
        """An official list comes with its number and date."""
        facts = super().clean() or {}
        if facts.get("official_list"):
            for name, label in (("document_number", _("请填写公告文号。")), ("document_on", _("请填写公告日期。"))):
                if not facts.get(name) and name not in self.errors:
                    self.add_error(name, label)
        return facts


class OfficialListForm(forms.Form):
    """The official list of a run that brings recognitions."""

    document_number = NormalTextField(label=_("公告文号"), max_length=100)
    document_on = DateField(label=_("公告日期"))
    file = forms.FileField(
        label=_("公告文件"), help_text=_("PDF、图片（png、jpg）或 xlsx，最多 20 MB"), max_length=255, widget=forms.FileInput(attrs=PAPERS)
    )
