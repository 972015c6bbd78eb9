"""报表: documents made from the figures of a page."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.audit import services as audit
from accounts.roles import Role, roles_required
from core.htmx import refuse
from cultivation.quotas.forms import asked_of
from cultivation.reports.quota import quota_pdf

READERS = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)


@require_POST
@roles_required(*READERS)
def quota_report(request: HttpRequest) -> HttpResponse:
    """导出 PDF: the same figures, and the firms behind each as an annex. Logged with what was asked."""
    asked, dropped = asked_of(request, today=localdate())
    if dropped:
        return refuse(request, _("地址里有不认识或无效的条件：%(names)s。") % {"names": "、".join(dropped)}, status=400)
    content = quota_pdf(user=request.user, asked=asked)  # type: ignore[arg-type]
    audit.record(
        "report.exported",
        actor=request.user,  # type: ignore[arg-type]
        after={"report": "quota", "year": asked.year, "kind": asked.tab, "asof": asked.on, "known": asked.known, "bytes": len(content)},
        district=request.user.district_id,  # type: ignore[union-attr]
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="quota-{asked.year}-{asked.on.isoformat()}.pdf"'
    return response
