"""What every test leans on: settings, hypothesis profiles, --deep, query counts and the system's browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

pytest_plugins = ["tests.rigs.append_only", "tests.rigs.faultrig"]

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}
# whoever asks for none of these is kept from every database by pytest-django
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}
IN_CI = bool(os.environ.get("CI"))

# playwright keeps an event loop in the thread that also asks the database
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

# a database in between makes the time of one example meaningless
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
hypothesis_settings.register_profile(
    "default", deadline=None, max_examples=50, stateful_step_count=25, derandomize=IN_CI, print_blob=True, suppress_health_check=SLOW
)
hypothesis_settings.register_profile(
    "deep", deadline=None, max_examples=1_000, stateful_step_count=200, derandomize=IN_CI, print_blob=True, suppress_health_check=SLOW
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--deep` for the long races and walks, `--database-only` for a second database."""
    parser.addoption("--deep", action="store_true", default=False, help="run long races and walks as well")
    parser.addoption("--database-only", action="store_true", default=False, help="leave out what asks no database or is marked once")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the hypothesis profile."""
    hypothesis_settings.load_profile("deep" if config.getoption("deep") else "default")


def pytest_unconfigure() -> None:
    """Leave no scratch folder behind."""
    shutil.rmtree(settings.SCRATCH, ignore_errors=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives a browser, keep it on one worker, and leave out or skip what cannot or shall not run here."""
    if config.getoption("database_only"):
        left_out = [item for item in items if not _depends_on_the_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _depends_on_the_database(item)]
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not CHROMIUM.exists():
                item.add_marker(pytest.mark.skip(reason=f"no {CHROMIUM}: apt-get install -y chromium fonts-noto-cjk"))
        if item.get_closest_marker("deep") and not config.getoption("deep"):
            item.add_marker(pytest.mark.skip(reason="only with --deep"))


def _depends_on_the_database(item: pytest.Item) -> bool:
    asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
    return bool(asks) and not item.get_closest_marker("once")


@pytest.fixture(scope="session")
def deep(pytestconfig: pytest.Config) -> bool:
    """True when the long races and walks are asked for."""
    return bool(pytestconfig.getoption("deep"))


@pytest.fixture
def count_queries(db: None) -> Callable[[Client, str], int]:
    """`count_queries(client, url)`: the number of queries one GET of `url` costs; the page must answer 200."""

    def count(client: Client, url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
            if response.streaming:
                for _chunk in response.streaming_content:
                    pass
        assert response.status_code == 200, f"{url}: {response.status_code}"
        return len(captured)

    return count


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium instead of a downloaded one, with nothing that talks to the outside."""
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": CHROMIUM_OPTIONS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A person in Shaoxing at a common screen."""
    return {
        **browser_context_args,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture(autouse=True)
def _no_left_over_language() -> Iterator[None]:
    """Each test starts in Chinese, whatever the one before it spoke."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
