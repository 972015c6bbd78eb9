"""佐证材料: stored files with SHA-256; private, never served from a public folder."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import NOTHING, district_q

if TYPE_CHECKING:
    from accounts.users.models import User


class EvidenceKind(models.TextChoices):
    """What a stored file is."""

    DOCUMENT = "document", _("公告文件")
    AUDIT_REPORT = "audit_report", _("审计报告")
    CERTIFICATE = "certificate", _("证书")
    SCREENSHOT = "screenshot", _("平台截图")
    WORKBOOK = "workbook", _("导入文件")
    OTHER = "other", _("其他")


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """A firm's files are seen with the firm; a district's with the district; official documents without either by all staff."""

    def visible_to(self, user: "User") -> "EvidenceQuerySet":
        """Files within scope that were not withdrawn."""
        of_company = district_q(user, "company__district") & Q(company__isnull=False)
        of_district = district_q(user, "district") & Q(company__isnull=True, district__isnull=False)
        of_city = (
            Q(company__isnull=True, district__isnull=True, kind=EvidenceKind.DOCUMENT)
            if user.is_authenticated and user.is_staff_role
            else NOTHING
        )
        # a workbook of the city: papers of a district are seen with the district, also by who brought them
        own = Q(uploaded_by_id=user.pk, company__isnull=True) & district_q(user, "district") if user.is_authenticated else NOTHING
        return self.filter(of_company | of_district | of_city | own, withdrawn_on__isnull=True)


class Evidence(models.Model):
    """One stored file under a generated key; `name` is shown escaped and used for the download's name."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, null=True, blank=True, related_name="evidence")
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("类别"), max_length=20, choices=EvidenceKind.choices)
    name = models.CharField(_("文件名"), max_length=255)
    storage_key = models.CharField(max_length=100, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = models.CharField(_("校验值"), max_length=64, db_index=True)
    period = models.CharField(_("期间"), max_length=20, blank=True)
    known_on = models.DateField(_("知悉日"))
    uploaded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(_("撤回日"), null=True, blank=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = EvidenceQuerySet.as_manager()
    AUDITED = ("company_id", "kind", "name", "storage_key", "size", "sha256", "withdrawn_on")

    class Meta:
        ordering = ["-known_on", "-pk"]

    def __str__(self) -> str:
        return self.name
