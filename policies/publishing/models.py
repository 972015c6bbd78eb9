"""标准草稿: a text on its way to become a version; and what a text would change, firm by firm."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.decisions.models import DecisionState
from accounts.roles import STAFF, Role
from accounts.scope import district_q

if TYPE_CHECKING:
    from accounts.users.models import User

DRAFT_READERS = (Role.CLERK, Role.APPROVER, Role.AUDITOR)


class DraftQuerySet(models.QuerySet["StandardDraft"]):
    """Prepared texts are the city's own."""

    def visible_to(self, user: "User") -> "DraftQuerySet":
        """All of them for the city's clerks, approvers and auditors, none for others."""
        reads = user.is_authenticated and user.is_active and user.role in DRAFT_READERS and user.district_id is None
        return self if reads else self.none()

    def open(self) -> "DraftQuerySet":
        """Neither published nor withdrawn."""
        return self.filter(standard__isnull=True, withdrawn_on__isnull=True)


class StandardDraft(models.Model):
    """A prepared text; `version` counts what was saved, so that nobody saves over what they have not read."""

    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, null=True, related_name="standard_drafts")
    follows = models.ForeignKey("policies.Standard", on_delete=models.PROTECT, null=True, related_name="drafts_after")
    name = models.CharField(_("名称"), max_length=200, blank=True)
    text = models.TextField(_("规则文本"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    version = models.PositiveIntegerField(_("版次"), default=1)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="standard_drafts")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    created_on = models.DateField(_("起草日"))
    changed_at = models.DateTimeField(_("保存时间"), auto_now=True)
    decision = models.OneToOneField("accounts.Decision", on_delete=models.PROTECT, null=True, related_name="standard_draft")
    standard = models.OneToOneField("policies.Standard", on_delete=models.PROTECT, null=True, related_name="draft")
    withdrawn_on = models.DateField(_("撤下日"), null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DraftQuerySet.as_manager()
    AUDITED = ("title_id", "follows_id", "text", "sha256", "version", "decision_id", "standard_id", "withdrawn_on")

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def audit_label(self) -> str:
        """How the log names the draft."""
        return self.name

    @property
    def is_waiting(self) -> bool:
        """Whether a second person is asked about it."""
        return self.decision is not None and self.decision.state == DecisionState.SUBMITTED

    @property
    def is_open(self) -> bool:
        """Whether it may still be changed or become a version."""
        return self.standard_id is None and self.withdrawn_on is None


class TrialQuerySet(models.QuerySet["TextTrial"]):
    """A published text's trials are for all staff; those of a text that is no law yet for who asked, and for the city."""

    def visible_to(self, user: "User") -> "TrialQuerySet":
        """What the user may open; the firms inside are scoped apart."""
        if not user.is_authenticated or not user.is_active or user.role not in STAFF:
            return self.none()
        if user.district_id is None and user.role in DRAFT_READERS:
            return self
        return self.filter(models.Q(standard__isnull=False) | models.Q(asked_by=user))


class TextTrial(models.Model):
    """试算: what a text would change for every firm of the register, by the figures of one day; computed, never entered.

    `standard` where the text is published already, `before` the version it is compared with. `companies` counts the firms looked at.
    """

    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="text_trials")
    standard = models.ForeignKey("policies.Standard", on_delete=models.PROTECT, null=True, related_name="trials")
    draft = models.ForeignKey(StandardDraft, on_delete=models.PROTECT, null=True, related_name="trials")
    before = models.ForeignKey("policies.Standard", on_delete=models.PROTECT, null=True, related_name="trials_after")
    text = models.TextField(_("规则文本"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    on = models.DateField(_("数据截至"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="text_trials")
    job = models.ForeignKey("accounts.Job", on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("测算时间"), auto_now_add=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    companies = models.PositiveIntegerField(_("企业"), default=0)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["standard", "-asked_at"], name="trial_of_standard")]

    def __str__(self) -> str:
        return f"{self.title} {self.on}"


class Effect(models.TextChoices):
    """What a text does to one firm, compared with the version it follows; the first that holds."""

    OUT = "out", _("变为未满足")
    IN = "in", _("不再未满足")
    NEAR = "near", _("新近只差一项以内")
    FAR = "far", _("不再只差一项以内")
    OTHER = "other", _("其他变化")
    SAME = "same", _("不变")


class TrialCompanyQuerySet(models.QuerySet["TrialCompany"]):
    """Scope by the firm's district today."""

    def visible_to(self, user: "User") -> "TrialCompanyQuerySet":
        """Rows of firms of the user's district, or the city."""
        return self.filter(district_q(user, "company__district"), company__withdrawn_on__isnull=True)


class TrialCompany(models.Model):
    """One firm in one trial. `opened` and `closed` hold criterion codes between blanks: ` L-2a L-3a `."""

    trial = models.ForeignKey(TextTrial, on_delete=models.CASCADE, related_name="companies_tried", db_index=False)
    company = models.ForeignKey("companies.Company", on_delete=models.CASCADE, related_name="+")
    effect = models.CharField(_("变化"), max_length=6, choices=Effect.choices)
    before_overall = models.CharField(_("原结论"), max_length=14, blank=True)
    after_overall = models.CharField(_("新结论"), max_length=14)
    before_open = models.PositiveSmallIntegerField(_("原还差"), null=True)
    after_open = models.PositiveSmallIntegerField(_("新还差"))
    opened = models.CharField(_("新增未满足的条件"), max_length=300, blank=True)
    closed = models.CharField(_("不再未满足的条件"), max_length=300, blank=True)

    IS_COMPUTED = True  # nobody entered it: it keeps no firm from being withdrawn
    objects = TrialCompanyQuerySet.as_manager()

    class Meta:
        ordering = ["company", "pk"]
        constraints = [models.UniqueConstraint(fields=["trial", "company"], name="one_row_per_trial_and_company")]
        indexes = [models.Index(fields=["trial", "effect", "company"], name="trial_effect")]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.company_id} {self.effect}"
