"""Reads notices; what is no longer in the reader's scope is not read out, however old the notice."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from accounts.inbox.models import Notice, NoticeQuerySet
from accounts.inbox.slots import slots

if TYPE_CHECKING:
    from accounts.users.models import User


def notices_for(*, user: "User") -> NoticeQuerySet:
    """The user's own notices, newest first, without those about firms outside their scope now. One query."""
    notices = Notice.objects.visible_to(user)
    about_nobody = Q(company_uscc="")
    if slots.companies is None:
        return notices.filter(about_nobody)
    return notices.filter(about_nobody | Exists(slots.companies(user).filter(uscc=OuterRef("company_uscc")).order_by()))


def unread_count(*, user: "User") -> int:
    """How many matters the user has not read."""
    return notices_for(user=user).unread().count()
