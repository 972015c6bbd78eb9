"""The only way the portal comes to a company: the signed-in user's own open membership."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import Http404
from django.utils.timezone import localdate

from accounts.roles import Role
from companies.register.models import Company

if TYPE_CHECKING:
    from accounts.users.models import User


def my_company(user: "User") -> Company:
    """The user's firm today. Raises Http404 for other roles, ended memberships and withdrawn firms alike."""
    if user.role != Role.ENTERPRISE or not user.is_active:
        raise Http404
    today = localdate()
    open_now = Q(members__ends_on__isnull=True) | Q(members__ends_on__gte=today)
    company = (
        Company.objects.filter(open_now, members__user=user, members__starts_on__lte=today, withdrawn_on__isnull=True)
        .select_related("district")
        .order_by("members__pk")
        .first()
    )
    if company is None:
        raise Http404
    return company
