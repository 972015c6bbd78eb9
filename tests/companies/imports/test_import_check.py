"""The check: nothing is saved, every bad cell is listed with its address, totals tell what would happen."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accounts.users.models import User
from companies.figures.models import YearFigures
from companies.imports.models import ImportRow, ImportRun, ImportState
from companies.register.models import Company
from core.errors import NotPermitted
from tests.companies.imports.books import FIGURE_HEADS, FIRM_HEADS, code, firm, xlsx
from tests.companies.imports.conftest import reasons, verdicts
from tests.factories import AssignmentFactory, AuditorFactory, CompanyFactory, DistrictFactory, YearFiguresFactory

Check = Callable[..., ImportRun]
BOTH = ["统一社会信用代码", "企业名称", "区县", "年度", "营业收入（万元）"]


def figures(*rows: list[Any]) -> dict[str, Any]:
    return {"年度指标": [FIGURE_HEADS, *rows]}


def test_a_check_saves_nothing_but_the_run_and_its_rows(city_clerk: User, check: Check) -> None:
    run = check({"企业": [FIRM_HEADS, firm(1), firm(2)], "年度指标": [FIGURE_HEADS, [code(1), 2025, "1,234.50", 100, 88]]}, by=city_clerk)
    assert run.state == ImportState.CHECKED
    assert {name: run.totals[name] for name in ("new", "changed", "unchanged", "refused", "firms")} == {
        "new": 3, "changed": 0, "unchanged": 0, "refused": 0, "firms": 2,
    }  # fmt: skip
    assert (Company.objects.count(), YearFigures.objects.count(), ImportRow.objects.count()) == (0, 0, 3)
    kept = ImportRow.objects.get(sheet="年度指标").values["figures"][0]
    assert kept == {
        "year": 2025,
        "source": "audit",
        "estimate": False,
        "values": {"revenue": kept["values"]["revenue"], "rd_expense": "1000000", "employees": 88},
    }
    assert Decimal(kept["values"]["revenue"]) == Decimal(12_345_000)


def test_all_seven_bad_cells_of_one_row_are_listed_with_sheet_row_column_and_value(city_clerk: User, check: Check) -> None:
    heads = ["统一社会信用代码", "年度", "营业收入", "研发费用", "职工人数", "净利润", "资产总额"]
    run = check({"年度指标": [heads, ["9133060071526726XX", 1899, "12oo", -1, 1.5, "1e400", float("1e300")]]}, by=city_clerk)
    (row,) = ImportRow.objects.filter(run=run)
    assert (row.sheet, row.number, row.verdict) == ("年度指标", 2, "refused")
    assert [(bad["column"], bad["value"]) for bad in row.errors] == [
        ("A", "9133060071526726XX"), ("B", "1899"), ("C", "12oo"), ("D", "-1"), ("E", "1.5"), ("F", "1e400"), ("G", "1e+300"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param([code(9), 2025, 1, 1, 1], "信用代码不在库", id="unknown-firm"),
        pytest.param([code(1), 2099, 1, 1, 1], "超出 1978—2098", id="2099"),
        pytest.param([code(1), 2098, 1, 1, 1], "还没有开始", id="future"),
        pytest.param([code(1), None, 1, 1, 1], "缺年度", id="no-year"),
    ],
)
def test_a_row_is_refused_with_the_way_out(city_clerk: User, check: Check, row: list[Any], words: str) -> None:
    CompanyFactory(uscc=code(1))
    run = check(figures(row), by=city_clerk)
    assert [words in reason for reason in reasons(run)] == [True]


def test_a_part_above_its_whole_is_named_at_the_part(city_clerk: User, check: Check) -> None:
    CompanyFactory(uscc=code(1))
    heads = ["统一社会信用代码", "年度", "营业收入", "主营业务收入", "职工人数", "研发人员"]
    run = check({"年度指标": [heads, [code(1), 2025, 100, 120, 50, 60]]}, by=city_clerk)
    (row,) = ImportRow.objects.filter(run=run)
    assert [(bad["column"], "大于" in bad["reason"]) for bad in row.errors] == [("D", True), ("F", True)]


def test_a_figure_ten_thousand_times_last_years_asks_for_the_unit_until_confirmed(city_clerk: User, check: Check) -> None:
    company = CompanyFactory(uscc=code(1))
    CompanyFactory(uscc=code(2))
    YearFiguresFactory(company=company, year=2024, revenue=Decimal(120_000_000))
    wrong = check(figures([code(1), 2025, 120_000_000, None, None]), by=city_clerk)
    assert ["万元还是元" in reason for reason in reasons(wrong)] == [True]
    assert check(figures([code(1), 2025, 120_000_000, None, None]), by=city_clerk, confirm_jumps=True).totals["new"] == 1
    heads = [*FIGURE_HEADS, "已核对数量级"]
    assert check({"年度指标": [heads, [code(1), 2025, 120_000_000, None, None, "是"]]}, by=city_clerk).totals["new"] == 1
    across = {"x": [["统一社会信用代码", "2023营收", "2022营收"], [code(2), 12_000, 120_000_000]]}
    assert ["万元还是元" in reason for reason in reasons(check(across, by=city_clerk))] == [True]
    sister = {"x": [["统一社会信用代码", "年度", "营业收入", "销售收入"], [code(1), 2020, 12_000, 120_000_000]]}
    assert any("销售收入" in reason and "一万倍" in reason for reason in reasons(check(sister, by=city_clerk)))


def test_a_doubted_figure_is_shown_as_large_as_it_is_beside_the_figure_it_is_held_against(city_clerk: User, check: Check) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, year=2024, revenue=Decimal(120_000_000))
    YearFiguresFactory(company=company, year=2025, revenue=Decimal(123_000_000))
    run = check(figures([code(1), 2025, 120_000_000, None, None], [code(1), 2023, 123_450_000, None, None]), by=city_clerk)
    first, second = (row.errors[0] for row in ImportRow.objects.filter(run=run).order_by("number"))
    assert first["value"] == "120000000 万元"
    assert first["reason"].startswith("营业收入 120,000,000 万元，库内 12,300 万元，相差约一万倍")
    assert second["value"] == "123450000 万元"
    assert second["reason"].startswith("营业收入 123,450,000 万元，2024 年 12,000 万元，相差约一万倍")


def test_the_same_firm_or_year_twice_in_a_file_is_refused_naming_the_first_row(city_clerk: User, check: Check) -> None:
    CompanyFactory(uscc=code(1))
    run = check(
        {"企业": [FIRM_HEADS, firm(2), firm(2)], **figures([code(1), 2025, 1, 1, 1], [code(1).lower(), 2025, 2, 1, 1])}, by=city_clerk
    )
    assert reasons(run) == [
        "与“企业”第 2 行是同一家企业，请只留一行。",
        "与“年度指标”第 2 行的企业、年度、口径相同，请只留一行。",
    ]


def test_a_same_named_firm_with_another_code_is_reported_not_merged(city_clerk: User, check: Check) -> None:
    CompanyFactory(uscc=code(7), name=firm(1)[1])
    run = check({"企业": [FIRM_HEADS, firm(1)]}, by=city_clerk)
    row = ImportRow.objects.get(run=run)
    assert row.verdict == "new"
    assert code(7) in row.note
    assert "同名企业已在库" in row.note


def test_a_same_named_firm_of_another_district_is_not_hinted_at(clerk: User, check: Check) -> None:
    CompanyFactory(uscc=code(7), name=firm(1)[1], district=DistrictFactory(code="330603"))
    assert ImportRow.objects.get(run=check({"企业": [FIRM_HEADS, firm(1)]}, by=clerk)).note == ""


def test_a_code_held_in_another_district_gets_the_one_fixed_sentence(clerk: User, check: Check) -> None:
    CompanyFactory(uscc=code(1), district=DistrictFactory(code="330603"))
    run = check({"企业": [FIRM_HEADS, firm(1)], **figures([code(1), 2025, 1, 1, 1])}, by=clerk)
    assert reasons(run) == ["该信用代码已在库，请联系市级数据员"] * 2


def test_a_district_clerk_adds_firms_of_the_own_district_only(clerk: User, check: Check) -> None:
    run = check({"企业": [FIRM_HEADS, firm(1, 区县="柯桥区"), firm(2, 区县=None), firm(3, 区县="越城")]}, by=clerk)
    assert [verdict for _sheet, _row, verdict in verdicts(run)] == ["refused", "new", "new"]
    assert "只能新建本区县的企业" in reasons(run)[0]


def test_an_officer_imports_own_firms_only_and_new_ones_go_to_the_clerk(officer: User, check: Check) -> None:
    own = CompanyFactory(uscc=code(1), name="甲有限公司")
    AssignmentFactory(company=own, officer=officer)
    CompanyFactory(uscc=code(2))
    CompanyFactory(uscc=code(3), district=DistrictFactory(code="330603"))
    run = check({**figures(*([code(n), 2025, 10, 1, 1] for n in (1, 2, 3, 4))), "企业": [FIRM_HEADS, firm(5), firm(1)]}, by=officer)
    found = reasons(run)
    assert found[0] == "专管员不能新建企业，请联系数据员。"
    assert set(found[1:-3]) == {"企业资料由数据员维护，请联系数据员修改；留空则不改。"}
    assert found[-3:] == [
        "不是您挂钩的企业，不能导入。请联系该企业的专管员，或请数据员导入。",
        "该信用代码已在库，请联系市级数据员",
        "信用代码不在您可导入的企业中。新企业请联系数据员建库。",
    ]
    assert run.totals["new"] == 1


def test_a_moved_firm_or_a_town_elsewhere_is_refused_and_blank_cells_change_nothing(city_clerk: User, check: Check) -> None:
    CompanyFactory(uscc=code(1), name=firm(1)[1], industry="34", size="2")
    moved = check({"企业": [FIRM_HEADS, firm(1, 区县="柯桥区", 成立日期=None)]}, by=city_clerk)
    assert reasons(moved) == ["库内属地为越城区。属地变更不在导入里办理，请联系市级数据员。"]
    same = check({"企业": [["统一社会信用代码", "企业名称", "规模", "镇街"], [code(1), firm(1)[1], None, None]]}, by=city_clerk)
    assert same.totals["unchanged"] == 1


def test_a_firm_and_its_figures_on_one_row_stand_or_fall_together(city_clerk: User, check: Check) -> None:
    run = check({"汇总": [BOTH, [code(1), "甲", "越城区", 2025, "12oo"], [code(2), "乙", "越城区", 2025, 12]]}, by=city_clerk)
    assert [verdict for _s, _r, verdict in verdicts(run)] == ["refused", "new"]
    assert run.totals["firms"] == 1


def test_a_firm_refused_in_its_own_sheet_takes_its_figures_with_it_and_says_where(city_clerk: User, check: Check) -> None:
    run = check({"企业": [FIRM_HEADS, firm(1, 区县=None)], **figures([code(1), 2025, 1, 1, 1])}, by=city_clerk)
    assert reasons(run) == ["新企业缺区县，请从下拉框选择。", "该企业在“企业”第 2 行被拒绝，请先改正那一行。"]


def test_an_estimate_never_replaces_a_final_figure(city_clerk: User, check: Check) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, year=2025, revenue=Decimal(100_000))
    run = check({"年度指标": [["统一社会信用代码", "年度", "是否预计", "营业收入"], [code(1), 2025, "是", 11]]}, by=city_clerk)
    assert reasons(run) == ["2025 年已有正式数，不能再导入预计数。"]


def test_changed_rows_keep_what_they_replace_and_equal_ones_are_unchanged(city_clerk: User, check: Check) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, year=2025, revenue=Decimal(100_000), employees=5)
    run = check(figures([code(1), 2025, 12, None, 5]), by=city_clerk)
    row = ImportRow.objects.get(run=run)
    assert (row.verdict, run.totals["replaces"]) == ("changed", 1)
    assert row.before["figures"] == [{"year": 2025, "source": "audit", "values": {"revenue": "100000.00"}}]
    assert check(figures([code(1), 2025, 10, None, 5]), by=city_clerk).totals["unchanged"] == 1


def test_a_file_without_a_header_fails_with_one_sentence_and_can_be_checked_again(city_clerk: User, check: Check) -> None:
    run = check({"Sheet1": [["名单"]]}, by=city_clerk)
    assert run.state == ImportState.FAILED
    assert "需要“统一社会信用代码”列" in run.message


def test_an_auditor_uploads_nothing(city_clerk: User, check: Check) -> None:
    with pytest.raises(NotPermitted):
        check(xlsx({"企业": [FIRM_HEADS]}), by=AuditorFactory())
    assert ImportRun.objects.count() == 0


def test_ignored_columns_are_named(city_clerk: User, check: Check) -> None:
    run = check({"企业": [[*FIRM_HEADS, "联系人", "手机"], [*firm(1), "沈", "138"]]}, by=city_clerk)
    assert [(column["column"], column["header"]) for column in run.ignored_columns] == [("H", "联系人"), ("I", "手机")]


def test_a_header_with_a_sign_that_no_database_keeps_is_named_by_that_sign(city_clerk: User, check: Check) -> None:
    CompanyFactory(uscc=code(1))
    run = check({"年度指标": [[*FIGURE_HEADS, "备注\x00一"], [code(1), 2025, 90, 9, 9, "无"]]}, by=city_clerk)
    assert run.totals["new"] == 1
    assert [column["header"] for column in run.ignored_columns] == ["备注U+0000一"]
