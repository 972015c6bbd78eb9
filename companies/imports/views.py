"""数据导入: list, upload, one run with its steps, its rows, and the files that go back."""

from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.db import models
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.audit.services import record
from accounts.jobs.models import JobState
from accounts.roles import Role, RolesRequiredMixin, roles_required
from companies.evidence.refusals import FileRefused
from companies.evidence.services import evidence_content, evidence_hand_out
from companies.imports import selectors, services
from companies.imports.authority import has_hand, may_upload, require_hand, require_uploader
from companies.imports.checking import may_be_checked, needs_decision, needs_list
from companies.imports.forms import OfficialListForm, UploadForm
from companies.imports.kinds import IMPORT_UNDO
from companies.imports.models import ImportRow, ImportRun, ImportState
from companies.imports.progress import done_of
from companies.imports.refusals import WorkbookRefused
from companies.imports.tables import RowFilterSet, RowTable, RunFilterSet, RunTable
from companies.imports.undoing import UndoPlan, import_undo
from companies.imports.workbooks.intake import inspect
from companies.imports.workbooks.readback import refused_workbook
from companies.imports.workbooks.template import template_workbook
from core.forms import posted_text
from core.htmx import done
from core.views import FormPage, ListPage

READERS = (Role.CLERK, Role.OFFICER, Role.APPROVER)
UPLOADERS = (Role.CLERK, Role.OFFICER)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _list_crumb() -> dict[str, str]:
    return {"label": _g("数据导入"), "url": reverse("companies:import-list")}


def _run_crumb(run: ImportRun) -> dict[str, str]:
    return {"label": run.file.name, "url": reverse("companies:import-detail", args=[run.pk])}


def _visible(request: HttpRequest, pk: int) -> ImportRun:
    return get_object_or_404(selectors.run_in_full(user=request.user), pk=pk)  # type: ignore[arg-type]


class ImportListView(RolesRequiredMixin, ListPage):
    """Runs, newest first."""

    roles = READERS
    template_name = "companies/imports/list.html"
    table_class = RunTable
    filterset_class = RunFilterSet
    sorts = {"uploaded_at": ("uploaded_at",)}
    default_sort = "-uploaded_at"
    heading = _("数据导入")
    count_text = _("共 %(count)s 次")
    empty_text = _("还没有导入记录。")
    filtered_empty_text = _("没有符合筛选的导入记录。")

    def get_queryset(self) -> QuerySet[ImportRun]:
        """Runs of the user's scope."""
        return selectors.runs_for_list(user=self.request.user).fetch_mode(models.FETCH_RAISE)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the doors to upload and template."""
        may = may_upload(self.request.user)  # type: ignore[arg-type]
        new_url = reverse("companies:import-new") if may else ""
        template_url = reverse("companies:import-template") if may else ""
        more = {"new_url": new_url, "template_url": template_url, "empty_url": template_url, "empty_action": _g("下载模板")}
        return super().get_context_data(**{**more, **kwargs})


class ImportNewView(RolesRequiredMixin, FormPage):
    """上传."""

    roles = UPLOADERS
    form_class = UploadForm
    heading = _("导入数据")
    submit_label = _("上传并校验")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds crumbs."""
        crumbs = [_list_crumb(), {"label": _g("导入数据"), "url": ""}]
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": crumbs[0]["url"], **kwargs})

    def form_valid(self, form: UploadForm) -> HttpResponse:
        """Keep the file and check it; a file that is not taken is named at its field."""
        facts, user, on = form.cleaned_data, self.request.user, localdate()
        require_uploader(user)  # type: ignore[arg-type]
        try:
            run = services.import_upload(by=user, on=on, **facts)  # type: ignore[arg-type]
        except WorkbookRefused as refusal:
            form.add_error("file", refusal.message)
            return self.form_invalid(form)
        except FileRefused as refusal:
            form.add_error("official_list" if facts.get("official_list") else "file", refusal.message)
            return self.form_invalid(form)
        run = services.import_start_check(run_id=run.pk, by=user, on=on)  # type: ignore[arg-type]
        message = _g("已上传，正在校验。") if run.state == ImportState.UPLOADED else _g("已上传并校验。")
        return done(self.request, message, to=reverse("companies:import-detail", args=[run.pk]))


