"""入库条件 line by line: on the line, just over it, missing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.users.models import User
from companies.recognitions.models import Title
from companies.register.models import Company
from cultivation.tracks.gates import AimedBatch, GateFacts, GateResult, gate_check
from cultivation.tracks.models import PoolScheme
from cultivation.tracks.pools import PoolSchemeError, Scheme, pool_scheme_seed, scheme_for, scheme_read
from cultivation.tracks.selectors import batches_to_aim_at, gate_facts
from policies.engine import GapKind, Sheet
from policies.standards.services import sheet_for
from tests.factories import CompanyFactory, IncidentFactory
from tests.factories.cultivation import batch, held, judged, ready_company, ready_figures

TODAY = date(2026, 11, 24)
FACTS = GateFacts(TODAY, True, frozenset({"specialised_sme"}), {}, AimedBatch(2027, "2027 第九批", date(2027, 5, 25)))


def sheet(company: Company) -> Sheet:
    return sheet_for(company=company, title=Title.objects.get(code="little_giant"), on=TODAY)


def scheme(code: str = "little_giant") -> Scheme:
    found = scheme_for(Title.objects.get(code=code), TODAY)
    assert found is not None
    return found


def gate(pool: str, of: Sheet | None, **facts: Any) -> dict[str, str]:
    """Line code → state."""
    return {line.code: str(line.state) for line in check(pool, of, **facts).lines}


def check(pool: str, of: Sheet | None, **facts: Any) -> GateResult:
    return gate_check(scheme(), pool, of, replace(FACTS, **facts))


@pytest.mark.parametrize(("is_above_scale", "state"), [(True, "ok"), (False, "unmet"), (None, "unknown")])
def test_the_starting_pool_takes_above_scale_firms(is_above_scale: bool | None, state: str) -> None:
    assert gate("starting", sheet(ready_company()), is_above_scale=is_above_scale)["above_scale"] == state


def test_a_veto_in_force_closes_every_pool() -> None:
    company = ready_company()
    assert gate("starting", sheet(company))["no_veto"] == "ok"
    IncidentFactory(company=company, kind="dishonest", starts_on=date(2026, 10, 1), known_on=date(2026, 10, 2))
    for pool in ("starting", "accelerating", "sprint"):
        assert gate(pool, sheet(company))["no_veto"] == "unmet"


OPEN = {"class1_ip": 0, "segment_years": 1, "total_liabilities": Decimal(170_000_000), "product_revenue": Decimal(1_000_000)}


@pytest.mark.parametrize(
    ("failing", "accelerating", "sprint"), [(0, "ok", "ok"), (1, "ok", "ok"), (2, "ok", "unmet"), (3, "ok", "unmet"), (4, "unmet", "unmet")]
)
def test_open_criteria_are_counted_up_to_the_line_and_not_over_it(failing: int, accelerating: str, sprint: str) -> None:
    of = sheet(ready_company(**dict(list(OPEN.items())[:failing])))
    assert of.counts.unmet == failing
    assert gate("accelerating", of)["open_at_most"] == accelerating
    assert gate("sprint", of)["open_at_most"] == sprint


def test_unknown_counts_as_open_and_is_called_missing() -> None:
    of = sheet(ready_company(class1_ip=None, segment_years=1))
    assert (of.counts.unmet, of.counts.unknown) == (1, 1)
    assert gate("accelerating", of)["open_at_most"] == "ok"
    assert gate("sprint", of)["open_at_most"] == "unknown"


def test_too_many_failing_is_failing_even_where_something_is_missing_too() -> None:
    of = sheet(ready_company(class1_ip=None, segment_years=1, product_revenue=Decimal(1_000_000)))
    line = next(line for line in check("sprint", of).lines if line.code == "open_at_most")
    assert str(line.state) == "unmet"
    assert line.text == "不能进入冲刺库：未达标须不超过 1 项，现有 2 项，另有缺数据 1 项"


def test_an_either_or_group_counts_once() -> None:
    of = sheet(
        ready_company(
            employees=1_200,
            revenue=Decimal(500_000_000),
            main_revenue=Decimal(490_000_000),
            rd_expense=Decimal(30_000_000),
            product_revenue=Decimal(400_000_000),
        )
    )
    assert [verdict.code for verdict in of.verdicts if verdict.is_open] == ["G-02"]
    line = next(line for line in check("sprint", of).lines if line.code == "open_at_most")
    assert line.value == "未达标 1 项，缺数据 0 项"


def test_a_waived_criterion_counts_as_closed() -> None:
    of = sheet(ready_company(class1_ip=0, state_award_top3=True))
    assert gate("sprint", of)["open_at_most"] == "ok"
    assert of.counts.open == 0


@pytest.mark.parametrize(
    ("held_titles", "state"),
    [
        ({"specialised_sme"}, "ok"),
        ({"high_tech"}, "ok"),
        ({"hidden_champion"}, "ok"),
        ({"tech_sme"}, "unmet"),
        (set(), "unmet"),
        (None, "unknown"),
    ],
)
def test_the_accelerating_pool_takes_firms_that_hold_one_of_three_titles(held_titles: set[str] | None, state: str) -> None:
    of = sheet(ready_company())
    assert gate("accelerating", of, held=None if held_titles is None else frozenset(held_titles))["holds_any"] == state


def test_a_title_that_ran_out_or_was_revoked_is_not_held() -> None:
    company = CompanyFactory()
    assert gate_facts(company=company, on=TODAY).held == frozenset()
    held(company, "high_tech", announced_on=date(2022, 1, 1), valid_until=date(2026, 11, 23))
    assert gate_facts(company=company, on=TODAY).held == frozenset()
    held(company, "hidden_champion", valid_until=TODAY)
    assert gate_facts(company=company, on=TODAY).held == {"hidden_champion"}


def test_the_one_open_criterion_of_a_sprint_must_be_curable_before_the_batch() -> None:
    curable = sheet(ready_company(rd_expense=Decimal(4_600_000), revenue=Decimal(136_000_000)))
    (opened,) = [verdict for verdict in sheet(ready_company(class1_ip=3)).verdicts if verdict.is_open]
    assert opened.gap_kind == GapKind.CURABLE
    assert gate("sprint", sheet(ready_company(class1_ip=3)))["curable_before_batch"] == "ok"
    closed = sheet(ready_company(product_revenue=Decimal(1_000_000)))
    assert gate("sprint", closed, batch=AimedBatch(2026, "2026", None))["curable_before_batch"] == "unmet"
    assert gate("sprint", curable, batch=AimedBatch(2026, "2026", None))["curable_before_batch"] == "unmet"


def test_whether_a_missing_criterion_is_curable_is_unknown() -> None:
    assert gate("sprint", sheet(ready_company(class1_ip=None)))["curable_before_batch"] == "unknown"


@pytest.mark.parametrize(
    ("closes_on", "state"), [(TODAY, "ok"), (date(2026, 11, 23), "unmet"), (None, "ok")], ids=["last day", "day after", "not known"]
)
def test_a_batch_can_be_aimed_at_through_its_last_day_of_filling(closes_on: date | None, state: str) -> None:
    assert gate("sprint", sheet(ready_company()), batch=AimedBatch(2027, "2027", closes_on))["curable_before_batch"] == state


def test_only_batches_still_open_are_offered() -> None:
    title = Title.objects.get(code="little_giant")
    assert list(batches_to_aim_at(title, TODAY)) == [batch(2027)]
    assert list(batches_to_aim_at(title, date(2026, 5, 25))) == [batch(2026), batch(2027)]


def test_manual_criteria_count_for_the_sprint_only_and_waiting_ones_are_listed() -> None:
    company = ready_company(is_judged=False)
    of = sheet(company)
    assert "manual_listed" not in gate("accelerating", of)
    line = next(line for line in check("sprint", of).lines if line.code == "manual_listed")
    assert (str(line.state), len(line.items)) == ("ok", 4)
    assert line.text == "4 项待人工核，随差距表列明，由审批人签认。"


def test_a_manual_criterion_judged_unmet_closes_the_sprint() -> None:
    company = ready_company(is_judged=False)
    judged(company, "L-6", outcome="unmet")
    assert gate("sprint", sheet(company))["manual_listed"] == "unmet"


def test_where_the_standard_excludes_the_firm_no_pool_is_open() -> None:
    company = ready_company()
    held(company, "single_champion")
    of = sheet(company)
    assert of.exclusion
    for pool in ("starting", "accelerating", "sprint"):
        assert gate(pool, of)["applies"] == "unmet"


def test_without_a_standard_in_force_what_rests_on_it_is_unknown() -> None:
    assert gate("sprint", None) == {
        "open_at_most": "unknown",
        "curable_before_batch": "unknown",
        "manual_listed": "unknown",
        "no_veto": "unknown",
    }


def test_single_champion_needs_no_other_title_for_the_accelerating_pool() -> None:
    company = CompanyFactory()
    ready_figures(company)
    of = sheet_for(company=company, title=Title.objects.get(code="single_champion"), on=TODAY)
    codes = [line.code for line in gate_check(scheme("single_champion"), "accelerating", of, FACTS).lines]
    assert codes == ["open_at_most", "no_veto"]


def test_all_shipped_gates_are_marked_local(officer: User) -> None:
    assert all(PoolScheme.objects.values_list("is_local", flat=True))
    titles = Title.objects.recognisable().count()
    assert PoolScheme.objects.count() == pool_scheme_seed() == titles
    assert PoolScheme.objects.count() == titles


def test_the_scheme_of_a_past_day_is_the_one_in_force_then() -> None:
    row = PoolScheme.objects.get(title__code="little_giant")
    text = row.text.replace("most: 1", "most: 2").replace("2020-01-01", "2026-07-01")
    newer = scheme_read(text)
    PoolScheme.objects.create(title=row.title, in_force_from=newer.in_force_from, text=newer.text, sha256=newer.sha256)
    before, after = scheme_for(row.title, date(2026, 6, 30)), scheme_for(row.title, date(2026, 7, 1))
    assert before is not None
    assert after is not None
    assert before.gate("sprint")[0].most == 1
    assert after.gate("sprint")[0].most == 2
    assert scheme_for(row.title, date(2019, 12, 31)) is None


@pytest.mark.parametrize(
    "text",
    [
        "title: x\npools: {sprint: [{rule: open_at_most}]}\nin_force_from: 2020-01-01\nis_local: true",
        "title: x\npools: {sprint: [{rule: open_at_most, most: -1}]}\nin_force_from: 2020-01-01\nis_local: true",
        "title: x\npools: {sprint: [{rule: anything}]}\nin_force_from: 2020-01-01\nis_local: true",
        "title: x\npools: {recognised: [{rule: no_veto}]}\nin_force_from: 2020-01-01\nis_local: true",
        "title: x\npools: {sprint: []}\nis_local: true",
        "- not a mapping",
        "pools: [",
    ],
    ids=["without most", "negative", "unknown rule", "unknown pool", "without a day", "a list", "broken"],
)
def test_a_scheme_with_anything_unknown_is_refused_whole(text: str) -> None:
    with pytest.raises(PoolSchemeError):
        scheme_read(text)


def test_a_title_named_by_a_list_has_gates_without_a_published_number() -> None:
    company = CompanyFactory(is_above_scale=True)
    facts = GateFacts(TODAY, True, frozenset())
    for code in Title.objects.filter(kind="nominated").values_list("code", flat=True):
        of = sheet_for(company=company, title=Title.objects.get(code=code), on=TODAY)
        assert all(verdict.is_local for verdict in of.verdicts)
        assert gate_check(scheme(code), "starting", of, facts).passed
    IncidentFactory(company=company, kind="abnormal_list", starts_on=date(2026, 1, 5))
    of = sheet_for(company=company, title=Title.objects.get(code="eagle"), on=TODAY)
    assert [line.code for line in gate_check(scheme("eagle"), "starting", of, facts).failing] == ["no_veto"]
