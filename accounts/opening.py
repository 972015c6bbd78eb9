"""The only place where a business day other than today may be written: 期初 import and demo history.

Services take `on`; `check_on(on)` refuses any day but today unless the call runs inside `opening(document)`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from core.errors import Refusal

OPENING_STAMP = "期初"
DEMO_STAMP = "演示"


@dataclass(frozen=True, slots=True)
class Opening:
    """The document an opening rests on, and the stamp its rows carry."""

    document: str
    stamp: str


_current: ContextVar[Opening | None] = ContextVar("opening", default=None)


class NotToday(Refusal):
    """A service was asked to write a business day other than today outside an opening."""

    code = "not_today"


@contextmanager
def opening(document: str, *, stamp: str = OPENING_STAMP) -> Iterator[Opening]:
    """Allow past business days inside; `document` names the paper it rests on and must not be empty."""
    if not document.strip():
        raise ValueError("an opening names its document")
    token = _current.set(Opening(document, stamp))
    try:
        yield _current.get()  # type: ignore[misc]
    finally:
        _current.reset(token)


def stamp() -> str:
    """`期初` or `演示` inside an opening, else the empty string."""
    current = _current.get()
    return current.stamp if current else ""


def document() -> str:
    """The opening's document, or the empty string."""
    current = _current.get()
    return current.document if current else ""


def check_on(on: date) -> None:
    """Raise NotToday when `on` is not today and no opening is under way; a future day is refused always."""
    today = localdate()
    if on == today:
        return
    if on > today or _current.get() is None:
        raise NotToday(_("业务日期须为今天（%(today)s），不能写成 %(day)s。") % {"today": today.isoformat(), "day": on.isoformat()})
