"""The product served from this process on the test database, its clock, and people who sign in by typing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.users.models import User
from tests.factories import PASSWORD
from tests.rigs.browser import Expected, Watch


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """The product's clock starts at `moment` and goes on, in every thread."""
    started = time.monotonic()

    def now() -> datetime:
        return moment + timedelta(seconds=time.monotonic() - started)

    with mock.patch.object(timezone, "now", now):
        yield


@contextmanager
def committed(blocker: Any) -> Iterator[None]:
    """The database is open to this thread and the server's; whatever is committed inside is emptied at the end."""
    with blocker.unblock():
        try:
            yield
        finally:
            call_command("flush", verbosity=0, interactive=False)


@contextmanager
def served() -> Iterator[str]:
    """The address the product answers at."""
    server = LiveServer("127.0.0.1")
    try:
        yield server.url
    finally:
        server.stop()


class People:
    """Opens browsers for people; each account signs in once by typing, later windows take over its cookie."""

    def __init__(self, browser: Browser, options: dict[str, Any], site: str) -> None:
        self._browser, self._options, self.site = browser, options, site
        self._kept: dict[int, Any] = {}
        self._opened: list[tuple[BrowserContext, Watch]] = []
        self._expected = Expected()

    def window(self, user: User | None = None, **options: Any) -> Page:
        """A new window of a person who has signed in before, or of nobody; `options` are playwright's (viewport …)."""
        if user is not None and user.pk not in self._kept:
            self._kept[user.pk] = self.arrival(user).context.storage_state()
        state = self._kept[user.pk] if user is not None else None
        context = self._browser.new_context(**{**self._options, **options, "base_url": self.site, "storage_state": state})
        self._opened.append((context, Watch(context, self.site, self._expected)))
        return context.new_page()

    def arrival(self, user: User) -> Page:
        """A new window in which the person has just typed name and password."""
        page = self.window()
        sign_in(page, user)
        return page

    def expect(self, status: int, path: str) -> None:
        """Answers of `status` at addresses that begin with `path` are part of this test; one that never comes fails it."""
        self._expected.add(status, path)

    def leave(self) -> list[str]:
        """Close every window; what went wrong in any of them."""
        problems = [problem for _context, watch in self._opened for problem in watch.problems] + self._expected.in_vain()
        for context, _watch in self._opened:
            context.close()
        self._opened.clear()
        self._expected = Expected()
        return problems


def sign_in(page: Page, user: User, password: str = PASSWORD) -> None:
    """Type name and password into the sign-in page."""
    page.goto("/sign-in/")
    page.get_by_label("账号").fill(user.username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()
