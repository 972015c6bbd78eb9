"""逐年增长: every rate of the period, compared without division, and honest about closed years."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine import FigureValue, GapKind, Outcome, Snapshot, StandardError, Verdict, evaluate, load_standard
from tests.policies.engine_cases import USCC

ON = date(2026, 11, 24)
TEXT = """\
standard: sample-2026
name: 样例
title: hidden_champion
application: 认定
jurisdiction: provincial
grade: B
in_force: {from: 2026-01-01, until: null}
document: {number: 某〔2026〕1号}
criteria:
  - code: A-1
    text: 营业收入持续增长
    clause: 一
    source: 审计报告
    or: [企业自报]
    growth: revenue
    method: 逐年
    period: 近三年
    more_than: 0%
"""
STANDARD = load_standard(TEXT)
AT_LEAST_FIVE = load_standard(TEXT.replace("more_than: 0%", "at_least: 5%"))


def judged(figures: list[FigureValue], *, year: int = 2026, standard=STANDARD) -> Verdict:
    """The one verdict of a firm with these figures."""
    return evaluate(standard, Snapshot(USCC, ON, "330603", figures=figures), on=ON, application_year=year).verdicts[0]


def revenue(**wan: str) -> list[FigureValue]:
    """`y2023="10000"` and so on, in 万元, all from the audit."""
    return [FigureValue("revenue", int(year[1:]), Decimal(value) * 10_000, "audit", int(year[1:])) for year, value in wan.items()]


amounts = st.none() | st.integers(0, 4).map(lambda step: Decimal(10_000 + step)) | st.sampled_from([Decimal(0), Decimal("10000.01")])
histories = st.fixed_dictionaries(dict.fromkeys(range(2022, 2028), amounts))


def rows(history: dict[int, Decimal | None]) -> list[FigureValue]:
    return [FigureValue("revenue", year, value, "audit", year) for year, value in history.items() if value is not None]


@settings(max_examples=400, deadline=None)
@given(histories, st.sampled_from([2026, 2027, 2028]), st.sampled_from([STANDARD, AT_LEAST_FIVE]))
def test_every_known_rate_decides_as_exact_fractions_say(history: dict[int, Decimal | None], year: int, standard) -> None:
    pairs = [(history.get(at - 1), history.get(at)) for at in range(year - 3, year)]
    rates = [None if not base or value is None else Fraction(value) / Fraction(base) - 1 for base, value in pairs]
    line = standard.criteria[0].condition.line
    passed = [
        None if one is None else one * 100 >= Fraction(line.value) and (not line.is_strict or one * 100 != line.value) for one in rates
    ]
    expected = Outcome.UNMET if False in passed else Outcome.UNKNOWN if None in passed else Outcome.MET
    assert judged(rows(history), year=year, standard=standard).outcome is expected


@settings(max_examples=300, deadline=None)
@given(histories, st.sampled_from([2026, 2027]), st.integers(2022, 2027))
def test_removing_a_year_never_decides_what_was_open_or_turns_the_answer(history: dict[int, Decimal | None], year: int, gone: int) -> None:
    before = judged(rows(history), year=year).outcome
    after = judged(rows({**history, gone: None}), year=year).outcome
    assert after in (before, Outcome.UNKNOWN)


@settings(max_examples=300, deadline=None)
@given(histories, st.sampled_from([2026, 2027, 2028]))
def test_a_closed_pair_of_years_blocks_until_it_is_out_of_sight(history: dict[int, Decimal | None], year: int) -> None:
    verdict = judged(rows(history), year=year)
    if verdict.outcome is not Outcome.UNMET:
        assert verdict.gap_kind is GapKind.NONE
        return
    if verdict.gap_kind is GapKind.CURABLE:
        assert verdict.counts_into is not None
        assert verdict.counts_into >= ON.year
        return
    assert verdict.earliest_year is not None
    assert verdict.earliest_year > year
    for candidate in range(year, verdict.earliest_year + 1):
        there = judged(rows(history), year=candidate)
        assert (there.gap_kind is GapKind.CLOSED) == (candidate < verdict.earliest_year)


@pytest.mark.parametrize(
    ("history", "outcome", "gap"),
    [
        pytest.param({"y2022": "1", "y2023": "2", "y2024": "3", "y2025": "3.000001"}, "met", "高出 0.00003 个百分点", id="just above"),
        pytest.param({"y2022": "1", "y2023": "2", "y2024": "3", "y2025": "3"}, "unmet", "2025 年须> 0%，等于不算", id="on a line to pass"),
        pytest.param({"y2022": "1", "y2023": "2", "y2024": "4", "y2025": "3"}, "unmet", "2025 年差 25.00 个百分点", id="below"),
        pytest.param(
            {"y2022": "4", "y2023": "3", "y2024": "4", "y2025": "3"},
            "unmet",
            "2023 年差 25.00 个百分点；2025 年差 25.00 个百分点",
            id="two",
        ),
        pytest.param({"y2022": "1", "y2023": "0", "y2024": "4", "y2025": "5"}, "unmet", "2023 年差 100.00 个百分点", id="to nothing"),
        pytest.param({"y2022": "0", "y2023": "1", "y2024": "4", "y2025": "5"}, "unknown", "", id="from nothing"),
        pytest.param({"y2023": "1", "y2024": "4", "y2025": "5"}, "unknown", "", id="a year missing"),
    ],
)
def test_each_year_counts_and_the_boundary_is_as_published(history: dict[str, str], outcome: str, gap: str) -> None:
    verdict = judged(revenue(**history))
    assert (verdict.outcome.value, verdict.gap_text) == (outcome, gap)


def test_an_inclusive_line_is_met_on_the_line() -> None:
    figures = revenue(y2022="10000", y2023="10500", y2024="11025", y2025="11576.25")
    verdict = judged(figures, standard=AT_LEAST_FIVE)
    assert (verdict.outcome, verdict.gap_text, verdict.threshold_text) == (Outcome.MET, "正好达到", "逐年 ≥ 5%")


def test_an_open_year_can_still_be_mended_and_says_with_how_much() -> None:
    figures = revenue(y2023="10000", y2024="11000", y2025="12000", y2026="11500")
    verdict = judged(figures, year=2027)
    assert (verdict.gap_kind, verdict.counts_into, verdict.earliest_year) == (GapKind.CURABLE, 2026, 2027)
    assert verdict.closes == "2026 年营业收入超过 12,000.0 万元，即可于 2027 年申报"
    five = judged(figures, year=2027, standard=AT_LEAST_FIVE)
    assert five.closes == "2026 年营业收入达到 12,600.0 万元，即可于 2027 年申报"


def test_a_closed_year_is_said_to_be_closed() -> None:
    verdict = judged(revenue(y2022="10000", y2023="9000", y2024="9500", y2025="9900"))
    assert (verdict.gap_kind, verdict.earliest_year, verdict.gap_note) == (GapKind.CLOSED, 2027, "已关账，最早 2027 年申报")
    assert verdict.closes == "2023 年已关账，不能再改；自 2024 年起营业收入增长率须> 0%，最早 2027 年申报"


def test_a_year_is_compared_within_one_source_and_the_lack_of_one_is_named_once() -> None:
    figures = [
        *revenue(y2022="10000", y2023="11000"),
        FigureValue("revenue", 2024, Decimal(120_000_000), "self_reported", 9),
        FigureValue("revenue", 2025, Decimal(130_000_000), "self_reported", 10),
    ]
    verdict = judged(figures)
    assert verdict.outcome is Outcome.UNKNOWN
    assert [lack.text for lack in verdict.missing] == ["2023、2024 年营业收入来自不同口径，不能算增长率，请由同一口径补齐"]
    missing = judged(revenue(y2022="10000", y2025="13000")).missing
    assert [lack.year for lack in missing] == [2023, 2024]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        pytest.param("method: 逐年", "method: 每年", "“method”须是 复合、平均 或 逐年", id="unknown method"),
        pytest.param("more_than: 0%", "at_most: 0%", "逐年增长的门槛须是 at_least 或 more_than", id="an upper line"),
        pytest.param("period: 近三年", "period: 近三年每年", "growth 的期间写作 近两年、近三年", id="a period of figures"),
    ],
)
def test_a_wrong_yearly_growth_is_refused(old: str, new: str, reason: str) -> None:
    with pytest.raises(StandardError, match=reason):
        load_standard(TEXT.replace(old, new))
