"""Tables and filters of the runs and of the rows of one run."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from companies.imports.models import ImportRow, ImportRun, ImportState, RowVerdict
from companies.imports.words import STATE_TAGS, VERDICT_TAGS, brought_by, reason_lines
from core.filters import ChoiceFilter, FilterSet, TextFilter
from core.tables import Column, NumberColumn, Table
from core.templatetags import tidu


class RunTable(Table):
    """One row per upload, newest first."""

    caption = _("数据导入")
    row_header = "file"
    shown = ("file", "source", "state", "new", "changed", "unchanged", "refused", "uploaded_by", "uploaded_at")

    file = Column(_("文件"), accessor="file__name", export="file__name")
    source = Column(_("口径"))
    state = Column(_("状态"))
    new = NumberColumn(_("新增"), accessor="totals")
    changed = NumberColumn(_("更新"), accessor="totals")
    unchanged = NumberColumn(_("无变化"), accessor="totals")
    refused = NumberColumn(_("拒绝"), accessor="totals")
    district = Column(_("区、县（市）"), accessor="district__name", default=_("全市"))
    uploaded_by = Column(_("上传人"), accessor="uploaded_by__name")
    uploaded_at = Column(_("上传时间"))

    def render_file(self, value: str, record: ImportRun) -> Any:
        """A door to the run."""
        return format_html('<a href="{}">{}</a>', reverse("companies:import-detail", args=[record.pk]), value)

    def render_state(self, value: str, record: ImportRun) -> Any:
        """The state as a tag, with the stamp."""
        mark = tidu.tag(value, STATE_TAGS[ImportState(record.state)])
        return format_html("{} {}", mark, tidu.tag(record.stamp, "line")) if record.stamp else mark

    def _count(self, record: ImportRun, verdict: str) -> Any:
        number = record.totals.get(verdict)
        if number is None:
            return "—"
        url = reverse("companies:import-row-list", args=[record.pk])
        return format_html('<a href="{}?verdict={}">{}</a>', url, verdict, tidu.count(number))

    def render_new(self, record: ImportRun) -> Any:
        """A door to these rows."""
        return self._count(record, "new")

    def render_changed(self, record: ImportRun) -> Any:
        """A door to these rows."""
        return self._count(record, "changed")

    def render_unchanged(self, record: ImportRun) -> Any:
        """A door to these rows."""
        return self._count(record, "unchanged")

    def render_refused(self, record: ImportRun) -> Any:
        """A door to these rows."""
        return self._count(record, "refused")

    def value_new(self, record: ImportRun) -> Any:
        """The number."""
        return record.totals.get("new")

    def value_changed(self, record: ImportRun) -> Any:
        """The number."""
        return record.totals.get("changed")

    def value_unchanged(self, record: ImportRun) -> Any:
        """The number."""
        return record.totals.get("unchanged")

    def value_refused(self, record: ImportRun) -> Any:
        """The number."""
        return record.totals.get("refused")

    def render_uploaded_at(self, value: Any) -> Any:
        """Day and minute."""
        return tidu.moment(value)


class RunFilterSet(FilterSet):
    """By state and file name."""

    q = TextFilter(field_name="file__name", lookup_expr="icontains", label=_("文件名"))
    state = ChoiceFilter(choices=ImportState.choices, label=_("状态"))


class RowTable(Table):
    """One row per row of the workbook, with every reason against it or what it brings."""

    caption = _("导入的行")
    row_header = "place"
    shown = ("place", "company", "uscc", "verdict", "content")

    place = Column(_("位置"), accessor="number", attrs={"td": {"class": "nowrap"}})
    company = Column(_("企业"), accessor="values")
    uscc = Column(_("统一社会信用代码"), attrs={"td": {"class": "uscc"}})
    verdict = Column(_("结论"))
    content = Column(_("内容"), accessor="values")

    def render_place(self, record: ImportRow) -> Any:
        """Sheet and row as in Excel."""
        return self.value_place(record)

    def value_place(self, record: ImportRow) -> str:
        """Sheet and row as in Excel."""
        return _g("%(sheet)s 第 %(number)s 行") % {"sheet": record.sheet, "number": record.number}

    def render_company(self, record: ImportRow) -> Any:
        """The name the file or the register has."""
        return self.value_company(record)

    def value_company(self, record: ImportRow) -> str:
        """The name the file or the register has."""
        return record.values.get("name") or "—"

    def render_verdict(self, value: str, record: ImportRow) -> Any:
        """As a tag."""
        return tidu.tag(value, VERDICT_TAGS[RowVerdict(record.verdict)])

    def render_content(self, record: ImportRow) -> Any:
        """Every reason, or what is brought, one line each."""
        return format_html_join("", '<p class="small">{}</p>', ((line,) for line in _lines(record)))

    def value_content(self, record: ImportRow) -> str:
        """The same lines as one text."""
        return "\n".join(_lines(record))


def _lines(record: ImportRow) -> Sequence[str]:
    lines = reason_lines(record) if record.verdict == RowVerdict.REFUSED else brought_by(record)
    return [*lines, record.note] if record.note else lines


def _by_code(queryset: QuerySet[ImportRow], name: str, value: str) -> QuerySet[ImportRow]:
    return queryset.filter(uscc__startswith=value.strip().upper())


class RowFilterSet(FilterSet):
    """By verdict, sheet and credit code."""

    q = TextFilter(method=_by_code, label=_("统一社会信用代码"))
    verdict = ChoiceFilter(choices=RowVerdict.choices, label=_("结论"))
    sheet = ChoiceFilter(choices=(), label=_("工作表"))

    def __init__(self, *args: Any, sheets: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["sheet"].extra["choices"] = [(sheet, sheet) for sheet in sheets]
