"""Who may do what with a run."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.roles import Role
from accounts.scope import covers
from companies.imports.models import ImportRun
from core.errors import NotPermitted

if TYPE_CHECKING:
    from accounts.users.models import User


def may_upload(user: "User") -> bool:
    """Clerks, and officers for their own firms."""
    return user.is_active and user.role in {Role.CLERK, Role.OFFICER}


def require_uploader(user: "User") -> None:
    """Raise NotPermitted unless the user may upload workbooks."""
    if not may_upload(user):
        raise NotPermitted(_("导入由数据员和专管员办理，您可以查看。"))


def has_hand(user: "User", run: ImportRun) -> bool:
    """The uploader and clerks, while their scope covers the run."""
    if not covers(user, run.district_id):
        return False
    return user.role == Role.CLERK or (run.uploaded_by_id == user.pk and may_upload(user))


def require_hand(user: "User", run: ImportRun) -> None:
    """Raise NotPermitted unless the user may go on with the run or take it back."""
    if not has_hand(user, run):
        raise NotPermitted(_("只有上传人和本地数据员可以办理这次导入。"))
