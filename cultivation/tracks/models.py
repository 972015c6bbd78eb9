"""培育进程: where a firm stands on the way to a title, every move it made, and the moves proposed."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from accounts.scope import district_q
from core.states import StateQuerySet

if TYPE_CHECKING:
    from accounts.users.models import User


class TrackState(models.TextChoices):
    """待入库 → 起跑库 → 加速库 → 冲刺库 → 已认定, and 已移出."""

    CANDIDATE = "candidate", _("待入库")
    STARTING = "starting", _("起跑库")
    ACCELERATING = "accelerating", _("加速库")
    SPRINT = "sprint", _("冲刺库")
    RECOGNISED = "recognised", _("已认定")
    REMOVED = "removed", _("已移出")


POOLS: tuple[TrackState, ...] = (TrackState.STARTING, TrackState.ACCELERATING, TrackState.SPRINT)


class TrackQuerySet(StateQuerySet):
    """Scope; and no bulk door to the state."""

    def visible_to(self, user: "User") -> "TrackQuerySet":
        """Tracks of firms in the user's district (or the city)."""
        return self.filter(district_q(user, "company__district"), company__withdrawn_on__isnull=True)


class Track(models.Model):
    """One company on its way to one title; `state` changes only through the moves below, each with its TrackEvent."""

    company = models.ForeignKey("companies.Company", on_delete=models.PROTECT, related_name="tracks")
    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="tracks")
    state = FSMField(_("所在库"), max_length=12, choices=TrackState.choices, default=TrackState.CANDIDATE, protected=True)
    entered_pool_on = models.DateField(_("入库日期"))
    is_main = models.BooleanField(_("主培育称号"), default=False)
    target_batch = models.ForeignKey("companies.Batch", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_on = models.DateField(_("设为目标日"))
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    objects = TrackQuerySet.as_manager()
    AUDITED = ("company_id", "title_id", "state", "entered_pool_on", "is_main", "target_batch_id")

    class Meta:
        ordering = ["company__name_key", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["company", "title"], name="one_track_per_company_and_title"),
            models.UniqueConstraint(fields=["company"], condition=Q(is_main=True), name="one_main_track_per_company"),
        ]
        indexes = [
            models.Index(fields=["title", "state", "company"], name="track_title_state"),
            models.Index(fields=["state", "entered_pool_on", "id"], name="track_state_day"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.title_id} {self.state}"

    @property
    def audit_label(self) -> str:
        """How the log names the track."""
        return f"{self.company.name} · {self.title.short_name}"

    # first admission (and readmission) may enter any pool whose gate holds; later no pool is skipped
    @transition(field=state, source=[TrackState.CANDIDATE, TrackState.REMOVED], target=TrackState.STARTING)
    def enter_starting(self, *, on: date) -> None:
        """入库到起跑库."""
        self.entered_pool_on = on

    @transition(field=state, source=[TrackState.CANDIDATE, TrackState.REMOVED, TrackState.STARTING], target=TrackState.ACCELERATING)
    def enter_accelerating(self, *, on: date) -> None:
        """入库或晋级到加速库."""
        self.entered_pool_on = on

    @transition(field=state, source=[TrackState.CANDIDATE, TrackState.REMOVED, TrackState.ACCELERATING], target=TrackState.SPRINT)
    def enter_sprint(self, *, on: date) -> None:
        """入库或晋级到冲刺库."""
        self.entered_pool_on = on

    @transition(field=state, source=TrackState.ACCELERATING, target=TrackState.STARTING)
    def demote_to_starting(self, *, on: date) -> None:
        """降库: one pool down."""
        self.entered_pool_on = on

    @transition(field=state, source=TrackState.SPRINT, target=TrackState.ACCELERATING)
    def demote_to_accelerating(self, *, on: date) -> None:
        """降库: one pool down."""
        self.entered_pool_on = on

    @transition(
        field=state,
        source=[TrackState.CANDIDATE, TrackState.STARTING, TrackState.ACCELERATING, TrackState.SPRINT, TrackState.RECOGNISED],
        target=TrackState.REMOVED,
    )
    def remove(self, *, on: date) -> None:
        """移出, with a reason code on the event."""
        self.entered_pool_on = on

    @transition(
        field=state,
        source=[TrackState.CANDIDATE, TrackState.STARTING, TrackState.ACCELERATING, TrackState.SPRINT, TrackState.REMOVED],
        target=TrackState.RECOGNISED,
    )
    def recognise(self, *, on: date) -> None:
        """A confirmed recognition reached the firm, wherever it stood."""
        self.entered_pool_on = on

    @transition(field=state, source=TrackState.RECOGNISED, target=TrackState.SPRINT)
    def lapse(self, *, on: date) -> None:
        """The title expired, was revoked or withdrawn: back to the sprint pool."""
        self.entered_pool_on = on


class MoveKind(models.TextChoices):
    """What a move is called on the screen."""

    TARGET = "target", _("设为目标")
    ADMIT = "admit", _("入库")
    PROMOTE = "promote", _("晋级")
    DEMOTE = "demote", _("降库")
    REMOVE = "remove", _("移出")
    READMIT = "readmit", _("重新入库")
    RECOGNISE = "recognise", _("认定")
    LAPSE = "lapse", _("失效退回")


class ReasonCode(models.TextChoices):
    """Why a firm goes down or out."""

    NO_PROGRESS = "no_progress", _("两次年度评审无进展")
    VETO = "veto", _("一票否决事项")
    GATE_LOST = "gate_lost", _("不再满足入库条件")
    MOVED_AWAY = "moved_away", _("迁出本市")
    CLOSED = "closed", _("注销或停产")
    OWN_WISH = "own_wish", _("企业自愿退出")
    OTHER = "other", _("其他，见说明")


class TrackEvent(models.Model):
    """One move that happened; append-only. `district` is the firm's on that day."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("动作"), max_length=12, choices=MoveKind.choices)
    from_state = models.CharField(_("从"), max_length=12, choices=TrackState.choices, blank=True)
    to_state = models.CharField(_("到"), max_length=12, choices=TrackState.choices)
    district = models.ForeignKey("accounts.District", on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField(_("发生日"))
    known_on = models.DateField(_("知悉日"))
    reason_code = models.CharField(_("原因"), max_length=20, choices=ReasonCode.choices, blank=True)
    decision = models.ForeignKey("accounts.Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="track_events")
    recognition = models.ForeignKey("companies.Recognition", on_delete=models.PROTECT, null=True, blank=True, related_name="track_events")
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("记录时间"), auto_now_add=True)
    stamp = models.CharField(_("期初 / 演示"), max_length=10, blank=True)

    AUDITED = (
        "track_id",
        "kind",
        "from_state",
        "to_state",
        "district_id",
        "happened_on",
        "known_on",
        "reason_code",
        "decision_id",
        "recognition_id",
    )

    class Meta:
        ordering = ["track", "pk"]
        indexes = [
            # the last event of a track, and those that led into a pool, as known on a day: from the indexes alone
            models.Index(fields=["track", "id", "happened_on", "known_on"], name="track_event_last"),
            models.Index(fields=["to_state", "happened_on", "known_on", "track"], name="track_event_into"),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.from_state} → {self.to_state}"


class TierMoveQuerySet(models.QuerySet["TierMove"]):
    """Scope by the firm."""

    def visible_to(self, user: "User") -> "TierMoveQuerySet":
        """Moves of firms in the user's district (or the city)."""
        return self.filter(district_q(user, "track__company__district"), track__company__withdrawn_on__isnull=True)


class TierMove(models.Model):
    """调库申请: a proposed change of a track, carried by its Decision; `is_open` holds while it waits."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("动作"), max_length=12, choices=MoveKind.choices)
    from_state = models.CharField(_("从"), max_length=12, choices=TrackState.choices)
    to_state = models.CharField(_("到"), max_length=12, choices=TrackState.choices)
    batch = models.ForeignKey("companies.Batch", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason_code = models.CharField(_("原因"), max_length=20, choices=ReasonCode.choices, blank=True)
    public_wording = models.CharField(_("企业看到的说明"), max_length=300, blank=True)
    evidence = models.ManyToManyField("companies.Evidence", blank=True, related_name="moves")
    decision = models.OneToOneField("accounts.Decision", on_delete=models.PROTECT, related_name="tier_move")
    is_open = models.BooleanField(default=True)

    objects = TierMoveQuerySet.as_manager()
    AUDITED = ("track_id", "kind", "from_state", "to_state", "batch_id", "reason_code", "decision_id", "is_open")

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["track"], condition=Q(is_open=True), name="one_open_move_per_track")]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class PoolScheme(models.Model):
    """入库条件 of one title as dated data: canonical YAML text and its SHA-256; a change is a new version."""

    title = models.ForeignKey("companies.Title", on_delete=models.PROTECT, related_name="pool_schemes")
    in_force_from = models.DateField(_("施行日"))
    text = models.TextField(_("规则文本"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    is_local = models.BooleanField(_("本地设定"), default=True)

    AUDITED = ("title_id", "in_force_from", "text", "sha256")

    class Meta:
        ordering = ["title", "-in_force_from"]
        constraints = [models.UniqueConstraint(fields=["title", "in_force_from"], name="one_pool_scheme_per_title_and_day")]

    def __str__(self) -> str:
        return f"{self.title_id} {self.in_force_from}"
