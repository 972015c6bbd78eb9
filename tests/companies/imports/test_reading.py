"""Workbooks people really have: titles above the header, two-row heads, wide years, units, other orders, .xls and .xlsx."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from companies.imports.refusals import WorkbookRefused
from companies.imports.workbooks.headers import read_columns
from companies.imports.workbooks.intake import inspect
from companies.imports.workbooks.reading import Table, TableKind, read_tables
from tests.companies.imports.books import FIGURE_HEADS, code, firm, xls, xlsx


def tables_of(content: bytes, name: str = "a.xlsx", *, is_light: bool | None = None) -> list[Table]:
    """All tables of a workbook, by the chosen reader."""
    intake = inspect(BytesIO(content), name=name)
    if is_light is not None:
        intake.is_light = is_light
    return read_tables(BytesIO(content), intake)


def meaning(table: Table) -> dict[str, tuple[str, int | None]]:
    """Letter → (field, year)."""
    return {column.letter: (column.field, column.year) for column in table.columns}


def two_rows(book: Any, pages: dict[str, Any]) -> None:
    page = pages["汇总"]
    page.merge_range(1, 1, 1, 6, "绍兴市企业情况表（单位：元）")
    page.merge_range(2, 1, 3, 1, "统一社会 信用代码")
    page.merge_range(2, 2, 3, 2, "企业名称\n")
    page.merge_range(2, 3, 2, 4, "2024年")
    page.merge_range(2, 5, 2, 6, "2025年度")
    for column, text in enumerate(["营业收入", "研发费用（万元）", "营业收入", "研发费用（万元）"], start=3):
        page.write(3, column, text)
    page.write(4, 1, code(1))
    page.write(4, 3, 12_000_000)
    page.write(7, 1, code(2))
    page.write(7, 6, 300)


@pytest.mark.parametrize("is_light", [True, False], ids=["calamine", "openpyxl"])
def test_a_title_two_row_merged_heads_and_years_across_are_read_with_their_addresses(is_light: bool) -> None:
    (table,) = tables_of(xlsx({"汇总": []}, then=two_rows), is_light=is_light)
    assert table.kind is TableKind.FIGURES
    assert meaning(table) == {
        "B": ("uscc", None),
        "C": ("name", None),
        "D": ("revenue", 2024),
        "E": ("rd_expense", 2024),
        "F": ("revenue", 2025),
        "G": ("rd_expense", 2025),
    }
    assert {column.letter: column.factor for column in table.columns if column.factor} == {
        "D": Decimal(1), "E": Decimal(10_000), "F": Decimal(1), "G": Decimal(10_000),
    }  # fmt: skip
    assert [(number, cells[1]) for number, cells in table.rows] == [(5, code(1)), (8, code(2))]


def test_years_in_the_header_itself_are_read() -> None:
    heads = ["统一社会信用代码", "2024营收", "2025 营收（亿元）", "2024年职工人数", "研发费用2025（元）", "资产总额（2025年）(千元)"]
    (table,) = tables_of(xlsx({"Sheet1": [heads, [code(1), 1, 2, 3, 4, 5]]}))
    assert meaning(table) == {
        "A": ("uscc", None),
        "B": ("revenue", 2024),
        "C": ("revenue", 2025),
        "D": ("employees", 2024),
        "E": ("rd_expense", 2025),
        "F": ("total_assets", 2025),
    }
    assert [column.factor for column in table.columns] == [None, Decimal(10_000), Decimal(10**8), Decimal(1), Decimal(1), Decimal(1_000)]


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls"])
def test_columns_in_another_order_unknown_columns_and_blank_rows_are_taken_in_both_formats(name: str) -> None:
    rows = [
        ["备注", "营业收入", "年度", " 统一社会\n信用代码 ", "联系人"],
        ["好", "1,234.50", 2025, code(1), "沈"],
        [],
        [None, "12万", "2024", code(2)],
    ]
    content = (xls if name.endswith("xls") else xlsx)({"随便什么": rows})
    (table,) = tables_of(content, name)
    assert meaning(table) == {"B": ("revenue", None), "C": ("year", None), "D": ("uscc", None)}
    assert [(bad["column"], bad["header"]) for bad in table.ignored] == [("A", "备注"), ("E", "联系人")]
    assert [number for number, _cells in table.rows] == [2, 4]


def test_the_three_sheets_come_firms_first_whatever_their_order() -> None:
    heads = ["统一社会信用代码", "称号", "公告文号"]
    content = xlsx(
        {"获得认定": [heads], "年度指标": [FIGURE_HEADS], "企业": [["统一社会信用代码", "企业名称", "区县"]], "说明": [["写什么都行"]]}
    )
    assert [table.sheet for table in tables_of(content)] == ["企业", "年度指标", "获得认定"]


def test_a_hidden_sheet_is_ignored() -> None:
    content = xlsx(
        {"企业": [["统一社会信用代码", "企业名称"], firm(1)[:2]], "旧": [["统一社会信用代码"]]},
        then=lambda _book, pages: pages["旧"].hide(),
    )
    assert [table.sheet for table in tables_of(content)] == ["企业"]


def test_a_header_twice_is_refused_naming_both_columns() -> None:
    content = xlsx({"年度指标": [["统一社会信用代码", "年度", "营业收入（万元）", "营收"], [code(1), 2025, 1, 1]]})
    with pytest.raises(WorkbookRefused) as refusal:
        tables_of(content)
    assert "C 列“营业收入（万元）”和 D 列“营收”是同一项" in refusal.value.message


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"Sheet1": [["名单"], ["甲"]]}, "没有找到表头，需要“统一社会信用代码”列"),
        ({"企业": [["企业名称"], ["甲"]], "b": [["统一社会信用代码"]]}, "工作表“企业”没有找到表头"),
        ({"年度指标": [["统一社会信用代码", "营业收入"]]}, "B 列“营业收入”不知是哪一年"),
        ({"年度指标": [["统一社会信用代码", "年度", "出口额（万美元）"]]}, "单位“万美元”不能换算"),
        ({"获得认定": [["统一社会信用代码", "公告文号"]]}, "没有“称号”列"),
    ],
)
def test_a_sheet_without_what_it_needs_is_refused_by_name(sheets: dict[str, Any], words: str) -> None:
    with pytest.raises(WorkbookRefused) as refusal:
        tables_of(xlsx(sheets))
    assert words in refusal.value.message


def test_a_failed_formula_is_not_read_as_blank() -> None:
    def write(_book: Any, pages: dict[str, Any]) -> None:
        pages["年度指标"].write_formula("C2", "=1/0", None, "#DIV/0!")

    for is_light in (True, False):
        (table,) = tables_of(xlsx({"年度指标": [FIGURE_HEADS, [code(1), 2025]]}, then=write), is_light=is_light)
        assert [cells[2] for _number, cells in table.rows] == ["#VALUE!"]


def test_every_alias_of_the_catalogue_leads_to_one_fact() -> None:
    columns, ignored = read_columns(
        "x", [(None, "统一社会信用代码"), (None, "从业人员"), (None, "R&D经费"), (None, "Ⅰ类知识产权（项）")], ""
    )
    assert [column.field for column in columns] == ["uscc", "employees", "rd_expense", "class1_ip"]
    assert ignored == []
