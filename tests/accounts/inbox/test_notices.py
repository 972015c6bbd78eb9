"""通知: one notice per matter, and nothing about firms outside the reader's scope."""

from typing import Any

import pytest
from django.test import Client

from accounts.inbox import services
from accounts.inbox.models import Notice
from accounts.inbox.selectors import notices_for, unread_count
from accounts.users.models import User
from tests.factories.accounts import DistrictFactory, OfficerFactory
from tests.factories.companies import CompanyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return OfficerFactory()


@pytest.fixture
def page(officer: User) -> Client:
    client = Client()
    client.force_login(officer)
    return client


def tell(user: Any, text: str = "待审批：恒砺晋级加速库", **more: Any) -> None:
    services.notify(user, **{"matter": "decision:1", "kind": "decision", "text": text, "url": "/decisions/1/", **more})


def test_later_news_of_a_matter_replaces_the_earlier_and_is_unread_again(officer: User, page: Client) -> None:
    tell(officer)
    services.mark_read(user=officer)
    tell(officer, "已批准：恒砺晋级加速库", kind="decision_result")
    tell(officer, "到期：高企证书", matter="due:7", kind="due")
    html = page.get("/notifications/").content.decode()
    assert "已批准：恒砺晋级加速库" in html
    assert "待审批：恒砺" not in html
    assert "共 2 条" in html
    assert unread_count(user=officer) == 2


def test_nobody_reads_or_marks_another_s_notices(officer: User, page: Client) -> None:
    other = OfficerFactory()
    tell([officer, other])
    mine, theirs = Notice.objects.get(user=officer), Notice.objects.get(user=other)
    assert page.post(f"/notifications/{theirs.pk}/read/").status_code == 404
    assert page.post(f"/notifications/{mine.pk}/read/").status_code == 302
    theirs.refresh_from_db()
    assert theirs.read_at is None
    tell([officer, other], "再次")
    assert page.post("/notifications/read/").status_code == 302
    assert (unread_count(user=officer), unread_count(user=other)) == (0, 1)


def test_a_firm_that_left_the_reader_s_scope_is_not_read_out(officer: User, page: Client) -> None:
    company = CompanyFactory(district=officer.district, name="绍兴海晏传动有限公司")
    tell(officer, "数据已变：绍兴海晏传动有限公司", kind="stale", company_uscc=company.uscc)
    assert "海晏" in page.get("/notifications/").content.decode()
    assert unread_count(user=officer) == 1
    company.district = DistrictFactory(code="330681")
    company.save()
    html = page.get("/notifications/").content.decode()
    assert "海晏" not in html
    assert "共 0 条" in html
    assert unread_count(user=officer) == 0
    assert page.post(f"/notifications/{Notice.objects.get().pk}/read/").status_code == 404


def test_reading_is_one_query_and_does_not_grow(officer: User, page: Client, count_queries: Any) -> None:
    for number in range(10):
        tell(officer, matter=f"m:{number}", company_uscc=CompanyFactory(district=officer.district).uscc)
    few = count_queries(page, "/notifications/")
    for number in range(10, 60):
        tell(officer, matter=f"m:{number}", company_uscc=CompanyFactory(district=officer.district).uscc)
    assert count_queries(page, "/notifications/") == few <= 7
    assert len(notices_for(user=officer)) == 60


def test_the_bell_counts_matters_on_every_page(officer: User, page: Client) -> None:
    for matter in ("a", "b", "a"):
        tell(officer, matter=matter)
    assert "通知，2 条未读" in page.get("/settings/").content.decode()


def test_notices_are_marked_by_post_with_the_token_only(officer: User) -> None:
    tell(officer)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(officer)
    for method in ("get", "head", "options"):
        assert getattr(strict, method)("/notifications/read/").status_code == 405
    assert strict.post("/notifications/read/").status_code == 403
    assert strict.post("/notifications/read/", HTTP_HX_REQUEST="true").status_code == 403
    assert unread_count(user=officer) == 1
    strict.get("/notifications/")
    assert strict.post("/notifications/read/", HTTP_X_CSRFTOKEN=strict.cookies["csrftoken"].value).status_code == 302
    assert unread_count(user=officer) == 0
