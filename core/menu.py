"""The menu as data: groups of entries, each a URL name, an icon and the roles that may open it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

Text = Any  # a string or a lazy one


@dataclass(frozen=True)
class Entry:
    """One menu entry; `label` is a lazy string, `counter` the name of a number shown beside it (see core.hooks)."""

    label: Text
    url_name: str
    icon: str
    roles: tuple[str, ...]
    counter: str = ""
    query: str = ""  # opens the list as its counter counts it
    tab: Text = ""  # label on the phone's tab bar; at most four entries of a role have one


@dataclass(frozen=True)
class Group:
    """Entries under one heading; the first group has none."""

    label: Text
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Link:
    """An entry with its address."""

    entry: Entry
    url: str

    @property
    def href(self) -> str:
        """The address with the view the entry opens."""
        return f"{self.url}?{self.entry.query}" if self.entry.query else self.url


@dataclass(frozen=True)
class LinkGroup:
    """A group as one role sees it."""

    label: Text
    links: tuple[Link, ...]


def door(url_name: str) -> str:
    """The address of a URL name without arguments, or "" where that page does not exist."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=64)
def menu_for(role: str, _urlconf: str) -> tuple[LinkGroup, ...]:
    """What a role sees: entries it may open and whose page exists, empty groups left out."""
    groups: Sequence[Group] = import_string(getattr(settings, "MENU", "config.menu.MENU"))
    seen = []
    for group in groups:
        links = tuple(Link(entry, url) for entry in group.entries if role in entry.roles and (url := door(entry.url_name)))
        if links:
            seen.append(LinkGroup(group.label, links))
    return tuple(seen)


@lru_cache(maxsize=8)
def frame_doors(_urlconf: str) -> dict[str, str]:
    """Addresses of the pages the frame links to, by short name; "" where a page does not exist."""
    doors: dict[str, str] = import_string(getattr(settings, "FRAME_DOORS", "config.menu.FRAME_DOORS"))
    return {name: door(url_name) for name, url_name in doors.items()}


def current_url(groups: Sequence[LinkGroup], path: str) -> str:
    """The address of the entry a path belongs to: the longest one it starts with; "/" only for itself."""
    urls = [link.url for group in groups for link in group.links if path == link.url or (link.url != "/" and path.startswith(link.url))]
    return max(urls, key=len, default="")
