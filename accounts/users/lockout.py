"""Guessing of passwords: which pair of account and address is locked, which address must wait, which browser is exempt.

Account names are kept as keyed digests here: what is typed into the wrong box may be a password.
"""

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog
from django.conf import settings
from django.core import signing
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.users.models import User

LOCK = timedelta(minutes=30)
WINDOW = timedelta(minutes=10)
FREE_FAILURES = 50
LONGEST_DELAY = 60
KNOWN_DEVICE_FAILURES = 20
DEVICE_AGE = 180 * 24 * 3600
_KNOWN = "known device"


def digest_of(username: str) -> str:
    """A keyed digest (32 hex digits) of an account name; the same for all its spellings in case and width."""
    plain = unicodedata.normalize("NFKC", username).casefold().strip()
    return salted_hmac("accounts.sign-in", plain.encode("utf-8", "replace"), algorithm="sha256").hexdigest()[:32]


def username_for_axes(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What django-axes stores instead of the typed name."""
    typed = credentials.get("username") if credentials else request.POST.get("username")
    return digest_of(str(typed or ""))


def address_of(request: HttpRequest) -> str:
    """The client's address, as the log records it."""
    return request.META.get("REMOTE_ADDR", "")


# a browser that signed in before


def _cookie_name(username: str) -> str:
    prefix = "__Host-" if settings.SESSION_COOKIE_SECURE else ""
    return f"{prefix}device-{digest_of(username)[:16]}"


def _mark(user: User) -> str:
    return salted_hmac("accounts.device", f"{user.pk}:{user.password}", algorithm="sha256").hexdigest()[:32]


def remember_device(response: HttpResponse, user: User) -> None:
    """Set the signed cookie that exempts this browser from the lock of this account; a new password makes it void."""
    response.set_cookie(
        _cookie_name(user.username),
        signing.dumps(_mark(user), salt="accounts.device"),
        max_age=DEVICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_known_device(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """Whether this browser signed in to the account asked for, and has not itself been used for guessing since."""
    username = str((credentials or {}).get("username") or "")
    answers: dict[str, bool] = request.__dict__.setdefault("_known_devices", {})
    if username not in answers:
        answers[username] = _is_known(request, username)
    return answers[username]


def _is_known(request: HttpRequest, username: str) -> bool:
    cookie = request.COOKIES.get(_cookie_name(username), "")
    if not cookie:
        return False
    try:
        mark = signing.loads(cookie, salt="accounts.device", max_age=DEVICE_AGE)
    except signing.BadSignature:
        return False
    user = User.objects.filter(username=username).first()
    if user is None or not constant_time_compare(str(mark), _mark(user)):
        return False
    failures = AccessFailureLog.objects.filter(username=digest_of(username), path_info=_KNOWN, attempt_time__gte=timezone.now() - LOCK)
    return failures.count() < KNOWN_DEVICE_FAILURES


# failures


def note_failure(request: HttpRequest, username: str) -> None:
    """Count one failed sign-in against its address."""
    address = address_of(request) or None
    AccessFailureLog.objects.create(
        username=digest_of(username),
        ip_address=address,
        user_agent="",
        http_accept="",
        path_info=_KNOWN if is_known_device(request, {"username": username}) else "",
        locked_out=bool(getattr(request, "axes_locked_out", False)),
    )


def forget_old_failures(*, now: datetime) -> int:
    """Drop what no rule reads any more: counts over a day old; returns how many."""
    AccessAttempt.objects.filter(attempt_time__lt=now - timedelta(days=1)).delete()
    return AccessFailureLog.objects.filter(attempt_time__lt=now - timedelta(days=1)).delete()[0]


def seconds_to_wait(request: HttpRequest, username: str, *, now: datetime) -> int:
    """How long this address must wait before its next try: 0 up to 50 failures in 10 minutes, then 2, 4 … at most 60 seconds.

    Counted from the last failure; a refused try does not count, so the wait always ends. A known device never waits.
    """
    recent = AccessFailureLog.objects.filter(ip_address=address_of(request) or None, attempt_time__gte=now - WINDOW)
    seen = recent.aggregate(count=Count("pk"), last=Max("attempt_time"))
    if seen["count"] < FREE_FAILURES or is_known_device(request, {"username": username}):
        return 0
    delay = min(LONGEST_DELAY, 2 ** (1 + (seen["count"] - FREE_FAILURES) // 10))
    left = delay - (now - seen["last"]).total_seconds()
    return max(0, -int(-left // 1))


def locked_until(username: str, address: str, *, now: datetime) -> datetime | None:
    """When the lock of this pair ends; None where it is not locked."""
    attempts = AccessAttempt.objects.filter(username=digest_of(username), ip_address=address or None, attempt_time__gt=now - LOCK)
    failures = list(attempts.order_by("attempt_time").values_list("failures_since_start", "attempt_time"))
    total = sum(count for count, _at in failures)
    for count, at in failures:
        total -= count
        if total < settings.AXES_FAILURE_LIMIT <= total + count:
            return at + LOCK
    return None


def unlock(username: str) -> int:
    """Forget the failures of an account at every address; returns how many pairs were held."""
    return AccessAttempt.objects.filter(username=digest_of(username)).delete()[0]


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """django-axes asks what a locked pair is told: the sign-in page has written it already."""
    return response
