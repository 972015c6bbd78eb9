"""工作台: every count is the length of the list it opens, for each role."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.users.models import User
from companies.recognitions.models import Title
from companies.recognitions.seeds import title_seed
from cultivation.seeding import seed
from cultivation.tracks import services
from tests.factories import (
    AdministratorFactory,
    ApproverFactory,
    AssignmentFactory,
    AuditorFactory,
    CityApproverFactory,
    ClerkFactory,
    CompanyFactory,
    DistrictFactory,
    EnterpriseUserFactory,
    OfficerFactory,
    RecognitionFactory,
    RecordedRecognitionFactory,
)
from tests.factories.cultivation import TrackFactory

pytestmark = pytest.mark.django_db
STAFF = [OfficerFactory, ApproverFactory, CityApproverFactory, ClerkFactory, AuditorFactory]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def _register() -> None:
    title_seed()
    for district in ("330602", "330602", "330681"):
        company = CompanyFactory(district=DistrictFactory(code=district))
        TrackFactory(company=company, state="sprint", is_main=True)
        RecognitionFactory(company=company)
        RecordedRecognitionFactory(company=company)


@pytest.mark.parametrize("who", STAFF)
@pytest.mark.usefixtures("_register")
def test_every_count_equals_the_list_it_opens(who: Callable[[], Any]) -> None:
    client = signed_in(who())
    html = client.get("/").content.decode()
    tiles = re.findall(r'<a class="stat-tile[^"]*" href="([^"]+)">.*?<span class="v">(\d+)', html)
    cells = re.findall(r'<a href="(/tracks/\?[^"]+)">(\d+)</a>', html)
    assert len(tiles) >= 3
    assert len(cells) == 4
    for url, number in [*tiles, *cells]:
        opened = client.get(url.replace("&amp;", "&")).content.decode()
        assert re.search(rf"共 {number} (条|家|件)", opened), url


def test_each_role_sees_what_it_works_on() -> None:
    expected = {
        OfficerFactory: ("我的企业", "离目标最近", "我提交的"),
        ApproverFactory: ("待我审批", "数据已变"),
        ClerkFactory: ("数据导入", "我提交的"),
        AuditorFactory: ("最近的审计记录", "称号将到期"),
    }
    for who, words in expected.items():
        html = signed_in(who()).get("/").content.decode()
        for word in words:
            assert word in html


@pytest.mark.parametrize("district", [None, "330602"], ids=["the city", "a district"])
def test_the_auditor_reads_the_years_targets_and_opens_the_firms_behind_each_figure(district: str | None) -> None:
    seed(on=localdate().replace(month=1, day=1))
    place = DistrictFactory(code="330602")
    company = CompanyFactory(district=place)
    TrackFactory(company=company, state="sprint", is_main=True)
    RecognitionFactory(company=company, title=Title.objects.get(code="little_giant"), district=place, happened_on=localdate())
    client = signed_in(AuditorFactory(district=place if district else None))
    html = client.get("/").content.decode()
    figures = re.findall(r'<a href="(/quotas/\?[^"]+)">(\d+)</a>', html)
    assert "目标进度" in html
    assert [number for url, number in figures if "little_giant" in url and "achieved" in url] == ["1"]
    for url, number in figures:
        assert f"共 {number} 家" in client.get(url.replace("&amp;", "&")).content.decode()
    assert "各称号本年度目标和完成数" not in signed_in(OfficerFactory()).get("/").content.decode()


def test_my_firms_are_the_ones_i_keep() -> None:
    officer = OfficerFactory()
    AssignmentFactory(officer=officer, company=CompanyFactory())
    CompanyFactory()
    html = signed_in(officer).get("/").content.decode()
    assert re.search(r'我的企业</span><span class="v">1<', html)


def test_a_proposed_move_waits_on_the_approvers_page() -> None:
    title_seed()
    officer, approver = OfficerFactory(), ApproverFactory()
    company = AssignmentFactory(officer=officer, company=CompanyFactory()).company
    track = TrackFactory(company=company, state="sprint")
    services.move_propose(track=track, to_state="accelerating", by=officer, on=localdate(), reason_code="gate_lost", reason="指标变化")
    html = signed_in(approver).get("/").content.decode()
    assert company.name in html
    assert re.search(r'待我审批</span><span class="v">1<', html)
    assert "小巨人降库" in signed_in(officer).get("/").content.decode()


def test_others_are_sent_to_their_own_first_page() -> None:
    assert Client().get("/").headers["Location"].startswith(reverse("accounts:sign-in"))
    for who in (EnterpriseUserFactory, AdministratorFactory):
        assert signed_in(who()).get("/").status_code == 302


@pytest.mark.parametrize("who", STAFF)
def test_the_page_costs_at_most_twenty_queries_however_many_firms(
    who: Callable[[], Any], count_queries: Callable[[Client, str], int]
) -> None:
    title_seed()
    client = signed_in(who())
    TrackFactory.create_batch(2, state="starting")
    few = count_queries(client, "/")
    TrackFactory.create_batch(10, state="starting")
    assert count_queries(client, "/") == few <= 20
