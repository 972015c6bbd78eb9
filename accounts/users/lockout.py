"""What a locked pair of account and address is told, and which device is exempt."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.htmx import refuse

COOKIE = "device"


def is_known_device(request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
    """Whether this browser signed in to this account before (signed cookie set then)."""
    username = (credentials or {}).get("username", "")
    return bool(username) and request.get_signed_cookie(COOKIE, default="", salt="device") == username


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None, *args: Any, **kwargs: Any) -> HttpResponse:
    """429 with until when, in our words; the same for known and unknown names."""
    return refuse(request, _("失败次数过多，这个账号在本地址暂停登录 30 分钟。"), remedy=_("30 分钟后再试，或从您常用的电脑登录。"), status=429)
