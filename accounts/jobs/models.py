"""后台任务 with progress, over Django tasks; and the last run of each daily schedule."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.users.models import User


class JobState(models.TextChoices):
    """排队 → 进行中 → 完成 / 失败 / 中断."""

    QUEUED = "queued", _("排队")
    RUNNING = "running", _("进行中")
    DONE = "done", _("完成")
    FAILED = "failed", _("失败")
    INTERRUPTED = "interrupted", _("中断")


class JobQuerySet(models.QuerySet["Job"]):
    """A job is seen by whoever started it."""

    def visible_to(self, user: "User") -> "JobQuerySet":
        """Own jobs of an active account."""
        return self.filter(by_id=user.pk) if user.is_authenticated and user.is_active else self.none()


class Job(models.Model):
    """One piece of background work; `done` of `total` steps."""

    kind = models.CharField(_("类别"), max_length=40)
    state = models.CharField(_("状态"), max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="jobs")
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict, blank=True)
    message = models.CharField(_("说明"), max_length=500, blank=True)
    done = models.PositiveIntegerField(_("已完成"), default=0)
    total = models.PositiveIntegerField(_("总数"), default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    queued_at = models.DateTimeField(_("排队时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    beat_at = models.DateTimeField(_("心跳时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "queued_at"], name="job_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ScheduleRun(models.Model):
    """The worker ran this daily job for this day, once."""

    name = models.CharField(max_length=60)
    day = models.DateField()
    started_at = models.DateTimeField(auto_now_add=True)
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-day", "name"]
        constraints = [models.UniqueConstraint(fields=["name", "day"], name="one_run_per_schedule_and_day")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