@require_safe
@roles_required(*READERS)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: its steps, totals as doors, every bad cell, and what can be done next."""
    run = _visible(request, pk)
    user: Any = request.user
    busy = services.is_busy(run)
    mine = has_hand(user, run)
    ready = run.state == ImportState.CHECKED and not busy and (run.totals.get("new") or run.totals.get("changed"))
    again = run.state == ImportState.UNDONE and not busy
    waits = run.decision is not None and run.decision.state == "submitted"
    undo_waits = services.undo_waits(run)
    must_sign = (ready or again) and needs_decision(run)
    context = {
        "run": run,
        "steps": selectors.steps_of(run),
        "tiles": _tiles(run),
        "bad_rows": selectors.bad_rows(run) if run.totals.get("refused") else [],
        "progress": progress_of(run),
        "mine": mine,
        "waits": waits,
        "needs_list": run.state == ImportState.CHECKED and needs_list(run),
        "may_submit": mine and must_sign and not waits and not needs_list(run),
        "signers": services.signers_of(run, user) if mine and must_sign and not waits else [],
        "may_apply": mine and ready and not must_sign,
        "may_check": mine and not busy and not waits and may_be_checked(run),
        "undo_waits": undo_waits,
        "may_undo": mine and run.state == ImportState.APPLIED and not undo_waits,
        "undo_is_signed": needs_decision(run),
        "may_again": mine and again and not must_sign,
        "may_restart": mine and run.state == ImportState.INTERRUPTED and not busy,
        "crumbs": [_list_crumb(), {"label": run.file.name, "url": ""}],
    }
    return render(request, "companies/imports/detail.html", context)


def _tiles(run: ImportRun) -> list[dict[str, Any]]:
    if "new" not in run.totals:
        return []
    url = reverse("companies:import-row-list", args=[run.pk])
    labels = (("new", _g("新增")), ("changed", _g("更新")), ("unchanged", _g("无变化")), ("refused", _g("拒绝")))
    return [
        {
            "label": label,
            "value": run.totals[code],
            "url": f"{url}?verdict={code}",
            "kind": "bad" if code == "refused" and run.totals[code] else "",
        }
        for code, label in labels
    ]


def progress_of(run: ImportRun) -> dict[str, Any] | None:
    """The run's job as `job-progress` shows it; None when nothing is under way."""
    job = run.job
    if job is None or job.state not in {JobState.QUEUED, JobState.RUNNING}:
        return None
    labels = {"import.check": _g("正在校验"), "import.apply": _g("正在导入")}
    return {
        "pk": job.pk,
        "label": labels.get(job.kind, "") if job.state == JobState.RUNNING else _g("排队中"),
        "is_running": True,
        "rows_done": min(done_of(job), job.total) if job.total else 0,
        "rows_total": job.total,
        "message": "",
    }


