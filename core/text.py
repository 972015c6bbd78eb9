"""What people type, checked: which characters are refused everywhere, and how identifiers are brought to one spelling."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_INVISIBLE = re.compile(r"[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff]")
_REFUSED = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_BIDI}\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_WIDE_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def refused_character(text: str) -> str:
    """The name of the first character that is stored nowhere (`U+0000`), or "". Tab and line breaks are allowed."""
    found = _REFUSED.search(text)
    return f"U+{ord(found.group()):04X}" if found else ""


def check_text(text: str) -> str:
    """`text` unchanged; raises ValidationError for control, direction and surrogate characters and for text without a visible sign."""
    if code := refused_character(text):
        raise ValidationError(
            _("含有不能保存的不可见字符（%(code)s，第 %(position)s 个字），请删除后重新填写。"),
            code="character",
            params={"code": code, "position": _REFUSED.search(text).start() + 1},  # type: ignore[union-attr]
        )
    if text.strip() and not _INVISIBLE.sub("", text).strip():
        raise ValidationError(_("只有不可见字符，请填写文字。"), code="invisible")
    return text


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as their half-width forms; Chinese text is left alone."""
    return text.translate(_WIDE_ASCII)


def identifier(text: str) -> str:
    """One spelling of a code: half width, upper case, without spaces and invisible characters. Never for names."""
    plain = half_width(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)))
    return "".join(plain.split()).upper()
