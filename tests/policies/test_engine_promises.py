"""What the engine promises for any facts at all, tried with generated companies."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from companies.figures.catalogue import CATALOGUE, Kind
from policies.engine import (
    Counts,
    FigureValue,
    GapKind,
    HeldTitle,
    IncidentFact,
    JudgementFact,
    Outcome,
    Overall,
    Sheet,
    Snapshot,
    Standard,
    Window,
    evaluate,
    evaluate_summary,
    standard_for,
)
from policies.engine.conditions.growth import Growth, GrowthEachYear
from policies.engine.conditions.measures import Line
from tests.policies.engine_cases import BY_ID, STANDARDS, USCC, all_criteria, all_verdicts

ON = date(2026, 11, 24)
READ = sorted({code for standard in STANDARDS for code in standard.plan.codes})
FOUNDED = (date(2001, 5, 1), date(2016, 11, 24), date(2016, 11, 25), date(2025, 11, 24), date(2025, 11, 25), date(2026, 12, 1))
TITLES = ("innovative_sme", "specialised_sme", "little_giant", "single_champion", "high_tech")
LINES = {
    "class1_ip": [1, 2, 3, 4, 5],
    "segment_years": [1, 2, 3, 9, 10],
    "product_years": [1, 2, 3, 4, 5, 6, 9, 10],
    "employees": [10, 80, 999, 1000],
    "tech_staff": [7, 8, 9],
    "rd_institution_level": [0, 2, 3, 4],
    "leading_products": [1, 2, 3, 4],
    "invention_patents": [0, 3, 4, 5],
    "utility_patents": [0, 4, 5],
    "rd_staff": [10, 49, 50],
}


def values(code: str) -> st.SearchStrategy[Any]:
    """Figures of one fact, near its published lines as often as not."""
    kind = CATALOGUE[code].kind
    if kind is Kind.FLAG:
        return st.booleans()
    if kind is Kind.MONEY:
        return st.sampled_from([0, 300, 600, 1200, 4000, 5000, 10_000, 20_000, 40_000, 50_000]).flatmap(
            lambda wan: st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("-0.01")]).map(
                lambda cent: max(Decimal(wan * 10_000) + cent, Decimal(0))
            )
        )
    if kind is Kind.COUNT:
        most = CATALOGUE[code].maximum or 100
        return st.sampled_from([count for count in LINES.get(code, [0, 1, 3, 100]) if count <= most])
    return st.sampled_from([Decimal(0), Decimal("59.9"), Decimal(60), Decimal("60.1"), Decimal(10)])


figures = st.lists(
    st.tuples(
        st.sampled_from(READ), st.integers(2022, 2027), st.sampled_from(["audit", "statistics", "self_reported", "platform"]), st.booleans()
    ).flatmap(lambda key: values(key[0]).map(lambda value: (*key, value))),
    max_size=60,
    unique_by=lambda one: one[:3],
).map(
    lambda rows: [FigureValue(fact, year, value, source, at, estimate) for at, (fact, year, source, estimate, value) in enumerate(rows, 1)]
)

days = st.integers(0, 2500).map(lambda days: date(2021, 1, 1) + timedelta(days=days))
titles = st.none() | st.lists(st.tuples(st.sampled_from(TITLES), days, st.none() | st.integers(1, 1500)), max_size=3).map(
    lambda rows: [
        HeldTitle(title, start, None if length is None else start + timedelta(days=length), at)
        for at, (title, start, length) in enumerate(rows, 1)
    ]
)
incidents = st.none() | st.lists(
    st.tuples(
        st.sampled_from(["abnormal_list", "safety", "tax", "quality"]),
        st.sampled_from(["", "general", "larger", "major"]),
        days,
        st.booleans(),
    ),
    max_size=2,
).map(
    lambda rows: [
        IncidentFact(kind, severity, start, start + timedelta(days=90) if ended else None, at)
        for at, (kind, severity, start, ended) in enumerate(rows, 1)
    ]
)
judgements = st.lists(
    st.tuples(st.sampled_from(["G-04", "L-5", "L-6", "L-2a", "C-4b3", "C-5", "T-1"]), st.sampled_from(["met", "unmet"])), max_size=4
).map(lambda rows: [JudgementFact(code, outcome, "已核", date(2026, 1, at), at) for at, (code, outcome) in enumerate(rows, 1)])
snapshots = st.builds(
    Snapshot,
    uscc=st.sampled_from([USCC, "11330600002577014T"]),
    on=st.just(ON),
    district=st.sampled_from(["330603", "330624", "320583", ""]),
    attributes=st.sampled_from([{}, *({"founded_on": day} for day in FOUNDED)]),
    figures=figures,
    titles=titles,
    incidents=incidents,
    judgements=judgements,
)
standards = st.sampled_from(STANDARDS)
application_years = st.sampled_from([2025, 2026, 2027, 2028])
window_lists = st.sampled_from(
    [(), (Window(2026, date(2026, 4, 25), date(2026, 5, 25)),), (Window(2027, date(2027, 4, 25), date(2027, 5, 25)),)]
)


@settings(max_examples=250, deadline=None)
@given(standards, snapshots, application_years, window_lists)
def test_the_summary_says_what_the_sheet_says(standard: Standard, snapshot: Snapshot, year: int, windows: tuple[Window, ...]) -> None:
    sheet = evaluate(standard, snapshot, on=ON, application_year=year, windows=windows)
    summary = evaluate_summary(standard, snapshot, on=ON, application_year=year, windows=windows)
    for name in (
        "overall",
        "counts",
        "open_codes",
        "manual_codes",
        "veto_codes",
        "nearest",
        "earliest_year",
        "digest",
        "stale_after",
        "application_year",
    ):
        assert getattr(summary, name) == getattr(sheet, name), name
    tops = sheet.verdicts
    outcomes = [verdict.outcome for verdict in tops]
    assert sheet.open_codes == tuple(verdict.code for verdict in tops if verdict.is_open)
    assert sheet.counts == Counts(
        met=outcomes.count(Outcome.MET),
        unmet=outcomes.count(Outcome.UNMET),
        unknown=outcomes.count(Outcome.UNKNOWN),
        manual=outcomes.count(Outcome.MANUAL),
        not_applicable=outcomes.count(Outcome.NOT_APPLICABLE),
        open=len(sheet.open_codes),
    )
    gaps = [verdict for verdict in tops if verdict.is_open and verdict.outcome is Outcome.UNMET]
    assert (sheet.nearest is not None) == bool(gaps)
    if sheet.nearest is not None:
        nearest = sheet.verdict(sheet.nearest.code)
        assert (nearest.gap, nearest.gap_unit, nearest.gap_kind) == (sheet.nearest.gap, sheet.nearest.unit, sheet.nearest.kind)
    if sheet.overall is not Overall.NOT_APPLICABLE and year >= ON.year:
        assert sheet.earliest_year is not None
        assert sheet.earliest_year >= max([year, *(verdict.earliest_year or 0 for verdict in tops)])


@settings(max_examples=150, deadline=None)
@given(standards, snapshots, application_years)
def test_a_frozen_sheet_reads_back_as_it_was(standard: Standard, snapshot: Snapshot, year: int) -> None:
    sheet = evaluate(standard, snapshot, on=ON, application_year=year)
    assert Sheet.from_dict(sheet.to_dict()) == sheet


@settings(max_examples=250, deadline=None)
@given(standards, snapshots, st.data())
def test_removing_a_fact_never_turns_unmet_into_met(standard: Standard, snapshot: Snapshot, data: st.DataObject) -> None:
    keys = sorted({(figure.fact, figure.year) for figure in snapshot.figures})
    if not keys:
        return
    gone = data.draw(st.sampled_from(keys))
    # a figure of the current year stands before that of the last year-end: take both away
    fewer = [one for one in snapshot.figures if one.fact != gone[0] or one.year < gone[1] - 1 or one.year > gone[1]]
    before = all_verdicts(evaluate(standard, snapshot, on=ON))
    after = all_verdicts(evaluate(standard, replace(snapshot, figures=fewer), on=ON))
    for code, verdict in before.items():
        if verdict.outcome is Outcome.UNMET and code in after:
            assert after[code].outcome is not Outcome.MET, code


@settings(max_examples=250, deadline=None)
@given(standards, snapshots, st.data())
def test_raising_a_figure_never_turns_a_line_it_must_reach_from_met_to_unmet(
    standard: Standard, snapshot: Snapshot, data: st.DataObject
) -> None:
    numbers = [figure for figure in snapshot.figures if not isinstance(figure.value, bool)]
    if not numbers:
        return
    raised = data.draw(st.sampled_from(numbers))
    more = [replace(one, value=one.value + 1) if one is raised else one for one in snapshot.figures]
    before = all_verdicts(evaluate(standard, snapshot, on=ON))
    after = all_verdicts(evaluate(standard, replace(snapshot, figures=more), on=ON))
    for criterion in all_criteria(standard):
        line = getattr(criterion.condition, "line", None)
        measure = getattr(criterion.condition, "measure", None)
        if (
            not isinstance(line, Line)
            or not line.is_lower
            or measure.over.code != raised.fact
            or isinstance(criterion.condition, Growth | GrowthEachYear)
        ):
            continue
        if criterion.code in before and criterion.code in after and before[criterion.code].outcome is Outcome.MET:
            assert after[criterion.code].outcome is Outcome.MET, criterion.code


@settings(max_examples=300, deadline=None)
@given(standards, snapshots, application_years)
def test_a_closed_year_is_never_called_curable(standard: Standard, snapshot: Snapshot, year: int) -> None:
    sheet = evaluate(standard, snapshot, on=ON, application_year=year)
    for code, verdict in all_verdicts(sheet).items():
        if verdict.gap_kind is GapKind.CURABLE and verdict.counts_into is not None:
            assert verdict.counts_into >= ON.year, code
        if verdict.gap_kind is GapKind.CLOSED:
            assert verdict.earliest_year is not None, code
            assert verdict.earliest_year > year or year < ON.year, code
        if verdict.outcome is not Outcome.UNMET:
            assert verdict.gap_kind is GapKind.NONE, code


@settings(max_examples=100, deadline=None)
@given(standards, snapshots, st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_the_facts(standard: Standard, snapshot: Snapshot, random: Any) -> None:
    def shuffled(items: Any) -> Any:
        return None if items is None else random.sample(list(items), len(items))

    mixed = replace(
        snapshot,
        figures=shuffled(snapshot.figures),
        titles=shuffled(snapshot.titles),
        incidents=shuffled(snapshot.incidents),
        judgements=shuffled(snapshot.judgements),
        attributes=dict(reversed(list(snapshot.attributes.items()))),
    )
    assert evaluate_summary(standard, mixed, on=ON).digest == evaluate_summary(standard, snapshot, on=ON).digest


@settings(max_examples=150, deadline=None)
@given(standards, snapshots)
def test_the_answer_holds_until_the_day_it_is_said_to_go_stale(standard: Standard, snapshot: Snapshot) -> None:
    first = evaluate_summary(standard, snapshot, on=ON)
    last = first.stale_after - timedelta(days=1)
    again = evaluate_summary(standard, snapshot, on=last)
    assert first.stale_after > ON
    assert (again.overall, again.counts, again.open_codes, again.earliest_year, again.digest) == (
        first.overall,
        first.counts,
        first.open_codes,
        first.earliest_year,
        first.digest,
    )


@settings(max_examples=200, deadline=None)
@given(standards, snapshots, application_years)
def test_the_earliest_year_is_the_first_that_no_closed_year_blocks(standard: Standard, snapshot: Snapshot, year: int) -> None:
    """Asked for the year it names, nothing that fails there is closed; asked for any year before, something is or waits."""
    if year < ON.year:
        return
    sheet = evaluate(standard, replace(snapshot, incidents=()), on=ON, application_year=year)
    for verdict in sheet.verdicts:
        if verdict.outcome is not Outcome.UNMET or verdict.mode or verdict.gap_kind is not GapKind.CLOSED:
            continue
        assert verdict.earliest_year is not None
        for candidate in range(year, verdict.earliest_year + 1):
            there = evaluate(standard, snapshot, on=ON, application_year=candidate).verdicts
            same = next((one for one in there if one.code == verdict.code), None)
            if same is None or same.outcome is Outcome.NOT_APPLICABLE:
                continue
            is_blocked = same.outcome is Outcome.UNMET and same.gap_kind is GapKind.CLOSED
            assert is_blocked == (candidate < verdict.earliest_year), (verdict.code, candidate)


def test_judgements_decide_only_questions() -> None:
    standard = BY_ID["little_giant-2026"]
    snapshot = Snapshot(USCC, ON, "330603", judgements=[JudgementFact("L-2a", "met", "已核", date(2026, 1, 1), 1)])
    assert evaluate(standard, snapshot, on=ON).verdict("L-2a").outcome is Outcome.UNKNOWN


def test_the_last_judgement_up_to_the_day_counts() -> None:
    standard = BY_ID["little_giant-2026"]
    given_ones = [
        JudgementFact("L-6", "met", "属于六基", date(2026, 3, 1), 1, "aa"),
        JudgementFact("L-6", "unmet", "重新核实后不属于", date(2026, 6, 1), 2, "bb"),
        JudgementFact("L-6", "met", "尚未发生", date(2027, 1, 1), 3, "cc"),
    ]
    verdict = evaluate(standard, Snapshot(USCC, ON, "330603", judgements=given_ones), on=ON).verdict("L-6")
    assert verdict.outcome is Outcome.UNMET
    assert verdict.judged is not None
    assert verdict.judged.note == "重新核实后不属于"


def test_the_digest_follows_facts_evidence_and_district_but_not_the_day() -> None:
    standard = BY_ID["little_giant-2026"]
    figure = FigureValue("revenue", 2025, Decimal("50000000.00"), "audit", 7)
    judgement = JudgementFact("L-6", "met", "属于", date(2026, 1, 1), 1, "aa")
    base = Snapshot(USCC, ON, "330603", figures=[figure], judgements=[judgement])

    def digest(snapshot: Snapshot, on: date = ON) -> str:
        return evaluate_summary(standard, snapshot, on=on).digest

    assert digest(base) == digest(base, date(2026, 5, 1))
    assert digest(base) == digest(replace(base, figures=[replace(figure, value=Decimal("5E+7"))]))
    assert digest(base) != digest(replace(base, figures=[replace(figure, value=Decimal("50000000.01"))]))
    assert digest(base) != digest(replace(base, figures=[replace(figure, version_id=8)]))
    assert digest(base) != digest(replace(base, judgements=[replace(judgement, evidence_sha="bb")]))
    assert digest(base) != digest(replace(base, district="330602"))


def test_not_a_number_and_infinity_are_missing_not_met() -> None:
    standard = BY_ID["little_giant-2026"]
    for value in (Decimal("NaN"), Decimal("Infinity")):
        snapshot = Snapshot(USCC, ON, "330603", figures=[FigureValue("revenue", 2025, value, "audit", 1)])
        assert evaluate(standard, snapshot, on=ON).verdict("L-2a").outcome is Outcome.UNKNOWN


def test_an_estimate_stands_in_last_and_is_marked() -> None:
    standard = BY_ID["little_giant-2026"]
    rows = [
        FigureValue("revenue", 2026, Decimal(60_000_000), "self_reported", 1, True),
        FigureValue("rd_expense", 2026, Decimal(1), "audit", 2, True),
    ]
    sheet = evaluate(standard, Snapshot(USCC, ON, "330603", figures=rows), on=ON, application_year=2027)
    assert sheet.verdict("L-2a").outcome is Outcome.MET
    assert sheet.verdict("L-2a").observed[0].text == "6,000.0 万元（预计）"
    rows.append(FigureValue("revenue", 2026, Decimal(40_000_000), "statistics", 3))
    sheet = evaluate(standard, Snapshot(USCC, ON, "330603", figures=rows), on=ON, application_year=2027)
    assert sheet.verdict("L-2a").outcome is Outcome.UNMET
    assert sheet.verdict("L-2a").gap_kind is GapKind.CURABLE
    assert sheet.verdict("L-2a").closes == "2026 年营业收入再增加 1,000.0 万元"


def test_a_passed_window_is_not_offered_and_a_planned_one_gives_its_dates() -> None:
    standard = BY_ID["single_champion-2023"]
    windows = [Window(2026, date(2026, 4, 25), date(2026, 5, 25)), Window(2027, date(2027, 4, 1), date(2027, 5, 1))]
    sheet = evaluate(standard, Snapshot(USCC, ON, "330603"), on=ON, windows=windows)
    assert sheet.earliest_window == Window(2027, date(2027, 4, 1), date(2027, 5, 1))
    assert evaluate(standard, Snapshot(USCC, ON, "330603"), on=ON).earliest_window == Window(2026)


@pytest.mark.parametrize(
    ("on", "application", "cohort", "expected"),
    [
        pytest.param(date(2026, 3, 31), "认定", None, "little_giant-2022", id="last day of the old text"),
        pytest.param(date(2026, 4, 1), "认定", None, "little_giant-2026", id="first day of the new text"),
        pytest.param(date(2024, 5, 1), "认定", None, "little_giant-2022", id="earlier years"),
        pytest.param(date(2026, 5, 1), "复核", 2023, "little_giant-2022-review", id="review of the 2023 cohort"),
        pytest.param(date(2022, 7, 31), "认定", None, None, id="before any text"),
        pytest.param(date(2026, 5, 1), "复核", 2024, "little_giant-2026-review", id="review of another cohort"),
        pytest.param(date(2026, 3, 31), "复核", 2023, "little_giant-2022-review", id="review before the new text"),
        pytest.param(date(2026, 3, 31), "复核", 2024, None, id="review of another cohort before the new text"),
        pytest.param(date(2027, 5, 1), "复核", 2023, "little_giant-2026-review", id="review after the year of the old text"),
    ],
)
def test_the_text_in_force_on_the_day_judges(on: date, application: str, cohort: int | None, expected: str | None) -> None:
    found = standard_for(STANDARDS, title="little_giant", application=application, on=on, cohort=cohort)
    assert (None if found is None else found.id) == expected
