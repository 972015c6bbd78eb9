"""Table and filters of 差一点."""

import re
from typing import Any

from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from companies.figures.catalogue import CATALOGUE
from companies.figures.words import fact_label
from core.filters import ChoiceFilter, TextFilter
from core.tables import Column, NumberColumn
from policies.reach.keeping import NEAR
from policies.reach.models import Reach
from policies.reach.tables import ReachFilterSet, ReachTable, part_shown
from policies.standards import sayings

CODE = RegexValidator(re.compile(r"^[A-Za-z0-9.\-]{1,20}\Z"))


def fact_choices() -> list[tuple[str, str]]:
    """The facts by name, in the language in force."""
    return [(code, str(fact_label(fact))) for code, fact in CATALOGUE.items()]


class NearMissTable(ReachTable):
    """One row per firm and title."""

    caption = _("差一点")
    shown = (
        "company",
        "district",
        "title",
        "open_count",
        "open_codes",
        "open_permille",
        "nearest_text",
        "missing_facts",
        "application_year",
        "officer",
    )

    open_count = NumberColumn(_("还差"), unit=_("项"))
    open_codes = Column(_("还差的条件"), attrs={"td": {"class": "nowrap"}})
    open_permille = Column(_("差距"), unit=_("占门槛"), num=True)
    nearest_text = Column(_("最近的差距"))
    missing_facts = Column(_("还缺的指标"))
    application_year = Column(_("赶得上的批次"))
    earliest_year = Column(_("最早可申报"))

    def door(self, record: Reach) -> str:
        """The gap sheet."""
        return reverse("policies:sheet", args=[record.company.uscc, record.title.code])

    def render_open_codes(self, value: str) -> str:
        """Codes as the sheet names them."""
        return "、".join(value.split())

    def render_open_permille(self, value: int) -> str:
        """Of the line, in per cent."""
        return part_shown(value)

    def render_nearest_text(self, value: str) -> Any:
        """The engine's phrase in the reader's language."""
        return sayings.marked(value)

    def render_missing_facts(self, value: str) -> str:
        """The facts by name."""
        return "、".join(str(fact_label(CATALOGUE[code])) if code in CATALOGUE else code for code in value.split()) or "—"


class NearMissFilterSet(ReachFilterSet):
    """And by number of open criteria, one of them, and one of the missing facts."""

    open = ChoiceFilter(label=_("还差"), field_name="open_count", choices=[(number, number) for number in range(1, NEAR + 1)])
    criterion = TextFilter(label=_("条件代码"), method="by_criterion", validators=[CODE])
    fact = ChoiceFilter(label=_("缺的指标"), choices=fact_choices, method="by_fact")

    def by_criterion(self, queryset: QuerySet[Reach], name: str, value: str) -> QuerySet[Reach]:
        """Rows that lack one criterion."""
        return queryset.filter(open_codes__contains=f" {value} ")

    def by_fact(self, queryset: QuerySet[Reach], name: str, value: str) -> QuerySet[Reach]:
        """Rows that lack one fact."""
        return queryset.filter(missing_facts__contains=f" {value} ")
