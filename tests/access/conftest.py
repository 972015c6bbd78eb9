"""The world of a module: built once in one transaction, never committed."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from tests.access import world as worlds
from tests.rigs.matrix import taken_back


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refused requests need not be told one by one."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    caplog.set_level(logging.CRITICAL, logger="django.security")


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """Everything of world.py at 2026-11-24 10:00; the transaction around it is rolled back with the module."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), translation.override(settings.LANGUAGE_CODE):
        patch.setattr(timezone, "now", lambda: worlds.NOW)
        # the clocks of sessions stand too: else whoever asks a minute after signing in leaves a write
        for module in ("sessions", "middleware"):
            patch.setattr(f"accounts.users.{module}.time", SimpleNamespace(time=worlds.NOW.timestamp))
        with transaction.atomic():
            try:
                yield worlds.build()
            finally:
                transaction.set_rollback(True)


@pytest.fixture
def world(built: worlds.World, db: None) -> Iterator[worlds.World]:
    """The module's world; what a test does to it is taken back. `db` says that a database is needed, also to a run of this folder alone."""
    with taken_back():
        cookies = {name: client.cookies.copy() for name, client in built.clients.items()}
        yield built
        for name, client in built.clients.items():
            client.cookies = cookies[name]
