"""One background job: its progress, its file, cancel."""

from urllib.parse import quote

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import services as audit
from accounts.jobs import exports
from accounts.jobs.models import Job, JobState
from accounts.roles import EVERYBODY, roles_required
from core.htmx import done, is_htmx


@require_safe
@roles_required(*EVERYBODY)
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress of one's own job; htmx asks again every two seconds."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]
    context = {
        "job": job,
        "is_running": job.state in {JobState.QUEUED, JobState.RUNNING},
        "may_download": exports.downloadable(job, request.user),  # type: ignore[arg-type]
        "crumbs": [{"label": _("后台任务")}],
    }
    template = "accounts/jobs/_job.html" if is_htmx(request) else "accounts/jobs/detail.html"
    return render(request, template, context)


@require_safe
@roles_required(*EVERYBODY)
def job_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The finished export, for its requester, while the scope is the same and the file not expired."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]
    if not exports.downloadable(job, request.user):  # type: ignore[arg-type]
        raise Http404
    audit.record("export.downloaded", actor=request.user, after={"job": job.pk, "rows": job.total, **job.payload})  # type: ignore[arg-type]
    response = FileResponse(default_storage.open(job.result["key"]), content_type="application/octet-stream")
    name = quote(job.result["name"])
    response["Content-Disposition"] = f"attachment; filename=\"export\"; filename*=UTF-8''{name}"
    return response


@require_POST
@roles_required(*EVERYBODY)
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消导出."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]
    exports.job_cancel(job=job, by=request.user)  # type: ignore[arg-type]
    return done(request, _("已取消。"), to=f"/jobs/{job.pk}/")