@require_safe
@roles_required(*READERS)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress bar alone; once the job has ended the page is loaded anew."""
    run = _visible(request, pk)
    progress = progress_of(run)
    response = render(request, "companies/imports/_progress.html", {"run": run, "progress": progress})
    if progress is None:
        response["HX-Refresh"] = "true"
    return response


class ImportRowListView(RolesRequiredMixin, ListPage):
    """The rows of one run; the totals of its page are doors to here."""

    roles = READERS
    table_class = RowTable
    filterset_class = RowFilterSet
    sorts = {"place": ("pk",)}
    count_text = _("共 %(count)s 行")
    empty_text = _("没有行。")
    filtered_empty_text = _("没有符合筛选的行。")

    @cached_property
    def run(self) -> ImportRun:
        """The run of the address."""
        return _visible(self.request, self.kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Export or choose columns, of a run that may be seen."""
        self.run  # noqa: B018  not there is not there, whatever is asked
        return super().post(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ImportRow]:
        """Its rows."""
        return selectors.rows_of(self.run).fetch_mode(models.FETCH_RAISE)

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """The sheets of the run."""
        return {"sheets": list(self.run.totals.get("by_sheet", {}))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Names the file."""
        crumbs = [_list_crumb(), _run_crumb(self.run), {"label": _g("行"), "url": ""}]
        return super().get_context_data(**{"heading": self.run.file.name, "crumbs": crumbs, **kwargs})


@require_safe
@roles_required(*UPLOADERS)
def import_template(request: HttpRequest) -> HttpResponse:
    """The template workbook with the places of the user's scope."""
    response = HttpResponse(template_workbook(selectors.lists_for(request.user)), content_type=XLSX)  # type: ignore[arg-type]
    return _attached(response, _g("企业数据导入模板.xlsx"))


def _attached(response: HttpResponseBase, name: str) -> Any:
    response["Content-Disposition"] = f"attachment; filename=\"import.xlsx\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@roles_required(*READERS)
def import_refused(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The refused rows in the shape they came in, with the reasons; logged."""
    run = _visible(request, pk)
    if not run.totals.get("refused"):
        raise Http404
    content = BytesIO(evidence_content(run.file))
    intake = inspect(content, name=f"_.{run.file.storage_key.rpartition('.')[2]}")
    book = refused_workbook(content, intake, selectors.refusal_reasons(run))
    after = {"rows": run.totals["refused"]}
    record("import.refused_downloaded", actor=request.user, target=run, district=run.district_id, after=after)  # type: ignore[arg-type]
    name = _g("%(name)s 拒绝行.xlsx") % {"name": run.file.name.rpartition(".")[0]}
    return _attached(FileResponse(book, content_type=XLSX), name)


@require_safe
@roles_required(*READERS)
def import_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The uploaded workbook or, with `?which=list`, the official list; logged."""
    run = _visible(request, pk)
    evidence = run.official_list if request.GET.get("which") == "list" else run.file
    if evidence is None:
        raise Http404
    response = HttpResponse(evidence_hand_out(evidence=evidence, by=request.user), content_type=evidence.content_type)  # type: ignore[arg-type]
    response["Content-Disposition"] = f"attachment; filename=\"file\"; filename*=UTF-8''{quote(evidence.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class OfficialListView(RolesRequiredMixin, FormPage):
    """补公告文件; the run is checked again with it."""

    roles = UPLOADERS
    form_class = OfficialListForm
    heading = _("附上公告文件")
    submit_label = _("上传公告文件")

    @cached_property
    def run(self) -> ImportRun:
        """The run of the address, if the user has a hand in it."""
        run = _visible(self.request, self.kwargs["pk"])
        require_hand(self.request.user, run)  # type: ignore[arg-type]
        return run

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds crumbs."""
        crumbs = [_list_crumb(), _run_crumb(self.run), {"label": _g("附上公告文件"), "url": ""}]
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": crumbs[1]["url"], **kwargs})

    def form_valid(self, form: OfficialListForm) -> HttpResponse:
        """Attach and check again."""
        user: Any = self.request.user
        run = self.run
        try:
            services.import_attach_list(run_id=run.pk, by=user, on=localdate(), **form.cleaned_data)
        except FileRefused as refusal:
            form.add_error("file", refusal.message)
            return self.form_invalid(form)
        services.import_start_check(run_id=run.pk, by=user, on=localdate())
        return done(self.request, _g("已附上公告文件并重新校验。"), to=reverse("companies:import-detail", args=[run.pk]))


@require_POST
@roles_required(*UPLOADERS)
def import_check(request: HttpRequest, pk: int) -> HttpResponse:
    """重新校验."""
    run = _visible(request, pk)
    services.import_start_check(run_id=run.pk, by=request.user, on=localdate())  # type: ignore[arg-type]
    return done(request, _g("已重新校验。"), to=reverse("companies:import-detail", args=[pk]))


@require_POST
@roles_required(*UPLOADERS)
def import_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """提交审批."""
    run = _visible(request, pk)
    services.import_submit(run_id=run.pk, by=request.user, on=localdate(), reason=posted_text(request, "reason"))  # type: ignore[arg-type]
    return done(request, _g("已提交审批。"), to=reverse("companies:import-detail", args=[pk]))


@require_POST
@roles_required(*UPLOADERS)
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """导入."""
    run = _visible(request, pk)
    services.import_apply(run_id=run.pk, by=request.user, on=localdate())  # type: ignore[arg-type]
    return done(request, _g("已开始导入。"), to=reverse("companies:import-detail", args=[pk]))


@require_POST
@roles_required(*UPLOADERS)
def import_restart(request: HttpRequest, pk: int) -> HttpResponse:
    """重新开始 after 中断."""
    run = _visible(request, pk)
    services.import_restart(run_id=run.pk, by=request.user, on=localdate())  # type: ignore[arg-type]
    return done(request, _g("已重新开始导入。"), to=reverse("companies:import-detail", args=[pk]))


class ImportUndoView(RolesRequiredMixin, FormPage):
    """撤销: says what is withdrawn and what is kept before anything happens."""

    roles = UPLOADERS
    template_name = "companies/imports/undo.html"
    fragment_name = "companies/imports/undo.html"
    heading = _("撤销导入")

    @cached_property
    def run(self) -> ImportRun:
        """The run of the address, if the user has a hand in it."""
        run = _visible(self.request, self.kwargs["pk"])
        require_hand(self.request.user, run)  # type: ignore[arg-type]
        return run

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What would be withdrawn and kept; nothing to undo leads back to the run."""
        if self.run.state != ImportState.APPLIED or services.undo_waits(self.run):
            return HttpResponseRedirect(reverse("companies:import-detail", args=[self.run.pk]))
        plan = UndoPlan(self.run)
        crumbs = [_list_crumb(), _run_crumb(self.run), {"label": _g("撤销导入"), "url": ""}]
        context = {"run": self.run, "counts": plan.counts, "kept": plan.kept, "heading": self.heading, "crumbs": crumbs}
        if needs_decision(self.run):
            user: Any = request.user
            context |= {"is_signed": True, "signers": services.signers_of(self.run, user, kind=IMPORT_UNDO)}
        return render(request, self.template_name, context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Withdraw, or ask a second person to, where one had to sign."""
        user, run, here = request.user, self.run, reverse("companies:import-detail", args=[self.run.pk])
        if needs_decision(run):
            services.import_undo_submit(run_id=run.pk, by=user, on=localdate(), reason=posted_text(request, "reason"))  # type: ignore[arg-type]
            return done(request, _g("已提请撤销，待审批。"), to=here)
        import_undo(run_id=run.pk, by=user, on=localdate())  # type: ignore[arg-type]
        return done(request, _g("已撤销导入。"), to=here)
