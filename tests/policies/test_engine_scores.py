"""Score tables, ratings and classes: every way of counting at its boundaries, and what a range may and may not decide."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from policies.engine import (
    GapKind,
    IncidentFact,
    Outcome,
    Sheet,
    StandardError,
    evaluate,
    evaluate_summary,
    load_standard,
    manual_codes_of,
    score_table_of,
)
from tests.policies.score_samples import (
    CASED,
    CLASSED,
    FULL,
    ON,
    RATED,
    SCORED,
    SORTED,
    TABLE,
    WAN,
    WEIGHTED,
    parts_of,
    sheet_of,
    snapshot,
)


def money(wan: str) -> Decimal:
    return Decimal(wan) * WAN


@pytest.mark.parametrize(
    ("changed", "code", "points"),
    [
        pytest.param({("rd_expense", 2025): money("50")}, "A2", "20 分", id="on the upper line"),
        pytest.param({("rd_expense", 2025): money("49.9999")}, "A2", "10 分", id="a cent under it"),
        pytest.param({("rd_expense", 2025): money("30")}, "A2", "10 分", id="on the lower line"),
        pytest.param({("rd_expense", 2025): money("29.9999")}, "A2", "0 分", id="under every line"),
        pytest.param({("rd_expense", 2025): Decimal(0)}, "A2", "0 分", id="nothing spent is known, not missing"),
        pytest.param({("rd_expense", 2025): None}, "A2", "0–20 分", id="missing"),
        pytest.param({("total_liabilities", 2025): money("55.0001")}, "B2", "5 分", id="just over an upper bound"),
        pytest.param({("total_liabilities", 2025): money("75")}, "B2", "5 分", id="on an upper bound"),
        pytest.param({("total_liabilities", 2025): money("75.0001")}, "B2", "0 分", id="over every bound"),
        pytest.param({("class1_ip", 2026): 0, ("class2_ip", 2026): 1}, "A1", "10 分", id="second entry"),
        pytest.param({("class1_ip", 2026): 0, ("class2_ip", 2026): 0}, "A1", "0 分", id="last entry"),
        pytest.param({("class1_ip", 2026): None, ("class2_ip", 2026): 1}, "A1", "10–20 分", id="known facts narrow the range"),
        pytest.param({("class1_ip", 2026): 0, ("class2_ip", 2026): None}, "A1", "0–10 分", id="what is ruled out is left out"),
        pytest.param({("class2_ip", 2026): None}, "A1", "20 分", id="a missing fact below what holds does not matter"),
        pytest.param({("segment_years", 2025): 3}, "B1", "1 分", id="whole units only"),
        pytest.param({("segment_years", 2025): 4}, "B1", "2 分", id="on a whole unit"),
        pytest.param({("segment_years", 2025): 99}, "B1", "5 分", id="capped"),
        pytest.param({("has_own_brand", 2026): True}, "B3", "5 分", id="a sum is capped"),
        pytest.param({("has_own_brand", 2026): None}, "B3", "3–5 分", id="a missing item of a sum"),
        pytest.param({("sales_revenue", 2025): money("1000.0001")}, "B4", "0 分", id="neither of two ways"),
        pytest.param({("sales_revenue", 2025): money("2000"), ("cost_expense", 2025): money("200")}, "B4", "10 分", id="the other way"),
        pytest.param({("cost_expense", 2025): None}, "B4", "10 分", id="one way at its most is enough"),
        pytest.param({("sales_revenue", 2025): None}, "B4", "0–10 分", id="the way that is missing"),
        pytest.param({}, "C1", "9–10 分", id="35 % in both years, experts inside the band"),
        pytest.param({("net_assets", 2025): money("182.2499")}, "C1", "5–6 分", id="just under 35 %"),
        pytest.param({("net_assets", 2023): Decimal(0)}, "C1", "9–10 分", id="first year nothing: the second rate alone"),
        pytest.param({("net_assets", 2024): Decimal(0)}, "C1", "0 分", id="second year nothing counts as no growth"),
        pytest.param({("net_assets", 2025): money("1")}, "C1", "0 分", id="falling"),
        pytest.param({("net_assets", 2024): money("100"), ("net_assets", 2025): money("100")}, "C1", "0 分", id="no growth at all"),
        pytest.param({("net_assets", 2023): money("-1")}, "C1", "0–10 分", id="a negative base cannot be computed with"),
        pytest.param({("net_assets", 2024): None}, "C1", "0–10 分", id="a year missing"),
        pytest.param({}, "C2", "0–10 分", id="a question nobody has judged"),
        pytest.param({}, "C3", "0–10 分", id="left to people"),
    ],
)
def test_a_part_counts_as_published(changed: dict[tuple[str, int], Any], code: str, points: str) -> None:
    assert parts_of(sheet_of(changed))[code].points_text == points


def test_the_sheet_shows_the_whole_table() -> None:
    verdict = sheet_of({}).verdict("S")
    assert (verdict.outcome, verdict.observed[0].text) == (Outcome.MET, "77–98 分")
    assert verdict.threshold_text == "≥ 60 分，其中创新 ≥ 20 分"
    assert [(part.text, part.points_text, part.most) for part in verdict.parts] == [
        ("创新", "40 分", 40),
        ("规范", "28 分", 30),
        ("成长", "9–30 分", 30),
    ]
    research = verdict.parts[0].parts[1]
    assert (research.holding, research.low, research.high, research.observed[0].text) == ("≥ 5%", 20, 20, "6.00%")


@pytest.mark.parametrize(
    ("changed", "judged", "outcome", "shown"),
    [
        pytest.param({}, (), Outcome.MET, "77–98 分", id="the least is over the line"),
        pytest.param(
            {
                ("class1_ip", 2026): 0,
                ("class2_ip", 2026): 1,
                ("total_liabilities", 2025): money("75"),
                ("has_certification", 2026): False,
                ("net_assets", 2025): Decimal(0),
            },
            (("C2.1", "met"),),
            Outcome.MET,
            "60–70 分",
            id="judged questions count, and the line is reached exactly",
        ),
        pytest.param({("rd_expense", 2025): money("29")}, (), Outcome.MANUAL, "47–68 分", id="only experts can decide"),
        pytest.param({("rd_expense", 2025): money("30"), ("net_assets", 2025): None}, (), Outcome.MANUAL, "48–78 分", id="no fact could"),
        pytest.param({("rd_expense", 2025): None}, (), Outcome.UNKNOWN, "47–98 分", id="a missing fact could"),
        pytest.param({("rd_expense", 2025): money("29")}, (("S", "met"),), Outcome.MET, "47–68 分", id="the panel's decision"),
        pytest.param({("rd_expense", 2025): money("29")}, (("S", "unmet"),), Outcome.UNMET, "47–68 分", id="the panel's refusal"),
        pytest.param({("rd_expense", 2025): None}, (("S", "met"),), Outcome.UNKNOWN, "47–98 分", id="no panel decides what is missing"),
        pytest.param({}, (("S", "unmet"),), Outcome.MET, "77–98 分", id="no panel takes points away"),
        pytest.param(
            {("class1_ip", 2026): 0, ("rd_expense", 2025): money("30")},
            (("S", "met"),),
            Outcome.UNMET,
            "37–58 分",
            id="the most is under it",
        ),
    ],
)
def test_a_range_is_met_unmet_unknown_or_manual(changed: Any, judged: Any, outcome: Outcome, shown: str) -> None:
    verdict = sheet_of(changed, *judged).verdict("S")
    assert (verdict.outcome, verdict.observed[0].text) == (outcome, shown)


def test_a_group_below_its_own_line_fails_whatever_the_whole_reaches() -> None:
    verdict = sheet_of({("class1_ip", 2026): 0, ("rd_expense", 2025): money("49")}, ("C2.1", "met")).verdict("S")
    assert verdict.outcome is Outcome.UNMET
    assert verdict.gap_text == "按最高分计，差 2 分；创新差 10 分"


def test_what_the_panel_decided_is_shown_as_its_judgement() -> None:
    verdict = sheet_of({("rd_expense", 2025): money("29")}, ("S", "unmet")).verdict("S")
    assert verdict.judged is not None
    assert (verdict.judged.note, verdict.gap_kind, verdict.gap_text, verdict.closes) == (
        "已核",
        GapKind.NONE,
        "",
        "按判断意见补充材料后可重新判断",
    )
    assert sheet_of({}, ("S", "met")).verdict("S").judged is None


def test_missing_facts_stand_in_the_order_of_the_points_they_would_settle() -> None:
    verdict = sheet_of({("segment_years", 2025): None, ("class1_ip", 2026): None, ("rd_expense", 2025): None}).verdict("S")
    assert [one.fact for one in verdict.missing] == ["class1_ip", "rd_expense", "segment_years"]


def test_a_closed_year_is_not_curable_and_says_the_first_filing_that_can_count_it() -> None:
    poor = {("rd_expense", 2025): Decimal(0), ("segment_years", 2025): 0, ("total_liabilities", 2025): money("80")}
    verdict = sheet_of({**poor, ("net_assets", 2025): Decimal(0)}, ("C2.1", "unmet"), ("S", "met")).verdict("S")
    assert (verdict.outcome, verdict.gap_kind, verdict.earliest_year) == (Outcome.UNMET, GapKind.CLOSED, 2027)
    assert verdict.gap_note == "已关账，最早 2027 年申报"
    assert verdict.gap == 27
    assert verdict.closes.startswith("按 2027 年申报（看 2026 年）：")
    assert parts_of(sheet_of({("rd_expense", 2025): Decimal(0)}))["A2"].is_closed


def test_what_open_parts_can_bring_is_curable() -> None:
    short = {("class1_ip", 2026): 0, ("rd_expense", 2025): money("60"), ("net_assets", 2025): Decimal(0), ("segment_years", 2025): 0}
    verdict = sheet_of({**short, ("has_certification", 2026): False}, ("C2.1", "unmet")).verdict("S")
    assert (verdict.outcome, verdict.gap_kind, verdict.counts_into, verdict.earliest_year) == (
        Outcome.UNMET,
        GapKind.CURABLE,
        2026,
        2026,
    )
    assert (verdict.gap, verdict.gap_text) == (10, "按最高分计，差 10 分")
    assert verdict.closes == "Ⅱ类 1 项以上：＋10 分"


def test_the_year_before_a_later_batch_is_still_open() -> None:
    figures = {key if key[1] == 2026 else (key[0], key[1] + 1): value for key, value in FULL.items()}
    figures = {**figures, ("class1_ip", 2027): 0, ("class2_ip", 2027): 1, ("rd_expense", 2026): money("29.6")}
    verdict = evaluate(SCORED, snapshot(figures, ("C2.1", "unmet")), on=ON, application_year=2027).verdict("S")
    assert (verdict.outcome, verdict.gap_kind, verdict.counts_into, verdict.earliest_year) == (
        Outcome.UNMET,
        GapKind.CURABLE,
        2026,
        2027,
    )
    assert verdict.gap_text == "按最高分计，差 12 分；创新差 10 分"
    assert verdict.closes == "研发费用占营业收入到 3%：＋10 分；研发费用占销售收入到 6%：＋10 分"


def test_a_table_and_its_questions_can_be_asked_of_the_standard() -> None:
    assert manual_codes_of(SCORED) == {"S", "C2.1"}
    groups = score_table_of(SCORED.criteria[0])
    assert [(group.text, group.points) for group in groups] == [("创新", "满分 40 分"), ("规范", "满分 30 分"), ("成长", "满分 30 分")]
    assert [(row.text, row.points) for row in groups[0].rows[1].rows[0].rows] == [("≥ 5%", "20 分"), ("≥ 3%", "10 分"), ("其他", "0 分")]


def test_a_sheet_frozen_before_there_were_scores_still_loads() -> None:
    plain = json.loads(json.dumps(sheet_of({}).to_dict()))
    assert Sheet.from_dict(plain) == sheet_of({})
    del plain["result"]
    for verdict in plain["verdicts"]:
        del verdict["parts"]
    old = Sheet.from_dict(plain)
    assert (old.result, old.verdicts[0].parts) == ("", ())


def test_a_weighted_rating_gives_its_exact_score_by_district() -> None:
    figures = {
        ("tax_paid", 2025): money("3000"),
        ("land_mu", 2025): Decimal(100),
        ("rd_expense", 2025): money("200"),
        ("main_revenue", 2025): money("10000"),
    }
    sheet = evaluate(RATED, snapshot(figures), on=ON)
    assert (sheet.result, sheet.verdicts[0].outcome) == ("44.1667 分", Outcome.MET)
    assert sheet.verdicts[0].observed[0].value is not None
    assert abs(sheet.verdicts[0].observed[0].value * 6 - 265) < Decimal("1e-50")
    assert evaluate(RATED, snapshot(figures, district="330602"), on=ON).result == "51.6667 分"
    assert evaluate_summary(RATED, snapshot(figures), on=ON).result == "44.1667 分"
    elsewhere = evaluate(RATED, snapshot(figures, district="330681"), on=ON)
    assert elsewhere.verdicts[0].outcome is Outcome.UNKNOWN
    assert [one.text for one in elsewhere.missing] == ["评价税收占用地面积在企业所在区县没有基准值"]


@pytest.mark.parametrize(
    ("employees", "revenue", "result", "outcome"),
    [
        pytest.param(1000, "40000", "大型", Outcome.MET, id="both lines of the first class"),
        pytest.param(999, "40000", "中型", Outcome.MET, id="one short"),
        pytest.param(300, "2000", "中型", Outcome.MET, id="both lines of the second"),
        pytest.param(300, "1999.9999", "小型", Outcome.MET, id="a cent short"),
        pytest.param(299, None, "小型", Outcome.MET, id="what is missing cannot matter"),
        pytest.param(999, None, "中型或小型", Outcome.UNKNOWN, id="one class is ruled out"),
        pytest.param(None, None, "大型或中型或小型", Outcome.UNKNOWN, id="nothing known"),
    ],
)
def test_classes_are_taken_from_the_top(employees: int | None, revenue: str | None, result: str, outcome: Outcome) -> None:
    figures = {("employees", 2025): employees, ("revenue", 2025): None if revenue is None else money(revenue)}
    sheet = evaluate(SORTED, snapshot(figures), on=ON)
    assert (sheet.result, sheet.verdicts[0].outcome) == (result, outcome)


@pytest.mark.parametrize(
    ("text", "old", "new", "reason"),
    [
        pytest.param(TABLE, "at_least: 60 分", "at_least: 101 分", "满分合计 100 分，达不到 ≥ 101 分", id="line above the most"),
        pytest.param(TABLE, "at_least: 60 分", "at_most: 60 分", "得分的门槛写 at_least 或 more_than", id="upper bound"),
        pytest.param(TABLE, "at_least: 60 分", "at_least: 60%", "单位应为“分”", id="wrong unit"),
        pytest.param(TABLE, "    at_least: 60 分\n", "", "不设总分门槛的评分不设分项门槛", id="a group's line without a whole"),
        pytest.param(TABLE, "max: 40", "max: 41", "各项最多 40 分，不到满分 41 分", id="most that no part gives"),
        pytest.param(TABLE, "at_least: 20 分", "at_least: 41 分", "满分 40 分，达不到 ≥ 41 分", id="a group's line above its most"),
        pytest.param(TABLE, "{at_least: 3%, points: 10}", "{at_least: 6%, points: 10}", "各档门槛须从高到低排列", id="lines out of order"),
        pytest.param(TABLE, "{at_least: 3%, points: 10}", "{at_least: 3%, points: 20}", "各档分数须从高到低", id="points out of order"),
        pytest.param(TABLE, "{at_least: 3%, points: 10}", "{at_most: 3%, points: 10}", "同一方向", id="two directions"),
        pytest.param(TABLE, "{at_least: 3%, points: 10}, ", "{points: 10}, ", "除最后一档外每档须有门槛", id="a band without a line"),
        pytest.param(TABLE, "points: [9, 10]", "points: [10, 9]", "最低分高于最高分", id="a range upside down"),
        pytest.param(TABLE, "points: [9, 10]", "points: 9.5%", "“points”须是整数", id="not whole points"),
        pytest.param(TABLE, "method: 高企", "method: 复合", "须是 平均 或 高企", id="unknown method"),
        pytest.param(TABLE, "growth: net_assets", "fact: net_assets", "不能写“近两年”", id="growth period of a figure"),
        pytest.param(TABLE, "panel: 研发", "panels: 研发", "有且只有一种计分", id="unknown way of counting"),
        pytest.param(TABLE, "each: 2 年", "each: 0 年", "“each”须大于 0", id="units of nothing"),
        pytest.param(TABLE, "each: 2 年", "each: 2 项", "单位应为“年”", id="units of another kind"),
        pytest.param(TABLE, "code: A2", "code: A1", "条件代码“A1”出现两次", id="a code twice"),
        pytest.param(
            TABLE, "{text: 其他, points: 0}", "{text: 其他, points: 0, when: {fact: class1_ip}}", "最后一项不写", id="no last entry"
        ),
        pytest.param(TABLE, "{code: C3, ", "{code: C3, share: 1, ", "不认识的键“share”", id="unknown word"),
        pytest.param(WEIGHTED, "    score:", "    at_least: 60 分\n    score:", "不能设门槛", id="a line over weights"),
        pytest.param(WEIGHTED, "'330602'", "越城", "六位区县代码", id="a district by name"),
        pytest.param(WEIGHTED, "baseline: 3%", "baseline: 0%", "须大于 0", id="a baseline of nothing"),
        pytest.param(CLASSED, "text: 小型", "text: 中型", "名称不能相同", id="two classes of one name"),
        pytest.param(
            CASED,
            "    cases:\n      - {when: {attribute: founded_on, in_last_years: 2 年}, ",
            "    cases:\n      - {",
            "除最后一种情形外",
            id="a case without a test",
        ),
        pytest.param(CASED, "in_last_years: 2 年", "in_last_years: 两年", "不是“数值 单位”", id="years in words"),
        pytest.param(CASED, "within: 上年和当年", "within: 上年", "须是 申请日、上年和当年", id="an unknown window"),
        pytest.param(
            CASED,
            "fact: revenue, period: 上年度, at_least: 2 万元}",
            "classes: [{text: 大, fact: revenue, period: 上年度, at_least: 2 万元}, {text: 小}]}",
            "不能作为分支",
            id="a rating as a branch",
        ),
        pytest.param(
            CLASSED,
            "criteria:\n",
            "criteria:\n  - {code: Q, text: 问, clause: 一, question: 是否}\n",
            "须单独成一个标准",
            id="a rating with company",
        ),
    ],
)
def test_a_wrong_table_is_refused(text: str, old: str, new: str, reason: str) -> None:
    assert old in text
    with pytest.raises(StandardError) as refused:
        load_standard(text.replace(old, new, 1), name="sample.yaml")
    assert reason in refused.value.reason
    assert refused.value.line > 1


@pytest.mark.parametrize(
    ("founded", "year", "branch", "outcome"),
    [
        pytest.param(date(2024, 1, 1), 2026, "Q-1", Outcome.MET, id="first day inside"),
        pytest.param(date(2023, 12, 31), 2026, "Q-2", Outcome.UNMET, id="last day outside"),
        pytest.param(date(2024, 1, 1), 2027, "Q-2", Outcome.UNKNOWN, id="counted from the application year"),
        pytest.param(None, 2026, None, Outcome.UNKNOWN, id="not known"),
    ],
)
def test_the_case_that_holds_says_what_is_required(founded: date | None, year: int, branch: str | None, outcome: Outcome) -> None:
    given = snapshot({("revenue", 2025): Decimal(15_000)}, attributes={} if founded is None else {"founded_on": founded})
    verdict = evaluate(load_standard(CASED), given, on=ON, application_year=year).verdict("Q")
    assert (verdict.outcome, [child.code for child in verdict.children]) == (outcome, [branch] if branch else [])
    if outcome is Outcome.UNMET:
        assert (verdict.gap_text, verdict.gap_kind, verdict.earliest_year) == ("差 0.5 万元", GapKind.CLOSED, 2027)


def test_last_year_and_this_year_are_counted_by_the_calendar() -> None:
    standard = load_standard(CASED)

    def outcome(day: date) -> tuple[Outcome, date]:
        sheet = evaluate(standard, snapshot({}, incidents=[IncidentFact("safety", "general", day, None, 1)]), on=ON)
        return sheet.verdict("R").outcome, sheet.stale_after

    assert outcome(date(2024, 12, 31)) == (Outcome.MET, date(2027, 1, 1))
    assert outcome(date(2025, 1, 1))[0] is Outcome.UNMET
    late = evaluate(standard, snapshot({}, incidents=[IncidentFact("safety", "general", date(2026, 2, 1), None, 1)]), on=ON).verdict("R")
    assert (late.gap_kind, late.earliest_year, late.closes) == (
        GapKind.WAITING,
        2028,
        "安全生产事故自 2028-01-01 起不再计入，最早 2028 年申报",
    )
