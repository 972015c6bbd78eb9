"""What the lists of firms within reach have in common: columns and filters."""

from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.users.models import District
from companies.recognitions.models import Title
from core.filters import FilterSet, ModelChoiceFilter, TextFilter
from core.tables import Column, Table
from policies.reach.models import UNMEASURED, Reach
from policies.standards.drawing import stale_marked

MINE = "me"


class ReachTable(Table):
    """Firm, code, district, title and officer."""

    row_header = "company"

    company = Column(_("企业"), accessor="company__name", export="company__name")
    uscc = Column(_("统一社会信用代码"), accessor="company__uscc")
    district = Column(_("区、县（市）"), accessor="company__district", export="company__district__name")
    title = Column(_("称号"), accessor="title__short", export="title__short_name", attrs={"td": {"class": "nowrap"}})
    officer = Column(_("专管员"), accessor="officer_name", default=_("未挂钩"))

    def door(self, record: Reach) -> str:
        """Where the firm's name leads."""
        raise NotImplementedError

    def render_company(self, value: str, record: Any) -> Any:
        """A door; a row that is to be worked out anew says so."""
        link = format_html('<a href="{}">{}</a>', self.door(record), value)
        return stale_marked(link) if record.is_stale else link


def part_shown(permille: int) -> str:
    """Thousandths of a line as per cent: 12.6%; a dash for what has no measure."""
    return "—" if permille >= UNMEASURED else f"{Decimal(permille) / 10:,.1f}%"


class ReachFilterSet(FilterSet):
    """关键字, 称号, 区县, 专管员."""

    q = TextFilter(label=_("关键字"), method="by_words")
    title = ModelChoiceFilter(label=_("称号"), queryset=Title.objects.filter(standards__isnull=False).distinct(), to_field_name="code")
    district = ModelChoiceFilter(
        label=_("区、县（市）"), field_name="company__district", queryset=District.objects.all(), to_field_name="code"
    )
    officer = TextFilter(label=_("专管员"), method="by_officer")

    class Meta:
        model = Reach
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Reach], name: str, value: str) -> QuerySet[Reach]:
        """The firm's name or code."""
        return queryset.filter(Q(company__name__icontains=value) | Q(company__uscc__iexact=value))

    def by_officer(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Firms an officer keeps: by name or account, `me` for one's own."""
        if value == MINE:
            return queryset.filter(assignment__officer_id=self.request.user.pk)
        return queryset.filter(Q(assignment__officer__person__name=value) | Q(assignment__officer__username=value))
