"""One hash-chained, append-only log. Database triggers refuse UPDATE and DELETE on its rows."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from accounts.scope import district_q

if TYPE_CHECKING:
    from accounts.users.models import User


class AuditHead(models.Model):
    """The one row that is locked while an entry is appended: number and hash of the last entry."""

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    recorded_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Scope of the log."""

    def visible_to(self, user: "User") -> "AuditQuerySet":
        """Auditors and approvers read their district (or the city); everybody their own entries, about firms only of their scope today."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        own = Q(actor_id=user.pk) & (Q(company_uscc="") | district_q(user))
        if user.role in {Role.AUDITOR, Role.APPROVER}:
            return self.filter(district_q(user) | own)
        return self.filter(own)


class AuditEntry(models.Model):
    """One link. `hash` covers every other column and the previous hash; texts are canonical JSON."""

    number = models.BigIntegerField(_("编号"), unique=True)
    recorded_at = models.DateTimeField(_("记录时间"))
    on = models.DateField(_("业务日期"), null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="audit_entries")
    actor_name = models.CharField(_("人"), max_length=60, blank=True)
    role = models.CharField(_("当时角色"), max_length=20, blank=True)
    action = models.CharField(_("动作"), max_length=60)
    door = models.CharField(_("入口"), max_length=100, blank=True)
    request_id = models.CharField(_("请求编号"), max_length=40, blank=True)
    address = models.CharField(_("来源地址"), max_length=45, blank=True)
    target_type = models.CharField(_("对象类型"), max_length=60, blank=True)
    target_id = models.CharField(_("对象编号"), max_length=40, blank=True)
    target_label = models.CharField(_("对象"), max_length=300, blank=True)
    target_hash = models.CharField(_("对象行校验值"), max_length=64, blank=True)
    company_uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, null=True, related_name="+")
    before = models.TextField(_("变更前"), blank=True)
    after = models.TextField(_("变更后"), blank=True)
    reason = models.TextField(_("理由"), blank=True)
    items_count = models.PositiveIntegerField(_("明细数"), default=0)
    items_hash = models.CharField(_("明细校验值"), max_length=64, blank=True)
    is_refusal = models.BooleanField(_("被拒"), default=False)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(_("校验值"), max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["company_uscc", "-number"], name="audit_company"),
            models.Index(fields=["target_type", "target_id", "-number"], name="audit_target"),
            models.Index(fields=["district", "-number"], name="audit_district"),
            models.Index(fields=["actor", "-number"], name="audit_actor"),
            models.Index(fields=["action", "-number"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class AuditItem(models.Model):
    """One row touched by an entry beside its target, with that row's hash after the change."""

    entry = models.ForeignKey(AuditEntry, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=40)
    target_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["entry", "position"]
        indexes = [models.Index(fields=["target_type", "target_id", "-entry"], name="audit_item_target")]

    def __str__(self) -> str:
        return f"{self.target_type} {self.target_id}"
