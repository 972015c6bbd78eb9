"""SF-G1. Whose address counts: behind a named proxy the client's, from everybody else the one they came from, whatever they write."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.middleware import ClientAddressMiddleware

PROXIES = ["10.0.0.0/8", "::1"]


def seen(request: HttpRequest) -> str:
    found = []
    ClientAddressMiddleware(lambda passed: found.append(passed.META["REMOTE_ADDR"]) or HttpResponse())(request)  # type: ignore[func-returns-value]
    return str(found[0])


@pytest.mark.parametrize(
    ("came_from", "forwarded", "counts"),
    [
        pytest.param("10.0.0.1", "203.0.113.7", "203.0.113.7", id="through the proxy"),
        pytest.param("::1", "2001:db8::7", "2001:db8::7", id="through a proxy of the new kind"),
        pytest.param("10.0.0.1", "198.51.100.9, 203.0.113.7, 10.2.2.2", "203.0.113.7", id="through two, with an invented one before"),
        pytest.param("203.0.113.7", "198.51.100.9", "203.0.113.7", id="not through the proxy"),
        pytest.param("10.0.0.1", "198.51.100.9, not an address", "10.0.0.1", id="nonsense last"),
        pytest.param("10.0.0.1", "", "10.0.0.1", id="the proxy itself"),
        pytest.param("10.0.0.1", "10.3.3.3", "10.3.3.3", id="nobody but proxies"),
    ],
)
def test_the_last_address_that_is_no_proxy_counts(settings: Any, rf: RequestFactory, came_from: str, forwarded: str, counts: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert seen(rf.get("/", REMOTE_ADDR=came_from, HTTP_X_FORWARDED_FOR=forwarded)) == counts


def test_without_named_proxies_the_header_is_not_read(rf: RequestFactory) -> None:
    assert seen(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.7")) == "10.0.0.1"
