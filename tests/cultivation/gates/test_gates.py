"""入库条件 change by two people's hands, from a day on; what was decided before keeps its version."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.decisions.errors import HadAHand, NotAuthorised
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_reject, decision_sign, decision_withdraw
from accounts.users.models import User
from companies.recognitions.models import Title
from core.errors import NotPermitted
from cultivation.gates.kinds import DayPast, DayTaken
from cultivation.gates.models import GateChange
from cultivation.gates.services import ChangeWaits, NothingChanged, gate_propose
from cultivation.gates.wiring import gate_change_problems
from cultivation.gates.words import gate_yaml
from cultivation.tracks.checks import scheme_problems
from cultivation.tracks.models import PoolScheme, TrackState
from cultivation.tracks.pools import Rule, scheme_for, scheme_read
from cultivation.tracks.services import move_propose
from tests.factories import ApproverFactory, CityApproverFactory, CityClerkFactory, ClerkFactory, OfficerFactory
from tests.factories.cultivation import TrackFactory, library, ready_company

pytestmark = pytest.mark.django_db
TODAY, NEW_YEAR = date(2026, 11, 24), date(2027, 1, 1)
STARTING, ACCELERATING, SPRINT = TrackState.STARTING, TrackState.ACCELERATING, TrackState.SPRINT


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The clock stands at 2026-11-24 10:00 in Shanghai."""
    moment = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    library()
    return TODAY


@pytest.fixture
def clerk(db: None) -> User:
    """数据员 of the city."""
    return CityClerkFactory(person__name="周文博")


@pytest.fixture
def city_approver(db: None) -> User:
    """审批人 of the city."""
    return CityApproverFactory(person__name="何静")


@pytest.fixture
def giant(db: None) -> Title:
    """小巨人."""
    return Title.objects.get(code="little_giant")


def pools(most: int = 2, **more: list[Rule]) -> dict[str, list[Rule]]:
    """The shipped gates, but for how much may be open on the way into 加速库."""
    return {
        STARTING: [Rule("above_scale"), Rule("no_veto")],
        ACCELERATING: [
            Rule("open_at_most", most=most),
            Rule("holds_any", titles=("specialised_sme", "high_tech", "hidden_champion")),
            Rule("no_veto"),
        ],
        SPRINT: [Rule("open_at_most", most=1), Rule("curable_before_batch"), Rule("manual_listed"), Rule("no_veto")],
        **more,
    }


def proposed(giant: Title, by: User, *, begins: date = NEW_YEAR, most: int = 2) -> GateChange:
    return gate_propose(title=giant, begins=begins, pools=pools(most), reason="收紧加速库", by=by, on=TODAY)


def test_a_second_person_signs_and_the_gate_changes_on_its_day(giant: Title, clerk: User, city_approver: User) -> None:
    before = scheme_for(giant, TODAY)
    change = proposed(giant, clerk)
    assert scheme_for(giant, NEW_YEAR) == before
    assert decision_sign(decision_id=change.decision_id, signer=city_approver, on=TODAY).state == DecisionState.APPROVED
    assert scheme_for(giant, date(2026, 12, 31)) == before
    after = scheme_for(giant, NEW_YEAR)
    assert after is not None
    assert after.gate(ACCELERATING)[0] == Rule("open_at_most", most=2)
    assert after.gate(SPRINT) == before.gate(SPRINT)  # type: ignore[union-attr]
    assert after.is_local
    change.refresh_from_db()
    assert change.scheme is not None
    assert not change.is_open
    assert [*gate_change_problems(), *scheme_problems()] == []


def test_the_decision_shows_the_pools_that_change_in_words(giant: Title, clerk: User) -> None:
    changes = proposed(giant, clerk).decision.frozen["changes"]
    assert [(line["label"], line["before"], line["after"]) for line in changes] == [
        ("施行日", "2020-01-01", "2027-01-01"),
        (
            "加速库",
            "未达标与缺数据合计不超过 3 项；持有其一：隐形冠军、高企、专精特新；没有在有效期内的一票否决事项",
            "未达标与缺数据合计不超过 2 项；持有其一：隐形冠军、高企、专精特新；没有在有效期内的一票否决事项",
        ),
    ]


def test_nobody_signs_their_own_change_and_no_district_signs_for_the_city(giant: Title, city_approver: User) -> None:
    """SF-B1."""
    proposer = CityApproverFactory(person__name="陈立群")
    change = proposed(giant, proposer)
    for signer in (proposer, CityApproverFactory(person=proposer.person)):
        with pytest.raises(HadAHand):
            decision_sign(decision_id=change.decision_id, signer=signer, on=TODAY)
    with pytest.raises(NotAuthorised):
        decision_sign(decision_id=change.decision_id, signer=ApproverFactory(), on=TODAY)
    assert PoolScheme.objects.filter(title=giant).count() == 1
    assert decision_sign(decision_id=change.decision_id, signer=city_approver, on=TODAY).state == DecisionState.APPROVED


