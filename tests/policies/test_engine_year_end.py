"""What must still happen before 31 December: each amount worked out by hand from the published line and the company's own figures."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from companies.figures.catalogue import CATALOGUE, Kind
from policies.engine import FigureValue, GapKind, HeldTitle, IncidentFact, Outcome, Snapshot, Standard, Window, evaluate
from policies.engine.year_end import BLOCKING, DOABLE, By, Task, YearEnd, next_year, year_end, year_end_summary
from tests.policies.engine_cases import BY_ID, USCC
from tests.policies.test_engine_promises import snapshots, standards

ON = date(2026, 11, 24)
WAN = Decimal(10_000)
GIANT, CHAMPION = BY_ID["little_giant-2026"], BY_ID["single_champion-2023"]
SPRING = Window(2027, date(2027, 4, 25), date(2027, 5, 25))
TITLE = HeldTitle("specialised_sme", date(2024, 12, 31), date(2027, 12, 31), 1)
# a company of which this year's figures are estimated: everything but the R&D share holds
BASE = {
    "2024 revenue": 12000,
    "2024 rd_expense": 700,
    "2025 revenue": 12500,
    "2025 rd_expense": 500,
    "2025 main_revenue": 11500,
    "2025 total_assets": 20000,
    "2025 total_liabilities": 12000,
    "2025 product_revenue": 7000,
    "2025 employees": 300,
    "2025 segment_years": 5,
    "2025 class1_ip": 4,
    "2025 platform_score": 66,
    "2026 revenue 预计": 13700,
    "2026 rd_expense 预计": 700,
    "2026 main_revenue 预计": 13000,
    "2026 total_assets 预计": 20000,
    "2026 total_liabilities 预计": 12000,
    "2026 product_revenue 预计": 7500,
}


def company(facts: dict[str, Any] | None = None, *, titles: Any = (TITLE,), incidents: Any = ()) -> Snapshot:
    """The base company with changes; None takes a figure away. Money is written in 万元."""
    figures = []
    for number, (key, value) in enumerate({**BASE, **(facts or {})}.items(), 1):
        year, code, *marks = key.split()
        if value is not None:
            amount = Decimal(str(value)) * WAN if CATALOGUE[code].kind is Kind.MONEY else value
            figures.append(FigureValue(code, int(year), amount, "self_reported", number, bool(marks)))
    return Snapshot(USCC, ON, "330603", {"founded_on": date(2008, 3, 1)}, figures, titles, incidents)


def told(snapshot: Snapshot, standard: Standard = GIANT, year: int = 2027) -> YearEnd:
    """The page of a company."""
    return year_end(standard, snapshot, on=ON, application_year=year, windows=[SPRING])


def line(page: YearEnd, code: str) -> tuple[Task, str]:
    """Task and words of one criterion."""
    (found,) = [one for one in page.lines if one.code == code]
    return found.task, found.words


@pytest.mark.parametrize(
    ("code", "facts", "task", "words"),
    [
        pytest.param(
            "L-3b",
            {"2026 rd_expense 预计": 370},
            Task.TO_DO,
            "2026 年研发费用再 ≥ 41.0 万元（按营业收入 13,700.0 万元（预计） 计，研发费用为 370.0 万元（预计））",
            id="a share, by the estimated revenue: 13,700 × 3% = 411",
        ),
        pytest.param(
            "L-3b", {"2026 rd_expense 预计": 411}, Task.HOLD, "2026 年研发费用占营业收入为 3.00%（预计），已够，须落实到年底", id="on it"
        ),
        pytest.param(
            "L-3b",
            {"2026 rd_expense 预计": "410.99"},
            Task.TO_DO,
            "2026 年研发费用再 ≥ 0.1 万元（按营业收入 13,700.0 万元（预计） 计，研发费用为 411.0 万元（预计））",
            id="a share just below its line",
        ),
        pytest.param(
            "L-3b",
            {"2026 rd_expense 预计": None},
            Task.TARGET,
            "2026 年研发费用须 ≥ 411.0 万元（按营业收入 13,700.0 万元（预计） 计，今年还没有研发费用）",
            id="a share whose upper side is not known yet",
        ),
        pytest.param(
            "L-3b",
            {"2026 rd_expense 预计": None, "2026 revenue 预计": None},
            Task.TARGET,
            "2026 年研发费用占营业收入须 ≥ 3%（今年还没有数，按 2025 年营业收入 12,500.0 万元 计为 375.0 万元）",
            id="a share of which nothing is known yet",
        ),
        pytest.param(
            "L-3b",
            {"2025 rd_expense": 370},
            Task.CLOSED,
            "2025 年已关账，不能再改；自 2026 年起研发费用占营业收入须≥ 3%，最早 2028 年申报",
            id="a closed year that fails is never to do",
        ),
        pytest.param("L-3b", {"2025 rd_expense": None}, Task.MISSING, None, id="a closed year nobody reported is missing"),
        pytest.param(
            "L-3a",
            {"2026 rd_expense 预计": 600},
            Task.TO_DO,
            "2026 年研发费用再 ≥ 100.0 万元（2025 年已有 500.0 万元，今年为 600.0 万元（预计））",
            id="a sum: the closed year counts",
        ),
        pytest.param("L-3a", {}, Task.HOLD, "2026 年研发费用为 700.0 万元（预计），已够，须落实到年底", id="a sum on its line"),
        pytest.param(
            "L-3a",
            {"2026 rd_expense 预计": None},
            Task.TARGET,
            "2026 年研发费用须 ≥ 700.0 万元（2025 年已有 500.0 万元，今年还没有数）",
            id="a sum whose open year is not known yet",
        ),
        pytest.param(
            "L-3a",
            {"2025 rd_expense": 1200},
            Task.MET,
            "2025 年已有 1,200.0 万元，今年不论多少都够",
            id="a sum the closed year reaches alone",
        ),
        pytest.param(
            "L-2a",
            {"2026 revenue 预计": "4999.99"},
            Task.TO_DO,
            "2026 年营业收入再 ≥ 0.1 万元（现为 4,999.99 万元（预计），须 ≥ 5,000 万元）",
            id="an amount just below its line",
        ),
        pytest.param(
            "L-2a",
            {"2026 revenue 预计": None, "2026 revenue": 4000},
            Task.TO_DO,
            "2026 年营业收入再 ≥ 1,000.0 万元（现为 4,000.0 万元（现有），须 ≥ 5,000 万元）",
            id="a figure to date is no estimate",
        ),
        pytest.param(
            "L-2a",
            {"2026 revenue 预计": None},
            Task.TARGET,
            "2026 年营业收入须 ≥ 5,000 万元（今年还没有数，2025 年为 12,500.0 万元）",
            id="an amount not known yet, beside the last known year",
        ),
        pytest.param(
            "L-2b",
            {"2026 main_revenue 预计": 12000},
            Task.TO_DO,
            "2026 年主营业务收入再 ≥ 330.0 万元（按营业收入 13,700.0 万元（预计） 计，主营业务收入为 12,000.0 万元（预计））",
            id="13,700 × 90% = 12,330",
        ),
        pytest.param(
            "L-2c",
            {"2026 revenue 预计": 13000},
            Task.TO_DO,
            "2026 年营业收入再 ≥ 230.0 万元（须 ≥ 13,230.0 万元，现为 13,000.0 万元（预计））",
            id="growth: 12,000 × 1.05² = 13,230",
        ),
        pytest.param("L-2c", {"2026 revenue 预计": 13230}, Task.HOLD, None, id="growth on its line"),
        pytest.param("L-2c", {"2024 revenue": None}, Task.MISSING, None, id="growth without its base year"),
        pytest.param(
            "L-2d",
            {"2026 total_liabilities 预计": 16000},
            Task.TO_DO,
            "2026 年负债总额须再减少 1,000.0 万元（按资产总额 20,000.0 万元（预计） 计，负债总额为 16,000.0 万元（预计））",
            id="a share that must not be passed: 20,000 × 75% = 15,000",
        ),
        pytest.param(
            "L-8",
            {"2026 product_revenue 预计": 6850},
            Task.TO_DO,
            "2026 年主导产品收入再 > 0.0 万元（按营业收入 13,700.0 万元（预计） 计，主导产品收入为 6,850.0 万元（预计））",
            id="on a line that must be passed",
        ),
        pytest.param(
            "L-4",
            {"2025 class1_ip": 3},
            Task.TO_DO,
            "申请前Ⅰ类知识产权再 ≥ 1 项（2025 年为 3 项）；或取得免除条件：近三年获国家级科技奖励，单位排名前三",
            id="a state on the day of the filing",
        ),
        pytest.param("L-7", {}, Task.HOLD, "专精特新发展评价得分按 2025 年 66.0 分 已够，申请前须有当年的数", id="a state of last year"),
        pytest.param("L-1b", {}, Task.MET, "", id="years enough already"),
        pytest.param("L-1b", {"2025 segment_years": 2}, Task.WAITING, "到 2026 年末满 3 年，只需等待", id="years that this year brings"),
        pytest.param("L-1b", {"2025 segment_years": 1}, Task.WAITING, "到 2027 年末满 3 年，最早 2028 年申报", id="a year too few"),
        pytest.param(
            "L-1b", {"2025 segment_years": None}, Task.MISSING, "缺 2025 年从事细分市场年限（企业自报），请企业填报", id="unknown"
        ),
        pytest.param("L-6", {}, Task.MANUAL, "", id="a question for people"),
        pytest.param(
            "G-02", {"2026 revenue 预计": 50000, "2025 employees": 1200}, Task.TO_DO, None, id="a choice none of whose ways holds"
        ),
    ],
)
def test_a_line_asks_for_exactly_what_is_left(code: str, facts: dict[str, Any], task: Task, words: str | None) -> None:
    found = line(told(company(facts)), code)
    assert found[0] is task
    if words is not None:
        assert found[1] == words


def test_an_average_over_three_years_leaves_the_rest_to_this_one() -> None:
    facts = {f"{year} main_revenue": amount for year, amount in ((2024, 41000), (2025, 38000))}
    task, words = line(told(company({**facts, "2026 main_revenue 预计": 40000}), CHAMPION), "C-4")
    assert task is Task.TO_DO  # 3 × 40,000 − 41,000 − 38,000 = 41,000; 2 亿 needs nothing more but leave of the ministry
    assert "2026 年主营业务收入再 ≥ 1,000.0 万元（2024、2025 年已有 79,000.0 万元，今年为 40,000.0 万元（预计））" in words


def test_a_doubt_about_a_branch_is_a_doubt_about_the_line() -> None:
    found = next(one for one in told(company(), CHAMPION).lines if one.code == "C-4")
    assert found.needs_check
    assert found.grade == "C"
    assert found.dispute.startswith("放宽至 2 亿元只见于一处转录")


@pytest.mark.parametrize(
    ("until", "task"),
    [
        pytest.param(date(2027, 4, 24), Task.TO_DO, id="the day before the window opens"),
        pytest.param(date(2027, 4, 25), Task.MET, id="the day it opens"),
        pytest.param(None, Task.MET, id="without end"),
    ],
)
def test_a_title_must_still_be_valid_at_the_filing(until: date | None, task: Task) -> None:
    page = told(company(titles=(HeldTitle("specialised_sme", date(2024, 1, 1), until, 1),)))
    found = next(one for one in page.lines if one.code == "L-1a")
    assert found.task is task
    assert found.by is (By.FILING if task is Task.TO_DO else By.NONE)


def test_a_listing_can_be_lifted_and_an_accident_only_grows_old() -> None:
    listed = told(company(incidents=(IncidentFact("abnormal_list", "", date(2026, 8, 2), None, 1),)))
    assert line(listed, "G-03") == (Task.TO_DO, "移出经营异常名单后即可")
    assert not listed.is_blocked
    hurt = told(company(incidents=(IncidentFact("safety", "larger", date(2025, 3, 1), None, 1),)))
    assert line(hurt, "G-05")[0] is Task.WAITING
    assert (hurt.is_blocked, hurt.earliest_year) == (True, 2028)


def test_the_page_says_which_filing_how_many_days_and_what_it_rests_on() -> None:
    page = told(company())
    assert (page.application_year, page.window, page.days_left, page.ends_on) == (2027, SPRING, 37, date(2026, 12, 31))
    assert page.has_figures
    assert not told(company({key: None for key in BASE if key.startswith("2026")})).has_figures
    found = next(one for one in page.lines if one.code == "L-3b")
    assert found.is_estimate
    assert (found.clause, found.citation, found.grade, found.needs_check) == ("附件2 三", "工信部企业〔2026〕2号 附件2", "B2", False)


def test_a_company_the_title_does_not_apply_to_is_asked_for_nothing() -> None:
    page = told(company(titles=(TITLE, HeldTitle("single_champion", date(2025, 1, 1), None, 2))))
    assert page.exclusion == "不适用：已获制造业单项冠军的企业不再申报小巨人"
    assert page.lines == ()
    standing = year_end_summary(
        GIANT, company(titles=(HeldTitle("single_champion", date(2025, 1, 1), None, 2),)), on=ON, application_year=2027
    )
    assert standing.is_excluded
    assert standing.open_codes == ()


@pytest.mark.parametrize(
    ("windows", "year"),
    [
        pytest.param((), 2027, id="nothing planned"),
        pytest.param((Window(2026), Window(2027), Window(2028)), 2027, id="next year's"),
        pytest.param((Window(2026), Window(2029)), 2029, id="a batch further off"),
    ],
)
def test_the_next_filing_is_the_next_planned_batch(windows: tuple[Window, ...], year: int) -> None:
    assert next_year(ON, windows) == year


def test_a_batch_further_off_asks_of_this_year_only_what_it_looks_at() -> None:
    page = told(company(), year=2028)
    assert line(page, "L-2a") == (Task.WAITING, "要到 2027 年才看得出")
    assert line(page, "L-3b")[0] is Task.HOLD
    assert line(page, "L-3a") == (Task.TARGET, "2026、2027 年研发费用达到 1,200.0 万元，即可于 2028 年申报")
    assert not page.is_blocked


def test_what_was_asked_for_is_enough_to_the_last_cent() -> None:
    missed = company({"2026 rd_expense 预计": "370.25", "2026 main_revenue 预计": "12000.01"})
    assert line(told(missed), "L-3b")[0] is Task.TO_DO
    mended = company({"2026 rd_expense 预计": 411, "2026 main_revenue 预计": 12330})
    assert {line(told(mended), code)[0] for code in ("L-3b", "L-2b")} == {Task.HOLD}
    short = company({"2026 rd_expense 预计": "410.9999", "2026 main_revenue 预计": "12329.9999"})
    assert {line(told(short), code)[0] for code in ("L-3b", "L-2b")} == {Task.TO_DO}


def test_the_size_of_the_gap_is_the_largest_shortfall_as_a_part_of_its_line() -> None:
    facts = {"2026 rd_expense 预计": 370, "2026 main_revenue 预计": 12000}
    standing = year_end_summary(GIANT, company(facts), on=ON, application_year=2027, windows=[SPRING])
    assert standing.open_codes == ("L-2b", "L-3a", "L-3b")
    assert standing.gap == Decimal(330) / Decimal(1200)  # the sum lacks 330 of 1,200; the shares lack less
    assert standing.words == "2026 年研发费用再 ≥ 330.0 万元（2025 年已有 500.0 万元，今年为 370.0 万元（预计））"


@settings(max_examples=250, deadline=None)
@given(standards, snapshots)
def test_the_summary_counts_what_the_page_lists(standard: Standard, snapshot: Snapshot) -> None:
    page = year_end(standard, snapshot, on=ON, application_year=2027)
    standing = year_end_summary(standard, snapshot, on=ON, application_year=2027)
    assert (standing.todo, standing.target) == (len(page.of(Task.TO_DO)), len(page.of(Task.TARGET)))
    assert (standing.hold, standing.missing, standing.manual) == tuple(
        len(page.of(task)) for task in (Task.HOLD, Task.MISSING, Task.MANUAL)
    )
    assert standing.open_codes == tuple(one.code for one in page.lines if one.task in DOABLE or one.task is Task.MISSING)
    assert standing.blocked == sum(1 for one in page.lines if one.task in BLOCKING and (one.earliest_year or 0) > 2027)
    assert standing.earliest_year == page.earliest_year
    assert (standing.blocked > 0) == page.is_blocked
    for one in page.lines:
        if one.task in DOABLE or one.task in (Task.MISSING, Task.CLOSED):
            assert one.words, one


@settings(max_examples=250, deadline=None)
@given(standards, snapshots)
def test_the_page_never_contradicts_the_sheet_of_that_filing(standard: Standard, snapshot: Snapshot) -> None:
    page = year_end(standard, snapshot, on=ON, application_year=2027)
    sheet = evaluate(standard, snapshot, on=ON, application_year=2027)
    for one in page.lines:
        verdict = sheet.verdict(one.code)
        if verdict.gap_kind is GapKind.CLOSED and not verdict.mode:
            assert one.task is Task.CLOSED, (one, verdict)
        if one.task is Task.CLOSED:
            assert verdict.outcome is Outcome.UNMET, (one, verdict)
        if verdict.outcome is Outcome.MET:
            assert one.task in (Task.MET, Task.HOLD) or one.by is By.FILING, (one, verdict)
