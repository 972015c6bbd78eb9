"""A fixed Tuesday, the shipped library, and the people of 越城区 and 诸暨市."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.users.models import District, User
from companies.register.models import Company
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    CityApproverFactory,
    CityClerkFactory,
    ClerkFactory,
    CompanyFactory,
    DistrictFactory,
    OfficerFactory,
)
from tests.factories.cultivation import library

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The clock stands at 2026-11-24 10:00 in Shanghai."""
    moment = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return TODAY


@pytest.fixture
def shipped(db: None) -> None:
    """Titles, batches, standards and gates."""
    library()


@pytest.fixture
def elsewhere(db: None) -> District:
    """诸暨市."""
    return DistrictFactory(code="330681")


@pytest.fixture
def officer(db: None) -> User:
    """专管员 of 越城区."""
    return OfficerFactory(person__name="沈雨桐")


@pytest.fixture
def approver(db: None) -> User:
    """审批人 of 越城区."""
    return ApproverFactory(person__name="陈立群")


@pytest.fixture
def city_approver(db: None) -> User:
    """审批人 of the city."""
    return CityApproverFactory(person__name="何静")


@pytest.fixture
def clerk(db: None) -> User:
    """数据员 of 越城区."""
    return ClerkFactory(person__name="丁一鸣")


@pytest.fixture
def city_clerk(db: None) -> User:
    """数据员 of the city."""
    return CityClerkFactory(person__name="周文博")


@pytest.fixture
def company(officer: User) -> Company:
    """A firm of 越城区 the officer keeps."""
    return AssignmentFactory(officer=officer, company=CompanyFactory()).company
