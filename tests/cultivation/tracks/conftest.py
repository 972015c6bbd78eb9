"""A fixed Tuesday, the shipped library, and the people of 越城区."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.users.models import User
from tests.factories import ApproverFactory, CityApproverFactory, OfficerFactory
from tests.factories.cultivation import library

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The clock stands at 2026-11-24 10:00 in Shanghai."""
    moment = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return TODAY


@pytest.fixture(autouse=True)
def _library(db: None) -> None:
    library()


@pytest.fixture
def officer() -> User:
    """专管员 of 越城区."""
    return OfficerFactory(person__name="沈雨桐")


@pytest.fixture
def approver() -> User:
    """审批人 of 越城区."""
    return ApproverFactory(person__name="陈立群")


@pytest.fixture
def city_approver() -> User:
    """审批人 of the city."""
    return CityApproverFactory(person__name="何静")
