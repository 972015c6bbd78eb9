"""Table and filters of the log."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.audit.models import AuditEntry
from accounts.audit.words import action_words, reason_words
from accounts.users.models import District
from core.filters import DayFilter, FilterSet, IntegerFilter, ModelChoiceFilter, TextFilter
from core.tables import Column, Table
from core.templatetags import tidu


class AuditTable(Table):
    """One row per entry, newest first."""

    caption = _("审计记录")
    row_header = "action"
    shown = ("number", "recorded_at", "actor_name", "action", "target_label", "reason")

    number = Column(_("编号"), num=True)
    recorded_at = Column(_("记录时间"), attrs={"td": {"class": "nowrap"}})
    actor_name = Column(_("人"), empty_values=(), attrs={"td": {"class": "nowrap"}})
    action = Column(_("动作"))
    target_label = Column(_("对象"))
    reason = Column(_("理由"))
    door = Column(_("入口"))
    company_uscc = Column(_("统一社会信用代码"))
    district = Column(_("区、县（市）"), export="district__name")
    address = Column(_("来源地址"))
    request_id = Column(_("请求编号"))

    def render_number(self, value: int, record: AuditEntry) -> Any:
        """A door to the entry."""
        return format_html('<a href="{}">{}</a>', reverse("accounts:audit-detail", args=[value]), f"{value:,}")

    def render_door(self, value: str) -> Any:
        """The name of an address, which is in no language."""
        return format_html('<span lang="zxx">{}</span>', value)

    def render_recorded_at(self, value: Any) -> Any:
        """Local time."""
        return tidu.moment(value)

    def render_actor_name(self, value: str) -> Any:
        """The system where no person acted."""
        return value or _("系统")

    def render_reason(self, record: AuditEntry) -> Any:
        """What was told."""
        return reason_words(record)

    def render_action(self, value: str, record: AuditEntry) -> Any:
        """In words, refusals marked."""
        words = action_words(value)
        return format_html('{} <span class="tag bad">{}</span>', words, _("被拒")) if record.is_refusal else words


class AuditFilterSet(FilterSet):
    """人, 对象, 动作, 日期, 区县, 编号."""

    q = TextFilter(label=_("人、对象或代码"), method="by_words")
    action = TextFilter(label=_("动作"), method="by_action")
    since = DayFilter(label=_("从"), field_name="recorded_at", lookup_expr="date__gte")
    until = DayFilter(label=_("到"), field_name="recorded_at", lookup_expr="date__lte")
    district = ModelChoiceFilter(label=_("区、县（市）"), queryset=District.objects.all())
    number = IntegerFilter(label=_("编号"))

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """Person, target, code or request number."""
        return queryset.filter(Q(actor_name=value) | Q(company_uscc=value.upper()) | Q(request_id=value) | Q(target_label__icontains=value))

    def by_action(self, queryset: QuerySet[AuditEntry], name: str, value: str) -> QuerySet[AuditEntry]:
        """By code or by the beginning of it."""
        return queryset.filter(action__startswith=value)
