"""认定标准 as rows, what people judged, and the last evaluation of each company and title."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.figures.models import OfCompanyQuerySet
from companies.recognitions.models import ApplicationType
from policies.engine import OUTCOME_LABELS, Outcome

if TYPE_CHECKING:
    from accounts.users.models import User


class StandardQuerySet(models.QuerySet["Standard"]):
    """Published rules are read by all staff."""

    def visible_to(self, user: "User") -> "StandardQuerySet":
        """All of them for staff, none for others."""
        return self if user.is_authenticated and user.is_active and user.is_staff_role else self.none()


class Standard(models.Model):
    """One published rule set. `text` is the truth and never changes; files in the repository only seed it."""

    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="standards")
    application_type = models.CharField(_("申请类型"), max_length=10, choices=ApplicationType.choices)
    jurisdiction = models.CharField(_("适用地域"), max_length=30)
    in_force_from = models.DateField(_("施行日"))
    in_force_until = models.DateField(_("废止日"), null=True, blank=True)
    document_number = models.CharField(_("文号"), max_length=100)
    annex = models.CharField(_("附件"), max_length=50, blank=True)
    text = models.TextField(_("规则文本"))
    sha256 = models.CharField(_("校验值"), max_length=64, unique=True)
    published_on = models.DateField(_("入库日"))

    objects = StandardQuerySet.as_manager()
    AUDITED = (
        "title_id",
        "application_type",
        "jurisdiction",
        "in_force_from",
        "in_force_until",
        "document_number",
        "annex",
        "text",
        "sha256",
    )

    class Meta:
        ordering = ["title", "application_type", "-in_force_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "application_type", "jurisdiction", "in_force_from"], name="one_standard_per_title_type_place_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_number} {self.annex}".strip()


class JudgedOutcome(models.TextChoices):
    """A person's answer to a manual criterion."""

    MET = "met", _("达标")
    UNMET = "unmet", _("未达标")


class Judgement(models.Model):
    """人工判断: one person's answer to one manual criterion of one firm, with note and evidence; may be withdrawn, never edited."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="judgements")
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="judgements")
    criterion = models.CharField(_("条件"), max_length=40)
    outcome = models.CharField(_("判断"), max_length=10, choices=JudgedOutcome.choices)
    note = models.TextField(_("说明"))
    evidence = models.ForeignKey("companies.Evidence", on_delete=models.PROTECT, null=True, blank=True, related_name="judgements")
    judged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField(_("判断日"))
    known_on = models.DateField(_("知悉日"))
    withdrawn_on = models.DateField(_("撤回日"), null=True, blank=True)
    withdrawn_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawal_note = models.CharField(_("撤回理由"), max_length=300, blank=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = OfCompanyQuerySet.as_manager()
    AUDITED = (
        "company_id",
        "standard_id",
        "criterion",
        "outcome",
        "note",
        "evidence_id",
        "judged_by_id",
        "happened_on",
        "known_on",
        "withdrawn_on",
    )

    class Meta:
        ordering = ["-happened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "standard", "criterion"],
                condition=Q(withdrawn_on__isnull=True),
                name="one_judgement_in_force_per_criterion",
            )
        ]

    def __str__(self) -> str:
        return f"{self.criterion} {self.outcome}"

    @property
    def audit_label(self) -> str:
        """How the log names the judgement."""
        return f"{self.criterion} {OUTCOME_LABELS[Outcome(self.outcome)]}"


class Overall(models.TextChoices):
    """结论 of a sheet; it never says that a firm is recognised."""

    NOT_YET = "not_yet", _("暂不满足")
    DATA_NEEDED = "data_needed", _("需补数据")
    POSSIBLE = "possible", _("存在机会")
    PROMISING = "promising", _("较有希望")
    NOT_APPLICABLE = "not_applicable", _("不适用")


class Evaluation(models.Model):
    """评估: the summary row of a firm against the standard in force; the sheet is recomputed on demand."""

    # no index of their own: two begin with the firm or the title, and a whole register is written at once
    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="evaluations", db_index=False)
    application_year = models.PositiveSmallIntegerField(_("申报年度"))
    overall = models.CharField(_("结论"), max_length=14, choices=Overall.choices)
    met_count = models.PositiveSmallIntegerField(_("达标"))
    unmet_count = models.PositiveSmallIntegerField(_("未达标"))
    unknown_count = models.PositiveSmallIntegerField(_("缺数据"))
    manual_count = models.PositiveSmallIntegerField(_("待人工核"))
    open_count = models.PositiveSmallIntegerField(_("还差"), help_text=_("未达标 + 缺数据，只计由指标判定的条件"))
    open_codes = models.CharField(max_length=300, blank=True)
    nearest_text = models.CharField(_("最近的差距"), max_length=200, blank=True)
    earliest_year = models.PositiveSmallIntegerField(_("最早可申报"), null=True, blank=True)
    digest = models.CharField(_("摘要值"), max_length=64)
    evaluated_on = models.DateField(_("评估日"))
    stale_after = models.DateField(_("有效至"), null=True, blank=True)
    is_stale = models.BooleanField(_("待重算"), default=False)

    IS_COMPUTED = True  # nobody entered it: it keeps no firm from being withdrawn
    objects = OfCompanyQuerySet.as_manager()

    class Meta:
        ordering = ["company", "title"]
        constraints = [models.UniqueConstraint(fields=["company", "title"], name="one_evaluation_per_company_and_title")]
        indexes = [
            models.Index(fields=["title", "overall", "company"], name="evaluation_outcome"),
            models.Index(fields=["title", "open_count", "company"], name="evaluation_open"),
            models.Index(fields=["company"], condition=Q(is_stale=True), name="evaluation_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.title_id} {self.overall}"

    @staticmethod
    def stale_on(day: date) -> Q:
        """Condition: changed facts, or the calendar, ask for the answer to be worked out anew; it is shown as 待重算 until then."""
        return Q(is_stale=True) | Q(stale_after__lte=day)

    def is_stale_on(self, day: date) -> bool:
        """Whether the answer is to be worked out anew on a day."""
        return self.is_stale or (self.stale_after is not None and self.stale_after <= day)
