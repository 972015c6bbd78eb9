"""年度指标: versions of a company's yearly figures, and its 负面信息. The columns of YearFigures are the catalogue's facts."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from accounts.scope import district_q
from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Fact, Kind, Source
from core.fields import MoneyField, ScaledDecimalField

if TYPE_CHECKING:
    from accounts.users.models import User

SOURCE_CHOICES = [(source.value, _(label)) for source, label in SOURCE_LABELS.items()]


def column(fact: Fact) -> "models.Field[Any, Any]":
    """The nullable database column of one catalogue fact."""
    if fact.kind is Kind.MONEY:
        return MoneyField(fact.label, null=True, blank=True)
    if fact.kind is Kind.COUNT:
        return models.IntegerField(fact.label, null=True, blank=True)
    if fact.kind is Kind.FLAG:
        return models.BooleanField(fact.label, null=True, blank=True)
    return ScaledDecimalField(fact.label, places=fact.places, null=True, blank=True)


class OfCompanyQuerySet(models.QuerySet[Any]):
    """Rows that belong to one firm are seen with it."""

    def visible_to(self, user: "User") -> "OfCompanyQuerySet":
        """Rows of the firms in the user's scope."""
        return self.filter(district_q(user, "company__district"), company__withdrawn_on__isnull=True)


class YearFigures(models.Model):
    """One version of one company's one year from one source. Never updated: a correction adds a version."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="figures")
    year = models.PositiveSmallIntegerField(_("年度"))
    source = models.CharField(_("口径"), max_length=20, choices=SOURCE_CHOICES)
    period_to = models.DateField(_("截至"), help_text=_("全年为 12 月 31 日"))
    is_estimate = models.BooleanField(_("预计"), default=False)
    stands_beside = models.BooleanField(_("并存"), default=False, help_text=_("来自另一份材料，不替代已有版本；数值不同即为数据冲突"))
    known_on = models.DateField(_("知悉日"))
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("说明"), max_length=300, blank=True)
    import_run = models.ForeignKey("companies.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="added_figures")
    withdrawn_on = models.DateField(_("撤回日"), null=True, blank=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = OfCompanyQuerySet.as_manager()

    class Meta:
        ordering = ["company", "year", "source", "known_on", "pk"]
        indexes = [models.Index(fields=["company", "year", "source", "known_on"], name="figures_company_year")]
        constraints = [models.CheckConstraint(condition=Q(year__gte=1978, year__lte=2100), name="figures_year_in_range")]

    def __str__(self) -> str:
        return f"{self.year} {self.source}"

    @property
    def audit_label(self) -> str:
        """How the log names the version."""
        return _g("%(year)s 年 %(source)s") % {"year": self.year, "source": _g(SOURCE_LABELS[Source(self.source)])}


for _fact in CATALOGUE.values():
    YearFigures.add_to_class(_fact.code, column(_fact))


class IncidentKind(models.TextChoices):
    """负面信息 by what it is; the same codes as the rules engine's."""

    ABNORMAL_LIST = "abnormal_list", _("经营异常名录")
    DISHONEST = "dishonest", _("严重失信主体名单")
    SAFETY = "safety", _("生产安全事故")
    NETWORK_DATA = "network_data", _("网络和数据安全事件")
    ENVIRONMENT = "environment", _("环境违法行为")
    QUALITY = "quality", _("质量问题")
    TAX = "tax", _("偷漏税")
    FRAUD = "fraud", _("数据造假")
    VIOLATION = "violation", _("严重违反行业管理规定")


class Severity(models.TextChoices):
    """Published accident grades; the same codes as the rules engine's."""

    GENERAL = "general", _("一般")
    LARGER = "larger", _("较大")
    MAJOR = "major", _("重大")
    EXTREME = "extreme", _("特别重大")


class Incident(models.Model):
    """负面信息 with start and end; no end means still in force."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(_("类别"), max_length=20, choices=IncidentKind.choices)
    severity = models.CharField(_("等级"), max_length=10, choices=Severity.choices, default=Severity.GENERAL)
    starts_on = models.DateField(_("起"))
    ends_on = models.DateField(_("止"), null=True, blank=True)
    document_number = models.CharField(_("文号"), max_length=100, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    known_on = models.DateField(_("知悉日"))
    entered_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_on = models.DateField(_("撤回日"), null=True, blank=True)

    objects = OfCompanyQuerySet.as_manager()
    AUDITED = ("company_id", "kind", "severity", "starts_on", "ends_on", "document_number", "known_on", "withdrawn_on")

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["company", "starts_on"], name="incident_company")]

    def __str__(self) -> str:
        return self.get_kind_display()
