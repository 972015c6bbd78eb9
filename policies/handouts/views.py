"""Papers a firm takes away, made as PDF; each is logged with what was asked."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.views.decorators.http import require_POST

from accounts.audit import services as audit
from accounts.roles import STAFF, roles_required
from companies.recognitions.models import Title
from companies.register.models import Company
from policies.handouts.gap_sheet import gap_sheet_pdf
from policies.handouts.year_end import year_end_pdf
from policies.standards.services import sheet_asked
from policies.standards.views import asked_days
from policies.year_end.selectors import year_end_for


def _asked(request: HttpRequest, uscc: str, title: str) -> tuple[Company, Title]:
    company = get_object_or_404(Company.objects.visible_to(request.user).select_related("district"), uscc=uscc)  # type: ignore[arg-type]
    return company, get_object_or_404(Title, code=title)


def _answer(request: HttpRequest, content: bytes, *, report: str, company: Company, title: Title, on: date) -> HttpResponse:
    audit.record(
        "report.exported",
        actor=request.user,  # type: ignore[arg-type]
        after={"report": report, "title": title.code, "asof": on, "bytes": len(content)},
        company=company,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{report}-{company.uscc}-{title.code}-{on.isoformat()}.pdf"'
    return response


@require_POST
@roles_required(*STAFF)
def gap_sheet_paper(request: HttpRequest, uscc: str, title: str) -> HttpResponse:
    """打印差距表: the sheet the page shows, of today or of a past day in both readings."""
    company, row = _asked(request, uscc, title)
    on, known = asked_days(request, today=localdate())
    sheet, _has_review = sheet_asked(company=company, title=row, on=on, known=known, is_new=request.GET.get("application") == "new")
    content = gap_sheet_pdf(user=request.user, company=company, title=row, sheet=sheet, known=known)  # type: ignore[arg-type]
    return _answer(request, content, report="gap-sheet", company=company, title=row, on=on)


@require_POST
@roles_required(*STAFF)
def year_end_paper(request: HttpRequest, uscc: str, title: str) -> HttpResponse:
    """打印倒推单."""
    company, row = _asked(request, uscc, title)
    page, aim = year_end_for(company=company, title=row, on=localdate())
    content = year_end_pdf(user=request.user, company=company, title=row, page=page, aim=aim)  # type: ignore[arg-type]
    return _answer(request, content, report="year-end", company=company, title=row, on=page.on)
