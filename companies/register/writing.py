"""Who may write to a firm: its figures, incidents and papers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.roles import Role
from accounts.scope import covers
from companies.register.models import Company
from core.errors import NotPermitted

if TYPE_CHECKING:
    from accounts.users.models import User


def keeps(user: "User", company: Company) -> bool:
    """Whether the officer keeps the firm today."""
    return company.assignments.filter(officer_id=user.pk, ends_on__isnull=True).exists()


def may_write(user: "User", company: Company) -> bool:
    """Clerks in their scope; officers for the firms they keep today."""
    if not covers(user, company.district_id):
        return False
    return user.role == Role.CLERK or (user.role == Role.OFFICER and keeps(user, company))


def require_writer(user: "User", company: Company) -> None:
    """Raise NotPermitted, with the way out, unless the user may write to the firm."""
    if not may_write(user, company):
        raise NotPermitted(_("只有本企业的专管员和本地数据员可以录入，请联系企业的专管员。"))
