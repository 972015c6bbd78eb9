"""The one place that decides which district's rows a user may see. Every `visible_to` asks here.

Staff see their district, city-scope staff all of it; enterprise users and administrators see no business rows by district.
"""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from accounts.roles import STAFF

if TYPE_CHECKING:
    from accounts.users.models import User

NOTHING = Q(pk__in=[])
# not an empty Q: `Q() | other` is `other`, which would hide from the city all but its own
EVERYTHING = ~NOTHING


def district_q(user: "User | AnonymousUser", *fields: str) -> Q:
    """Condition that keeps rows whose district (any of `fields`, as lookups to a District) is within the user's scope."""
    if not user.is_authenticated or not user.is_active or user.role not in STAFF:
        return NOTHING
    if user.district_id is None:
        return EVERYTHING
    condition = NOTHING
    for field in fields or ("district",):
        condition |= Q(**{field: user.district_id})
    return condition


def scoped(user: "User") -> tuple[str, dict[str, int]]:
    """Shape and values of `district_q` for a prepared statement: role, and the district where the scope is one."""
    return str(user.role), {} if user.district_id is None or user.role not in STAFF else {"district_id": user.district_id}


def stand_in(role: str, *, district_id: int | None = None, pk: int | None = None) -> "User":
    """An active account of that role and scope, never stored, to write a prepared statement for."""
    return get_user_model()(pk=pk, role=role, district_id=district_id, is_active=True)


def covers(user: "User | AnonymousUser", district_id: Any) -> bool:
    """Whether a row of that district (None: the city's own) lies within the staff user's scope."""
    if not user.is_authenticated or not user.is_active or user.role not in STAFF:
        return False
    return user.district_id is None or user.district_id == district_id
