"""Cells: what people write becomes a figure, a date or a flag, or is refused with the reason and the remedy."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from companies.figures.catalogue import CATALOGUE
from companies.imports.refusals import CellRefused
from companies.imports.workbooks.parsing import fact_parser, parse_date, parse_flag, parse_uscc, parse_year, text_parser


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("1,234.50", "12345000"),
        ("１２３", "1230000"),
        ("１，２３４．５", "12345000"),
        ("12万", "120000"),
        ("12 万元", "120000"),
        ("3.2亿", "320000000"),
        ("3.2 亿元", "320000000"),
        ("5元", "5"),
        ("5千元", "5000"),
        ("￥12", "120000"),
        ("'12", "120000"),
        (" 12\u200b ", "120000"),
        (12.0, "120000"),
        (12, "120000"),
        (0.1 + 0.2, "3000"),
        ("0", "0"),
        (0.0, "0"),
        ("1.234567", "12345.67"),
    ],
)
def test_money_is_read_as_people_write_it_in_wan_unless_the_cell_says_otherwise(written: Any, yuan: str) -> None:
    assert fact_parser(CATALOGUE["revenue"])(written) == Decimal(yuan)


def test_a_column_in_yuan_is_read_in_yuan_and_a_unit_in_the_cell_wins() -> None:
    parse = fact_parser(CATALOGUE["revenue"], Decimal(1))
    assert parse("1,234.5") == Decimal("1234.5")
    assert parse("12万") == Decimal(120_000)


@pytest.mark.parametrize("written", [None, "", " ", "—", "-", "－", "无", "暂无", "/", "N/A", "缺数据"])
@pytest.mark.parametrize("code", ["revenue", "employees", "market_share_percent", "has_own_brand"])
def test_blank_and_dash_are_unknown_never_zero(written: Any, code: str) -> None:
    assert fact_parser(CATALOGUE[code])(written) is None


@pytest.mark.parametrize(
    ("code", "written", "words"),
    [
        ("revenue", "12oo", "不是数字，请改为"),
        ("revenue", "1e5", "科学计数法"),
        ("revenue", "1E400", "科学计数法"),
        ("revenue", "NaN", "不是数字"),
        ("revenue", float("nan"), "不是数字"),
        ("revenue", float("inf"), "不是数字"),
        ("revenue", 1e300, "超出范围"),
        ("revenue", "9" * 100, "超出范围"),
        ("revenue", -5.0, "不能为负"),
        ("revenue", "-5", "不能为负"),
        ("revenue", "1.2345678", "小数位过多，金额最多到分"),
        ("revenue", 1 / 3, "小数位过多"),
        ("revenue", "٣", "不是数字"),
        ("revenue", "1_000", "不是数字"),
        ("revenue", "1,23", "不是数字"),
        ("revenue", True, "不是数字"),
        ("revenue", date(2024, 1, 1), "不是数字"),
        ("revenue", "#DIV/0!", "公式出错"),
        ("revenue", "#公式未计算", "公式出错"),
        ("revenue", "12\x00", "U+0000"),
        ("revenue", "\ud800", "U+D800"),
        ("revenue", "12\u202e", "U+202E"),
        ("revenue", "x" * 10_000, "10,000 个字"),
        ("revenue", "12美元", "单位不认识"),
        ("employees", 1.5, "须为整数"),
        ("employees", "-1", "不能为负"),
        ("employees", 3_000_000.0, "超出范围，最大 2,000,000 人"),
        ("market_share_percent", 101.0, "超出范围，最大 100"),
        ("market_share_percent", 0.027, "0.027% 还是 2.7"),
        ("market_share_percent", "2.71828%", "小数位过多，最多 4 位"),
        ("has_own_brand", "大概", "请填“是”或“否”"),
    ],
)
def test_a_bad_figure_is_refused_with_value_reason_and_remedy(code: str, written: Any, words: str) -> None:
    with pytest.raises(CellRefused) as refusal:
        fact_parser(CATALOGUE[code])(written)
    assert words in refusal.value.reason


def test_net_profit_may_be_negative_and_percent_may_be_text() -> None:
    assert fact_parser(CATALOGUE["net_profit"])("-12.5") == Decimal(-125_000)
    assert fact_parser(CATALOGUE["market_share_percent"])("2.7%") == Decimal("2.7")
    assert fact_parser(CATALOGUE["market_share_percent"])("0.5%") == Decimal("0.5")


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-01", "2024/3/1", "2024.3.1", "2024年3月1日", "20240301", "２０２４-０３-０１", "2024-03-01 00:00:00",
        45352.0, 45352, 20240301.0, date(2024, 3, 1), datetime(2024, 3, 1, 8, 30),
    ],
)  # fmt: skip
def test_a_date_is_read_from_text_serial_and_date_cells(written: Any) -> None:
    assert parse_date(written) == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2026-02-30", "没有这一天"),
        ("24-03-01", "四位年份"),
        ("1899-12-31", "1900—2098"),
        ("2099-01-01", "1900—2098"),
        ("0000-01-01", "没有这一天"),
        ("9999-01-01", "1900—2098"),
        ("2024年3月", "不是日期"),
        (0.5, "不是日期"),
        (1e300, "不是日期"),
        (float("nan"), "不是日期"),
        (True, "不是日期"),
    ],
)
def test_a_bad_date_is_refused(written: Any, words: str) -> None:
    with pytest.raises(CellRefused) as refusal:
        parse_date(written)
    assert words in refusal.value.reason


@pytest.mark.parametrize(("written", "year"), [("2025", 2025), ("2025年", 2025), ("2025年度", 2025), (2025.0, 2025), ("２０２５", 2025)])
def test_a_year_is_read(written: Any, year: int) -> None:
    assert parse_year(written) == year


@pytest.mark.parametrize("written", ["25", 1899.0, "1899", "2099", 2099.0, 2025.5, "二〇二五", float("nan"), 1e300, date(2025, 1, 1)])
def test_a_bad_year_is_refused(written: Any) -> None:
    with pytest.raises(CellRefused):
        parse_year(written)


@pytest.mark.parametrize(
    ("written", "value"), [("是", True), ("✓", True), ("√", True), (True, True), (1.0, True), ("否", False), ("×", False)]
)
def test_yes_and_no_are_read(written: Any, value: bool) -> None:
    assert parse_flag(written) is value


def test_rare_characters_in_a_name_stay_as_they_are_and_harmful_ones_are_refused() -> None:
    parse = text_parser("企业名称", 200)
    assert parse("绍兴𠮷㐂﨑有限公司") == "绍兴𠮷㐂﨑有限公司"
    assert parse("  绍兴（中国）\n有限公司\ufeff ") == "绍兴（中国） 有限公司"
    assert parse("=HYPERLINK(1)") == "=HYPERLINK(1)"
    for text, words in [("a\x00b", "U+0000"), ("a\u202eb", "U+202E"), ("字" * 10_000, "10,000 个字，最多 200"), ("\u200b\u200b", "不可见")]:
        with pytest.raises(CellRefused) as refusal:
            parse(text)
        assert words in refusal.value.reason


def test_a_credit_code_stored_as_a_number_is_refused_because_digits_are_lost() -> None:
    with pytest.raises(CellRefused, match="存成了数字"):
        parse_uscc(9.14403001922038e17)
