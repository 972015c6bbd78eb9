"""认定标准: two versions side by side, and what a text would change for the firms of the register."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.http import require_safe

from accounts.jobs.models import JobState
from accounts.roles import STAFF, RolesRequiredMixin, StaffRequiredMixin, roles_required
from core.htmx import done, is_htmx
from core.views import ListPage
from policies.publishing import checking, selectors
from policies.publishing.comparing import compare
from policies.publishing.forms import TextForm
from policies.publishing.models import TextTrial, TrialCompany
from policies.publishing.tables import TrialCompanyFilterSet, TrialCompanyTable
from policies.publishing.trials import TRIERS, may_try, trial_start
from policies.publishing.views import TextPage, list_crumb
from policies.standards.models import Standard


def _version_crumb(row: Standard) -> dict[str, str]:
    return {"label": str(row), "url": reverse("policies:standard-detail", args=[row.title.code, row.pk])}


def _standard(request: HttpRequest, title: str, version: int) -> Standard:
    rows = Standard.objects.visible_to(request.user).select_related("title")  # type: ignore[arg-type]
    return get_object_or_404(rows, pk=version, title__code=title)


class TryView(RolesRequiredMixin, TextPage):
    """试算: change the text of a version and see what it would do; nothing is published and no draft made."""

    roles = TRIERS
    heading = _("试算")
    submit_label = _("试算影响")

    @cached_property
    def version(self) -> Standard:
        """The version of the address."""
        return _standard(self.request, self.kwargs["title"], self.kwargs["version"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Of a version that is there."""
        self.before_text = self.version.text
        return super().get_form_kwargs()

    def get_initial(self) -> dict[str, Any]:
        """Its text, to be changed."""
        return {"text": self.version.text}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds crumbs."""
        crumbs = [list_crumb(), _version_crumb(self.version), {"label": _g("试算")}]
        return super().get_context_data(
            **{"crumbs": crumbs, "cancel_url": crumbs[1]["url"], "is_trial": True, "follows": self.version, **kwargs}
        )

    def text_sent(self, form: TextForm) -> HttpResponse:
        """Order the trial of a text without errors; whether it contradicts the library does not matter yet."""
        text = form.cleaned_data["text"]
        checked = checking.check(text)
        if checked.standard is None:
            form.add_error("text", _g("文本有错误，请按右侧逐条修改。"))
            response = self.render_to_response(self.get_context_data(form=form, checked=checked))
            response.status_code = 422
            return response
        if checked.standard.title != self.version.title.code:
            form.add_error("text", _g("试算的文本须是同一称号。"))
            return self.form_invalid(form)
        trial = trial_start(text=text, before=self.version, by=self.request.user, on=localdate())  # type: ignore[arg-type]
        return done(self.request, _g("已开始试算。"), to=reverse("policies:standard-trial", args=[trial.pk]))


class StandardTrialView(StaffRequiredMixin, View):
    """受影响企业 of a published version, against the one it follows: the last trial, or the button that orders one."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request: HttpRequest, title: str, version: int) -> HttpResponse:
        """Leads to the last trial."""
        row = _standard(request, title, version)
        user: Any = request.user
        trial = selectors.latest_trial(standard=row, user=user)
        if trial is not None:
            return HttpResponseRedirect(reverse("policies:standard-trial", args=[trial.pk]))
        crumbs = [list_crumb(), _version_crumb(row), {"label": _g("受影响企业")}]
        context = {"row": row, "may_try": may_try(user), "crumbs": crumbs}
        return render(request, "policies/publishing/no-trial.html", context)

    def post(self, request: HttpRequest, title: str, version: int) -> HttpResponse:
        """按今天的数据测算."""
        row = _standard(request, title, version)
        user: Any = request.user
        trial = trial_start(standard=row, by=user, on=localdate())
        return done(request, _g("已开始试算。"), to=reverse("policies:standard-trial", args=[trial.pk]))


def _trial(request: HttpRequest, pk: int) -> TextTrial:
    related = ("title", "standard__title", "before__title", "draft", "job", "asked_by__person")
    rows = TextTrial.objects.visible_to(request.user).select_related(*related)  # type: ignore[arg-type]
    return get_object_or_404(rows, pk=pk)


