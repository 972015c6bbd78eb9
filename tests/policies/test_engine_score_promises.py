"""What a score promises for any facts at all."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.engine import GapKind, Outcome, Sheet, evaluate, evaluate_summary
from tests.policies.score_samples import FULL, ON, SCORED, WAN, parts_of, snapshot

Facts = dict[tuple[str, int], Any]
AMOUNTS = [Decimal(wan) * WAN for wan in ("0", "29.9999", "30", "50", "55", "75", "75.0001", "100", "135", "182.25", "1000")]
OPEN_FACTS: Facts = {("class1_ip", 2026): 1, ("class2_ip", 2026): 1, ("has_certification", 2026): True, ("has_own_brand", 2026): True}
BEST_NEXT_YEAR: Facts = {
    ("class1_ip", 2027): 1,
    ("has_certification", 2027): True,
    ("has_own_brand", 2027): True,
    ("rd_expense", 2026): Decimal(1000 * WAN),
    ("revenue", 2026): Decimal(1000 * WAN),
    ("sales_revenue", 2026): Decimal(1000 * WAN),
    ("segment_years", 2026): 20,
    ("total_liabilities", 2026): Decimal(0),
    ("total_assets", 2026): Decimal(1000 * WAN),
    ("net_assets", 2026): Decimal(100_000 * WAN),
}


def values(fact: str) -> st.SearchStrategy[Any]:
    if fact.startswith("has_"):
        return st.none() | st.booleans()
    if fact in ("class1_ip", "class2_ip", "segment_years"):
        return st.none() | st.integers(0, 12)
    return st.none() | st.sampled_from(AMOUNTS)


companies = st.fixed_dictionaries({key: values(key[0]) for key in FULL})
judged = st.lists(st.tuples(st.sampled_from(["S", "C2.1"]), st.sampled_from(["met", "unmet"])), max_size=2, unique_by=lambda one: one[0])


def sheet(facts: Facts, people: Any = (), year: int | None = None) -> Sheet:
    return evaluate(SCORED, snapshot(facts, *people), on=ON, application_year=year)


@settings(max_examples=150, deadline=None)
@given(companies, judged, st.sampled_from(sorted(FULL)))
def test_removing_a_fact_only_widens_the_range(facts: Facts, people: Any, gone: tuple[str, int]) -> None:
    before, after = sheet(facts, people), sheet({**facts, gone: None}, people)
    told = {before.verdict("S").outcome, after.verdict("S").outcome}
    assert told != {Outcome.MET, Outcome.UNMET}
    assert not (before.verdict("S").outcome is Outcome.UNKNOWN and after.verdict("S").outcome is Outcome.MANUAL)
    wide = parts_of(after)
    for code, part in parts_of(before).items():
        if code in wide:
            assert part.high is not None
            assert wide[code].high is not None
            assert wide[code].low <= part.low <= part.high <= wide[code].high, code


@settings(max_examples=150, deadline=None)
@given(companies, st.sampled_from([("class1_ip", 2026), ("class2_ip", 2026), ("rd_expense", 2025), ("segment_years", 2025)]))
def test_more_of_what_counts_never_takes_points_away(facts: Facts, raised: tuple[str, int]) -> None:
    if facts[raised] is None:
        return
    before, after = parts_of(sheet(facts)), parts_of(sheet({**facts, raised: facts[raised] + 1}))
    for code, part in before.items():
        if code in after:
            assert (part.low, part.high) <= (after[code].low, after[code].high), code


@settings(max_examples=150, deadline=None)
@given(companies, judged)
def test_what_is_called_curable_can_be_reached_by_open_facts_and_what_is_closed_cannot(facts: Facts, people: Any) -> None:
    verdict = sheet(facts, people).verdict("S")
    best = sheet({**facts, **OPEN_FACTS}, people).verdict("S")
    if verdict.gap_kind is GapKind.CURABLE:
        assert best.outcome is not Outcome.UNMET or best.gap_kind is GapKind.NONE
        assert (verdict.counts_into, verdict.earliest_year) == (2026, 2026)
    if verdict.gap_kind is GapKind.CLOSED:
        assert best.outcome is Outcome.UNMET
        assert verdict.earliest_year == 2027
        later = sheet({**facts, **BEST_NEXT_YEAR}, people, year=2027).verdict("S")
        assert later.outcome is not Outcome.UNMET or later.gap_kind is GapKind.NONE


@settings(max_examples=100, deadline=None)
@given(companies, judged, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_facts_nor_a_frozen_copy_changes_the_answer(facts: Facts, people: Any, random: Any) -> None:
    whole = sheet(facts, people)
    straight = snapshot(facts, *people)
    again = evaluate(SCORED, replace(straight, figures=random.sample(list(straight.figures), len(straight.figures))), on=ON)
    assert (again.digest, again.verdicts) == (whole.digest, whole.verdicts)
    assert Sheet.from_dict(whole.to_dict()) == whole
    summary = evaluate_summary(SCORED, snapshot(facts, *people), on=ON)
    assert (summary.overall, summary.counts, summary.earliest_year, summary.nearest, summary.digest, summary.result) == (
        whole.overall,
        whole.counts,
        whole.earliest_year,
        whole.nearest,
        whole.digest,
        "",
    )


@settings(max_examples=100, deadline=None)
@given(companies)
def test_only_what_could_settle_points_is_called_missing(facts: Facts) -> None:
    verdict = sheet(facts).verdict("S")
    for lack in verdict.missing:
        assert facts.get((lack.fact, lack.year)) is None or lack.fact in (
            "net_assets",
            "total_assets",
            "revenue",
            "sales_revenue",
            "cost_expense",
        )
    assert (verdict.outcome is Outcome.UNKNOWN) == bool(verdict.missing)
