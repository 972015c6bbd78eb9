"""Who may sign: an approver of the right scope, with no hand in the proposal, who does not keep the firm."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.decisions.errors import HadAHand, IsTheOfficer, NotAuthorised
from accounts.decisions.kinds import decision_kind
from accounts.decisions.models import Decision, Level
from accounts.roles import Role
from accounts.users.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def _needed(decision: Decision) -> str:
    if decision.level == Level.CITY or decision.district_id is None:
        return _("市级审批人")
    return _("%(district)s或市级审批人") % {"district": decision.district}


def _is_approver_of(user: "User | AnonymousUser", decision: Decision) -> bool:
    if not isinstance(user, User) or not user.is_active or user.role != Role.APPROVER:
        return False
    if user.district_id is None:
        return True
    return decision.level == Level.DISTRICT and user.district_id == decision.district_id


def require_authority(user: "User", decision: Decision) -> None:
    """Raise NotAuthorised, HadAHand or IsTheOfficer; nothing when the user may decide.

    Hands count persons, not accounts: a second account, a role gained later or a delegation changes nothing.
    """
    if decision.hands.filter(person_id=user.person_id).exists():
        raise HadAHand
    if not _is_approver_of(user, decision):
        raise NotAuthorised(_needed(decision))
    if user.person_id in {person.pk for person in decision_kind(decision).barred_persons(decision)}:
        raise IsTheOfficer


def may_decide(user: "User", decision: Decision) -> bool:
    """Whether `require_authority` would let the user pass."""
    try:
        require_authority(user, decision)
    except (HadAHand, IsTheOfficer, NotAuthorised):
        return False
    return True


def possible_signers(decision: Decision, *, barred: "set[int] | None" = None) -> QuerySet[User]:
    """谁能批: active approvers who may decide this, by name. `barred` adds persons (the one about to propose)."""
    city = Q(district__isnull=True)
    scope = city if decision.level == Level.CITY or decision.district_id is None else city | Q(district_id=decision.district_id)
    out = set(barred or ())
    if decision.pk:
        out |= set(decision.hands.values_list("person_id", flat=True))
    out |= {person.pk for person in decision_kind(decision).barred_persons(decision)}
    return (
        User.objects.filter(scope, role=Role.APPROVER, is_active=True)
        .exclude(person_id__in=out)
        .select_related("person", "district", "office")
    )