def _is_over(trial: TextTrial) -> bool:
    """Whether nobody works at it any more: figures may have changed since, or it broke off."""
    return trial.job is None or trial.job.state not in {JobState.QUEUED, JobState.RUNNING}


@require_safe
@roles_required(*STAFF)
def trial_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Counts per district and effect, each a door; while it works, its progress, asked again every two seconds."""
    trial = _trial(request, pk)
    job = trial.job
    is_running = job is not None and job.state in {JobState.QUEUED, JobState.RUNNING}
    context: dict[str, Any] = {
        "trial": trial,
        "job": job,
        "is_running": is_running,
        # how many firms the city has is no business of a district
        "shows_counts": job is not None and bool(job.total) and getattr(request.user, "district_id", None) is None,
        "may_renew": trial.standard is not None and may_try(request.user) and _is_over(trial),  # type: ignore[arg-type]
    }
    if is_htmx(request):
        response = render(request, "policies/publishing/_progress.html", context)
        if not is_running:
            response["HX-Refresh"] = "true"
        return response
    if trial.done_at:
        context |= {
            "grid": selectors.trial_grid(trial=trial, user=request.user),  # type: ignore[arg-type]
            "comparison": compare(trial.before.text if trial.before else "", trial.text),
        }
    version = trial.standard or trial.before
    context["crumbs"] = [list_crumb(), *([_version_crumb(version)] if version else []), {"label": _g("试算")}]
    return render(request, "policies/publishing/trial.html", context)


class TrialCompanyListView(StaffRequiredMixin, ListPage):
    """The firms behind a count of a trial."""

    table_class = TrialCompanyTable
    filterset_class = TrialCompanyFilterSet
    sorts = {"company": ("company__name_key",), "after_open": ("after_open",)}
    default_sort = "company"
    empty_text = _("没有企业。")
    filtered_empty_text = _("没有符合筛选的企业。")

    @cached_property
    def trial(self) -> TextTrial:
        """The trial of the address."""
        return _trial(self.request, self.kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Export or choose columns, of a trial that may be seen."""
        self.trial  # noqa: B018
        return super().post(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[TrialCompany]:
        """Its firms within the user's scope."""
        rows = TrialCompany.objects.visible_to(self.request.user).filter(trial=self.trial)  # type: ignore[arg-type]
        return rows.select_related("company__district").fetch_mode(models.FETCH_RAISE)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Whose sheets the names open."""
        return {"title": self.trial.title.code}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Names the trial."""
        heading = _g("%(title)s 试算的企业") % {"title": self.trial.title.short}
        crumbs = [
            list_crumb(),
            {"label": _g("试算"), "url": reverse("policies:standard-trial", args=[self.trial.pk])},
            {"label": _g("企业")},
        ]
        return super().get_context_data(**{"heading": heading, "crumbs": crumbs, **kwargs})


def _chosen(request: HttpRequest, name: str, versions: list[Standard], default: Standard | None) -> Standard | None:
    given = request.GET.get(name, "")
    if not given:
        return default
    found = next((one for one in versions if str(one.pk) == given), None)
    if found is None:
        raise Http404
    return found


@require_safe
@roles_required(*STAFF)
def standard_compare(request: HttpRequest, title: str) -> HttpResponse:
    """Two versions of one title side by side: changed numbers marked; without a choice, the latest and the one before it."""
    versions = selectors.versions_of(title)
    if not versions:
        raise Http404
    after = _chosen(request, "to", versions, versions[0])
    same_type = [
        one for one in versions if after and one.application_type == after.application_type and one.in_force_from < after.in_force_from
    ]
    others = [one for one in versions if one != after]
    before = _chosen(request, "from", versions, next(iter([*same_type, *others]), None))
    context = {
        "title": versions[0].title,
        "versions": versions,
        "before": before,
        "after": after,
        "comparison": compare(before.text, after.text) if before and after and before != after else None,
        "crumbs": [list_crumb(), *([_version_crumb(after)] if after else []), {"label": _g("比较版本")}],
    }
    return render(request, "policies/publishing/compare.html", context)
