"""What this app hands to the frame when it starts: counters of the menu, jobs, checks of `verify`, daily work."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from accounts.audit import checks
from accounts.audit.outside import write_head
from accounts.audit.verify import chain_problems, items_problems, row_problems
from accounts.audit.words import register_actions
from accounts.decisions.models import Decision, DecisionState, Part
from accounts.decisions.selectors import waiting_count
from accounts.inbox.selectors import unread_count
from accounts.jobs import registry
from accounts.roles import Role
from accounts.users.services import ACTIONS
from core.context import register_counter


def _waiting(request: HttpRequest) -> int:
    user = request.user
    return waiting_count(user) if user.is_authenticated and user.role == Role.APPROVER else 0


def _unread(request: HttpRequest) -> int:
    return unread_count(user=request.user) if request.user.is_authenticated else 0


def decision_problems() -> Iterator[str]:
    """Approved or rejected decisions without two different persons, and decided ones whose decider left no hand."""
    decided = Decision.objects.filter(state__in=[DecisionState.APPROVED, DecisionState.REJECTED])
    for pk in decided.annotate(persons=Count("hands__person", distinct=True)).filter(persons__lt=2).values_list("pk", flat=True):
        yield f"decision {pk}: decided by fewer than two persons"
    for pk in decided.exclude(hands__part__in=[Part.SIGNED, Part.REJECTED]).values_list("pk", flat=True):
        yield f"decision {pk}: decided without a signature"
    for pk in Decision.objects.exclude(state=DecisionState.DRAFT).filter(digest="").values_list("pk", flat=True):
        yield f"decision {pk}: submitted without a digest"


def _daily_head(day: date) -> dict[str, Any]:
    return {"head": write_head()}


def connect() -> None:
    """Called once by the app registry."""
    register_counter("decisions", _waiting)
    register_counter("notices", _unread)
    register_actions(ACTIONS)
    checks.register("audit chain", chain_problems)
    checks.register("audit items", items_problems)
    checks.register("audited rows", row_problems)
    checks.register("decisions", decision_problems)
    registry.register_daily("audit head", _daily_head)
