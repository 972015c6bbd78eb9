"""挂钩: which officer keeps which firm, from when to when."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.figures.models import OfCompanyQuerySet

if TYPE_CHECKING:
    from accounts.users.models import User


class AssignmentQuerySet(OfCompanyQuerySet):
    """Current and past assignments."""

    def current(self) -> "AssignmentQuerySet":
        """Open ones."""
        return self.filter(ends_on__isnull=True)

    def of(self, officer: "User") -> "AssignmentQuerySet":
        """Open ones of one officer."""
        return self.filter(ends_on__isnull=True, officer_id=officer.pk)


class Assignment(models.Model):
    """挂钩: officer × firm, from–to; one open per firm. The office's name is kept as it was."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="assignments")
    officer = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="assignments")
    office_name = models.CharField(_("科室"), max_length=80, blank=True)
    starts_on = models.DateField(_("从"))
    ends_on = models.DateField(_("到"), null=True, blank=True)
    known_on = models.DateField(_("知悉日"))
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = AssignmentQuerySet.as_manager()
    AUDITED = ("company_id", "officer_id", "starts_on", "ends_on")

    class Meta:
        ordering = ["company", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["company"], condition=Q(ends_on__isnull=True), name="one_open_assignment_per_company")
        ]
        indexes = [models.Index(fields=["officer", "ends_on", "company"], name="assignment_officer")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.company_id} {self.starts_on}"

    @property
    def audit_label(self) -> str:
        """How the log names the assignment."""
        return f"{self.company.name} · {self.officer.name}"
