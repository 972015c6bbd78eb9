"""企业名录: a company, its former names and the dated districts it belonged to."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import district_q
from companies.register.industries import INDUSTRIES

if TYPE_CHECKING:
    from accounts.users.models import User


class Size(models.TextChoices):
    """企业规模 code values of the statistics bureau."""

    LARGE = "1", _("大型")
    MEDIUM = "2", _("中型")
    SMALL = "3", _("小型")
    MICRO = "4", _("微型")


class CompanyQuerySet(models.QuerySet["Company"]):
    """Scope: a firm's page belongs to its current district only."""

    def visible_to(self, user: "User") -> "CompanyQuerySet":
        """Firms in the staff user's district (or the city), without those an undo withdrew."""
        return self.filter(district_q(user, "district"), withdrawn_on__isnull=True)


class Company(models.Model):
    """A legal entity keyed by its 18-character USCC. The district is dated in CompanyDistrict; `district` is today's."""

    uscc = models.CharField(_("统一社会信用代码"), max_length=18, unique=True)
    name = models.CharField(_("企业名称"), max_length=200)
    name_key = models.CharField(_("排序键"), max_length=400, db_index=True, help_text=_("拼音，供各数据库一致排序"))
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, related_name="companies", verbose_name=_("区、县（市）"))
    town = models.ForeignKey(
        "accounts.Town", on_delete=models.PROTECT, null=True, blank=True, related_name="companies", verbose_name=_("镇街")
    )
    park = models.ForeignKey(
        "accounts.Park", on_delete=models.PROTECT, null=True, blank=True, related_name="companies", verbose_name=_("园区")
    )
    industry = models.CharField(_("行业"), max_length=2, choices=INDUSTRIES, blank=True)
    size = models.CharField(_("规模"), max_length=1, choices=Size.choices, blank=True)
    is_above_scale = models.BooleanField(_("规上"), null=True, help_text=_("空表示未知"))
    founded_on = models.DateField(_("成立日期"), null=True, blank=True)
    search_tokens = models.TextField(_("检索词"), blank=True)
    happened_on = models.DateField(_("入册日"), help_text=_("从这一天起在库"))
    known_on = models.DateField(_("知悉日"))
    withdrawn_on = models.DateField(_("撤回日"), null=True, blank=True)
    import_run = models.ForeignKey(
        "companies.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="added_companies", db_index=True
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = CompanyQuerySet.as_manager()
    AUDITED = ("uscc", "name", "district_id", "town_id", "park_id", "industry", "size", "is_above_scale", "founded_on", "withdrawn_on")

    class Meta:
        ordering = ["name_key", "pk"]
        indexes = [
            models.Index(fields=["district", "name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_district_name"),
            models.Index(fields=["district", "uscc", "id"], condition=Q(withdrawn_on__isnull=True), name="company_district_uscc"),
            models.Index(
                fields=["district", "industry", "size", "name_key", "id"],
                condition=Q(withdrawn_on__isnull=True),
                name="company_district_facts",
            ),
            models.Index(
                fields=["district", "industry", "name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_district_industry"
            ),
            models.Index(fields=["town", "name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_town_name"),
            models.Index(fields=["park", "name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_park_name"),
            models.Index(fields=["industry", "size", "name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_facts"),
            models.Index(fields=["industry", "name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_industry_name"),
            models.Index(fields=["size", "name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_size_name"),
            models.Index(fields=["name_key", "id"], condition=Q(withdrawn_on__isnull=True), name="company_name"),
            models.Index(fields=["happened_on"], condition=Q(withdrawn_on__isnull=True), name="company_first_day"),
            # SQLite reads the row for what only the condition of an index says, so the one that counts names it as a column
            models.Index(fields=["withdrawn_on", "district", "industry", "size"], name="company_counted"),
        ]

    def __str__(self) -> str:
        return self.name


class CompanyName(models.Model):
    """曾用名 with the day until which it was used."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(_("曾用名"), max_length=200)
    until = models.DateField(_("用至"), null=True, blank=True)
    known_on = models.DateField(_("知悉日"))
    withdrawn_on = models.DateField(_("撤回日"), null=True, blank=True)
    import_run = models.ForeignKey("companies.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["until", "pk"]
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="one_former_name_per_company")]

    def __str__(self) -> str:
        return self.name


class CompanyDistrict(models.Model):
    """The district a company belonged to from a day on; one open period per company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="district_periods")
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("从"))
    ends_on = models.DateField(_("到"), null=True, blank=True)
    known_on = models.DateField(_("知悉日"))

    class Meta:
        ordering = ["company", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["company"], condition=Q(ends_on__isnull=True), name="one_open_district_period_per_company"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")), name="district_period_ends_later"
            ),
        ]
        indexes = [
            models.Index(fields=["district", "starts_on"], name="company_district_period"),
            # the district of a day, from the index alone
            models.Index(fields=["company", "starts_on", "ends_on", "known_on", "district"], name="company_district_then"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.district_id} {self.starts_on}"
