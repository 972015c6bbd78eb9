"""Reads firms within reach of a title, for lists."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery

from companies.assignments.models import Assignment
from companies.recognitions.panels import in_force
from policies.reach.models import Reach
from policies.standards.models import Evaluation

if TYPE_CHECKING:
    from accounts.users.models import User


def reaches_of(*, user: "User", on: date) -> QuerySet[Any]:
    """Rows of the user's scope whose firm does not hold the title on the day."""
    held = in_force(on).filter(company=OuterRef("company"), title=OuterRef("title"))
    return Reach.objects.visible_to(user).filter(~Exists(held))


def reaches_for_list(*, user: "User", on: date) -> QuerySet[Any]:
    """As `reaches_of`, with firm, district, title, officer (`officer_name`) and whether the evaluation is to be made anew (`is_stale`)."""
    stale = Evaluation.objects.filter(Evaluation.stale_on(on), company=OuterRef("company"), title=OuterRef("title"))
    keeper = Assignment.objects.current().filter(company=OuterRef("company")).order_by()
    return (
        reaches_of(user=user, on=on)
        .select_related("company__district", "title")
        .annotate(
            is_stale=Exists(stale),
            officer_name=Subquery(keeper.values("officer__person__name")[:1]),
            # joined only where a filter asks for the officer
            assignment=FilteredRelation("company__assignments", condition=Q(company__assignments__ends_on__isnull=True)),
        )
    )
