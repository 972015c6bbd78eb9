"""What the app of the firms tells the inbox: which firms a user may see. Without it no notice about a firm is shown."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

if TYPE_CHECKING:
    from accounts.users.models import User

VisibleCompanies = Callable[["User"], QuerySet[Any]]


class _Slots:
    """The holder; None until filled."""

    def __init__(self) -> None:
        self.companies: VisibleCompanies | None = None


slots = _Slots()


def register_companies(visible_to: VisibleCompanies) -> None:
    """`visible_to(user)` gives the firms of that user's scope, with their `uscc`."""
    slots.companies = visible_to
