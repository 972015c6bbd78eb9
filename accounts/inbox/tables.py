"""Filters and columns of the notices."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.inbox.models import Notice, NoticeQuerySet
from core.filters import ChoiceFilter, FilterSet
from core.tables import Column, Table

KINDS = {
    "decision": _("待审批"),
    "decision_result": _("审批结果"),
    "stale": _("数据已变"),
    "due": _("到期"),
    "handover": _("交接"),
    "import": _("导入完成"),
    "security": _("账号安全"),
}


class NoticeTable(Table):
    """Only names the column; the page draws a notice as a row of a list."""

    caption = _("通知")
    row_header = "text"

    text = Column(_("内容"))


class NoticeFilterSet(FilterSet):
    """全部 / 未读, kind."""

    state = ChoiceFilter(label=_("状态"), method="by_state", choices=[("unread", _("未读"))])
    kind = ChoiceFilter(label=_("类别"), choices=list(KINDS.items()))

    class Meta:
        model = Notice
        fields: list[str] = []

    def by_state(self, queryset: NoticeQuerySet, name: str, value: str) -> QuerySet[Notice]:
        """Not yet read."""
        return queryset.unread()
