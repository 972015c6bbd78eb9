"""Table and filters of the list 年底倒推: firms by days left and size of the gap."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from core.filters import ChoiceFilter
from core.tables import Column, NumberColumn
from policies.reach.models import Reach
from policies.reach.tables import ReachFilterSet, ReachTable, part_shown
from policies.standards import sayings

STATES = [("reachable", _("年底前做到即可申报")), ("enough", _("按现有数已够")), ("blocked", _("已关账或待时间"))]


# nobody has anything left to do before the filing
NOTHING_LEFT = {"todo_count": 0, "target_count": 0, "missing_count": 0, "blocked_count": 0}


class YearEndTable(ReachTable):
    """One row per firm and title within reach."""

    caption = _("年底倒推")
    shown = (
        *("company", "district", "title", "days_left", "todo_count", "target_count", "gap_permille", "words"),
        *("next_earliest_year", "officer"),
    )

    application_year = Column(_("申报"))
    days_left = Column(_("距填报"), accessor="filing_on", export="filing_on", default=_("未公布"), attrs={"td": {"class": "nowrap"}})
    todo_count = NumberColumn(_("还须完成"), unit=_("项"))
    target_count = NumberColumn(_("今年还没有数"), unit=_("项"))
    missing_count = NumberColumn(_("缺数据"), unit=_("项"))
    blocked_count = NumberColumn(_("已关账或待时间"), unit=_("项"))
    gap_permille = Column(_("最大差距"), unit=_("占门槛"), num=True)
    words = Column(_("最要紧的一条"), default=_("按现有数已够"))
    next_earliest_year = Column(_("最早可申报"))

    def door(self, record: Reach) -> str:
        """The page of the firm and title."""
        return reverse("policies:year-end", args=[record.company.uscc, record.title.code])

    def render_days_left(self, value: date) -> Any:
        """Days until the filing opens."""
        return _g("%(days)s 天") % {"days": (value - localdate()).days}

    def render_gap_permille(self, value: int) -> str:
        """Of the line, in per cent."""
        return part_shown(value)

    def render_words(self, value: str) -> Any:
        """The engine's sentence in the reader's language."""
        return sayings.marked(value)


class YearEndFilterSet(ReachFilterSet):
    """And by whether the next filing can still be met."""

    state = ChoiceFilter(label=_("来得及吗"), choices=STATES, method="by_state")

    def by_state(self, queryset: QuerySet[Reach], name: str, value: str) -> QuerySet[Reach]:
        """Blocked, enough as it stands, or still to do."""
        if value == "blocked":
            return queryset.filter(blocked_count__gt=0)
        open_ones = queryset.filter(blocked_count=0)
        return open_ones.filter(**NOTHING_LEFT) if value == "enough" else open_ones.exclude(**NOTHING_LEFT)
