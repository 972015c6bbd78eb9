"""Forms of sign-in, the own account and other people's accounts; they check shapes, the services rules."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from accounts.users.models import District, Office, User
from core.forms import NormalTextField, Select

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}", re.ASCII)


class PasswordField(forms.CharField):
    """Any characters a database can hold, blanks kept, paste allowed; at most 128."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """The password as typed; raises ValidationError for half characters."""
        text = super().to_python(value) or ""
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ValidationError(_("含有不完整的字符，请重新输入。"), code="character") from None
        return text


class SignInForm(AuthenticationForm):
    """Name and password; the same words for known and unknown names."""

    error_messages = {
        "invalid_login": _("账号或密码不对，请核对后重新登录。同一地址连续 5 次不对，这个账号在该地址暂停登录 30 分钟。"),
        "inactive": _("账号已停用，请联系专管员。"),
    }
    username = NormalTextField(
        label=_("账号"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}),
    )
    password = PasswordField(label=_("密码"), max_length=128, autocomplete="current-password")

    def get_invalid_login_error(self) -> ValidationError:
        """That the account is off is told only to who knows its password."""
        code = "inactive" if getattr(self.request, "account_is_off", False) else "invalid_login"
        return ValidationError(self.error_messages[code], code=code)


class PasswordChangeForm(forms.Form):
    """Current password once, the new one twice."""

    current = PasswordField(label=_("当前密码"), max_length=128, autocomplete="current-password")
    new = PasswordField(
        label=_("新密码"),
        autocomplete="new-password",
        help_text=_("12 至 128 个字符，任何字符都可以，可以粘贴；不能是常见密码，不能与当前密码相同。"),
    )
    again = PasswordField(label=_("再输一次新密码"), autocomplete="new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.is_current_wrong = False

    def clean_current(self) -> str:
        """The password in use."""
        if not self.user.check_password(self.cleaned_data["current"]):
            self.is_current_wrong = True
            raise ValidationError(_("当前密码不对，请重新输入。"), code="current")
        return self.cleaned_data["current"]

    def clean_new(self) -> str:
        """Long enough, not common, not the current one."""
        validate_password(self.cleaned_data["new"], self.user)
        return self.cleaned_data["new"]

    def clean(self) -> dict[str, Any]:
        """Both times the same."""
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("两次输入的新密码不一样，请重新输入。"))
        return cleaned


class SettingsForm(forms.Form):
    """The own language, density and shortcuts."""

    language = forms.ChoiceField(label=_("语言"), choices=settings.LANGUAGES, widget=Select)
    is_compact = forms.BooleanField(label=_("紧凑行距"), required=False)
    has_shortcuts = forms.BooleanField(label=_("单键快捷键"), required=False)


class ReasonForm(forms.Form):
    """Why an administrator does it."""

    reason = NormalTextField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class ScopeForm(forms.Form):
    """Role, district, office and why."""

    role = forms.ChoiceField(label=_("角色"), choices=Role.choices, widget=Select)
    district = forms.ModelChoiceField(
        label=_("区、县（市）"), queryset=District.objects.all(), required=False, empty_label=_("市级"), widget=Select
    )
    office = forms.ModelChoiceField(
        label=_("科室 / 部门"), queryset=Office.objects.none(), required=False, empty_label=_("未指定"), widget=Select
    )
    reason = NormalTextField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        office = self.fields["office"]
        office.queryset = Office.objects.select_related("district").order_by("district__position", "name")  # type: ignore[attr-defined]
        office.label_from_instance = _office_label  # type: ignore[attr-defined]


def _office_label(office: Office) -> str:
    place = office.district or _("市级")
    return f"{place} · {office.name}"


class PersonCreateForm(ScopeForm):
    """A new account: of a new person, or another one of somebody who has one."""

    username = NormalTextField(
        label=_("账号"),
        max_length=60,
        help_text=_("3 至 60 个小写字母、数字、点或横线。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = NormalTextField(label=_("姓名"), max_length=50, required=False)
    same_as = NormalTextField(
        label=_("同一人已有的账号"),
        max_length=60,
        required=False,
        help_text=_("此人已有账号时填那个账号名，姓名留空；同一人的各账号在审批中算一个人。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    field_order = ("username", "name", "same_as", "role", "district", "office", "reason")

    def clean_username(self) -> str:
        """One spelling, so that two names never look alike."""
        username = self.cleaned_data["username"].strip().lower()
        if not _USERNAME.fullmatch(username):
            raise ValidationError(_("账号只能用 3 至 60 个小写字母、数字、点、横线或下划线，以字母或数字开头。"), code="username")
        return username

    def clean(self) -> dict[str, Any]:
        """A name or an account, not both."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("name")) == bool(cleaned.get("same_as")):
            self.add_error("name", _("姓名和“同一人已有的账号”须填且只填一项。"))
        return cleaned


def initial_scope(user: User) -> dict[str, Any]:
    """What the change form starts with."""
    return {"role": user.role, "district": user.district_id, "office": user.office_id}


def initial_settings(request: HttpRequest) -> dict[str, Any]:
    """What the own settings form starts with."""
    user: Any = request.user
    return {"language": user.language, "is_compact": user.is_compact, "has_shortcuts": user.has_shortcuts}
