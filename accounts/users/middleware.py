"""Idle and absolute ends of a session; touches its row at most once a minute."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

TOUCH_SECONDS = 60


class SessionRulesMiddleware:
    """Signs out a session that was idle too long or is too old, before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.session.session_key and request.user.is_authenticated:
            now = int(time.time())
            started, seen = request.session.get("started", now), request.session.get("seen", now)
            if now - started > settings.SESSION_ABSOLUTE_SECONDS or now - seen > settings.SESSION_IDLE_SECONDS:
                logout(request)
            elif now - seen >= TOUCH_SECONDS or "seen" not in request.session:
                request.session["seen"], request.session["started"] = now, started
        return self.get_response(request)
