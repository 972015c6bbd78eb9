"""How figures, days and outcomes are printed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from core import units
from core.templatetags import tidu


def drawn(source: str, **context: Any) -> str:
    return Template("{% load tidu %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("yuan", "printed"),
    [
        ("12054000", "1,205.4 万元"),
        ("8213999.99", "821.4 万元"),
        ("12054500", "1,205.5 万元"),
        ("0", "0.0 万元"),
        ("-1000", "-0.1 万元"),
        ("100", "0.01 万元"),
        ("137000000000", "13,700,000.0 万元"),
        (None, "缺数据"),
    ],
)
def test_money_is_printed_in_wan_with_one_decimal_and_never_as_a_false_zero(yuan: str | None, printed: str) -> None:
    assert tidu.wan(None if yuan is None else Decimal(yuan)) == printed


@pytest.mark.parametrize(
    ("yuan", "printed"),
    [("137000000", "1.37 亿元"), ("99999999", "10,000.0 万元"), ("8500", "8,500.00 元"), ("10000", "1.0 万元"), (None, "缺数据")],
)
def test_money_in_prose_takes_the_unit_of_its_size(yuan: str | None, printed: str) -> None:
    assert tidu.money(None if yuan is None else Decimal(yuan)) == printed


def test_a_share_has_two_decimals_in_sheets_and_one_in_prose() -> None:
    assert tidu.share(Decimal("2.7")) == "2.70%"
    assert tidu.share(Decimal("2.7"), 1) == "2.7%"
    assert tidu.points(Decimal("0.3")) == "0.30 个百分点"
    assert tidu.share(None) == "缺数据"


@pytest.mark.parametrize(
    ("value", "threshold", "places", "printed"),
    [
        ("2.996", "3", 2, "2.996"),
        ("2.99996", "3", 1, "2.99996"),
        ("3.0004", "3", 2, "3.0004"),
        ("3", "3", 2, "3.00"),
        ("2.5", "3", 1, "2.5"),
        ("49999999.99", "50000000", 1, "49,999,999.99"),
        ("2.996", "2.996", 2, "2.996"),
    ],
    ids=["below", "far below", "above", "on the line", "away", "a fen short", "equal with more decimals"],
)
def test_a_value_near_its_line_is_printed_on_its_own_side(value: str, threshold: str, places: int, printed: str) -> None:
    assert units.print_apart(Decimal(value), Decimal(threshold), places=places) == printed


def test_a_gap_is_rounded_up_so_that_the_printed_amount_closes_it() -> None:
    assert units.gap_up(Decimal("378.51"), 1) == Decimal("378.6")
    assert units.gap_up(Decimal("378.5"), 1) == Decimal("378.5")
    assert units.gap_up(Decimal("0.0001"), 1) == Decimal("0.1")


def test_yuan_and_wan_convert_exactly_both_ways() -> None:
    for text in ("0.01", "12345678901234.56", "-0.01", "0"):
        assert units.wan_to_yuan(units.yuan_to_wan(Decimal(text))) == Decimal(text)
    assert units.yuan_to_wan(Decimal("50000000")) == 5000


def test_a_day_of_this_year_is_short_and_any_other_whole() -> None:
    today = timezone.localdate()
    assert tidu.day(today) == today.strftime("%m-%d")
    assert tidu.day(date(2019, 3, 1)) == "2019-03-01"
    assert tidu.day(None) == "—"


def test_relative_days_carry_the_day_itself() -> None:
    today = timezone.localdate()
    assert tidu.since(today - timedelta(days=8)) == (
        f'<time datetime="{(today - timedelta(days=8)).isoformat()}" title="{(today - timedelta(days=8)).isoformat()}">8 天前</time>'
    )
    assert "还有 7 天" in tidu.due(today + timedelta(days=7))
    assert 'class="due late"' in tidu.due(today - timedelta(days=6))
    assert "逾期 6 天" in tidu.due(today - timedelta(days=6))
    assert ">今天<" in tidu.due(today)


@pytest.mark.parametrize(
    ("outcome", "word"),
    [("met", "达标"), ("unmet", "未达标"), ("unknown", "缺数据"), ("manual", "待人工核"), ("not_applicable", "不适用")],
)
def test_an_outcome_is_class_and_word(outcome: str, word: str) -> None:
    assert drawn("{% verdict outcome %}", outcome=outcome) == f'<span class="verdict {outcome}">{word}</span>'


def test_a_pool_is_filled_bars_and_its_word() -> None:
    assert drawn("{% pool 'accelerating' %}") == '<span class="pool-stepper" data-pool="2"><i></i><i></i><i></i>加速库</span>'


def test_what_people_typed_is_escaped_everywhere() -> None:
    bad = '<b onclick="x">'
    html = drawn("{% tag bad %}{% verdict 'met' text=bad %}{{ bad|or_dash }}{% copy_button bad bad %}{{ bad|short_hash }}", bad=bad)
    assert "<b " not in html


def test_links_keep_the_view_state_and_start_paging_over() -> None:
    request = RequestFactory().get("/?size=small&page=x&sort=name")
    assert drawn("{% query_update sort='-name' %}", request=request) == "?size=small&amp;sort=-name"
    assert drawn("{% query_update size=None page='y' %}", request=request) == "?page=y&amp;sort=name"


def test_counts_have_separators_from_a_thousand_and_missing_is_said() -> None:
    assert (tidu.count(1042), tidu.count(46), tidu.count(0), tidu.count(None)) == ("1,042", "46", "0", "缺数据")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "—"),
    ],
)
def test_a_browser_is_named_in_two_words(agent: str, words: str) -> None:
    assert tidu.browser(agent) == words


def test_a_day_in_prose_names_its_weekday() -> None:
    assert tidu.long_day(date(2026, 11, 25)) == "11月25日 星期三"
