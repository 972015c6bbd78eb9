"""Tell people what they should know: one notice per matter, later news replaces it. The log never comes through here."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.inbox.models import Notice

if TYPE_CHECKING:
    from accounts.users.models import User


def notify(users: "User | Iterable[User]", *, matter: str, kind: str, text: str, url: str = "", company_uscc: str = "") -> None:
    """Write or replace the notice of this matter for one user or several; it becomes unread again."""
    people = list(users) if isinstance(users, Iterable) else [users]
    now = timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(user=user, matter=matter, kind=kind, text=text[:300], url=url, company_uscc=company_uscc, updated_at=now, read_at=None)
            for user in people
        ],
        update_conflicts=True,
        unique_fields=["user", "matter"],
        update_fields=["kind", "text", "url", "company_uscc", "updated_at", "read_at"],
    )


def settle(*, matter: str, keep: "User | None" = None) -> None:
    """The matter is over: mark it read for everybody but `keep`."""
    notices = Notice.objects.filter(matter=matter, read_at__isnull=True)
    if keep is not None:
        notices = notices.exclude(user=keep)
    notices.update(read_at=timezone.now())


def mark_read(*, user: "User", notice_id: int | None = None) -> int:
    """Mark one notice, or all of the user's, as read; returns how many changed."""
    notices = Notice.objects.visible_to(user).unread()
    if notice_id is not None:
        notices = notices.filter(pk=notice_id)
    return notices.update(read_at=timezone.now())
