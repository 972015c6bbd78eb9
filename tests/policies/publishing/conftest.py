"""The shipped library, the people who publish, and a text that raises one threshold from a day to come."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.users.models import User
from policies.publishing.models import StandardDraft
from policies.publishing.services import draft_create
from policies.standards.models import Standard
from tests.factories import ApproverFactory, CityApproverFactory, CityClerkFactory, ClerkFactory, OfficerFactory
from tests.factories.cultivation import library

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The clock stands at 2026-11-24 10:00 in Shanghai."""
    moment = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return TODAY


@pytest.fixture
def shipped(db: None) -> Standard:
    """Everything shipped; the little-giant standard in force today."""
    library()
    return Standard.objects.get(title__code="little_giant", application_type="认定", in_force_from=date(2026, 4, 1))


@pytest.fixture
def clerk(db: None) -> User:
    """数据员 of the city."""
    return CityClerkFactory(person__name="周文博")


@pytest.fixture
def colleague(db: None) -> User:
    """Another 数据员 of the city."""
    return CityClerkFactory(person__name="金立")


@pytest.fixture
def district_clerk(db: None) -> User:
    """数据员 of 越城区."""
    return ClerkFactory(person__name="丁一鸣")


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


def changed(text: str, *pairs: tuple[str, str]) -> str:
    """The text with words replaced, each of them there exactly once."""
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


NEXT_YEAR = (("standard: little_giant-2026\n", "standard: little_giant-2027\n"), ("from: 2026-04-01", "from: 2027-04-01"))


@pytest.fixture
def next_text(shipped: Standard) -> str:
    """From 2027-04-01 on, revenue 6000 万元 instead of 5000 万元."""
    return changed(shipped.text, *NEXT_YEAR, ("at_least: 5000 万元", "at_least: 6000 万元"))


@pytest.fixture
def draft(clerk: User, shipped: Standard, next_text: str, today: date) -> StandardDraft:
    """A sound draft of the clerk."""
    return draft_create(text=next_text, by=clerk, on=today, follows=shipped)
