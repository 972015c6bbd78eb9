"""差一点: who is listed, in which order, and that every count opens exactly the rows it counts."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.users.models import District
from companies.register.models import Company
from policies.standards.models import Evaluation
from policies.standards.services import evaluation_refresh
from tests.factories import AssignmentFactory, AuditorFactory, ClerkFactory, EnterpriseUserFactory, OfficerFactory
from tests.factories.cultivation import MILLION, held, ready_company
from tests.factories.cultivation import library as ship

pytestmark = pytest.mark.django_db
NOV_24 = date(2026, 11, 24)
URL = "/near-misses/"


@pytest.fixture
def companies(monkeypatch: pytest.MonkeyPatch) -> dict[str, Company]:
    """Here a patent short, two short and the score unknown, debts a little too high, and a holder of the title; 诸暨市: a patent short."""
    monkeypatch.setattr("policies.near_misses.views.localdate", lambda: NOV_24)
    ship()
    found = {
        "patent": ready_company(class1_ip=3),
        "two": ready_company(class1_ip=2, platform_score=None),
        "debts": ready_company(total_liabilities=136 * MILLION),
        "holder": ready_company(class1_ip=3),
        "ready": ready_company(),
        "zhuji": ready_company(class1_ip=3),
    }
    zhuji = District.objects.filter(code="330681").first() or District.objects.create(code="330681", name="诸暨市", name_en="Zhuji")
    Company.objects.filter(pk=found["zhuji"].pk).update(district=zhuji)
    held(found["holder"], "little_giant")
    evaluation_refresh(company_ids=[company.pk for company in found.values()], on=NOV_24)
    return found


def _names(client: Client, query: str = "") -> list[str]:
    return [row.company.name for row in client.get(URL + query).context["page"].rows if row.title.code == "little_giant"]


def test_the_smallest_gap_stands_first_and_who_holds_the_title_is_left_out(client: Client, companies: dict[str, Company]) -> None:
    client.force_login(AuditorFactory(district=None))
    names = _names(client, "?title=little_giant")
    assert set(names) == {companies[key].name for key in ("patent", "two", "debts", "zhuji")}
    assert names[0] == companies["debts"].name  # 75.6 % against 75 %
    assert names[-1] == companies["two"].name  # two criteria open
    html = client.get(URL + "?title=little_giant").content.decode()
    assert "25.0%" in html
    assert "专精特新发展评价得分" in html


def test_every_count_opens_exactly_the_rows_it_counts(client: Client, companies: dict[str, Company]) -> None:
    client.force_login(AuditorFactory(district=None))
    seen = 0
    for start in (URL, URL + "?title=little_giant"):
        html = client.get(start).content.decode()
        tiles = re.findall(r'<a class="stat-tile[^"]*" href="(/near-misses/\?[^"]+)">.*?<span class="v">([\d,]+)', html, re.DOTALL)
        for url, number in [*tiles, *re.findall(r'<a href="(/near-misses/\?[^"]+)">([\d,]+)(?: 家)?</a>', html)]:
            page: Any = client.get(unescape(url)).context
            assert page["count"].number == int(number) == len(page["page"].rows), url
            seen += 1
    assert seen >= 6


def test_the_commonest_criterion_and_fact_of_each_district_are_named(client: Client, companies: dict[str, Company]) -> None:
    client.force_login(AuditorFactory(district=None))
    lines = {line.name: line for line in client.get(URL + "?title=little_giant").context["lines"]}
    here = lines[str(companies["patent"].district)]
    assert here.firms.number == 3
    assert here.criterion is not None
    assert (here.criterion.label, here.criterion.number) == ("与主导产品相关且已应用产生效益的Ⅰ类知识产权", 2)
    assert here.fact is not None
    assert (here.fact.label, here.fact.number) == ("专精特新发展评价得分", 1)
    assert lines["诸暨市"].fact is None
    assert sum(line.firms.number for line in lines.values()) == 4


def test_a_district_counts_and_lists_its_own_firms_only(client: Client, companies: dict[str, Company]) -> None:
    client.force_login(OfficerFactory(district=companies["patent"].district))
    assert companies["zhuji"].name not in _names(client, "?title=little_giant")
    assert [line.name for line in client.get(URL + "?title=little_giant").context["lines"]] == [str(companies["patent"].district)]
    assert _names(client, "?title=little_giant&district=330681") == []


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        pytest.param("criterion=L-4", ("patent", "two", "zhuji"), id="a criterion"),
        pytest.param("criterion=L-", (), id="a part of a code is no code"),
        pytest.param("fact=platform_score", ("two",), id="a missing fact"),
        pytest.param("open=2", ("two",), id="a number"),
        pytest.param("officer=me", (), id="nobody's"),
    ],
)
def test_a_filter_keeps_what_it_says(client: Client, companies: dict[str, Company], query: str, keys: tuple[str, ...]) -> None:
    client.force_login(AuditorFactory(district=None))
    assert set(_names(client, f"?title=little_giant&{query}")) == {companies[key].name for key in keys}


def test_an_officer_asks_for_their_own(client: Client, companies: dict[str, Company]) -> None:
    officer = OfficerFactory(district=companies["debts"].district)
    AssignmentFactory(company=companies["debts"], officer=officer)
    client.force_login(officer)
    assert _names(client, "?officer=me") == [companies["debts"].name]


def test_a_stale_row_says_so(client: Client, companies: dict[str, Company]) -> None:
    client.force_login(ClerkFactory(district=companies["debts"].district))
    assert "待重算" not in client.get(URL).content.decode()
    Evaluation.objects.filter(company=companies["debts"]).update(is_stale=True)
    assert "待重算" in client.get(URL).content.decode()


def test_the_list_can_be_taken_along_as_it_stands(client: Client, companies: dict[str, Company]) -> None:
    client.force_login(AuditorFactory(district=None))
    answer = client.post(URL + "?title=little_giant", {"export": "csv"})
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert len(text.strip().splitlines()) == 5
    assert "L-4" in text


def test_an_empty_list_says_what_to_do(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.force_login(AuditorFactory(district=None))
    assert "没有只差一两项的企业。导入年度指标后，每次评估都会更新这里。" in client.get(URL).content.decode()


def test_a_firms_own_user_finds_no_such_page(client: Client) -> None:
    client.force_login(EnterpriseUserFactory())
    assert client.get(reverse("policies:near-miss-list")).status_code == 404
