"""认定标准: the library, one standard as a document; 作出判断 for manual criteria; the sheet of any past day."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import STAFF, Role, RolesRequiredMixin, roles_required
from companies.evidence.models import Evidence
from companies.recognitions.models import Title
from companies.register.models import Company
from core.forms import posted_text
from core.htmx import done
from core.views import FormPage
from policies.standards import library, selectors, services
from policies.standards.forms import JudgementForm
from policies.standards.models import Judgement, Standard


@require_safe
@roles_required(*STAFF)
def standard_list(request: HttpRequest) -> HttpResponse:
    """All published standards by title, newest first: in force today, upcoming or past; of one title or state where asked."""
    rows = selectors.standards_for_list(user=request.user, on=localdate())  # type: ignore[arg-type]
    titles = list({row.row.title.code: row.row.title for row in rows}.values())
    title, state = request.GET.get("title", ""), request.GET.get("state", "")
    if title in {one.code for one in titles}:
        rows = [row for row in rows if row.row.title.code == title]
    if state in selectors.STATES:
        rows = [row for row in rows if row.state == state]
    context = {
        "rows": rows,
        "titles": titles,
        "title": title,
        "state": state,
        "states": selectors.STATES.items(),
        "reads_drafts": request.user.role != Role.OFFICER and request.user.district_id is None,  # type: ignore[union-attr]
    }
    return render(request, "policies/standards/list.html", context)


@require_safe
@roles_required(*STAFF)
def standard_detail(request: HttpRequest, title: str, version: int) -> HttpResponse:
    """One standard as a readable document: every criterion with number, clause, citation and evidence grade."""
    row = get_object_or_404(Standard.objects.visible_to(request.user).select_related("title"), pk=version, title__code=title)  # type: ignore[arg-type]
    user: Any = request.user
    today = localdate()
    history = selectors.history_of(row, on=today)
    context = {
        "row": row,
        "standard": library.compiled(row),
        "criteria": selectors.criteria_of(library.compiled(row)),
        "history": history,
        "state": next(one for one in history if one.row.pk == row.pk),
        "before": selectors.version_before(row, history),
        "may_draft": user.role == Role.CLERK and user.district_id is None,
        "may_try": user.role in {Role.CLERK, Role.APPROVER},
        "recomputing": selectors.recomputing(title=row.title, on=today, user=request.user),  # type: ignore[arg-type]
        "crumbs": [{"label": _("认定标准"), "url": "/standards/"}, {"label": str(row.title)}],
    }
    return render(request, "policies/standards/detail.html", context)


def _asked_day(request: HttpRequest, name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, "")) if request.GET.get(name) else default
    except ValueError:
        return default


def asked_days(request: HttpRequest, *, today: date) -> tuple[date, date]:
    """The day a sheet is asked for and the day by which its facts were known (`asof`, `known=today`); wrong days read as today."""
    on = min(_asked_day(request, "asof", today), today)
    return on, today if request.GET.get("known") == "today" else on


@require_safe
@roles_required(*STAFF)
def sheet_page(request: HttpRequest, uscc: str, title: str) -> HttpResponse:
    """The whole gap sheet of one firm and title, today or as of a past day in both readings (`asof`, `known=today`).

    A firm that holds the title is asked by default for its review where one has a text; `application=new` shows the other.
    """
    company = get_object_or_404(Company.objects.visible_to(request.user), uscc=uscc)  # type: ignore[arg-type]
    row = get_object_or_404(Title, code=title)
    today = localdate()
    on, known = asked_days(request, today=today)
    is_new = request.GET.get("application") == "new"
    sheet, has_review = services.sheet_asked(company=company, title=row, on=on, known=known, is_new=is_new)
    is_review = has_review and not is_new
    is_keeper = services.is_keeper(request.user, company)  # type: ignore[arg-type]
    context = {
        "company": company,
        "title": row,
        "sheet": sheet,
        "tabs": _applications(request, is_review=is_review) if has_review else [],
        "on": on,
        "known_today": known != on or on == today,
        "judge_url": _judge_url(uscc, title, is_review=is_review) if is_keeper and on == today else "",
        "judgements": selectors.judgements_of(company=company, title=row),
        "may_withdraw": is_keeper,
        "crumbs": [
            {"label": _("企业名录"), "url": "/companies/"},
            {"label": company.name, "url": f"/companies/{uscc}/"},
            {"label": _("差距表")},
        ],
    }
    return render(request, "policies/standards/sheet.html", context)


def _judge_url(uscc: str, title: str, *, is_review: bool) -> str:
    return reverse("policies:judgement-make", args=[uscc, title]) + ("?application=review" if is_review else "")


def _applications(request: HttpRequest, *, is_review: bool) -> list[dict[str, Any]]:
    """The two sheets of a holder: of its review, and of a new application."""

    def address(application: str) -> str:
        query = request.GET.copy()
        query["application"] = application
        return f"?{query.urlencode()}"

    return [
        {"label": _("复核"), "url": address("review"), "current": is_review, "count": None},
        {"label": _("认定"), "url": address("new"), "current": not is_review, "count": None},
    ]


class JudgementView(RolesRequiredMixin, FormPage):
    """作出判断, by the firm's current officer."""

    roles = (Role.OFFICER,)
    form_class = JudgementForm
    template_name = "companies/register/firm-form.html"
    heading = gettext_lazy("作出判断")
    submit_label = gettext_lazy("保存判断")

    @cached_property
    def company(self) -> Company:
        """The officer's own firm, or not found."""
        company = get_object_or_404(Company.objects.visible_to(self.request.user), uscc=self.kwargs["uscc"])  # type: ignore[arg-type]
        if not services.is_keeper(self.request.user, company):  # type: ignore[arg-type]
            raise Http404
        return company

    @cached_property
    def title(self) -> Title:
        """The title judged for."""
        return get_object_or_404(Title, code=self.kwargs["title"])

    @property
    def is_review(self) -> bool:
        """Whether the question is one of the review the firm will face."""
        return self.request.GET.get("application") == "review"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Criteria still to judge and the firm's files."""
        published = services.standard_to_judge(company=self.company, title=self.title, on=localdate(), is_review=self.is_review)
        return {
            **super().get_form_kwargs(),
            "criteria": selectors.manual_choices(company=self.company, published=published),
            "evidence": Evidence.objects.visible_to(self.request.user).filter(company=self.company),  # type: ignore[arg-type]
            "initial": {"criterion": self.request.GET.get("criterion", "")},
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The firm, and the way back to the sheet."""
        sheet_url = f"/companies/{self.company.uscc}/sheets/{self.title.code}/"
        crumbs = [
            {"label": _("企业名录"), "url": "/companies/"},
            {"label": self.company.name, "url": f"/companies/{self.company.uscc}/"},
            {"label": _("差距表"), "url": sheet_url},
            {"label": _("作出判断")},
        ]
        return super().get_context_data(company=self.company, subject=self.title, crumbs=crumbs, cancel_url=sheet_url, **kwargs)

    def form_valid(self, form: JudgementForm) -> HttpResponse:
        """One service."""
        services.judgement_make(
            company=self.company,
            title=self.title,
            by=self.request.user,  # type: ignore[arg-type]
            on=localdate(),
            is_review=self.is_review,
            **form.cleaned_data,
        )
        sheet = reverse("policies:sheet", args=[self.company.uscc, self.title.code])
        return done(self.request, _("判断已保存。"), to=sheet + ("" if self.is_review else "?application=new"))


@require_POST
@roles_required(Role.OFFICER)
def judgement_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回判断, by the firm's current officer."""
    judgement = get_object_or_404(Judgement.objects.visible_to(request.user).select_related("company", "standard__title"), pk=pk)  # type: ignore[arg-type]
    services.judgement_withdraw(judgement=judgement, by=request.user, on=localdate(), reason=posted_text(request, "reason", most=300))  # type: ignore[arg-type]
    return done(request, _("判断已撤回。"), to=f"/companies/{judgement.company.uscc}/sheets/{judgement.standard.title.code}/")
