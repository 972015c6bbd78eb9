"""The tiny site of tests/core/listing.py with only the middleware of `core` and of Django."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches

from core.menu import frame_doors, menu_for
from tests.core.listing import Shop, create_table

OWN = ("accounts.", "axes.", "whitenoise.")


@pytest.fixture
def site(settings: Any, db: None) -> Any:
    """The site's settings; the table is empty."""
    settings.ROOT_URLCONF = "tests.core.listing"
    middleware = [name for name in settings.MIDDLEWARE if not name.startswith(OWN) and name != "core.idempotency.RepeatMiddleware"]
    settings.MIDDLEWARE = [*middleware, "core.idempotency.RepeatMiddleware"]
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    clear_url_caches()
    menu_for.cache_clear()
    frame_doors.cache_clear()
    create_table()
    yield settings
    clear_url_caches()
    menu_for.cache_clear()
    frame_doors.cache_clear()


@pytest.fixture
def client(site: Any) -> Client:
    """Somebody who sees error pages as a user does."""
    return Client(raise_request_exception=False)


@pytest.fixture
def shops(site: Any) -> list[Shop]:
    """60 rows: every fourth without a day, every fifth without revenue, two sizes."""
    return Shop.objects.bulk_create(
        Shop(
            name=f"店{number:03}",
            size="small" if number % 2 else "medium",
            founded_on=None if number % 4 == 0 else date(2000 + number % 20, 1, 1),
            revenue=None if number % 5 == 0 else Decimal(number) * 10_000,
            secret=f"canary-{97 - number}",
        )
        for number in range(1, 61)
    )
