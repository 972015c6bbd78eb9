"""工作台: the home page of each staff role."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from accounts.roles import STAFF, Role, to_sign_in
from core.menu import door
from cultivation.workbench import selectors

ELSEWHERE = {Role.ENTERPRISE: "portal:home", Role.ADMINISTRATOR: "accounts:settings"}


@require_safe
def workbench(request: HttpRequest) -> HttpResponseBase:
    """Counts that open lists; who has no workbench goes to their own first page, nobody to the sign-in page."""
    user = request.user
    if not user.is_authenticated:
        return to_sign_in(request)
    if user.role not in STAFF:
        return HttpResponseRedirect(door(ELSEWHERE[Role(user.role)]))
    context = selectors.context_for(user, localdate())
    response: HttpResponse = render(request, "cultivation/workbench/home.html", context)
    return response
