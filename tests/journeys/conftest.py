"""A served world for each module, and windows whose troubles fail the test."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from playwright.sync_api import Browser, expect

from tests.rigs.browser_site import People, committed, served

expect.set_options(timeout=10_000)


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Instead of a transaction for each test: one empty database for the module, seen by the server too, and emptied with the module."""
    with committed(django_db_blocker):
        yield


@pytest.fixture(scope="module")
def site(db: None) -> Iterator[str]:
    """The address of the product."""
    with translation.override(settings.LANGUAGE_CODE), served() as address:
        yield address


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Refusals that a test provokes need not be told; a page that failed is seen by the watch."""
    caplog.set_level(logging.ERROR, logger="django.request")
    caplog.set_level(logging.CRITICAL, logger="django.server")


@pytest.fixture(scope="module")
def _everybody(browser: Browser, browser_context_args: dict[str, Any], site: str) -> People:
    return People(browser, browser_context_args, site)


@pytest.fixture
def people(_everybody: People) -> Iterator[People]:
    """Opens windows; a console error, a failed answer or a request to another host in any of them fails the test at its end."""
    yield _everybody
    problems = _everybody.leave()
    assert problems == []
