"""通知: one notice per matter and person; an update replaces the text."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.users.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Everybody reads their own notices only."""

    def visible_to(self, user: "User") -> "NoticeQuerySet":
        """Own notices of an active account."""
        return self.filter(user_id=user.pk) if user.is_authenticated and user.is_active else self.none()

    def unread(self) -> "NoticeQuerySet":
        """Not yet read."""
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """Something a person should know; `matter` is the key under which later news replaces it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    matter = models.CharField(_("事项"), max_length=100)
    kind = models.CharField(_("类别"), max_length=30)
    text = models.CharField(_("内容"), max_length=300)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    company_uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    updated_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "matter"], name="one_notice_per_user_and_matter")]
        indexes = [models.Index(fields=["user", "read_at", "-updated_at"], name="notice_unread")]

    def __str__(self) -> str:
        return self.text
