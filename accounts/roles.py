"""The six roles of the product and the two guards every page uses."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from core.htmx import back, is_htmx


class Role(models.TextChoices):
    """One account has one role; a person never holds administrator together with approver or auditor."""

    OFFICER = "officer", _("专管员")
    APPROVER = "approver", _("审批人")
    CLERK = "clerk", _("数据员")
    AUDITOR = "auditor", _("督查")
    ENTERPRISE = "enterprise", _("企业用户")
    ADMINISTRATOR = "administrator", _("管理员")


STAFF: tuple[Role, ...] = (Role.OFFICER, Role.APPROVER, Role.CLERK, Role.AUDITOR)
EVERYBODY: tuple[Role, ...] = tuple(Role)

View = Callable[..., HttpResponseBase]


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Lead to the sign-in page, which comes back to this address; after a POST, and from a part of a page, to the page itself."""
    query = QueryDict(mutable=True)
    is_part = is_htmx(request)
    query["next"] = request.get_full_path() if request.method in {"GET", "HEAD"} and not is_part else back(request)
    address = f"{reverse('accounts:sign-in')}?{query.urlencode(safe='/')}"
    return HttpResponseClientRedirect(address) if is_part else HttpResponseRedirect(address)


def admit(request: HttpRequest, roles: tuple[Role, ...]) -> HttpResponseBase | None:
    """None when the user may open this page; a redirect to sign-in for nobody; Http404 for the wrong role.

    A page that is not for a role looks like a page that does not exist.
    """
    user = request.user
    if not user.is_authenticated:
        return to_sign_in(request)
    if user.role not in roles:
        raise Http404
    return None


def roles_required(*roles: Role) -> Callable[[View], View]:
    """Guard of a function view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return admit(request, roles) or view(request, *args, **kwargs)

        guarded.roles = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


class RolesRequiredMixin:
    """Guard of a class view: set `roles`."""

    roles: tuple[Role, ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse before anything is read."""
        return admit(request, self.roles) or super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class StaffRequiredMixin(RolesRequiredMixin):
    """Officer, approver, clerk and auditor."""

    roles = STAFF
