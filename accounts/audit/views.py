"""审计: the log as a list, one entry, and the check of the chain. Nothing here edits or deletes."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.audit import words
from accounts.audit.models import AuditEntry
from accounts.audit.tables import AuditFilterSet, AuditTable
from accounts.audit.verify import chain_problems, head_line
from accounts.roles import STAFF, Role, StaffRequiredMixin, roles_required
from core.htmx import done, refuse
from core.views import ListPage


class AuditListView(StaffRequiredMixin, ListPage):
    """Auditors and approvers read their scope, others their own records."""

    table_class = AuditTable
    filterset_class = AuditFilterSet
    template_name = "accounts/audit/list.html"
    heading = gettext_lazy("审计")
    sorts = {"number": ["-number"]}
    count_text = gettext_lazy("共 %(count)s 条")

    def get_queryset(self) -> QuerySet[AuditEntry]:
        """What the user may read."""
        return AuditEntry.objects.visible_to(self.request.user).select_related("district")  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the head of the chain for those who may verify it."""
        may_verify = self.request.user.role in {Role.AUDITOR, Role.APPROVER}  # type: ignore[operator, union-attr]
        return super().get_context_data(head=head_line() if may_verify else "", **kwargs)


@require_safe
@roles_required(*STAFF)
def audit_detail(request: HttpRequest, number: int) -> HttpResponse:
    """One entry: before and after, reason, from where, its hashes, and the other entries of the same request."""
    entry = get_object_or_404(AuditEntry.objects.visible_to(request.user).select_related("district"), number=number)  # type: ignore[arg-type]
    same = (
        AuditEntry.objects.visible_to(request.user).filter(request_id=entry.request_id).exclude(pk=entry.pk)[:20]  # type: ignore[arg-type]
        if entry.request_id
        else []
    )
    context = {
        "entry": entry,
        "action": words.action_words(entry.action),
        "reason": words.reason_words(entry),
        "lines": list(words.lines(entry)),
        "same_request": [(other, words.action_words(other.action)) for other in same],
        "crumbs": [{"label": _("审计"), "url": "/audit/"}, {"label": f"{entry.number:,}"}],
    }
    return render(request, "accounts/audit/detail.html", context)


@require_POST
@roles_required(Role.AUDITOR, Role.APPROVER)
def audit_verify(request: HttpRequest) -> HttpResponse:
    """核验日志: recompute the chain and say up to which entry it holds."""
    problems = list(chain_problems())
    number, _colon, value = head_line().partition(":")
    if problems:
        return refuse(request, _("日志核验不通过。"), details=problems, remedy=_("请立即联系系统管理单位，并保留现场。"), to="/audit/")
    return done(
        request, _("日志完整：已核验到第 %(number)s 条，链头 %(head)s。") % {"number": f"{int(number):,}", "head": value[:12]}, to="/audit/"
    )
