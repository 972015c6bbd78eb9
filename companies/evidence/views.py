"""佐证材料 of a firm: list, upload, download."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from accounts.roles import STAFF, roles_required
from companies.evidence.forms import EvidenceForm
from companies.evidence.models import Evidence
from companies.evidence.panels import papers_of
from companies.evidence.refusals import FileRefused
from companies.evidence.services import evidence_hand_out, evidence_store, may_store
from companies.register.firm_forms import CompanyFormPage
from companies.register.pages import company_context, company_or_404
from core.errors import NotPermitted
from core.htmx import done

MOST_LISTED = 200
SANDBOX = {"default-src": [CSP.NONE], "frame-ancestors": [CSP.NONE], "sandbox": True}


@require_safe
@roles_required(*STAFF)
def company_evidence(request: HttpRequest, uscc: str) -> HttpResponse:
    """The firm's papers, newest first."""
    company = company_or_404(request, uscc)
    context = company_context(request, company, current="companies:company-evidence")
    context |= {
        "files": papers_of(company=company, user=request.user, most=MOST_LISTED),  # type: ignore[arg-type]
        "can_store": may_store(request.user, company=company, district=None),  # type: ignore[arg-type]
    }
    return render(request, "companies/evidence/list.html", context)


class EvidenceNewView(CompanyFormPage):
    """上传材料."""

    form_class = EvidenceForm
    heading = _("上传材料")
    submit_label = _("上传材料")
    back = "companies:company-evidence"

    def require_hand(self) -> None:
        """Officer of the firm, clerks and approvers in scope."""
        if not may_store(self.request.user, company=self.company, district=None):  # type: ignore[arg-type]
            raise NotPermitted(_g("只有本企业的专管员、本地数据员和审批人可以上传材料，请联系企业的专管员。"))

    def form_valid(self, form: EvidenceForm) -> HttpResponse:
        """Keep the file, or say why not."""
        given = form.cleaned_data
        try:
            evidence_store(
                file=given["file"],
                kind=given["kind"],
                company=self.company,
                period=given["period"],
                by=self.request.user,  # type: ignore[arg-type]
                on=localdate(),
            )
        except FileRefused as refusal:
            form.add_error("file", refusal.message)
            return self.form_invalid(form)
        return done(self.request, _g("已上传材料。"), to=reverse(self.back, args=[self.company.uscc]))


@require_safe
@roles_required(*STAFF)
@csp_override(SANDBOX)  # type: ignore[arg-type]
def evidence_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as an attachment nobody's browser runs; logged."""
    visible = Evidence.objects.visible_to(request.user).select_related("company__district", "district")  # type: ignore[arg-type]
    evidence = get_object_or_404(visible, pk=pk)
    response = HttpResponse(evidence_hand_out(evidence=evidence, by=request.user), content_type=evidence.content_type)  # type: ignore[arg-type]
    extension = evidence.storage_key.rpartition(".")[2]
    response["Content-Disposition"] = f"attachment; filename=\"evidence.{extension}\"; filename*=UTF-8''{quote(evidence.name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
