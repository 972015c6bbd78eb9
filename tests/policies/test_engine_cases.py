"""Every published line, judged as the worked cases say."""

from pathlib import Path

import pytest

from policies.engine import OUTCOME_LABELS, OVERALL_LABELS, Outcome, evaluate
from tests.policies.engine_cases import STANDARDS, Case, all_criteria, all_verdicts, read_cases, snapshot_of

CASES = [case for path in sorted((Path(__file__).parent / "cases").glob("*.yaml")) for case in read_cases(path)]
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
    if "overall" in more:
        assert OVERALL_LABELS[sheet.overall] == more["overall"]
    if "open" in more:
        assert list(sheet.open_codes) == more["open"]
    if "vetoes" in more:
        assert list(sheet.veto_codes) == more["vetoes"]
    if "earliest" in more:
        assert sheet.earliest_year == more["earliest"]


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
        assert not lacking, f"{standard.id} {criterion.code} 没有 {'、'.join(sorted(lacking))} 的例子"


def test_the_cases_name_only_criteria_that_exist() -> None:
    for case in CASES:
        known = {one.code for one in all_criteria(case.standard)}
        assert set(case.expect) <= known, case.more.get("name", case.expect)


def test_no_overall_says_that_a_company_qualifies() -> None:
    assert list(OVERALL_LABELS.values()) == ["暂不满足", "需补数据", "存在机会", "较有希望", "不适用"]
    assert set(OUTCOME_LABELS) == set(Outcome)
