"""The one mechanism of two people for everything: a decision and the hands that touched it."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.roles import Role
from accounts.scope import district_q
from core.states import StateQuerySet

if TYPE_CHECKING:
    from accounts.users.models import User


class DecisionState(models.TextChoices):
    """草稿 → 待审批 → 已批准 / 已驳回 / 已撤回 / 数据已变."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审批")
    APPROVED = "approved", _("已批准")
    REJECTED = "rejected", _("已驳回")
    WITHDRAWN = "withdrawn", _("已撤回")
    STALE = "stale", _("数据已变")


class Level(models.TextChoices):
    """Whose approver may sign."""

    DISTRICT = "district", _("区、县（市）")
    CITY = "city", _("市")


class Part(models.TextChoices):
    """What a person did to a decision."""

    PROPOSED = "proposed", _("提请")
    EDITED = "edited", _("修改")
    SIGNED = "signed", _("签字")
    REJECTED = "rejected", _("驳回")


class DecisionQuerySet(StateQuerySet):
    """Scope: approvers and auditors by district, everybody else what they had a hand in there."""

    def visible_to(self, user: "User") -> "DecisionQuerySet":
        """Decisions the user may open."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        within = self.filter(district_q(user))
        if user.role in {Role.APPROVER, Role.AUDITOR}:
            return within
        return within.filter(pk__in=DecisionHand.objects.filter(user_id=user.pk).values("decision_id"))

    def waiting(self) -> "DecisionQuerySet":
        """Submitted and not decided."""
        return self.filter(state=DecisionState.SUBMITTED)


class Decision(models.Model):
    """One question put to a second person. `frozen` holds the sheet and the diff exactly as they were submitted."""

    kind = models.CharField(_("类型"), max_length=40)
    state = FSMField(_("状态"), max_length=20, choices=DecisionState.choices, default=DecisionState.DRAFT, protected=True)
    level = models.CharField(_("审批层级"), max_length=10, choices=Level.choices, default=Level.DISTRICT)
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    company_uscc = models.CharField(_("统一社会信用代码"), max_length=18, blank=True, db_index=True)
    company_name = models.CharField(_("企业"), max_length=200, blank=True)
    summary = models.CharField(_("变化"), max_length=300)
    reason = models.TextField(_("理由"), blank=True)
    document_number = models.CharField(_("文号"), max_length=100, blank=True)
    is_special = models.BooleanField(_("特批"), default=False)
    digest = models.CharField(_("摘要值"), max_length=64, blank=True)
    frozen = models.JSONField(_("提交时内容"), default=dict)
    effect = models.CharField(_("影响"), max_length=300, blank=True)
    changed_since = models.JSONField(_("此后变化"), default=list, blank=True)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposed_decisions")
    decider = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="decided_decisions")
    decision_note = models.TextField(_("审批意见"), blank=True)
    submitted_on = models.DateField(_("提交日"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    decided_on = models.DateField(_("审批日"), null=True, blank=True)
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = DecisionQuerySet.as_manager()
    AUDITED = (
        "kind",
        "state",
        "level",
        "district_id",
        "company_uscc",
        "summary",
        "reason",
        "document_number",
        "is_special",
        "digest",
        "frozen",
        "proposer_id",
        "decider_id",
        "decision_note",
        "submitted_on",
        "decided_on",
        "stamp",
    )

    class Meta:
        ordering = ["submitted_at", "pk"]
        indexes = [
            models.Index(fields=["state", "district", "submitted_at", "id"], name="decision_inbox"),
            models.Index(fields=["kind", "state", "id"], name="decision_kind_state"),
        ]

    def __str__(self) -> str:
        return self.summary

    @property
    def subject_line(self) -> str:
        """The firm, where it is about one, and what is asked: `绍兴恒砺精密传动有限公司 · 小巨人晋级：起跑库 → 加速库`."""
        return f"{self.company_name} · {self.summary}" if self.company_name else self.summary

    @transition(field=state, source=DecisionState.DRAFT, target=DecisionState.SUBMITTED)
    def submit(self, *, on: date) -> None:
        """Put the question."""
        self.submitted_on = on

    @transition(field=state, source=DecisionState.SUBMITTED, target=DecisionState.APPROVED)
    def approve(self, *, by: "User", on: date, note: str = "") -> None:
        """The last signature."""
        self.decider, self.decided_on, self.decision_note = by, on, note

    @transition(field=state, source=DecisionState.SUBMITTED, target=DecisionState.REJECTED)
    def reject(self, *, by: "User", on: date, note: str) -> None:
        """A second person says no."""
        self.decider, self.decided_on, self.decision_note = by, on, note

    @transition(field=state, source=[DecisionState.DRAFT, DecisionState.SUBMITTED, DecisionState.STALE], target=DecisionState.WITHDRAWN)
    def withdraw(self, *, on: date, note: str = "") -> None:
        """The proposer takes it back, or a veto cancels it."""
        self.decided_on, self.decision_note = on, note

    @transition(field=state, source=DecisionState.SUBMITTED, target=DecisionState.STALE)
    def become_stale(self, *, on: date, changes: list[dict[str, str]]) -> None:
        """The facts it rested on have changed since."""
        self.decided_on, self.changed_since = on, changes


class DecisionHand(models.Model):
    """One person's part in a decision; the database itself refuses the same person twice."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="hands")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="hands")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hands")
    part = models.CharField(_("所做"), max_length=10, choices=Part.choices)
    step = models.PositiveSmallIntegerField(_("步"), default=1)
    office_name = models.CharField(_("科室"), max_length=80, blank=True)
    on = models.DateField(_("日期"))
    recorded_at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "person"], name="one_hand_per_person_and_decision")]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.part} {self.person_id}"
