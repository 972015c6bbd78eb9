"""年底倒推 of one firm: what the page says is what the engine solved, and nobody reads a firm outside their scope."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.recognitions.models import Title
from companies.register.models import Company
from policies.standards.models import Standard
from policies.year_end import selectors
from tests.factories import AssignmentFactory, AuditorFactory, OfficerFactory, YearFiguresFactory
from tests.factories.cultivation import MILLION, held, ready_company
from tests.factories.cultivation import library as ship
from tests.rigs.append_only import written_past_the_guard

# what is drawn and worked out comes alike on every database
pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOV_24 = date(2026, 11, 24)


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    """A firm that is ready by its years so far, with an estimate of 2026 whose R&D falls short of 3 %."""
    monkeypatch.setattr("policies.year_end.views.localdate", lambda: NOV_24)
    ship()
    found = ready_company()
    YearFiguresFactory(
        company=found,
        year=2026,
        source="self_reported",
        is_estimate=True,
        known_on=NOV_24,
        revenue=150 * MILLION,
        main_revenue=145 * MILLION,
        product_revenue=120 * MILLION,
        rd_expense=4 * MILLION,
        total_assets=190 * MILLION,
        total_liabilities=80 * MILLION,
    )
    return found


def _page(client: Client, company: Company, title: str = "little_giant") -> str:
    return client.get(reverse("policies:year-end", args=[company.uscc, title])).content.decode()


def test_the_page_says_what_must_still_happen_in_the_firms_own_figures(client: Client, company: Company) -> None:
    officer = OfficerFactory()
    AssignmentFactory(company=company, officer=officer)
    client.force_login(officer)
    html = _page(client, company)
    # 15,000 × 3% = 450 万元, 400 are expected; 13,600 × 6% + 400 = 1,216 ≥ 1,200
    assert "2026 年研发费用再 ≥ 50.0 万元（按营业收入 15,000.0 万元（预计） 计，研发费用为 400.0 万元（预计））" in html
    assert "2026 年研发费用为 400.0 万元（预计），已够，须落实到年底" in html
    assert "37<small>天</small>" in html
    assert "计划 2027-04-25 起填报" in html
    assert "没有被关账年度挡住" in html
    assert "缺数据" not in html.split("<h1>")[1].split("</h1>")[0]


def test_a_firm_that_has_not_reported_this_year_is_asked_to(client: Client, company: Company) -> None:
    other = ready_company(platform_score=None)
    client.force_login(AuditorFactory(district=None))
    html = _page(client, other)
    assert "还没有 2026 年的数。请企业报来今年的现有数或预计数，再看还差多少。" in html
    assert "2026 年营业收入须 ≥ 5,000 万元（今年还没有数，2025 年为 13,600.0 万元）" in html


def test_an_excluded_firm_is_told_why(client: Client, company: Company) -> None:
    held(company, "single_champion")
    client.force_login(AuditorFactory(district=None))
    assert "已获制造业单项冠军的企业不再申报小巨人" in _page(client, company)


def test_the_text_that_will_be_in_force_then_is_the_one_that_counts(company: Company) -> None:
    title = Title.objects.get(code="little_giant")
    _page_now, aim = selectors.year_end_for(company=company, title=title, on=NOV_24)
    assert (aim.year, aim.day, aim.is_lasting) == (2027, date(2027, 4, 25), True)
    for asked, year, begins in ((date(2025, 11, 24), 2026, date(2026, 4, 1)), (date(2023, 11, 24), 2024, date(2022, 8, 1))):
        page, then = selectors.year_end_for(company=company, title=title, on=asked)
        assert page.application_year == year
        assert then.published.row.in_force_from == begins


def test_a_title_without_a_text_is_refused_and_an_unknown_one_is_not_found(client: Client, company: Company) -> None:
    client.force_login(AuditorFactory(district=None))
    written_past_the_guard(Standard.objects.filter(title__code="single_champion"))
    refused = client.get(reverse("policies:year-end", args=[company.uscc, "single_champion"]))
    assert refused.status_code == 409
    assert "没有施行中的" in refused.content.decode()
    assert client.get(reverse("policies:year-end", args=[company.uscc, "nothing"])).status_code == 404


def test_a_foreign_firm_is_not_found(client: Client, company: Company) -> None:
    client.force_login(OfficerFactory(district__code="330681"))
    assert client.get(reverse("policies:year-end", args=[company.uscc, "little_giant"])).status_code == 404


def test_the_sheet_and_the_firms_page_lead_here(client: Client, company: Company) -> None:
    client.force_login(AuditorFactory(district=None))
    door = reverse("policies:year-end", args=[company.uscc, "little_giant"])
    for name, arguments in (("companies:company-detail", [company.uscc]), ("policies:sheet", [company.uscc, "little_giant"])):
        assert f'href="{door}"' in client.get(reverse(name, args=arguments)).content.decode()


def test_the_lines_stand_once_each_in_their_section(company: Company) -> None:
    page, _aim = selectors.year_end_for(company=company, title=Title.objects.get(code="little_giant"), on=NOV_24)
    sections: Any = selectors.sections_of(page)
    told = [line.code for section in sections for line in section.lines]
    assert sorted(told) == sorted(line.code for line in page.lines)
    assert next(section.code for section in sections) == "todo"
    assert Decimal(page.days_left) == 37
