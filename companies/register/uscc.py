"""统一社会信用代码: normalising, checking both check characters, and making invented codes for demo and tests.

Source: GB 32100-2015 (outer check), GB 11714 (organisation code at positions 9–17). The region inside a code is the
region at first registration; a company's district is never derived from it.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE = re.compile(r"[1-9A-HJ-NP-RTUWXY][0-9A-HJ-NP-RTUWXY][0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_INVISIBLE = re.compile(r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff'’`-]+")


@dataclass(frozen=True, slots=True)
class UsccError:
    """Why a text is no credit code: `reason` is a whole Chinese sentence, `position` counts from 1 (None: the code as a whole)."""

    reason: str
    position: int | None = None

    def __str__(self) -> str:
        return self.reason


def normalise(text: object) -> str:
    """The one spelling of a code: NFKC, upper case, without spaces, hyphens, quotes and invisible characters."""
    plain = "" if text is None else str(text)
    if plain.isascii() and plain.isalnum():
        return plain.upper()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", plain)).upper()


def _outer_check(body: str) -> str:
    return ALPHABET[-sum(_VALUE[c] * w for c, w in zip(body, _WEIGHTS, strict=True)) % 31]


def _organisation_check(body: str) -> str:
    total = sum((int(c) if c.isdigit() else ord(c) - 55) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def check(text: object) -> UsccError | None:
    """None when `text`, normalised, is a valid code; otherwise what is wrong with it, and where."""
    code = normalise(text)
    if len(code) == LENGTH and _SHAPE.fullmatch(code):
        return _check_characters(code)
    return _check_shape(code)


def _check_shape(code: str) -> UsccError:
    for position, character in enumerate(code[: LENGTH + 1], start=1):
        if character in "IOSVZ":
            return UsccError(
                _("统一社会信用代码第 %(position)s 位是字母 %(character)s，代码不用 I、O、S、V、Z，请核对是否应为数字。")
                % {"position": position, "character": character},
                position,
            )
        if character not in _VALUE:
            return UsccError(
                _("统一社会信用代码第 %(position)s 位不是数字或大写字母，请按营业执照改正。") % {"position": position}, position
            )
    if len(code) != LENGTH:
        return UsccError(_("统一社会信用代码应为 18 位，这里是 %(length)s 位，请按营业执照补全。") % {"length": len(code)})
    if code[0] == "0":
        return UsccError(_("统一社会信用代码第 1 位是登记管理部门代码，不能为 0，请按营业执照改正。"), 1)
    position = next(n for n in range(3, 9) if not code[n - 1].isdigit())
    return UsccError(
        _("统一社会信用代码第 %(position)s 位属于登记机关区划，须为数字，请按营业执照改正。") % {"position": position}, position
    )


def _check_characters(code: str) -> UsccError | None:
    if code[17] != _outer_check(code[:17]):
        return UsccError(_("统一社会信用代码第 18 位校验码不符，前 17 位中至少有一位写错，请按营业执照逐位核对。"), 18)
    if code[16] != _organisation_check(code[8:16]):
        return UsccError(_("统一社会信用代码第 9 至 17 位的组织机构代码校验码不符（第 17 位），请按营业执照逐位核对。"), 17)
    return None


def is_valid(text: object) -> bool:
    """Whether `text`, normalised, passes both checks."""
    return check(text) is None


def make(registrar: str, district: str, serial: int) -> str:
    """An invented code that passes both checks: registrar `"91"` (two characters), six-digit district, serial below 31 ** 7.

    The same arguments give the same code; different serials give different codes.
    """
    if len(registrar) != 2 or len(district) != 6 or not 0 <= serial < len(ALPHABET) ** 7:
        raise ValueError("registrar has 2 characters, district 6, serial fits seven characters")
    digits, rest = [], serial
    for _position in range(7):
        rest, digit = divmod(rest, len(ALPHABET))
        digits.append(ALPHABET[digit])
    organisation = "M" + "".join(reversed(digits))
    body = registrar + district + organisation + _organisation_check(organisation)
    return body + _outer_check(body)
