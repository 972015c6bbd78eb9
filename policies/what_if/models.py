"""一企一策: figures a firm is to reach for a title, kept under a name, with dated steps. Closed, never deleted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.figures.models import OfCompanyQuerySet


class CompanyPlan(models.Model):
    """What was tried out for one firm and title, kept on purpose. `changes`: key of each figure, what it was and what it is to be."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="plans")
    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="company_plans")
    name = models.CharField(_("名称"), max_length=80)
    lead = models.CharField(_("牵头人"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    application_year = models.PositiveSmallIntegerField(_("申报年度"))
    changes = models.JSONField(_("改动的数"))
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField(_("制定日"))
    known_on = models.DateField(_("知悉日"))
    closed_on = models.DateField(_("结束日"), null=True, blank=True)
    closed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.CharField(_("结束理由"), max_length=300, blank=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = OfCompanyQuerySet.as_manager()
    AUDITED = (
        "company_id",
        "title_id",
        "name",
        "lead",
        "note",
        "application_year",
        "changes",
        "made_by_id",
        "happened_on",
        "closed_on",
        "closing_note",
    )

    class Meta:
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["company", "title"], name="company_plan_title")]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_label(self) -> str:
        """How the log names the plan."""
        return self.name


class PlanStep(models.Model):
    """One step of a plan: what, by when, who; done on a day."""

    plan = models.ForeignKey(CompanyPlan, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField(_("次序"))
    text = models.CharField(_("事项"), max_length=200)
    due_on = models.DateField(_("期限"))
    owner = models.CharField(_("负责人"), max_length=60, blank=True)
    done_on = models.DateField(_("完成日"), null=True, blank=True)

    AUDITED = ("plan_id", "text", "due_on", "owner", "done_on")

    class Meta:
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="one_step_per_plan_and_position")]

    def __str__(self) -> str:
        return self.text
