"""What an assignment shows on the register's pages: the officer as a fact of the firm, as a column and as a filter."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from companies.assignments.models import Assignment
from companies.register import slots
from companies.register.models import Company
from core.filters import TextFilter
from core.prepared import Prepared

MINE = "me"


_current = Prepared(lambda company: Assignment.objects.current().filter(company=company).select_related("officer__person"))


def officer_fact(asked: slots.PanelRequest) -> dict[str, Any]:
    """The officer who keeps the firm today, or None in `officer`."""
    current = next(iter(_current(company=asked.company.pk)), None)
    return {"officer": current.officer if current else None, "since": current.starts_on if current else None}


def officer_name() -> Subquery:
    """Name of today's officer of each firm, read with the rows."""
    current = Assignment.objects.current().filter(company=OuterRef("pk")).order_by()
    return Subquery(current.values("officer__person__name")[:1])


class OfficerFilter(TextFilter):
    """专管员 by name or account; `me` is the user."""

    def filter(self, qs: QuerySet[Company], value: str) -> QuerySet[Company]:
        """Firms kept by that officer today."""
        if not value:
            return qs
        kept = Assignment.objects.current()
        user = getattr(self.parent.request, "user", None)
        if value == MINE and user is not None:
            return qs.filter(pk__in=kept.filter(officer_id=user.pk).values("company_id"))
        same = Q(officer__person__name=value) | Q(officer__username=value)
        return qs.filter(pk__in=kept.filter(same).values("company_id"))


def officer_filter() -> OfficerFilter:
    """For the slot."""
    return OfficerFilter(label=_("专管员"))
