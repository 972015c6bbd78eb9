"""Rules of a session: idle 30 minutes, at most 12 hours, and a temporary password is changed before anything else."""

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.users import sessions

# what may be opened with a temporary password
OPEN_DOORS = {"accounts:password-change", "accounts:sign-out", "accounts:sign-in", "set-language"}


class SessionRulesMiddleware:
    """Ends a session that was idle too long or is too old before any view runs; an open page costs no extra write."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        ended = ""
        if request.session.session_key and request.user.is_authenticated:
            now = time.time()
            ended = sessions.reason_to_end(request.session, now=now)
            if ended:
                sessions.leave(request)
            else:
                sessions.touch(request.session, now=now)
        response = self.get_response(request)
        return _say_why(response, ended) if ended else response

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


def _say_why(response: HttpResponseBase, ended: str) -> HttpResponseBase:
    """The way to the sign-in page names the reason."""
    location = response.get("Location", "")
    if response.status_code == 302 and location.startswith(reverse("accounts:sign-in")):
        response["Location"] = f"{location}{'&' if '?' in location else '?'}ended={ended}"
    return response
