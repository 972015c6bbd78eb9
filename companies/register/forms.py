"""Forms of the register."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.users.models import District, Park, Town, User
from companies.register.industries import INDUSTRIES
from companies.register.models import Size
from companies.register.uscc import check
from core.forms import DateField, IdentifierField, NormalTextField, Select

EMPTY = ("", _("未知"))


def _yes_or_no(value: str) -> bool | None:
    return {"1": True, "0": False}.get(value)


class CompanyForm(forms.Form):
    """A new firm: what its business licence says."""

    uscc = IdentifierField(label=_("统一社会信用代码"), max_length=18, help_text=_("18 位，按营业执照填写"))
    name = NormalTextField(label=_("企业名称"), max_length=200)
    district = forms.ModelChoiceField(label=_("区、县（市）"), queryset=District.objects.none(), empty_label=_("请选择"), widget=Select)
    town = forms.ModelChoiceField(label=_("镇街"), queryset=Town.objects.none(), required=False, empty_label=_("未知"), widget=Select)
    park = forms.ModelChoiceField(label=_("园区"), queryset=Park.objects.none(), required=False, empty_label=_("无"), widget=Select)
    industry = forms.ChoiceField(
        label=_("行业"), choices=[EMPTY, *((code, f"{code} {name}") for code, name in INDUSTRIES)], required=False, widget=Select
    )
    size = forms.ChoiceField(label=_("规模"), choices=[EMPTY, *Size.choices], required=False, widget=Select)
    is_above_scale = forms.TypedChoiceField(
        label=_("规上"),
        choices=[EMPTY, ("1", _("是")), ("0", _("否"))],
        coerce=_yes_or_no,
        empty_value=None,
        required=False,
        widget=Select,
    )
    founded_on = DateField(label=_("成立日期"), required=False)
    is_another = forms.BooleanField(label=_("已核对，不是同一家"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = {} if user.district_id is None else {"pk": user.district_id}
        places = {} if user.district_id is None else {"district": user.district_id}
        self.fields["district"].queryset = District.objects.filter(**scope)  # type: ignore[attr-defined]
        self.fields["town"].queryset = Town.objects.filter(**places).select_related("district")  # type: ignore[attr-defined]
        self.fields["park"].queryset = Park.objects.filter(**places).select_related("district")  # type: ignore[attr-defined]
        if user.district_id is None:
            for name in ("town", "park"):
                self.fields[name].label_from_instance = _with_district  # type: ignore[attr-defined]
        else:
            self.initial.setdefault("district", user.district_id)

    def ask_whether_another(self) -> None:
        """Show the box that says it is not one of the look-alikes."""
        self.fields["is_another"].widget = forms.CheckboxInput()

    def clean_uscc(self) -> str:
        """A code that passes both checks."""
        code = self.cleaned_data["uscc"]
        if error := check(code):
            raise ValidationError(str(error), code="uscc")
        return str(code)


def _with_district(place: Any) -> str:
    template = "%(district)s · %(place)s"
    return template % {"district": place.district.name_en if get_language() == "en" else place.district.name, "place": place.name}
