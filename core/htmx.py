"""Answers of an action: `done` and `refuse`, alike for plain requests and for htmx; and toasts."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event


def is_htmx(request: HttpRequest) -> bool:
    """Whether a fragment is wanted: an htmx request that is neither boosted nor a restore from history."""
    details = getattr(request, "htmx", None)
    return details is not None and bool(details) and not details.boosted and not details.history_restore_request


def toast(response: HttpResponse, message: str, *, url: str = "", action: str = "") -> HttpResponse:
    """Show `message` in the polite live region once the response has arrived; never for errors."""
    detail = {"message": str(message)}
    if url:
        detail |= {"url": url, "action": action}
    return trigger_client_event(response, "toast", detail)


def done(request: HttpRequest, message: str, *, to: Any = None) -> HttpResponse:
    """The action is done: go to `to` (address, URL name or object) with a toast; without `to`, htmx stays where it is."""
    if to is None and is_htmx(request):
        return toast(HttpResponse(status=204), message)
    messages.success(request, message)
    address = resolve_url(to) if to is not None else back(request)
    return HttpResponseClientRedirect(address) if getattr(request, "htmx", False) else HttpResponseRedirect(address)


def back(request: HttpRequest) -> str:
    """The page the user came from if it is ours, else the start page."""
    address = request.META.get("HTTP_REFERER", "")
    return address if url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure()) else "/"


def refuse(
    request: HttpRequest,
    message: str,
    *,
    details: Sequence[str] = (),
    remedy: str = "",
    to: Any = None,
    action: str = "",
    status: int = 409,
    heading: str = "",
) -> HttpResponse:
    """An expected no: a page (or, for htmx, a box above the content) that says what failed and what to do. `to` is the way on."""
    context = {
        "heading": heading or (_("不能这样做") if status != 403 else _("无权操作")),
        "message": message,
        "details": list(details),
        "remedy": remedy,
        "url": resolve_url(to) if to is not None else (back(request) if status != 400 else ""),
        "action": action or (_("去看看") if to is not None else _("返回上一页")),
    }
    if is_htmx(request):
        response = render(request, "components/error-box.html", {**context, "url": context["url"] if to is not None else ""}, status=status)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML show:window:top"
    else:
        response = render(request, f"{status if status in {400, 403} else 409}.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
