"""Signing in and out, changing one's password, and the sessions of an account: each ends on the server."""

import time
from datetime import date, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import services as audit
from accounts.inbox import services as inbox
from accounts.users import lockout
from accounts.users.models import SignIn, User

if TYPE_CHECKING:
    from datetime import datetime

STARTED, SEEN, WRONG_PASSWORDS = "started", "seen", "wrong_passwords"
TOUCH_SECONDS = 60
WRONG_PASSWORDS_ALLOWED = 5
SIGN_INS_KEPT_DAYS = 180


@receiver(user_logged_in)
def _begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Every session, whoever opened it, starts its clocks here; Django has just given it a new id."""
    now = int(time.time())
    request.session[STARTED], request.session[SEEN] = now, now
    if request.session.session_key is None:
        request.session.create()
    moment = timezone.now()
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "started_at": moment,
            "seen_at": moment,
            "address": lockout.address_of(request) or None,
            "agent": request.META.get("HTTP_USER_AGENT", "")[:200],
            "ended_at": None,
        },
    )


def reason_to_end(session: Any, *, now: float) -> str:
    """`idle` after 30 minutes without a request, `absolute` after 12 hours or without clocks, else ""."""
    started, seen = session.get(STARTED), session.get(SEEN)
    if not isinstance(started, int) or not isinstance(seen, int) or now - started > settings.SESSION_ABSOLUTE_SECONDS:
        return "absolute"
    return "idle" if now - seen > settings.SESSION_IDLE_SECONDS else ""


def touch(session: Any, *, now: float) -> None:
    """Note that the session is in use; writes at most once a minute."""
    if now - session[SEEN] >= TOUCH_SECONDS:
        session[SEEN] = int(now)
        SignIn.objects.filter(session_key=session.session_key).update(seen_at=timezone.now())


def leave(request: HttpRequest) -> None:
    """End the request's session on the server; the browser is nobody from here on."""
    key = request.session.session_key
    logout(request)
    SignIn.objects.filter(session_key=key, ended_at__isnull=True).update(ended_at=timezone.now())


@transaction.atomic
def sign_in(request: HttpRequest, user: User) -> None:
    """Open a session with a new id for a user who proved to be themself."""
    login(request, user)
    audit.record("user.signed_in", actor=user, target=user)


@transaction.atomic
def sign_out(request: HttpRequest, user: User) -> None:
    """End the own session."""
    leave(request)
    audit.record("user.signed_out", actor=user, target=user)


@transaction.atomic
def sign_in_failed(request: HttpRequest, username: str) -> None:
    """Count and log a failed sign-in; the account's owner is told when it locks. Names nobody has are logged as a digest."""
    lockout.note_failure(request, username)
    user = User.objects.select_related("person", "district").filter(username=username).first()
    is_new_lock = bool(getattr(request, "axes_locked_out", False)) and bool(getattr(request, "axes_failures_since_start", None))
    if user is not None and is_new_lock:
        until = lockout.locked_until(username, lockout.address_of(request), now=timezone.now())
        inbox.notify(
            user,
            matter="account:locked",
            kind="security",
            text=_("有人在地址 %(address)s 用您的账号连续登录失败，该地址已暂停登录到 %(until)s。不是您本人操作的，请修改密码。")
            % {"address": lockout.address_of(request), "until": clock(until)},
            url="/settings/",
        )
    action = "user.sign_in_locked" if getattr(request, "axes_locked_out", False) else "user.sign_in_failed"
    who = _("已有账号") if user is not None else _("未知账号 %(digest)s") % {"digest": lockout.digest_of(username)[:12]}
    audit.record_refusal(action, actor=None, target=user, reason=who)


def clock(moment: "datetime | None") -> str:
    """`14:20`, local time; empty for None."""
    return f"{timezone.localtime(moment):%H:%M}" if moment else ""


def password_change(request: HttpRequest, user: User, *, password: str) -> None:
    """Set the own password, already checked; this session goes on under a new id, all others end."""
    with transaction.atomic():
        old_key = request.session.session_key
        set_password(user, password, is_temporary=False)
        update_session_auth_hash(request, user)
        request.session.pop(WRONG_PASSWORDS, None)
        SignIn.objects.filter(session_key=old_key).update(session_key=request.session.session_key)
        ended = end_sessions(SignIn.objects.filter(user=user).exclude(session_key=request.session.session_key))
        audit.record("user.password_changed", actor=user, target=user, after={"ended_sessions": ended})


def set_password(user: User, password: str, *, is_temporary: bool) -> None:
    """Store the hash; a temporary password must be changed before anything else."""
    user.set_password(password)
    user.must_change_password, user.password_changed_at = is_temporary, timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def password_refused(request: HttpRequest, user: User) -> bool:
    """Log a wrong current password; after five in one session the session ends (returns True): its screen may be somebody else's."""
    audit.record_refusal("user.password_refused", actor=user, target=user, reason=_("当前密码不对"))
    count = int(request.session.get(WRONG_PASSWORDS, 0)) + 1
    request.session[WRONG_PASSWORDS] = count
    if count < WRONG_PASSWORDS_ALLOWED:
        return False
    sign_out(request, user)
    return True


def open_sessions(*, user: User, now: "datetime") -> QuerySet[SignIn]:
    """Sessions of an account that are still open, the latest used first."""
    return SignIn.objects.filter(
        user=user,
        ended_at__isnull=True,
        started_at__gt=now - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS),
        seen_at__gt=now - timedelta(seconds=settings.SESSION_IDLE_SECONDS + TOUCH_SECONDS),
    )


def end_sessions(sign_ins: QuerySet[SignIn]) -> int:
    """Delete these sessions on the server; returns how many were open."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    still_open = list(sign_ins.filter(ended_at__isnull=True))
    for sign_in in still_open:
        store(sign_in.session_key).delete()
    SignIn.objects.filter(pk__in=[sign_in.pk for sign_in in still_open]).update(ended_at=timezone.now())
    return len(still_open)


@transaction.atomic
def session_end(*, by: User, sign_in: SignIn) -> None:
    """End one session, the own or, as administrator, anyone's; `sign_in` comes from `visible_to`."""
    end_sessions(SignIn.objects.filter(pk=sign_in.pk))
    audit.record("user.session_ended", actor=by, target=sign_in.user, before={"address": sign_in.address, "agent": sign_in.agent})


def sweep(day: date) -> dict[str, Any]:
    """Daily: forget expired sessions, sign-ins that began over 180 days before `day`, and failures over a day old."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    sign_ins, _rows = SignIn.objects.filter(started_at__date__lt=day - timedelta(days=SIGN_INS_KEPT_DAYS)).delete()
    return {"sign_ins": sign_ins, "failures": lockout.forget_old_failures(now=timezone.now())}
