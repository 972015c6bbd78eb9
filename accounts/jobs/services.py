"""Start background work, keep its progress, and find work whose worker died."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.jobs import registry
from accounts.jobs.models import Job, JobState
from core import requestinfo

if TYPE_CHECKING:
    from accounts.users.models import User

SILENT_AFTER = timedelta(seconds=60)
LOST_AFTER = timedelta(minutes=5)


def job_start(*, kind: str, by: "User | None", payload: dict[str, Any] | None = None, total: int = 0) -> Job:
    """A queued job; it reaches the worker only when the transaction around this call commits."""
    registry.handler_of(kind)
    job = Job.objects.create(kind=kind, by=by, payload=payload or {}, total=total)
    transaction.on_commit(lambda: _enqueue(job.pk))
    return job


@task
def run_job(job_id: int) -> str:
    """The one Django task behind every job; delivered twice it runs once."""
    job = job_run(job_id)
    return job.state if job else "skipped"


def _enqueue(job_id: int) -> None:
    run_job.enqueue(job_id=job_id)


def _claim(job_id: int) -> Job | None:
    """Take a queued job; None when another worker has it, or it ended or broke off (a task delivered twice does nothing)."""
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).filter(pk=job_id).first()
        if job is None or job.state != JobState.QUEUED:
            return None
        now = timezone.now()
        job.state, job.started_at, job.beat_at, job.attempts = JobState.RUNNING, now, now, job.attempts + 1
        job.save(update_fields=["state", "started_at", "beat_at", "attempts"])
    return job


def job_run(job_id: int) -> Job | None:
    """Run one job to its end; its failure is kept on the row, with a reference but no trace."""
    job = _claim(job_id)
    if job is None:
        return None
    with requestinfo.through(requestinfo.RequestInfo(request_id=f"job-{job.pk}", door=f"job:{job.kind}")):
        try:
            job.result = registry.handler_of(job.kind)(job) or {}
        except Exception as error:
            job.refresh_from_db()
            job.state, job.message = JobState.FAILED, getattr(error, "message", "") or _("任务失败（编号 %(id)s）。") % {"id": job.pk}
            job.ended_at = timezone.now()
            job.save(update_fields=["state", "message", "ended_at"])
            if not hasattr(error, "message"):
                raise
            return job
    job.state, job.ended_at = JobState.DONE, timezone.now()
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, result=job.result, ended_at=job.ended_at)
    return job


def job_progress(job: Job, *, done: int, total: int | None = None) -> None:
    """Write progress and the heartbeat; call it outside the work's own transaction, or it shows only at the commit."""
    changes: dict[str, Any] = {"done": done, "beat_at": timezone.now()}
    if total is not None:
        changes["total"] = total
    Job.objects.filter(pk=job.pk).update(**changes)


def jobs_recover(*, everything: bool = False) -> list[Job]:
    """Mark running jobs whose heartbeat stopped as 中断 (all running ones when the only worker starts); returns them."""
    silent = Q() if everything else Q(beat_at__lt=timezone.now() - SILENT_AFTER)
    recovered = []
    for job in Job.objects.filter(silent, state=JobState.RUNNING).order_by("pk"):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            state=JobState.INTERRUPTED, message=_("后台进程中断，数据未改动，可重新开始。"), ended_at=timezone.now()
        )
        job.refresh_from_db()
        tidy = registry.interrupted_of(job.kind)
        if tidy is not None:
            tidy(job)
        recovered.append(job)
    return recovered


def jobs_requeue(*, everything: bool = False) -> int:
    """Hand queued jobs to the worker again whose task was lost with a dying process (all of them when the only worker starts).

    A job whose task is there still then has two; the second finds it taken.
    """
    now = timezone.now()
    long_ago = Q() if everything else Q(queued_at__lt=now - LOST_AFTER)
    lost = list(Job.objects.filter(long_ago, state=JobState.QUEUED).values_list("pk", flat=True))
    Job.objects.filter(pk__in=lost).update(queued_at=now)
    for job_id in lost:
        _enqueue(job_id)
    return len(lost)


def job_restart(*, job: Job) -> Job:
    """Queue an interrupted or failed job again."""
    Job.objects.filter(pk=job.pk, state__in=[JobState.INTERRUPTED, JobState.FAILED]).update(
        state=JobState.QUEUED, message="", ended_at=None, done=0
    )
    transaction.on_commit(lambda: _enqueue(job.pk))
    job.refresh_from_db()
    return job
