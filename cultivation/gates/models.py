"""入库条件的调整: a new version of a title's gates, carried by its Decision."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.users.models import User


class GateChangeQuerySet(models.QuerySet["GateChange"]):
    """Gates are read by all staff, and so is what is proposed about them."""

    def visible_to(self, user: "User") -> "GateChangeQuerySet":
        """All of them for staff, none for others."""
        return self if user.is_authenticated and user.is_active and user.is_staff_role else self.none()


class GateChange(models.Model):
    """A proposed version of 入库条件 of one title; `scheme` is the version made of it by the second signature."""

    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="gate_changes")
    in_force_from = models.DateField(_("施行日"))
    text = models.TextField(_("规则文本"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    decision = models.OneToOneField("accounts.Decision", on_delete=models.PROTECT, related_name="gate_change")
    scheme = models.OneToOneField("cultivation.PoolScheme", on_delete=models.PROTECT, null=True, related_name="change")
    is_open = models.BooleanField(default=True)

    objects = GateChangeQuerySet.as_manager()
    AUDITED = ("title_id", "in_force_from", "text", "sha256", "decision_id", "scheme_id", "is_open")

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["title"], condition=Q(is_open=True), name="one_open_gate_change_per_title")]

    def __str__(self) -> str:
        return f"{self.title_id} {self.in_force_from}"
