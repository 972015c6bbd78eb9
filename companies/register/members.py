"""企业人员: which account may look at which firm's own page."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CompanyMember(models.Model):
    """An enterprise user's membership of a firm, from–to; the portal takes its company only from here."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="memberships")
    starts_on = models.DateField(_("从"))
    ends_on = models.DateField(_("到"), null=True, blank=True)

    class Meta:
        ordering = ["company", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user"], condition=Q(ends_on__isnull=True), name="one_open_membership_per_company_and_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.company_id}"

    @property
    def audit_label(self) -> str:
        """How the log names the membership: the account and the firm."""
        return f"{self.user.username} · {self.company.name}"
