"""Reads decisions for the inbox, the counters and one decision's page."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.timezone import localdate

from accounts.decisions.models import Decision, DecisionHand, DecisionState
from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.users.models import User


def decisions_for_list(*, user: "User") -> QuerySet[Decision]:
    """Decisions the user may open, with what the inbox shows; filter by state, kind, district."""
    return Decision.objects.visible_to(user).select_related("district", "proposer__person", "decider__person")


def decisions_waiting_for(*, user: "User") -> QuerySet[Decision]:
    """待我审批: submitted, within the approver's scope, in which the person had no hand. None for other roles."""
    if user.role != Role.APPROVER or not user.is_active:
        return Decision.objects.none()
    waiting = Decision.objects.visible_to(user).waiting()
    if user.district_id is not None:
        waiting = waiting.filter(level="district")
    return waiting.exclude(pk__in=DecisionHand.objects.filter(person_id=user.person_id).values("decision_id"))


def decisions_of(*, user: "User") -> QuerySet[Decision]:
    """我提交的: proposed by this account."""
    return Decision.objects.visible_to(user).filter(proposer=user)


def working_days_since(start: date | None, today: date | None = None) -> int:
    """Monday to Friday between two days, the first not counted; public holidays are not known and count as working days."""
    if start is None:
        return 0
    today = today or localdate()
    weeks, rest = divmod((today - start).days, 7)
    extra = sum(1 for offset in range(1, rest + 1) if (start + timedelta(days=weeks * 7 + offset)).weekday() < 5)
    return max(0, weeks * 5 + extra)


def waiting_count(user: "User") -> int:
    """The number beside 审批 in the menu."""
    return decisions_waiting_for(user=user).filter(state=DecisionState.SUBMITTED).count()