@pytest.mark.parametrize("factory", [ClerkFactory, ApproverFactory, OfficerFactory], ids=["clerk", "approver", "officer"])
def test_a_district_proposes_no_gates(giant: Title, factory: Any) -> None:
    with pytest.raises(NotPermitted):
        proposed(giant, factory())
    assert not Decision.objects.exists()


def test_gates_do_not_change_backwards(giant: Title, clerk: User, city_approver: User, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DayPast):
        proposed(giant, clerk, begins=date(2026, 11, 23))
    change = proposed(giant, clerk, begins=TODAY)
    with monkeypatch.context() as later:
        later.setattr(timezone, "now", lambda: datetime(2026, 11, 25, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
        with pytest.raises(DayPast):  # signed too late
            decision_sign(decision_id=change.decision_id, signer=city_approver, on=date(2026, 11, 25))
    assert Decision.objects.get(pk=change.decision_id).state == DecisionState.SUBMITTED
    assert decision_sign(decision_id=change.decision_id, signer=city_approver, on=TODAY).state == DecisionState.APPROVED


def test_one_day_has_one_version_and_one_title_one_open_change(giant: Title, clerk: User, city_approver: User) -> None:
    change = proposed(giant, clerk)
    with pytest.raises(ChangeWaits):
        proposed(giant, clerk, begins=date(2027, 2, 1))
    decision_sign(decision_id=change.decision_id, signer=city_approver, on=TODAY)
    with pytest.raises(DayTaken):
        proposed(giant, clerk, most=1)
    assert proposed(giant, clerk, begins=date(2027, 2, 1), most=1).is_open


def test_the_same_gates_are_no_change(giant: Title, clerk: User) -> None:
    with pytest.raises(NothingChanged):
        proposed(giant, clerk, most=3)


def test_a_version_added_in_between_makes_it_stale(giant: Title, clerk: User, city_approver: User) -> None:
    """SF-B3."""
    change = proposed(giant, clerk)
    text = gate_yaml(title="little_giant", begins=date(2026, 12, 1), pools=pools(0))
    PoolScheme.objects.create(title=giant, in_force_from=date(2026, 12, 1), text=text, sha256=scheme_read(text).sha256)
    answer = decision_sign(decision_id=change.decision_id, signer=city_approver, on=TODAY)
    assert answer.state == DecisionState.STALE
    assert {line["label"] for line in answer.changed_since} >= {"已有版本", "对照的版本"}
    assert not PoolScheme.objects.filter(in_force_from=NEW_YEAR).exists()
    assert proposed(giant, clerk).is_open  # and it may be proposed again


@pytest.mark.parametrize("end", ["rejected", "withdrawn"])
def test_a_change_that_ended_leaves_the_gates_and_the_way_open(giant: Title, clerk: User, city_approver: User, end: str) -> None:
    change = proposed(giant, clerk)
    if end == "rejected":
        decision_reject(decision_id=change.decision_id, by=city_approver, on=TODAY, reason="太严")
    else:
        decision_withdraw(decision_id=change.decision_id, by=clerk, on=TODAY)
    assert PoolScheme.objects.filter(title=giant).count() == 1
    assert list(gate_change_problems()) == []
    assert proposed(giant, clerk).is_open


def test_moves_that_wait_turn_stale_and_what_was_decided_keeps_its_version(giant: Title, clerk: User, city_approver: User) -> None:
    officer = OfficerFactory()
    track = TrackFactory(company=ready_company(officer), state="starting")
    move = move_propose(track=track, to_state=ACCELERATING, by=officer, on=TODAY)
    frozen = Decision.objects.get(pk=move.decision_id).frozen
    change = proposed(giant, clerk, begins=TODAY)
    assert "1 件" in change.decision.effect
    decision_sign(decision_id=change.decision_id, signer=city_approver, on=TODAY)
    assert decision_sign(decision_id=move.decision_id, signer=city_approver, on=TODAY).state == DecisionState.STALE
    assert Decision.objects.get(pk=move.decision_id).frozen == frozen


def test_what_a_form_chose_reads_back_as_it_was(giant: Title) -> None:
    text = gate_yaml(title="little_giant", begins=NEW_YEAR, pools={**pools(), STARTING: []})
    scheme = scheme_read(text)
    assert scheme.pools == {pool: tuple(rules) for pool, rules in pools().items() if pool != STARTING}
    assert scheme.gate(STARTING) == ()
    assert gate_yaml(title="little_giant", begins=NEW_YEAR, pools=scheme.pools) == text


def test_verify_names_a_version_made_past_the_second_person(giant: Title, clerk: User) -> None:
    change = proposed(giant, clerk)
    GateChange.objects.filter(pk=change.pk).update(scheme=PoolScheme.objects.get(title=giant))
    assert len(list(gate_change_problems())) == 2


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sent(**changes: Any) -> dict[str, Any]:
    form = {
        "begins": "2027-01-01",
        "reason": "收紧加速库",
        "starting-above_scale": "on",
        "starting-no_veto": "on",
        "accelerating-open_at_most": "2",
        "accelerating-holds_any": ["specialised_sme", "high_tech", "hidden_champion"],
        "accelerating-no_veto": "on",
        "sprint-open_at_most": "1",
        "sprint-curable_before_batch": "on",
        "sprint-manual_listed": "on",
        "sprint-no_veto": "on",
    }
    return {**form, **changes}


def test_the_form_begins_with_the_gates_in_force_and_proposes_what_was_chosen(clerk: User, city_approver: User) -> None:
    client, url = signed_in(clerk), "/gates/little_giant/change/"
    form = client.get(url).context["form"]
    assert (form["accelerating-open_at_most"].value(), form["sprint-no_veto"].value()) == (3, True)
    assert form["accelerating-holds_any"].value() == ["specialised_sme", "high_tech", "hidden_champion"]
    assert "starting-manual_listed" not in form.fields
    assert client.post(url, sent())["Location"] == "/gates/little_giant/"
    change = GateChange.objects.get()
    assert {pool: list(rules) for pool, rules in scheme_read(change.text).pools.items()} == {
        pool: sorted(
            rules,
            key=lambda rule: ["above_scale", "open_at_most", "holds_any", "curable_before_batch", "manual_listed", "no_veto"].index(
                rule.rule
            ),
        )
        for pool, rules in pools().items()
    }
    assert "待审批" in client.get("/gates/little_giant/").content.decode()
    assert "不超过 2 项" in signed_in(city_approver).get(f"/decisions/{change.decision_id}/").content.decode()
    assert signed_in(city_approver).post(f"/decisions/{change.decision_id}/sign/").status_code == 302
    assert "尚未施行" in client.get("/gates/little_giant/").content.decode()
    assert "2027-01-01 起有新版本" in client.get("/gates/").content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"accelerating-open_at_most": "-1"}, "大于或等于", id="below zero"),
        pytest.param({"accelerating-open_at_most": "1_0"}, "不是整数", id="no number"),
        pytest.param({"begins": "2026-11-01"}, "不能追溯", id="a day gone by"),
        pytest.param({"begins": ""}, "必填", id="no day"),
        pytest.param({"accelerating-holds_any": ["nobody"]}, "nobody", id="no such title"),
        pytest.param({"accelerating-open_at_most": "3"}, "与现行入库条件相同", id="nothing changed"),
        pytest.param(
            {"accelerating-open_at_most": "3", "accelerating-holds_any": ["hidden_champion", "high_tech", "specialised_sme"]},
            "与现行入库条件相同",
            id="written in another order",
        ),
    ],
)
def test_what_is_refused_stands_beside_what_was_typed(clerk: User, changes: dict[str, Any], message: str) -> None:
    page = signed_in(clerk).post("/gates/little_giant/change/", sent(**changes))
    assert page.status_code == 422
    assert message in page.content.decode()
    assert "收紧加速库" in page.content.decode()
    assert not GateChange.objects.exists()


def test_a_ladder_without_any_gate_is_refused(clerk: User) -> None:
    page = signed_in(clerk).post("/gates/little_giant/change/", {"begins": "2027-01-01", "reason": "试试"})
    assert "至少为一个培育库设一条入库条件。" in page.content.decode()
    assert not GateChange.objects.exists()


def test_everybody_reads_the_gates_and_only_the_city_changes_them(clerk: User) -> None:
    for factory in (OfficerFactory, ApproverFactory, ClerkFactory):
        client = signed_in(factory())
        assert "不超过 3 项" in client.get("/gates/").content.decode()
        assert "本地设定" in client.get("/gates/little_giant/").content.decode()
        assert client.get("/gates/little_giant/change/").status_code == 404
        assert client.post("/gates/little_giant/change/", sent()).status_code == 404
    assert signed_in(clerk).get("/gates/no_such/").status_code == 404
    assert not GateChange.objects.exists()
