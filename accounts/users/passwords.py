"""Password rules beside Django's own."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class MaximumLengthValidator:
    """At most `max_length` characters, so that hashing stays bounded."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when it is longer."""
        if len(password) > self.max_length:
            raise ValidationError(_("密码不能超过 %(max)s 个字符。") % {"max": self.max_length}, code="password_too_long")

    def get_help_text(self) -> str:
        """Shown beside the field."""
        return ngettext("最多 %(max)s 个字符。", "最多 %(max)s 个字符。", self.max_length) % {"max": self.max_length}


class NotTheCurrentValidator:
    """The new password differs from the current one."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when it is the one in use."""
        if user is not None and user.pk and user.has_usable_password() and user.check_password(password):
            raise ValidationError(_("新密码不能与当前密码相同。"), code="password_unchanged")

    def get_help_text(self) -> str:
        """Shown beside the field."""
        return _("不能与当前密码相同。")
