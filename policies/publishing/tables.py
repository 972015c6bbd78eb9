"""Table and filters of the firms behind a count of a trial."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.users.models import District
from core.filters import ChoiceFilter, FilterSet, ModelChoiceFilter, TextFilter
from core.tables import Column, NumberColumn, Table
from policies.publishing.models import Effect, TrialCompany
from policies.standards.models import Overall

OVERALLS = dict(Overall.choices)


class TrialCompanyTable(Table):
    """One row per firm."""

    caption = _("试算的企业")
    row_header = "company"
    shown = ("company", "district", "effect", "before_overall", "after_overall", "before_open", "after_open", "opened", "closed")

    company = Column(_("企业"), accessor="company__name", export="company__name")
    uscc = Column(_("统一社会信用代码"), accessor="company__uscc")
    district = Column(_("区、县（市）"), accessor="company__district", export="company__district__name")
    effect = Column(_("变化"))
    before_overall = Column(_("原结论"), empty_values=())
    after_overall = Column(_("新结论"))
    before_open = NumberColumn(_("原还差"), unit=_("项"))
    after_open = NumberColumn(_("新还差"), unit=_("项"))
    opened = Column(_("新增未满足的条件"), empty_values=())
    closed = Column(_("不再未满足的条件"), empty_values=())

    def __init__(self, *args: Any, title: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = title

    def render_company(self, value: str, record: TrialCompany) -> Any:
        """A door to the firm's sheet of the title."""
        return format_html('<a href="{}">{}</a>', reverse("policies:sheet", args=[record.company.uscc, self.title]), value)

    def render_before_overall(self, record: TrialCompany) -> Any:
        """`—` where no version came before."""
        return _overall(record.before_overall)

    def render_after_overall(self, record: TrialCompany) -> Any:
        """In words."""
        return _overall(record.after_overall)

    def render_opened(self, value: str) -> Any:
        """Codes."""
        return value.strip() or "—"

    def render_closed(self, value: str) -> Any:
        """Codes."""
        return value.strip() or "—"


class TrialCompanyFilterSet(FilterSet):
    """关键字, 区县, 变化, and the criterion that was opened or closed."""

    q = TextFilter(label=_("关键字"), method="by_words")
    district = ModelChoiceFilter(
        label=_("区、县（市）"), queryset=District.objects.all(), to_field_name="code", field_name="company__district"
    )
    effect = ChoiceFilter(label=_("变化"), choices=Effect.choices)
    opened = TextFilter(label=_("新增未满足的条件"), method="by_code")
    closed = TextFilter(label=_("不再未满足的条件"), method="by_code")

    class Meta:
        model = TrialCompany
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[TrialCompany], name: str, value: str) -> QuerySet[TrialCompany]:
        """Firm's name or code."""
        return queryset.filter(company__name__icontains=value) | queryset.filter(company__uscc__iexact=value)

    def by_code(self, queryset: QuerySet[TrialCompany], name: str, value: str) -> QuerySet[TrialCompany]:
        """One whole criterion code."""
        return queryset.filter(**{f"{name}__contains": f" {value.strip()} "})


def _overall(value: str) -> Any:
    return OVERALLS.get(value, "—")
