"""Crawler: opens every page of this site that can be reached by reading, as one signed-in person."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client

_LINKS = re.compile(r'(?:href|src|hx-get|data-url|data-href|formaction)="([^"]+)"')
_GET_FORMS = re.compile(r'<form(?![^>]*method="post")[^>]*action="([^"]+)"', re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")
# how rows are arranged, and the list a page was opened from: the same rows again
_ARRANGED = {"sort", "per_page", "from"}


def opened(client: Client, url: str, **headers: str) -> tuple[Any, bytes]:
    """The answer and its whole content, streamed or not."""
    response = client.get(url, headers=headers)
    return response, b"".join(response.streaming_content) if response.streaming else response.content


def crawl(client: Client, starts: Iterable[str], *, most: int = 400, per_shape: int = 6) -> Iterator[tuple[str, Any, bytes]]:
    """(address, answer, content) of every page found from `starts`, breadth first.

    At most `per_shape` addresses that differ in numbers and query values only, and `most` in all; nothing off this site, no static files.
    The same rows arranged otherwise are read once for each page and way, whatever the filter.
    """
    waiting, seen, shapes = deque(starts), set(starts), dict[str, int]()
    while waiting and most:
        url = waiting.popleft()
        most -= 1
        response, content = opened(client, url)
        yield url, response, content
        found = [response["Location"]] if response.headers.get("Location") else []
        if response.headers.get("Content-Type", "").startswith("text/html"):
            text = content.decode()
            found += [unescape(link) for link in (*_LINKS.findall(text), *_GET_FORMS.findall(text))]
        for link in found:
            target = urldefrag(urljoin(f"http://testserver{url}", link)).url
            parts = urlsplit(target)
            if parts.netloc != "testserver" or parts.path.startswith("/static/"):
                continue
            address = f"{parts.path}?{parts.query}" if parts.query else parts.path
            names = {pair.partition("=")[0] for pair in parts.query.split("&")}
            arranged = names & _ARRANGED
            shape = f"{_NUMBERS.sub('#', parts.path)}?{'&'.join(sorted(arranged or names))}"
            if address not in seen and shapes.get(shape, 0) < (1 if arranged else per_shape):
                seen.add(address)
                shapes[shape] = shapes.get(shape, 0) + 1
                waiting.append(address)
