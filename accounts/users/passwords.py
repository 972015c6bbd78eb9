"""Password rules beside Django's own, and passwords made for others."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# without letters and digits that look alike on paper
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def temporary_password() -> str:
    """Sixteen random signs in groups of four (79 bits), to be read out once and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _sign in range(4)) for _group in range(4))


class MaximumLengthValidator:
    """At most `max_length` characters, so that hashing stays bounded."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when it is longer."""
        if len(password) > self.max_length:
            raise ValidationError(
                _("密码最多 %(most)s 个字符，现有 %(length)s 个。") % {"most": self.max_length, "length": len(password)},
                code="password_too_long",
            )

    def get_help_text(self) -> str:
        """Shown beside the field."""
        return _("最多 %(most)s 个字符。") % {"most": self.max_length}


class NotTheCurrentValidator:
    """The new password differs from the current one."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when it is the one in use."""
        if user is not None and user.pk and user.has_usable_password() and user.check_password(password):
            raise ValidationError(_("新密码不能与当前密码相同。"), code="password_unchanged")

    def get_help_text(self) -> str:
        """Shown beside the field."""
        return _("不能与当前密码相同。")
