"""试算 on one sheet, and the plans kept from it (一企一策)."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import STAFF, Role, RolesRequiredMixin, roles_required
from companies.figures.catalogue import CATALOGUE, Kind
from companies.recognitions.models import Title
from companies.register.models import Company
from core.forms import posted_text
from core.htmx import done, is_htmx
from core.views import FormPage
from policies.engine import OVERALL_LABELS
from policies.engine.what_if import Key, parse_key
from policies.standards.sayings import said
from policies.standards.services import is_keeper
from policies.what_if import services
from policies.what_if.forms import PlanForm, TrialForm
from policies.what_if.models import CompanyPlan, PlanStep
from policies.what_if.trying import Trial, changes_shown, moved, trial_for


def _asked(request: HttpRequest, uscc: str, title: str) -> tuple[Company, Title]:
    company = get_object_or_404(Company.objects.visible_to(request.user), uscc=uscc)  # type: ignore[arg-type]
    return company, get_object_or_404(Title, code=title)


def _trial(request: HttpRequest, company: Company, title: Title) -> tuple[Trial, TrialForm]:
    year = request.GET.get("year", "")
    asked = int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None
    trial = trial_for(company=company, title=title, on=localdate(), application_year=asked)
    given = {name: value for name, value in request.GET.items() if parse_key(name)}
    return trial, TrialForm(given or None, inputs=trial.inputs)


def _crumbs(company: Company, title: Title, label: str) -> list[dict[str, str]]:
    return [
        {"label": _("企业名录"), "url": reverse("companies:company-list")},
        {"label": company.name, "url": reverse("companies:company-detail", args=[company.uscc])},
        {"label": _("差距表"), "url": reverse("policies:sheet", args=[company.uscc, title.code])},
        {"label": label},
    ]


def _compared(trial: Trial, values: dict[Key, Any]) -> dict[str, Any]:
    """Both sheets, criterion by criterion, and what was changed."""
    before, after = trial.sheet({}), trial.sheet(values)
    return {
        "trial": trial,
        "before": before,
        "after": after,
        "overalls": (said(OVERALL_LABELS[before.overall]), said(OVERALL_LABELS[after.overall])),
        "pairs": moved(before, after),
        "changes": list(changes_shown(trial, values)),
    }


@require_safe
@roles_required(*STAFF)
def what_if(request: HttpRequest, uscc: str, title: str) -> HttpResponse:
    """The sheet with a field for every figure its criteria read; nothing is saved. htmx gets the outcome alone."""
    company, row = _asked(request, uscc, title)
    trial, form = _trial(request, company, row)
    values = form.values()
    here = reverse("policies:what-if", args=[uscc, title])
    query = {str(key): request.GET[str(key)] for key in values}
    may_keep = is_keeper(request.user, company)  # type: ignore[arg-type]
    context = {
        "company": company,
        "title": row,
        "form": form,
        "here": here,
        "year_choices": [
            {"label": _("%(year)s 年申报") % {"year": year}, "url": f"{here}?year={year}", "current": year == trial.application_year}
            for year in trial.years
        ],
        "keep_url": f"{reverse('policies:plan-new', args=[uscc, title])}?{urlencode({'year': trial.application_year, **query})}"
        if may_keep and values
        else "",
        "plans": CompanyPlan.objects.filter(company=company, title=row).select_related("made_by__person"),
        "crumbs": _crumbs(company, row, _("试算")),
        **_compared(trial, values),
    }
    name = "policies/what_if/page.html"
    response = render(request, f"{name}#outcome" if is_htmx(request) else name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


class PlanNewView(RolesRequiredMixin, FormPage):
    """保存为一企一策, by the firm's current officer; the figures come with the address."""

    roles = (Role.OFFICER,)
    form_class = PlanForm
    template_name = "companies/register/firm-form.html"
    heading = gettext_lazy("保存为一企一策")
    submit_label = gettext_lazy("保存一企一策")

    @cached_property
    def company(self) -> Company:
        """The officer's own firm, or not found."""
        company = get_object_or_404(Company.objects.visible_to(self.request.user), uscc=self.kwargs["uscc"])  # type: ignore[arg-type]
        if not is_keeper(self.request.user, company):  # type: ignore[arg-type]
            raise Http404
        return company

    @cached_property
    def title(self) -> Title:
        """The title it is for."""
        return get_object_or_404(Title, code=self.kwargs["title"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The firm must be the officer's before anything is shown."""
        self.company  # noqa: B018  or not found
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The firm must be the officer's before anything is said."""
        self.company  # noqa: B018  or not found
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The firm, and the way back to the trial."""
        back = f"{reverse('policies:what-if', args=[self.company.uscc, self.title.code])}?{self.request.GET.urlencode()}"
        crumbs = _crumbs(self.company, self.title, str(self.heading))
        return super().get_context_data(company=self.company, subject=self.title, crumbs=crumbs, cancel_url=back, **kwargs)

    def form_valid(self, form: PlanForm) -> HttpResponse:
        """One service; without a changed figure the form says so."""
        trial, figures = _trial(self.request, self.company, self.title)
        try:
            plan = services.plan_make(
                company=self.company,
                title=self.title,
                trial=trial,
                values=figures.values(),
                name=form.cleaned_data["name"],
                lead=form.cleaned_data["lead"],
                note=form.cleaned_data["note"],
                steps=form.steps(),
                by=self.request.user,  # type: ignore[arg-type]
                on=localdate(),
            )
        except services.NothingTried as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        return done(self.request, _("一企一策已保存。"), to=reverse("policies:plan-detail", args=[plan.pk]))


def _stored(plan: CompanyPlan) -> dict[Key, Any]:
    """The figures of a plan as the engine reads them; a fact the catalogue no longer has is left out."""
    found: dict[Key, Any] = {}
    for change in plan.changes:
        key = parse_key(change["key"])
        if key is not None:
            kind, value = CATALOGUE[key.fact].kind, change["after"]
            found[key] = value if kind in (Kind.FLAG, Kind.COUNT) else Decimal(value)
    return found


@require_safe
@roles_required(*STAFF)
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """一企一策: its figures against those of today, and its steps."""
    rows = CompanyPlan.objects.visible_to(request.user).select_related("company", "title", "made_by__person", "closed_by__person")  # type: ignore[arg-type]
    plan = get_object_or_404(rows, pk=pk)
    trial = trial_for(company=plan.company, title=plan.title, on=localdate(), application_year=plan.application_year)
    context = {
        "plan": plan,
        "company": plan.company,
        "title": plan.title,
        "steps": list(plan.steps.all()),
        "today": localdate(),
        "may_write": plan.closed_on is None and is_keeper(request.user, plan.company),  # type: ignore[arg-type]
        "crumbs": _crumbs(plan.company, plan.title, plan.name),
        **_compared(trial, _stored(plan)),
    }
    return render(request, "policies/what_if/plan.html", context)


@require_POST
@roles_required(Role.OFFICER)
def plan_close(request: HttpRequest, pk: int) -> HttpResponse:
    """结束一企一策."""
    plan = get_object_or_404(CompanyPlan.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]
    services.plan_close(plan=plan, by=request.user, on=localdate(), reason=posted_text(request, "reason", most=300))  # type: ignore[arg-type]
    return done(request, _("一企一策已结束。"), to=reverse("policies:plan-detail", args=[plan.pk]))


@require_POST
@roles_required(Role.OFFICER)
def step_done(request: HttpRequest, pk: int) -> HttpResponse:
    """完成一步."""
    plans = CompanyPlan.objects.visible_to(request.user)  # type: ignore[arg-type]
    step = get_object_or_404(PlanStep.objects.filter(plan__in=plans), pk=pk)
    services.step_done(step=step, by=request.user, on=localdate())  # type: ignore[arg-type]
    return done(request, _("已记为完成。"), to=reverse("policies:plan-detail", args=[step.plan_id]))
