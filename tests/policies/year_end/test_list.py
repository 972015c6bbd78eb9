"""The list 年底倒推: firms nothing blocks first, by size of the gap; what it says is what the page of the firm says."""

from datetime import date

import pytest
from django.test import Client

from companies.register.models import Company
from policies.standards.services import evaluation_refresh
from tests.factories import AuditorFactory, OfficerFactory, YearFiguresFactory
from tests.factories.cultivation import MILLION, held, ready_company
from tests.factories.cultivation import library as ship

pytestmark = pytest.mark.django_db
NOV_24 = date(2026, 11, 24)
URL = "/year-end/"


def _estimate(company: Company, rd_expense: int) -> Company:
    facts = {
        "revenue": 150 * MILLION,
        "main_revenue": 145 * MILLION,
        "product_revenue": 120 * MILLION,
        "rd_expense": rd_expense * MILLION,
        "total_assets": 190 * MILLION,
        "total_liabilities": 80 * MILLION,
        "employees": 300,
        "class1_ip": 6,
    }
    YearFiguresFactory(company=company, year=2026, source="self_reported", is_estimate=True, known_on=NOV_24, **facts)
    return company


@pytest.fixture
def companies(monkeypatch: pytest.MonkeyPatch) -> dict[str, Company]:
    """Enough as it stands; short of R&D by a ninth; nothing reported; blocked by 2025; and a holder of the title."""
    monkeypatch.setattr("policies.year_end.views.localdate", lambda: NOV_24)
    monkeypatch.setattr("policies.year_end.tables.localdate", lambda: NOV_24)
    ship()
    found = {
        "enough": _estimate(ready_company(), 8),
        "short": _estimate(ready_company(), 4),
        "silent": ready_company(),
        "blocked": _estimate(ready_company(rd_expense=4 * MILLION), 9),
        "holder": ready_company(),
    }
    held(found["holder"], "little_giant")
    evaluation_refresh(company_ids=[company.pk for company in found.values()], on=NOV_24)
    return found


def _names(client: Client, query: str) -> list[str]:
    return [row.company.name for row in client.get(f"{URL}?title=little_giant&{query}").context["page"].rows]


def test_who_has_something_left_to_do_is_listed_and_the_smallest_gap_nothing_blocks_stands_on_top(
    client: Client, companies: dict[str, Company]
) -> None:
    client.force_login(AuditorFactory(district=None))
    names = _names(client, "")
    assert names.index(companies["short"].name) < names.index(companies["blocked"].name)
    assert not {companies["enough"].name, companies["holder"].name} & set(names)
    assert names[-1] == companies["blocked"].name
    html = client.get(f"{URL}?title=little_giant").content.decode()
    assert "距 2026-12-31 还有 37 天" in html
    assert "152 天" in html  # 2027-04-25
    assert "2026 年研发费用再 ≥ 50.0 万元（按营业收入 15,000.0 万元（预计） 计，研发费用为 400.0 万元（预计））" in html
    assert f'href="/companies/{companies["short"].uscc}/year-end/little_giant/"' in html


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        pytest.param("state=reachable", {"short", "silent"}, id="still to do"),
        pytest.param("state=enough", {"enough"}, id="enough as it stands"),
        pytest.param("state=blocked", {"blocked"}, id="blocked"),
        pytest.param("sort=days_left", {"short", "silent", "blocked"}, id="by days left"),
    ],
)
def test_a_filter_keeps_what_it_says(client: Client, companies: dict[str, Company], query: str, keys: set[str]) -> None:
    client.force_login(AuditorFactory(district=None))
    assert set(_names(client, query)) == {companies[key].name for key in keys}


def test_a_district_sees_its_own(client: Client, companies: dict[str, Company]) -> None:
    client.force_login(OfficerFactory(district__code="330681"))
    assert _names(client, "") == []
    assert "没有符合筛选的企业" in client.get(f"{URL}?title=little_giant").content.decode()
