"""Table and filters of the inbox."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.decisions import kinds, selectors
from accounts.decisions.models import Decision, DecisionState
from accounts.users.models import District
from core.filters import ChoiceFilter, FilterSet, ModelChoiceFilter, TextFilter
from core.tables import Column, DayColumn, Table


class DecisionTable(Table):
    """One row per decision, oldest first."""

    caption = _("审批")
    row_header = "summary"
    shown = ("summary", "kind", "company_name", "proposer", "submitted_on", "waited", "state", "effect")

    summary = Column(_("变化"))
    kind = Column(_("类型"))
    company_name = Column(_("企业"), empty_values=())
    proposer = Column(_("提请人"), accessor="proposer__name", export="proposer__person__name")
    submitted_on = DayColumn(_("提交日"))
    waited = Column(_("已等（工作日）"), accessor="submitted_on", num=True, exclude_from_export=True)
    state = Column(_("状态"))
    effect = Column(_("影响"))
    district = Column(_("区、县（市）"), export="district__name")
    decider = Column(_("审批人"), accessor="decider__name", export="decider__person__name")
    decided_on = DayColumn(_("审批日"))

    def render_summary(self, value: str, record: Decision) -> Any:
        """A door to the decision."""
        return format_html('<a href="{}">{}</a>', reverse("accounts:decision-detail", args=[record.pk]), value)

    def render_kind(self, value: str) -> Any:
        """The kind's label."""
        kind = kinds.kinds().get(value)
        return kind.label if kind else value

    def render_company_name(self, value: str) -> Any:
        """`—` for decisions that are not about one firm."""
        return value or "—"

    def render_waited(self, value: Any, record: Decision) -> Any:
        """Only while it waits."""
        return selectors.working_days_since(value) if record.state == DecisionState.SUBMITTED else "—"


class DecisionFilterSet(FilterSet):
    """全部 / 待我审批 / 我提交的, kind, state, district, words."""

    q = TextFilter(label=_("关键字"), method="by_words")
    mine = ChoiceFilter(label=_("范围"), method="by_mine", choices=[("waiting", _("待我审批")), ("submitted", _("我提交的"))])
    kind = ChoiceFilter(label=_("类型"), choices=kinds.choices)
    state = ChoiceFilter(label=_("状态"), choices=DecisionState.choices)
    district = ModelChoiceFilter(label=_("区、县（市）"), queryset=District.objects.all())

    class Meta:
        model = Decision
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        """Company name, code or summary."""
        return queryset.filter(Q(company_name__icontains=value) | Q(company_uscc__iexact=value) | Q(summary__icontains=value))

    def by_mine(self, queryset: QuerySet[Decision], name: str, value: str) -> QuerySet[Decision]:
        """待我审批 or 我提交的."""
        user = self.request.user
        chosen = selectors.decisions_waiting_for(user=user) if value == "waiting" else selectors.decisions_of(user=user)
        return queryset.filter(pk__in=chosen.order_by().values("pk"))
