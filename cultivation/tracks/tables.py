"""Table and filters of 培育库: one row per track."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.users.models import District
from companies.recognitions.models import Title
from core.filters import ChoiceFilter, FilterSet, IntegerFilter, ModelChoiceFilter, TextFilter
from core.tables import Column, DayColumn, NumberColumn, Table
from core.templatetags import tidu
from cultivation.tracks.models import Track, TrackState
from cultivation.tracks.selectors import tracks_with_open_move
from policies.standards import sayings
from policies.standards.drawing import stale_marked
from policies.standards.models import Overall

YES_NO = [("1", _("是")), ("0", _("否"))]
MINE = "me"


class TrackTable(Table):
    """One row per track; counts are 条."""

    caption = _("培育库")
    row_header = "company"
    shown = (
        "company",
        "title",
        "state",
        "entered_pool_on",
        "open_count",
        "unknown_count",
        "nearest_text",
        "earliest_year",
        "officer",
        "waiting",
    )

    company = Column(_("企业"), accessor="company__name", export="company__name")
    uscc = Column(_("统一社会信用代码"), accessor="company__uscc")
    district = Column(_("区、县（市）"), accessor="company__district", export="company__district__name")
    title = Column(_("称号"), accessor="title__short", export="title__short_name", attrs={"td": {"class": "nowrap"}})
    state = Column(_("所在库"))
    is_main = Column(_("主培育称号"))
    entered_pool_on = DayColumn(_("入库日期"))
    open_count = NumberColumn(_("还差"), unit=_("项"))
    unknown_count = NumberColumn(_("缺数据"), unit=_("项"))
    outcome = Column(_("结论"), default=tidu.missing)
    nearest_text = Column(_("最近的差距"))
    earliest_year = Column(_("最早可申报"))
    officer = Column(_("专管员"), accessor="officer_name", default=_("未挂钩"))
    waiting = Column(_("待审批"), accessor="waiting_decision", export="waiting_decision")

    def render_company(self, value: str, record: Track) -> Any:
        """A door to the firm; an answer that is to be worked out anew says so."""
        link = format_html('<a href="{}">{}</a>', reverse("companies:company-detail", args=[record.company.uscc]), value)
        return stale_marked(link) if record.is_stale else link  # type: ignore[attr-defined]  # annotated by the selector

    def render_state(self, record: Track) -> Any:
        """Filled bars and the word."""
        return tidu.pool(record.state)

    def render_is_main(self, value: bool) -> Any:
        """是 or 否."""
        return _("是") if value else _("否")

    def render_nearest_text(self, value: str) -> Any:
        """The engine's phrase in the reader's language."""
        return sayings.marked(value)

    def render_outcome(self, value: str) -> Any:
        """The sheet's overall word."""
        return Overall(value).label

    def render_waiting(self, value: int) -> Any:
        """A door to the decision."""
        return format_html('<a class="tag accent" href="{}">{}</a>', reverse("accounts:decision-detail", args=[value]), _("待审批"))


class TrackFilterSet(FilterSet):
    """关键字, 称号, 所在库, 区县, 专管员, 还差项数, 结论, 待审批, 主培育称号."""

    q = TextFilter(label=_("关键字"), method="by_words")
    title = ModelChoiceFilter(label=_("称号"), queryset=Title.objects.filter(is_tracked=True), to_field_name="code")
    pool = ChoiceFilter(label=_("所在库"), field_name="state", choices=TrackState.choices)
    district = ModelChoiceFilter(
        label=_("区、县（市）"), field_name="company__district", queryset=District.objects.all(), to_field_name="code"
    )
    officer = TextFilter(label=_("专管员"), method="by_officer")
    open_at_most = IntegerFilter(label=_("还差不超过"), field_name="open_count", lookup_expr="lte")
    verdict = ChoiceFilter(label=_("结论"), field_name="outcome", choices=Overall.choices)
    waiting = ChoiceFilter(label=_("待审批"), choices=YES_NO, method="by_waiting")
    main = ChoiceFilter(label=_("主培育称号"), choices=YES_NO, method="by_main")

    class Meta:
        model = Track
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Track], name: str, value: str) -> QuerySet[Track]:
        """The firm's name or code."""
        return queryset.filter(Q(company__name__icontains=value) | Q(company__uscc__iexact=value))

    def by_officer(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Firms an officer keeps: by name or account, `me` for one's own."""
        if value == MINE:
            return queryset.filter(assignment__officer_id=self.request.user.pk)
        return queryset.filter(Q(assignment__officer__person__name=value) | Q(assignment__officer__username=value))

    def by_waiting(self, queryset: QuerySet[Track], name: str, value: str) -> QuerySet[Track]:
        """With or without a move that waits."""
        return queryset.filter(tracks_with_open_move()) if value == "1" else queryset.exclude(tracks_with_open_move())

    def by_main(self, queryset: QuerySet[Track], name: str, value: str) -> QuerySet[Track]:
        """A firm's main track: counts of firms (家)."""
        return queryset.filter(is_main=value == "1")
