"""Context of the frame around every page: menu, counters, marks. Costs no query by itself."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core.hooks import hooks, register_counter
from core.menu import current_url, frame_doors, menu_for

__all__ = ["frame", "register_counter"]


def _urlconf() -> str:
    return str(get_urlconf() or settings.ROOT_URLCONF)


def _counters(request: HttpRequest) -> dict[str, int]:
    return {name: counter(request) for name, counter in hooks.counters.items()}


def _menu(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    role = getattr(user, "role", "") if user is not None and user.is_authenticated else ""
    groups = menu_for(str(role), _urlconf())
    tabs = [link for group in groups for link in group.links if link.entry.tab]
    return {"groups": groups, "current": current_url(groups, request.path), "tabs": tabs}


def frame(request: HttpRequest) -> dict[str, Any]:
    """`menu` (groups, current, tabs), `counters` by name, `doors` of the frame, `demo`, `html_lang`. Lazy where it costs anything."""
    return {
        "menu": SimpleLazyObject(lambda: _menu(request)),
        "counters": SimpleLazyObject(lambda: _counters(request)),
        "doors": SimpleLazyObject(lambda: frame_doors(_urlconf())),
        "demo": getattr(settings, "DEMO", False),
        "html_lang": "en" if (get_language() or "").startswith("en") else "zh-CN",
    }
