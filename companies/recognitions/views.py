"""认定: the list, one recognition with its document and both persons, 登记认定 and 取消认定."""

from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.decisions.models import DecisionState
from accounts.roles import STAFF, Role, RolesRequiredMixin, StaffRequiredMixin, roles_required
from companies.evidence.models import EvidenceKind
from companies.evidence.services import evidence_store
from companies.recognitions import selectors
from companies.recognitions.forms import RecognitionForm, RevocationForm
from companies.recognitions.models import Recognition, RecognitionState
from companies.recognitions.services import may_record, recognition_record, recognition_revoke
from companies.recognitions.tables import RecognitionFilterSet, RecognitionTable
from core.errors import NotPermitted, Refusal
from core.htmx import done
from core.views import FormPage, ListPage

RECORDERS = (Role.OFFICER, Role.CLERK, Role.APPROVER)


def _is_recorder(user: Any) -> bool:
    return user.role in RECORDERS


class RecognitionListView(StaffRequiredMixin, ListPage):
    """认定, newest first."""

    template_name = "companies/recognitions/list.html"
    table_class = RecognitionTable
    filterset_class = RecognitionFilterSet
    sorts = {"happened_on": ("happened_on",)}
    default_sort = "-happened_on"
    heading = _("认定")
    count_text = _("共 %(count)s 条")
    empty_text = _("还没有认定。")
    filtered_empty_text = _("没有符合筛选的认定。")

    def get_queryset(self) -> QuerySet[Recognition]:
        """Recognitions of the user's scope."""
        return selectors.recognitions_for_list(self.request.user).fetch_mode(models.FETCH_RAISE)  # type: ignore[arg-type]

    def get_table_kwargs(self) -> dict[str, Any]:
        """The user, for 已迁出."""
        return {"user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the door to 登记认定."""
        new_url = reverse("companies:recognition-new") if _is_recorder(self.request.user) else ""
        return super().get_context_data(**{"new_url": new_url, "empty_url": new_url, "empty_action": _g("登记认定"), **kwargs})


def _visible(request: HttpRequest, pk: int) -> Recognition:
    return get_object_or_404(selectors.recognitions_in_full(request.user), pk=pk)  # type: ignore[arg-type]


@require_safe
@roles_required(*STAFF)
def recognition_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One recognition: its dates, its document, both persons, and what it follows or is followed by."""
    row = _visible(request, pk)
    moved_away = selectors.has_moved_away(row, request.user)  # type: ignore[arg-type]
    status = row.status_on(localdate())
    waiting = row.revocations.filter(is_open=True).select_related("decision__proposer__person").first()
    may_end = (
        not moved_away
        and row.state == RecognitionState.CONFIRMED
        and waiting is None
        and _is_recorder(request.user)
        and may_record(request.user, row.company)  # type: ignore[arg-type]
    )
    context = {
        "recognition": row,
        "status": selectors.STATUSES[status],
        "status_tag": selectors.STATUS_TAGS[status],
        "moved_away": moved_away,
        "waits": row.decision is not None and row.decision.state == DecisionState.SUBMITTED,
        "follower": getattr(row, "followed_by", None),
        "waiting_end": waiting,
        "ends": [] if moved_away else row.revocations.select_related("decision__proposer__person", "decision__decider__person", "document"),
        "revoke_url": reverse("companies:recognition-revoke", args=[row.pk]) if may_end else "",
        "crumbs": [{"label": _g("认定"), "url": reverse("companies:recognition-list")}, {"label": row.document_number, "url": ""}],
    }
    return render(request, "companies/recognitions/detail.html", context)


class _RefusalOnForm:
    """An expected refusal is shown above the form with everything typed, status 422."""

    def refused(self, form: Any, refusal: Refusal) -> HttpResponse:
        """The refusal's sentence and details as errors of the form."""
        for line in [refusal.message, *refusal.details, *([refusal.remedy] if refusal.remedy else [])]:
            form.add_error(None, str(line))
        return self.form_invalid(form)  # type: ignore[attr-defined]


class RecognitionNewView(_RefusalOnForm, RolesRequiredMixin, FormPage):
    """登记认定."""

    roles = RECORDERS
    form_class = RecognitionForm
    heading = _("登记认定")
    submit_label = _("提交审批")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The user, whose scope decides which firms are found."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """The firm the user came from."""
        return {"uscc": self.request.GET.get("company", "")[:18], "application_type": "认定"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds crumbs and the way back."""
        list_url = reverse("companies:recognition-list")
        crumbs = [{"label": _g("认定"), "url": list_url}, {"label": _g("登记认定"), "url": ""}]
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": list_url, **kwargs})

    def form_valid(self, form: RecognitionForm) -> HttpResponse:
        """Store the paper, record the recognition, put it to the city."""
        facts = form.cleaned_data
        user: Any = self.request.user
        company = form.company
        if company is None or not may_record(user, company):
            raise NotPermitted(_g("只有该企业的专管员、数据员或审批人可以登记或取消认定。"))
        try:
            with transaction.atomic():
                paper = evidence_store(file=facts["file"], kind=EvidenceKind.DOCUMENT, by=user, on=localdate(), company=company)
                row = recognition_record(
                    company=company,
                    title=facts["title"],
                    application_type=facts["application_type"],
                    batch=facts["batch"],
                    document_number=facts["document_number"],
                    announced_on=facts["announced_on"],
                    certified_on=facts["certified_on"],
                    valid_from=facts["valid_from"],
                    valid_until=facts["valid_until"],
                    document=paper,
                    reason=facts["reason"],
                    by=user,
                    on=localdate(),
                )
        except Refusal as refusal:
            return self.refused(form, refusal)
        return done(self.request, _g("已提交审批，由市级审批人确认。"), to=reverse("companies:recognition-detail", args=[row.pk]))


class RecognitionRevokeView(_RefusalOnForm, RolesRequiredMixin, FormPage):
    """取消认定."""

    roles = RECORDERS
    form_class = RevocationForm
    heading = _("取消认定")
    submit_label = _("提交审批")

    @cached_property
    def recognition(self) -> Recognition:
        """The recognition, in scope; of a firm that moved away nothing can be changed."""
        return _visible(self.request, self.kwargs["pk"])

    def require_hand(self) -> None:
        """Raise NotPermitted unless the user may propose it."""
        if not may_record(self.request.user, self.recognition.company):  # type: ignore[arg-type]
            raise NotPermitted(_g("只有该企业的专管员、数据员或审批人可以登记或取消认定。"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse before something is typed in vain."""
        self.require_hand()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The recognition must be in scope before anything else is said."""
        self.require_hand()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds crumbs and the way back."""
        here = reverse("companies:recognition-detail", args=[self.recognition.pk])
        crumbs = [
            {"label": _g("认定"), "url": reverse("companies:recognition-list")},
            {"label": self.recognition.document_number, "url": here},
            {"label": _g("取消认定"), "url": ""},
        ]
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": here, **kwargs})

    def form_valid(self, form: RevocationForm) -> HttpResponse:
        """Store the paper, propose the end."""
        facts = form.cleaned_data
        user: Any = self.request.user
        row = self.recognition
        try:
            with transaction.atomic():
                paper = evidence_store(file=facts["file"], kind=EvidenceKind.DOCUMENT, by=user, on=localdate(), company=row.company)
                recognition_revoke(
                    recognition=row,
                    ended_on=facts["ended_on"],
                    document_number=facts["document_number"],
                    document=paper,
                    reason=facts["reason"],
                    by=user,
                    on=localdate(),
                )
        except Refusal as refusal:
            return self.refused(form, refusal)
        return done(self.request, _g("已提交审批，由市级审批人确认。"), to=reverse("companies:recognition-detail", args=[row.pk]))
