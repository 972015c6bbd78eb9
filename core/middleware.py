"""What every request passes: a number of its own, limits on its input, headers of private pages, words for refusals."""

import logging
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from core.errors import NotPermitted, Refusal
from core.hooks import hooks
from core.htmx import refuse
from core.requestinfo import RequestInfo, through
from core.text import refused_character

logger = logging.getLogger("tidu.request")
GetResponse = Callable[[HttpRequest], HttpResponseBase]
PERMISSIONS = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
MIB = 1 << 20
FILES_AT_ONCE = 2
_NO_NUL = re.compile(r"%00", re.ASCII)


class ClientAddressMiddleware:
    """Behind proxies that are named in TRUSTED_PROXIES the client's address is the last one in X-Forwarded-For that is not a proxy's own.

    Everybody else may write what they like into that header: it is not read. What a proxy passes on unread is not believed either.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.trusted = [ip_network(one) for one in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        address = request.META.get("REMOTE_ADDR", "")
        if self.trusted and self._is_trusted(address):
            for passed in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                if not _is_address(passed.strip()):
                    break
                address = passed.strip()
                if not self._is_trusted(address):
                    break
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self.trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class RequestIdMiddleware:
    """Gives each request a number, `request.request_id`, that logs, audit entries and error pages share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = uuid4().hex[:12]  # type: ignore[attr-defined]
        info = RequestInfo(request_id=request.request_id, door=_door(request), address=request.META.get("REMOTE_ADDR", ""))  # type: ignore[attr-defined]
        with through(info):
            response = self.get_response(request)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def _door(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


class InputGuardMiddleware:
    """Refuses what no page understands: an overlong query string, NUL or half characters (400), a body no form can need (413)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        most = settings.LIMITS["query_string_bytes"]
        if len(query) > most:
            return bad_request_text(
                _("地址太长：最多 %(most)s 字节，现有 %(length)s 字节。请减少筛选条件。")
                % {"most": f"{most:,}", "length": f"{len(query):,}"}
            )
        if _NO_NUL.search(query) or "\x00" in request.path or _has_half_character(request.path):
            return bad_request_text(_("地址里有不能使用的不可见字符，请删除后再打开。"))
        # before a byte of it is read: what is uploaded would be written to disk first and measured afterwards
        if _length(request) > largest_body():
            words = {"size": f"{_length(request) / MIB:,.0f}", "most": settings.LIMITS["upload_bytes"] // MIB}
            return bad_request_text(_("提交的内容有 %(size)s MB，单个文件最多 %(most)s MB。请压缩或拆分后再上传。") % words, status=413)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Views that clean their own text (`cleans_text`) answer with a message at the field instead."""
        if request.method != "POST" or getattr(getattr(view, "view_class", view), "cleans_text", False):
            return None
        for name, values in request.POST.lists():
            for value in values:
                if ("\x00" in value or _has_half_character(value)) and (code := refused_character(value)):
                    return bad_request_text(
                        _("“%(name)s”里有不能保存的不可见字符（%(code)s），请返回删除后重新提交。") % {"name": name[:60], "code": code}
                    )
        return None


def _has_half_character(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def largest_body() -> int:
    """Bytes of the largest request a form can need: two files and its other fields."""
    return FILES_AT_ONCE * int(settings.LIMITS["upload_bytes"]) + int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 else 0


def bad_request_text(message: str, *, status: int = 400) -> HttpResponse:
    """An answer before anybody is known: the sentence alone, as text."""
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")


class PrivatePagesMiddleware:
    """Pages with data are stored nowhere; a page that says otherwise (`Cache-Control`) keeps its word."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Cache-Control", "no-store, private")
        return response


class RefusalMiddleware:
    """Turns expected refusals into pages with their reasons; everything unexpected goes to the error page with its number."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """A response for Refusal and PermissionDenied, None for the rest. The transaction has rolled back by now."""
        if isinstance(error, Refusal):
            _log(request, error)
            return refuse(request, error.message, details=error.details, remedy=error.remedy, status=error.status)
        if isinstance(error, PermissionDenied):
            _log(request, error)
            message = error.message if isinstance(error, NotPermitted) else _("您无权进行这项操作。")
            return refuse(request, message, status=403)
        return None


def _log(request: HttpRequest, error: Exception) -> None:
    logger.info("refused %s %s: %s", getattr(request, "request_id", ""), request.path, getattr(error, "code", type(error).__name__))
    if hooks.refused:
        hooks.refused(request, error)
