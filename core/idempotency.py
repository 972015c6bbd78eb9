"""A form sent twice has one effect: the second answer repeats the first one's result.

A form carries a random key (`{% idempotency_key %}`). The first POST with it is carried out; when it succeeds (a redirect), later ones
are sent to the same place. While the first is under way, a second is refused; a first that failed frees the key, and so does the time a
request may take when its process died over it.
"""

import re
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from core.htmx import refuse
from core.middleware import GetResponse

FIELD = "idempotency_key"
KEPT_SECONDS = 2 * 3_600
# longer than a writer waits for the database and a request may take
UNDER_WAY_SECONDS = 30
_KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
_UNDER_WAY = ""


class RepeatMiddleware:
    """Remembers where each key's first POST led."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        place = getattr(request, "_repeat_place", "")
        if place:
            target = response.headers.get("Location") or response.headers.get("HX-Redirect") if response.status_code < 400 else None
            if target:
                cache.set(place, target, KEPT_SECONDS)
            else:
                cache.delete(place)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """The first result for a repeated key, nothing for a new one."""
        if request.method != "POST" or not request.user.is_authenticated:
            return None
        key = request.POST.get(FIELD, "")
        if not _KEY.fullmatch(key):
            return None
        place = f"repeat:{request.user.pk}:{key}"
        if cache.add(place, _UNDER_WAY, UNDER_WAY_SECONDS):
            request._repeat_place = place  # type: ignore[attr-defined]
            return None
        target = cache.get(place)
        if not target:
            return refuse(request, _("这份表单正在处理，请不要重复提交。"), remedy=_("几秒后刷新即可看到结果。"))
        return HttpResponseClientRedirect(target) if getattr(request, "htmx", False) else HttpResponseRedirect(target)
