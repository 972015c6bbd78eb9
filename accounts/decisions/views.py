"""审批: the inbox, one decision with its exact diff, and the three answers."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.decisions import authority, selectors, services
from accounts.decisions.kinds import decision_kind
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.tables import DecisionFilterSet, DecisionTable
from accounts.roles import STAFF, Role, StaffRequiredMixin, roles_required
from core.errors import Refusal
from core.forms import posted_text
from core.htmx import done, refuse
from core.views import ListPage


class DecisionListView(StaffRequiredMixin, ListPage):
    """Inbox of approvers, record of auditors, 我提交的 of everybody else."""

    table_class = DecisionTable
    filterset_class = DecisionFilterSet
    heading = gettext_lazy("审批")
    sorts = {"submitted_on": ["submitted_at"]}
    count_text = gettext_lazy("共 %(count)s 件")
    empty_text = gettext_lazy("没有待审批的申请。")

    @property
    def default_sort(self) -> str:  # type: ignore[override]
        """Approvers work the oldest off first; for everybody else it is a record, newest first."""
        return "submitted_on" if self.request.user.role == Role.APPROVER else "-submitted_on"  # type: ignore[union-attr]

    def get_queryset(self) -> QuerySet[Decision]:
        """What the user may open."""
        return selectors.decisions_for_list(user=self.request.user)  # type: ignore[arg-type]


def _refusal_of(user: Any, decision: Decision) -> str:
    """Why the buttons are absent; empty when the user may decide."""
    if user.role != Role.APPROVER:
        return ""
    try:
        authority.require_authority(user, decision)
    except Refusal as refusal:
        return refusal.message
    return ""


@require_safe
@roles_required(*STAFF)
def decision_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The exact diff, effect, hands, and the buttons of those who may decide."""
    decision = get_object_or_404(selectors.decisions_for_list(user=request.user), pk=pk)  # type: ignore[arg-type]
    kind = decision_kind(decision)
    waits = decision.state == DecisionState.SUBMITTED
    context = {
        "decision": decision,
        "kind": kind,
        "extra_template": kind.template,
        "hands": decision.hands.select_related("person", "user"),
        "waits": waits,
        "barred": _refusal_of(request.user, decision) if waits else "",
        "may_decide": waits and authority.may_decide(request.user, decision),  # type: ignore[arg-type]
        "may_withdraw": decision.state in {DecisionState.SUBMITTED, DecisionState.STALE} and decision.proposer_id == request.user.pk,
        "signers": authority.possible_signers(decision) if waits else [],
        "waited": selectors.working_days_since(decision.submitted_on),
        "crumbs": [{"label": _("审批"), "url": "/decisions/"}, {"label": decision.subject_line}],
    }
    return render(request, "accounts/decisions/detail.html", context)


def _own(request: HttpRequest, pk: int) -> Decision:
    return get_object_or_404(Decision.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]


@require_POST
@roles_required(*STAFF)
def decision_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """批准."""
    decision = _own(request, pk)
    decision = services.decision_sign(decision_id=decision.pk, signer=request.user, on=localdate(), note=posted_text(request, "note"))  # type: ignore[arg-type]
    here = f"/decisions/{decision.pk}/"
    if decision.state == DecisionState.STALE:
        lines = [f"{change['label']}：{change['before']} → {change['after']}" for change in decision.changed_since]
        return refuse(request, _("提交后企业数据已变，请看变化。"), details=lines, to=here)
    return done(request, _("已批准。"), to=here)


@require_POST
@roles_required(*STAFF)
def decision_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """驳回, with a reason."""
    decision = _own(request, pk)
    services.decision_reject(decision_id=decision.pk, by=request.user, on=localdate(), reason=posted_text(request, "note"))  # type: ignore[arg-type]
    return done(request, _("已驳回。"), to=f"/decisions/{decision.pk}/")


@require_POST
@roles_required(*STAFF)
def decision_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """撤回, by the proposer."""
    decision = _own(request, pk)
    services.decision_withdraw(decision_id=decision.pk, by=request.user, on=localdate(), reason=posted_text(request, "note"))  # type: ignore[arg-type]
    return done(request, _("已撤回。"), to=f"/decisions/{decision.pk}/")
