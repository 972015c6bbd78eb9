"""Long exports in the background: built as the requester, readable by the requester only, checked again at download, gone after days."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import services as audit
from accounts.inbox import services as inbox
from accounts.jobs.models import Job, JobState
from accounts.jobs.services import job_progress, job_start
from accounts.users.models import User
from core.errors import Refusal
from core.exporting import Sheet, csv_lines, xlsx_file
from core.htmx import done

KIND = "export"
AT_ONCE = 2
CHUNK = 2_000


class TooManyExports(Refusal):
    """Two exports of the user are under way."""

    code = "too_many_exports"
    status = 429


class ExportCancelled(Refusal):
    """The requester cancelled it."""

    code = "export_cancelled"


def _scope(user: User) -> str:
    """What the user may see, as a word; a file made under another scope is not handed out."""
    return f"{user.role}:{user.district_id or 'city'}"


def large_export(request: HttpRequest, view: Any, kind: str, rows: int) -> HttpResponseBase:
    """Queue the export of a list page's view state and say so. Raises TooManyExports."""
    user = cast(User, request.user)
    running = Job.objects.filter(kind=KIND, by=user, state__in=[JobState.QUEUED, JobState.RUNNING]).count()
    if running >= AT_ONCE:
        raise TooManyExports(_("您已有 %(n)s 个导出在进行，请等其中一个完成或取消。") % {"n": running})
    columns = [name for name in view.columns if not view.table_class.base_columns[name].exclude_from_export]
    query = [(name, value) for name, values in view.query.lists() for value in values if name != "page"]
    payload = {"list": view.list_name, "query": urlencode(query), "columns": columns, "format": kind, "scope": _scope(user)}
    job = job_start(kind=KIND, by=user, payload=payload, total=rows)
    return done(
        request, _("正在后台导出 %(n)s 行，完成后会通知您。") % {"n": f"{rows:,}"}, to=reverse("accounts:job-detail", args=[job.pk])
    )


def _view_of(job: Job, user: User) -> Any:
    """The list page as the requester asked for it; its rows are filtered inside the requester's scope of today."""
    path = reverse(job.payload["list"])
    request = RequestFactory().get(f"{path}?{job.payload['query']}")
    request.user = user
    request.resolver_match = resolve(path)
    view = request.resolver_match.func.view_class()  # type: ignore[attr-defined]
    view.setup(request)
    return view


def _watched(rows: Any, job: Job) -> Iterator[Sequence[Any]]:
    """The rows as they are written, with progress; stops when the job was cancelled."""
    for number, row in enumerate(rows):
        if number % CHUNK == 0:
            job_progress(job, done=number)
            if Job.objects.filter(pk=job.pk, state=JobState.FAILED).exists():
                raise ExportCancelled(_("导出已取消。"))
        yield row


def export_job(job: Job) -> dict[str, Any]:
    """Write the file under a generated key and tell the requester."""
    user = User.objects.select_related("person", "district").get(pk=job.by_id)  # type: ignore[misc]
    if not user.is_active or _scope(user) != job.payload["scope"]:
        raise ExportCancelled(_("您的权限已变化，请重新导出。"))
    view = _view_of(job, user)
    sheet = view.export_sheet(job.payload["columns"])
    watched = Sheet(sheet.name, sheet.heads, _watched(sheet.rows, job))
    key = f"exports/{uuid4().hex}.{job.payload['format']}"
    path = Path(default_storage.path(key))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            if job.payload["format"] == "csv":
                file.writelines(line.encode() if isinstance(line, str) else line for line in csv_lines(watched))
            else:
                with xlsx_file([watched]) as made:
                    while block := made.read(1 << 20):
                        file.write(block)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    inbox.notify(
        user,
        matter=f"export:{job.pk}",
        kind="export",
        text=_("导出完成：%(name)s") % {"name": sheet.name},
        url=reverse("accounts:job-detail", args=[job.pk]),
    )
    return {"key": key, "name": f"{sheet.name}.{job.payload['format']}"}


def downloadable(job: Job, user: User) -> bool:
    """Done, the requester's own, made under the scope of today, not expired, file in place."""
    if job.kind != KIND or job.state != JobState.DONE or job.by_id != user.pk or job.payload.get("scope") != _scope(user):
        return False
    age = timezone.now() - (job.ended_at or job.queued_at)
    return age < timedelta(days=settings.LIMITS["export_kept_days"]) and default_storage.exists(job.result.get("key", "-"))


@transaction.atomic
def job_cancel(*, job: Job, by: User) -> None:
    """The requester stops a waiting or running export; what was written so far goes. One that has ended stays as it is."""
    if job.by_id != by.pk:
        return
    stopped = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.FAILED, message=_("导出已取消。"), ended_at=timezone.now()
    )
    if stopped:
        audit.record("export.cancelled", actor=by, after={"job": job.pk, **job.payload})


def exports_expire(day: date) -> dict[str, Any]:
    """Delete files older than the limit; the job's row stays."""
    before = timezone.now() - timedelta(days=settings.LIMITS["export_kept_days"])
    removed = 0
    for job in Job.objects.filter(kind=KIND, state=JobState.DONE, ended_at__lt=before).exclude(result={}):
        if default_storage.exists(job.result.get("key", "-")):
            default_storage.delete(job.result["key"])
            removed += 1
    return {"removed": removed}
