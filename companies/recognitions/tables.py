"""Table and filters of the recognition list."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.users.models import District
from companies.recognitions.models import Batch, Recognition, Title
from companies.recognitions.selectors import STATUS_TAGS, STATUSES, has_moved_away, status_q
from core.filters import ChoiceFilter, FilterSet, ModelChoiceFilter, TextFilter
from core.tables import Column, DayColumn, Table
from core.templatetags import tidu


class RecognitionTable(Table):
    """One row per recognition, newest first."""

    caption = _("认定")
    row_header = "company"
    shown = ("company", "title", "application_type", "batch", "document_number", "happened_on", "valid_until", "status", "district")

    company = Column(_("企业"), accessor="company__name", export="company__name")
    uscc = Column(_("统一社会信用代码"), accessor="company__uscc")
    title = Column(_("称号"), accessor="title__short", export="title__short_name")
    application_type = Column(_("申请类型"))
    batch = Column(_("批次"), export="batch__name")
    document_number = Column(_("文号"))
    announced_on = DayColumn(_("公告日"))
    happened_on = DayColumn(_("认定日"))
    valid_until = Column(_("有效期至"), empty_values=())
    status = Column(_("状态"), accessor="state")
    district = Column(_("认定时属地"), export="district__name")
    known_on = DayColumn(_("知悉日"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.on = localdate()

    def render_company(self, value: str, record: Recognition) -> Any:
        """A door to the recognition; a firm that has moved away since is marked."""
        name = format_html('<a href="{}">{}</a>', reverse("companies:recognition-detail", args=[record.pk]), value)
        if has_moved_away(record, self.user):
            return format_html("{} {}", name, tidu.tag(_("已迁出"), "line"))
        return name

    def render_valid_until(self, record: Recognition) -> Any:
        """The day, or 长期."""
        return tidu.day(record.valid_until) if record.valid_until else _("长期")

    def value_valid_until(self, value: Any) -> Any:
        """The day itself in exports."""
        return value or _("长期")

    def render_status(self, record: Recognition) -> Any:
        """The status of today, with 未经冲刺库 and the stamp."""
        status = record.status_on(self.on)
        marks = tidu.tag(STATUSES[status], STATUS_TAGS[status])
        if record.is_outside_sprint:
            marks = format_html("{} {}", marks, tidu.tag(_("未经冲刺库"), "warn"))
        return format_html("{} {}", marks, tidu.tag(record.stamp, "line")) if record.stamp else marks


class RecognitionFilterSet(FilterSet):
    """关键字, 称号, 批次, 区县, 状态, 年度, 未经冲刺库."""

    q = TextFilter(label=_("关键字"), method="by_words")
    title = ModelChoiceFilter(label=_("称号"), queryset=Title.objects.recognisable(), to_field_name="code")
    district = ModelChoiceFilter(label=_("认定时属地"), queryset=District.objects.all(), to_field_name="code")
    batch = ModelChoiceFilter(label=_("批次"), queryset=Batch.objects.select_related("title"))
    status = ChoiceFilter(label=_("状态"), choices=list(STATUSES.items()), method="by_status")
    outside = ChoiceFilter(label=_("未经冲刺库"), choices=[("1", _("是")), ("0", _("否"))], method="by_outside")

    class Meta:
        model = Recognition
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Recognition], name: str, value: str) -> QuerySet[Recognition]:
        """Firm's name or code, or the document's number."""
        return (
            queryset.filter(company__name__icontains=value)
            | queryset.filter(company__uscc__iexact=value)
            | queryset.filter(document_number__icontains=value)
        )

    def by_status(self, queryset: QuerySet[Recognition], name: str, value: str) -> QuerySet[Recognition]:
        """The status today."""
        return queryset.filter(status_q(value, localdate()))

    def by_outside(self, queryset: QuerySet[Recognition], name: str, value: str) -> QuerySet[Recognition]:
        """未经冲刺库 or not."""
        return queryset.filter(is_outside_sprint=value == "1")
