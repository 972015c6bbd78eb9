"""What firms within reach lack is written with their evaluation, says what sheet and page say, and is left alone where nothing changed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.recognitions.models import Title
from companies.register.models import Company
from policies.engine.year_end import Task
from policies.reach.keeping import padded, permille, reach_keep
from policies.reach.models import UNMEASURED, Reach
from policies.standards import services
from policies.standards.models import Evaluation
from policies.year_end.selectors import year_end_for
from tests.factories import CompanyFactory, YearFiguresFactory
from tests.factories.cultivation import MILLION, held, ready_company
from tests.factories.cultivation import library as ship

pytestmark = pytest.mark.django_db
NOV_24 = date(2026, 11, 24)


@pytest.fixture
def companies() -> list[Company]:
    """Ready; one patent short; 20 % short of revenue; three quarters short of it; nothing known; two short and one unknown."""
    ship()
    return [
        ready_company(),
        ready_company(class1_ip=3),
        ready_company(revenue=40 * MILLION, main_revenue=39 * MILLION, product_revenue=30 * MILLION, rd_expense=6 * MILLION),
        ready_company(revenue=12 * MILLION, main_revenue=12 * MILLION, product_revenue=10 * MILLION, rd_expense=6 * MILLION),
        CompanyFactory(),
        ready_company(class1_ip=2, platform_score=None),
    ]


def _refresh(companies: Sequence[Company], on: date = NOV_24) -> None:
    services.evaluation_refresh(company_ids=[company.pk for company in companies], on=on)


def _rows() -> dict[int, Reach]:
    return {row.company_id: row for row in Reach.objects.filter(title__code="little_giant", is_within=True)}


def test_only_firms_within_reach_have_a_row(companies: list[Company]) -> None:
    _refresh(companies)
    ready, patent, revenue, far, nothing, two = companies
    rows = _rows()
    assert set(rows) == {ready.pk, patent.pk, revenue.pk, two.pk}
    assert far.pk not in rows  # 1,200 of 5,000 万元 are less than half the line
    assert nothing.pk not in rows
    assert (rows[ready.pk].open_count, rows[ready.pk].open_permille, rows[ready.pk].is_near) == (0, 0, False)
    assert (rows[patent.pk].open_codes, rows[patent.pk].open_permille, rows[patent.pk].is_near) == (" L-4 ", 250, True)
    # revenue 4,000 of 5,000 is 20 % short, its growth since 11,000 of 2023 by 1 − √(4,000 ÷ 11,000) ÷ 1.05 = 42.6 %
    assert rows[revenue.pk].open_codes == " L-2a L-2c "
    assert rows[revenue.pk].open_permille == 426
    assert (rows[two.pk].open_codes, rows[two.pk].missing_facts) == (" L-4 L-7 ", " platform_score ")
    assert rows[two.pk].open_permille == 500


def test_the_kept_row_counts_what_the_page_lists(companies: list[Company]) -> None:
    YearFiguresFactory(
        company=companies[1],
        year=2026,
        source="self_reported",
        is_estimate=True,
        known_on=NOV_24,
        revenue=150 * MILLION,
        rd_expense=4 * MILLION,
    )
    _refresh(companies)
    title = Title.objects.get(code="little_giant")
    for company in companies:
        row = _rows().get(company.pk)
        if row is None:
            continue
        page, aim = year_end_for(company=company, title=title, on=NOV_24)
        assert (row.application_year, row.filing_on) == (page.application_year, aim.window.opens_on) == (2027, date(2027, 4, 25))
        assert row.todo_count == len(page.of(Task.TO_DO))
        assert row.target_count == len(page.of(Task.TARGET))
        assert row.missing_count == len(page.of(Task.MISSING))
        assert (row.blocked_count > 0, row.next_earliest_year) == (page.is_blocked, page.earliest_year)
        assert row.words in [line.words for line in page.lines] or any(line.words.startswith(row.words) for line in page.lines)
        evaluation = Evaluation.objects.get(company=company, title=title)
        assert (row.open_count, row.open_codes.split()) == (evaluation.open_count, evaluation.open_codes.split())


def test_a_row_that_says_the_same_is_not_written_again(companies: list[Company]) -> None:
    _refresh(companies)
    before = list(Reach.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as queries:
        _refresh(companies)
    assert not [query["sql"] for query in queries if "policies_reach" in query["sql"] and not query["sql"].startswith("SELECT")]
    assert list(Reach.objects.order_by("pk").values()) == before


def test_a_firm_that_falls_out_of_reach_is_marked_and_one_that_comes_back_is_listed_again(companies: list[Company]) -> None:
    ready = companies[0]
    _refresh(companies)
    YearFiguresFactory(company=ready, year=2025, source="audit", known_on=NOV_24, revenue=10 * MILLION)
    _refresh([ready])
    row = Reach.objects.get(company=ready, title__code="little_giant")
    assert (row.is_within, row.is_near) == (False, False)
    again = date(2026, 11, 25)
    YearFiguresFactory(company=ready, year=2025, source="audit", known_on=again, revenue=136 * MILLION, main_revenue=132 * MILLION)
    _refresh([ready], on=again)
    changed = Reach.objects.get(company=ready, title__code="little_giant")
    assert changed.pk == row.pk


def test_a_closed_year_that_blocks_the_next_batch_is_no_near_miss(companies: list[Company]) -> None:
    blocked = ready_company(rd_expense=4 * MILLION)  # 2025 below 3 %: 2028 at the earliest
    _refresh([blocked])
    row = Reach.objects.get(company=blocked, title__code="little_giant")
    assert (row.is_within, row.is_near, row.next_earliest_year, row.blocked_count) == (True, False, 2028, 1)


def test_an_excluded_firm_has_no_row(companies: list[Company]) -> None:
    held(companies[1], "single_champion")
    _refresh(companies)
    assert companies[1].pk not in _rows()


def test_the_number_of_statements_does_not_grow_with_the_firms(companies: list[Company]) -> None:
    def cost(some: Sequence[Company]) -> int:
        with CaptureQueriesContext(connection) as queries:
            _refresh(some)
        return len(queries)

    more = [ready_company(class1_ip=3) for _n in range(6)]
    _refresh([ready_company(class1_ip=3)])
    assert cost(more[:1]) == cost(more[1:])


@pytest.mark.parametrize(
    ("part", "nothing", "expected"),
    [
        pytest.param("0", False, 0, id="none"),
        pytest.param("0.00001", False, 1, id="never nothing"),
        pytest.param("0.25", False, 250, id="exact"),
        pytest.param("999999", False, UNMEASURED - 1, id="beyond every bound"),
        pytest.param(None, True, 0, id="nothing open"),
        pytest.param(None, False, UNMEASURED, id="no measure"),
    ],
)
def test_a_gap_is_kept_in_thousandths(part: Any, nothing: bool, expected: int) -> None:
    assert permille(None if part is None else Decimal(part), nothing=nothing) == expected


def test_codes_stand_between_blanks_and_are_never_cut() -> None:
    assert padded([]) == ""
    assert padded(["L-1a", "L-7"]) == " L-1a L-7 "
    long = padded([f"L-{number:03}" for number in range(99)])
    assert len(long) <= 300
    assert long.endswith(" ")
    assert reach_keep in services._followers


def test_a_line_only_an_exception_could_open_counts_as_open_and_by_how_far_it_fails() -> None:
    """179号 names 4 亿元 “原则上”: a firm of 1.5 亿元 is not near it because somebody might make an exception."""
    ship()
    facts: dict[str, Any] = {"rd_expense": 15 * MILLION, "product_years": 12, "rd_institution_level": 3}
    small, close = ready_company(**facts), ready_company(main_revenue=380 * MILLION, revenue=390 * MILLION, **facts)
    _refresh([small, close])
    title = Title.objects.get(code="provincial_champion")
    assert not Reach.objects.filter(company=small, title=title, is_within=True).exists()
    assert Reach.objects.get(company=close, title=title).open_permille >= 50  # 3.8 of 4 亿元
