"""Every published line, judged as the worked cases say."""

from pathlib import Path

import pytest

from policies.engine import OUTCOME_LABELS, OVERALL_LABELS, Outcome, evaluate
from policies.engine.scores.groups import FirstOf
from policies.engine.scores.parts import Fixed, Steps
from policies.engine.scores.tables import range_words
from tests.policies.engine_cases import (
    STANDARDS,
    Case,
    PointCase,
    all_criteria,
    all_parts,
    all_verdicts,
    read_cases,
    read_points,
    shown_parts,
    snapshot_of,
)

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
POINTS = [case for path in FILES for case in read_points(path)]
CASES = [case for path in FILES for case in read_cases(path)]
NAMED = [case for case in CASES if case.more]
LINES = [case for case in CASES if not case.more]


def _name(case: Case) -> str:
    return f"{case.standard.id}-{case.more['name']}" if case.more else f"{case.standard.id}-{case.expect}"


@pytest.mark.parametrize("case", LINES, ids=_name)
def test_a_line_is_judged_as_published(case: Case) -> None:
    sheet = evaluate(case.standard, snapshot_of(case.facts, case.on), on=case.on)
    verdicts = all_verdicts(sheet)
    assert {code: OUTCOME_LABELS[verdicts[code].outcome] for code in case.expect} == case.expect


@pytest.mark.parametrize("case", NAMED, ids=_name)
def test_a_worked_case_comes_out_as_written(case: Case) -> None:
    sheet = evaluate(case.standard, snapshot_of(case.facts, case.on), on=case.on)
    verdicts, more = all_verdicts(sheet), case.more
    assert {code: OUTCOME_LABELS[verdicts[code].outcome] for code in case.expect} == case.expect
    assert {code: verdicts[code].gap_text for code in more.get("gaps", {})} == more.get("gaps", {})
    assert {code: verdicts[code].gap_note for code in more.get("notes", {})} == more.get("notes", {})
    assert {code: verdicts[code].closes for code in more.get("closes", {})} == more.get("closes", {})
    shown = {code: [one.text for one in verdicts[code].observed] for code in more.get("shown", {})}
    assert shown == more.get("shown", {})
    if "points" in more:
        parts = shown_parts(sheet)
        assert {code: parts[code].points_text for code in more["points"]} == more["points"]
    if "result" in more:
        assert sheet.result == more["result"]
    if "overall" in more:
        assert OVERALL_LABELS[sheet.overall] == more["overall"]
    if "open" in more:
        assert list(sheet.open_codes) == more["open"]
    if "vetoes" in more:
        assert list(sheet.veto_codes) == more["vetoes"]
    if "earliest" in more:
        assert sheet.earliest_year == more["earliest"]


@pytest.mark.parametrize("case", POINTS, ids=lambda case: f"{case.standard.id}-{case.part}-{case.points}")
def test_a_part_of_a_score_gives_the_published_points(case: PointCase) -> None:
    sheet = evaluate(case.standard, snapshot_of(case.facts, case.on), on=case.on)
    assert shown_parts(sheet)[case.part].points_text == case.points


@pytest.mark.parametrize("standard", STANDARDS, ids=lambda standard: standard.id)
def test_every_band_of_a_score_has_a_case(standard) -> None:
    tried: dict[str, set[str]] = {}
    for case in POINTS:
        if case.standard is standard:
            tried.setdefault(case.part, set()).add(case.points)
    for code, part in all_parts(standard).items():
        if isinstance(part, Steps):
            bands = {range_words(points) for _, points in part.steps}
        elif isinstance(part, FirstOf):
            bands = {range_words(one.points) for one in part.parts if isinstance(one, Fixed)}
        else:
            continue
        lacking = bands - tried.get(code, set())
        assert not lacking, f"{standard.id} {code} 没有 {'、'.join(sorted(lacking))} 的例子"


@pytest.mark.parametrize("standard", STANDARDS, ids=lambda standard: standard.id)
def test_every_criterion_has_a_met_an_unmet_and_an_undecided_case(standard) -> None:
    tried: dict[str, set[str]] = {}
    for case in CASES:
        if case.standard is standard:
            for code, outcome in case.expect.items():
                tried.setdefault(code, set()).add(outcome)
    for criterion in all_criteria(standard):
        seen = tried.get(criterion.code, set())
        undecided = "待人工核" if criterion.condition.__class__.__name__ == "Question" else "缺数据"
        lacking = {"达标", "未达标", undecided} - seen
        if criterion.condition.is_rating:  # a rating is known or not, never unmet
            lacking.discard("未达标")
        assert not lacking, f"{standard.id} {criterion.code} 没有 {'、'.join(sorted(lacking))} 的例子"


def test_the_cases_name_only_criteria_that_exist() -> None:
    for case in CASES:
        known = {one.code for one in all_criteria(case.standard)}
        assert set(case.expect) <= known, case.more.get("name", case.expect)


def test_no_overall_says_that_a_company_qualifies() -> None:
    assert list(OVERALL_LABELS.values()) == ["暂不满足", "需补数据", "存在机会", "较有希望", "不适用"]
    assert set(OUTCOME_LABELS) == set(Outcome)
