"""Reads notices; what is no longer in the reader's scope is not read out, however old the notice."""

from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.inbox.models import Notice, NoticeQuerySet
from accounts.inbox.slots import slots
from accounts.scope import scoped, stand_in
from core.prepared import Prepared

if TYPE_CHECKING:
    from accounts.users.models import User


def notices_for(*, user: "User") -> NoticeQuerySet:
    """The user's own notices, newest first, without those about firms outside their scope now. One query."""
    notices = Notice.objects.visible_to(user)
    about_nobody = Q(company_uscc="")
    if slots.companies is None:
        return notices.filter(about_nobody)
    return notices.filter(about_nobody | Exists(slots.companies(user).filter(uscc=OuterRef("company_uscc")).order_by()))


def _unread(role: str, *, pk: int, district_id: int | None = None) -> QuerySet[Notice, int]:
    notices = notices_for(user=stand_in(role, district_id=district_id, pk=pk)).unread()
    return notices.order_by().values("user").annotate(number=Count("pk")).values_list("number", flat=True)


_prepared_unread = Prepared(_unread)


def unread_count(*, user: "User") -> int:
    """How many matters the user has not read."""
    role, values = scoped(user)
    return next(iter(_prepared_unread(role, pk=user.pk, **values)), 0)
