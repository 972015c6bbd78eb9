"""年底倒推: the page of one firm and title."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import STAFF, roles_required
from companies.recognitions.models import Title
from companies.register.models import Company
from policies.year_end import selectors


@require_safe
@roles_required(*STAFF)
def year_end_page(request: HttpRequest, uscc: str, title: str) -> HttpResponse:
    """What must still happen before the year is over, for the next filing of one title."""
    company = get_object_or_404(Company.objects.visible_to(request.user), uscc=uscc)  # type: ignore[arg-type]
    row = get_object_or_404(Title, code=title)
    page, aim = selectors.year_end_for(company=company, title=row, on=localdate())
    context = {
        "company": company,
        "title": row,
        "page": page,
        "aim": aim,
        "sections": selectors.sections_of(page),
        "counts": selectors.counts_of(page),
        "crumbs": [
            {"label": _("企业名录"), "url": reverse("companies:company-list")},
            {"label": company.name, "url": reverse("companies:company-detail", args=[uscc])},
            {"label": _("差距表"), "url": reverse("policies:sheet", args=[uscc, title])},
            {"label": _("年底倒推")},
        ],
    }
    return render(request, "policies/year_end/page.html", context)
