"""企业端首页: where do we stand, in public words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from accounts.roles import Role, roles_required
from companies.assignments.models import Assignment
from portal import words
from portal.access import my_company


@require_safe
@roles_required(Role.ENTERPRISE)
def home(request: HttpRequest) -> HttpResponse:
    """The firm's own titles and pools, and its officer."""
    company = my_company(request.user)  # type: ignore[arg-type]
    today = localdate()
    kept = Assignment.objects.filter(company=company, ends_on__isnull=True).select_related("officer__person", "officer__office").first()
    context = {
        "company": company,
        "titles": words.titles_of(company, on=today),
        "tracks": words.tracks_of(company),
        "officer": kept.officer if kept else None,
    }
    return render(request, "portal/home.html", context)
