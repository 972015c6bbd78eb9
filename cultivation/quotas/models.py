"""年度培育目标: plans, their yearly figures per district and title, and where a plan contradicts itself."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import district_q

if TYPE_CHECKING:
    from accounts.users.models import User


class QuotaKind(models.TextChoices):
    """What a target counts; the five are never mixed."""

    NEW = "new", _("新增")
    CULTIVATED = "cultivated", _("培育")
    STOCK = "stock", _("有效数")
    KEPT = "kept", _("动态保有")
    CUMULATIVE = "cumulative", _("累计")


class Plan(models.Model):
    """A plan in force for some years; a sample plan is marked 示例."""

    code = models.CharField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("首年"))
    last_year = models.PositiveSmallIntegerField(_("末年"))
    document_number = models.CharField(_("文号"), max_length=100, blank=True)
    is_sample = models.BooleanField(_("示例"), default=False)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        ordering = ["first_year"]

    def __str__(self) -> str:
        return self.name


class QuotaQuerySet(models.QuerySet["Quota"]):
    """Targets are read within scope; the city's own total is read by all staff."""

    def visible_to(self, user: "User") -> "QuotaQuerySet":
        """District rows in scope and the city's rows for city-scope users."""
        return self.filter(district_q(user, "district"))


class Quota(models.Model):
    """年度培育目标 of one year × title × kind × district (None: the whole city). A revision adds a version."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="quotas")
    year = models.PositiveSmallIntegerField(_("年度"))
    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="quotas")
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, null=True, blank=True, related_name="quotas")
    kind = models.CharField(_("类别"), max_length=12, choices=QuotaKind.choices)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    value = models.PositiveIntegerField(_("目标（家）"))
    verb = models.CharField(_("原文用词"), max_length=20, blank=True)
    clause = models.CharField(_("条款"), max_length=100)
    is_local = models.BooleanField(_("本地设定"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    known_on = models.DateField(_("下达日"))
    decision = models.ForeignKey("accounts.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="quotas")
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = QuotaQuerySet.as_manager()
    AUDITED = ("plan_id", "year", "title_id", "district_id", "kind", "version", "value", "verb", "clause", "is_local", "known_on")

    class Meta:
        ordering = ["year", "title", "district", "kind", "version"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year", "title", "district", "kind", "version"], name="one_quota_per_version"),
            models.UniqueConstraint(
                fields=["plan", "year", "title", "kind", "version"], condition=Q(district__isnull=True), name="one_city_quota_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.title_id} {self.kind} {self.value}"


class PlanConflict(models.Model):
    """口径冲突: figures of one plan that disagree, each with its clause; the first is the one counted."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="conflicts")
    name = models.CharField(_("指标"), max_length=200)
    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    figures = models.JSONField(_("各处数值"), help_text="[{value, mode, clause, note}]")
    choice = models.CharField(_("计入哪一处"), max_length=300, blank=True)
    is_local = models.BooleanField(_("本地设定"), default=True)

    class Meta:
        ordering = ["plan", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="one_conflict_per_plan_and_name")]

    def __str__(self) -> str:
        return self.name


class CountingRule(models.Model):
    """A recorded decision on how a word of the plan is counted (培育, 科技型中小企业), marked 本地设定."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="counting_rules")
    subject = models.CharField(_("事项"), max_length=200)
    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField(_("计法"), max_length=300)
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    decided_on = models.DateField(_("决定日"))
    is_local = models.BooleanField(_("本地设定"), default=True)

    class Meta:
        ordering = ["plan", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "subject"], name="one_counting_rule_per_subject")]

    def __str__(self) -> str:
        return self.subject
