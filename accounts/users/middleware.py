"""Rules of a session: idle 30 minutes, at most 12 hours, and a temporary password is changed before anything else."""

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.users import sessions
from core.typed import Typed, keep, typed_in

PLACES = ("Location", "HX-Redirect")

# what may be opened with a temporary password
OPEN_DOORS = {"accounts:password-change", "accounts:sign-out", "accounts:sign-in", "set-language"}


class SessionRulesMiddleware:
    """Ends a session that was idle too long or is too old before any view runs; an open page costs no extra write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        ended, typed, account = "", Typed([]), None
        if request.session.session_key and request.user.is_authenticated:
            now = time.time()
            ended = sessions.reason_to_end(request.session, now=now)
            if ended:
                typed, account = typed_in(request), request.user.pk
                sessions.leave(request)
            else:
                sessions.touch(request.session, now=now)
        response = self.get_response(request)
        if ended and _leads_to_sign_in(response):
            keep(request, typed, of=account)
            _say_why(response, ended)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """A temporary password opens nothing but the page that replaces it."""
        user = request.user
        if not user.is_authenticated or not user.must_change_password:
            return None
        if request.resolver_match and request.resolver_match.view_name in OPEN_DOORS:
            return None
        address = reverse("accounts:password-change")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(address)
        return HttpResponseRedirect(address)


def _leads_to_sign_in(response: HttpResponseBase) -> bool:
    return any(response.get(header, "").startswith(reverse("accounts:sign-in")) for header in PLACES)


def _say_why(response: HttpResponseBase, ended: str) -> None:
    """The way to the sign-in page names the reason."""
    for header in PLACES:
        if header in response:
            response[header] += f"{'&' if '?' in response[header] else '?'}ended={ended}"
