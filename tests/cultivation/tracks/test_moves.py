"""The ladder in words: who may move a firm where, and what is refused beside it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django_fsm import TransitionNotAllowed

from accounts.decisions.errors import AlreadyDecided, HadAHand, IsTheOfficer, NotAuthorised
from accounts.decisions.models import Decision, DecisionHand, DecisionState, Part
from accounts.decisions.services import decision_reject, decision_sign, decision_withdraw
from accounts.opening import NotToday
from accounts.roles import Role
from accounts.users.models import User
from companies.recognitions.models import Title
from cultivation.tracks import services
from cultivation.tracks.models import MoveKind, ReasonCode, TierMove, Track, TrackEvent, TrackState
from cultivation.tracks.refusals import (
    BatchNotFitting,
    DownNeedsGrounds,
    FileNotOfCompany,
    GateNotMet,
    JumpNotAllowed,
    NotYourCompany,
    OpenMoveExists,
    SpecialNeedsGrounds,
    TitleNotTracked,
)
from tests.factories import (
    ApproverFactory,
    AuditorFactory,
    ClerkFactory,
    CompanyFactory,
    EvidenceFactory,
    OfficerFactory,
)
from tests.factories.cultivation import TrackFactory, batch, ready_company

TODAY = date(2026, 11, 24)
STATES = list(TrackState)


def propose(track: Track, to_state: str, by: User, **more: object) -> TierMove:
    if to_state == TrackState.SPRINT:
        more.setdefault("batch", batch())
    if to_state == TrackState.REMOVED or (track.state, to_state) in {("sprint", "accelerating"), ("accelerating", "starting")}:
        more = {"reason_code": ReasonCode.NO_PROGRESS, "reason": "两次年度评审无进展", **more}
    return services.move_propose(track=track, to_state=to_state, by=by, on=TODAY, **more)  # type: ignore[arg-type]


def sign(move: TierMove, by: User) -> Decision:
    return decision_sign(decision_id=move.decision_id, signer=by, on=TODAY)


def test_a_firm_climbs_pool_by_pool_with_two_people(officer: User, approver: User) -> None:
    company = ready_company(officer)
    track = services.track_set_target(company=company, title=Title.objects.get(code="little_giant"), by=officer, on=TODAY)
    assert (track.state, track.is_main) == ("candidate", True)
    for state in ("starting", "accelerating", "sprint"):
        decision = sign(propose(track, state, officer), approver)
        assert decision.state == DecisionState.APPROVED
        track = Track.objects.get(pk=track.pk)
        assert track.state == state
    assert [(event.kind, event.from_state, event.to_state) for event in track.events.order_by("pk")] == [
        ("target", "", "candidate"),
        ("admit", "candidate", "starting"),
        ("promote", "starting", "accelerating"),
        ("promote", "accelerating", "sprint"),
    ]
    assert track.target_batch == batch()
    assert track.events.last().known_on == TODAY


def test_setting_the_same_target_twice_gives_the_same_track(officer: User) -> None:
    company = ready_company(officer)
    title = Title.objects.get(code="little_giant")
    first = services.track_set_target(company=company, title=title, by=officer, on=TODAY)
    assert services.track_set_target(company=company, title=title, by=officer, on=TODAY) == first
    assert TrackEvent.objects.count() == 1


def test_a_title_without_pools_is_no_target(officer: User) -> None:
    with pytest.raises(TitleNotTracked):
        services.track_set_target(company=ready_company(officer), title=Title.objects.get(code="high_tech"), by=officer, on=TODAY)


def test_the_second_target_is_not_the_main_one_until_the_officer_says_so(officer: User) -> None:
    company = ready_company(officer)
    first = services.track_set_target(company=company, title=Title.objects.get(code="little_giant"), by=officer, on=TODAY)
    second = services.track_set_target(company=company, title=Title.objects.get(code="single_champion"), by=officer, on=TODAY)
    assert not second.is_main
    services.track_make_main(track=second, by=officer, on=TODAY)
    assert list(Track.objects.filter(company=company, is_main=True)) == [second]
    assert not Track.objects.get(pk=first.pk).is_main


@pytest.mark.parametrize("state", ["starting", "accelerating", "sprint"])
def test_first_admission_may_enter_any_pool_whose_gate_holds(officer: User, approver: User, state: str) -> None:
    track = TrackFactory(company=ready_company(officer))
    sign(propose(track, state, officer), approver)
    assert Track.objects.get(pk=track.pk).state == state
    assert track.events.last().kind == MoveKind.ADMIT


def test_a_removed_firm_may_be_readmitted(officer: User, approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    sign(propose(track, "removed", officer), approver)
    assert track.events.last().reason_code == "no_progress"
    sign(propose(Track.objects.get(pk=track.pk), "starting", officer), approver)
    assert Track.objects.get(pk=track.pk).state == "starting"
    assert track.events.last().kind == MoveKind.READMIT


@pytest.mark.parametrize(("before", "after"), [("sprint", "accelerating"), ("accelerating", "starting")])
def test_a_firm_goes_down_one_pool_with_a_reason(officer: User, approver: User, before: str, after: str) -> None:
    track = TrackFactory(company=ready_company(officer), state=before)
    with pytest.raises(DownNeedsGrounds):
        propose(track, after, officer, reason_code="", reason="")
    move = propose(track, after, officer)
    assert move.public_wording == "近两次年度评审未见进展，培育安排已调整，服务照常。"
    sign(move, approver)
    assert Track.objects.get(pk=track.pk).state == after


JUMPS = [
    (before, after)
    for before in STATES
    for after in STATES
    if (before, after)
    not in {
        ("candidate", "starting"), ("candidate", "accelerating"), ("candidate", "sprint"),
        ("removed", "starting"), ("removed", "accelerating"), ("removed", "sprint"),
        ("starting", "accelerating"), ("accelerating", "sprint"),
        ("sprint", "accelerating"), ("accelerating", "starting"),
        ("candidate", "removed"), ("starting", "removed"), ("accelerating", "removed"), ("sprint", "removed"), ("recognised", "removed"),
    }
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), JUMPS, ids=lambda value: str(value))
def test_every_jump_is_refused_when_it_is_proposed(officer: User, before: str, after: str) -> None:
    track = TrackFactory(company=ready_company(officer), state=before)
    with pytest.raises(JumpNotAllowed):
        propose(track, after, officer)
    assert Track.objects.get(pk=track.pk).state == before
    assert not Decision.objects.exists()


def test_a_jump_says_which_pool_comes_first(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="starting")
    with pytest.raises(JumpNotAllowed, match="不能跨库，须先进入加速库"):
        propose(track, "sprint", officer)


@pytest.mark.parametrize("state", ["starting", "accelerating", "sprint", "removed", "recognised"])
def test_the_state_cannot_be_assigned_or_updated(state: str) -> None:
    track = TrackFactory()
    with pytest.raises(AttributeError):
        track.state = state
    with pytest.raises(TypeError):
        Track.objects.filter(pk=track.pk).update(state=state)
    with pytest.raises(TypeError):
        Track.objects.bulk_update([track], ["state"])
    assert Track.objects.get(pk=track.pk).state == "candidate"


def test_a_transition_skips_no_pool_either() -> None:
    track = TrackFactory(state="starting")
    with pytest.raises(TransitionNotAllowed):
        track.enter_sprint(on=TODAY)
    with pytest.raises(TransitionNotAllowed):
        track.lapse(on=TODAY)


def test_a_move_somebody_forged_into_a_decision_skips_no_pool(officer: User, approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="starting")
    move = propose(track, "accelerating", officer)
    TierMove.objects.filter(pk=move.pk).update(to_state="sprint")
    assert sign(move, approver).state == DecisionState.STALE
    assert Track.objects.get(pk=track.pk).state == "starting"


def test_a_failing_gate_is_refused_and_lists_what_is_missing_with_numbers(officer: User) -> None:
    company = ready_company(officer, rd_expense=Decimal("1000000"), class1_ip=2)
    track = TrackFactory(company=company, state="accelerating")
    with pytest.raises(GateNotMet) as refused:
        propose(track, "sprint", officer)
    text = "\n".join(refused.value.details)
    assert "未达标须不超过 1 项，现有 3 项" in text
    assert "近两年研发费用合计" in text
    assert "838.0 万元" in text
    assert "2 项（2025），门槛 ≥ 4 项" in text
    assert not Decision.objects.exists()


def test_the_same_gate_holds_again_once_the_figures_do(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    assert propose(track, "sprint", officer).is_open


def test_missing_figures_block_as_missing_and_never_as_failing(officer: User) -> None:
    company = ready_company(officer, class1_ip=None, segment_years=None, platform_score=None)
    track = TrackFactory(company=company, state="accelerating")
    with pytest.raises(GateNotMet) as refused:
        propose(track, "sprint", officer)
    by_code = {line.code: line for line in refused.value.result.lines}
    assert by_code["open_at_most"].state == "unknown"
    assert "缺数据" in by_code["open_at_most"].text
    assert "现有 3 项" in by_code["open_at_most"].text


def test_a_special_permission_needs_reason_and_document_and_is_marked(officer: User, approver: User) -> None:
    track = TrackFactory(company=ready_company(officer, class1_ip=0, segment_years=1), state="accelerating")
    with pytest.raises(SpecialNeedsGrounds):
        propose(track, "sprint", officer, is_special=True, reason="重大项目")
    with pytest.raises(SpecialNeedsGrounds):
        propose(track, "sprint", officer, is_special=True, document_number="绍经信〔2026〕9号")
    move = propose(track, "sprint", officer, is_special=True, reason="重大项目", document_number="绍经信〔2026〕9号")
    assert sign(move, approver).is_special
    assert Track.objects.get(pk=track.pk).state == "sprint"


def test_what_passes_the_gate_is_never_a_special_permission(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    move = propose(track, "sprint", officer, is_special=True, reason="重大项目", document_number="绍经信〔2026〕9号")
    assert not move.decision.is_special


def test_only_the_officer_who_keeps_the_firm_proposes(officer: User, approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    for stranger in (OfficerFactory(), approver, ClerkFactory(), AuditorFactory()):
        with pytest.raises(NotYourCompany):
            propose(track, "sprint", stranger)
        with pytest.raises(NotYourCompany):
            services.track_set_target(company=track.company, title=Title.objects.get(code="single_champion"), by=stranger, on=TODAY)
    assert propose(track, "sprint", officer).is_open


def test_losing_the_firm_ends_proposing_at_once(officer: User) -> None:
    company = ready_company(officer)
    track = TrackFactory(company=company, state="accelerating")
    company.assignments.update(ends_on=TODAY)
    with pytest.raises(NotYourCompany):
        propose(track, "sprint", officer)


def test_one_move_of_a_track_waits_at_a_time(officer: User, approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    first = propose(track, "sprint", officer)
    with pytest.raises(OpenMoveExists, match="沈雨桐"):
        propose(track, "starting", officer)
    decision_reject(decision_id=first.decision_id, by=approver, on=TODAY, reason="请补充材料")
    assert propose(track, "sprint", officer).is_open


def test_the_database_itself_allows_one_open_move(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    move = propose(track, "sprint", officer)
    other = Decision.objects.create(kind="tier_move", summary="第二份", proposer=officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        TierMove.objects.create(track=track, kind="promote", from_state="accelerating", to_state="sprint", decision=other)
    TierMove.objects.filter(pk=move.pk).update(is_open=False)
    assert TierMove.objects.create(track=track, kind="promote", from_state="accelerating", to_state="sprint", decision=other).is_open


def test_one_track_per_firm_and_title_and_one_main_track() -> None:
    track = TrackFactory(is_main=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Track.objects.create(company=track.company, title=track.title, entered_pool_on=TODAY, created_on=TODAY)
    title = Title.objects.get(code="single_champion")
    with pytest.raises(IntegrityError), transaction.atomic():
        Track.objects.create(company=track.company, title=title, entered_pool_on=TODAY, created_on=TODAY, is_main=True)


def test_nobody_signs_their_own_proposal(officer: User, approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    move = propose(track, "sprint", officer)
    officer.role = Role.APPROVER
    officer.save()
    with pytest.raises(HadAHand):
        sign(move, officer)
    second_account = ApproverFactory(person=officer.person)
    with pytest.raises(HadAHand):
        sign(move, second_account)
    assert Track.objects.get(pk=track.pk).state == "accelerating"
    assert sign(move, approver).state == DecisionState.APPROVED


def test_the_firms_current_officer_does_not_sign_even_without_a_hand_in_it(officer: User, approver: User) -> None:
    company = ready_company(officer)
    track = TrackFactory(company=company, state="accelerating")
    move = propose(track, "sprint", officer)
    company.assignments.update(officer=OfficerFactory(person=approver.person))
    with pytest.raises(IsTheOfficer):
        sign(move, approver)
    assert Track.objects.get(pk=track.pk).state == "accelerating"


def test_the_database_refuses_a_second_hand_of_one_person(officer: User) -> None:
    move = propose(TrackFactory(company=ready_company(officer), state="accelerating"), "sprint", officer)
    second = ApproverFactory(person=officer.person)
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionHand.objects.create(decision=move.decision, person=officer.person, user=second, part=Part.SIGNED, on=TODAY)


def test_an_approver_of_another_district_does_not_sign_and_the_city_may(officer: User, city_approver: User) -> None:
    move = propose(TrackFactory(company=ready_company(officer), state="accelerating"), "sprint", officer)
    with pytest.raises(NotAuthorised):
        sign(move, ApproverFactory(district__code="330681"))
    assert sign(move, city_approver).state == DecisionState.APPROVED


def test_a_decision_is_taken_once(officer: User, approver: User, city_approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    move = propose(track, "sprint", officer)
    sign(move, approver)
    assert sign(move, approver).state == DecisionState.APPROVED
    with pytest.raises(AlreadyDecided, match="陈立群"):
        sign(move, city_approver)
    with pytest.raises(AlreadyDecided):
        decision_reject(decision_id=move.decision_id, by=city_approver, on=TODAY, reason="晚了")
    with pytest.raises(AlreadyDecided):
        decision_withdraw(decision_id=move.decision_id, by=officer, on=TODAY)
    assert track.events.filter(to_state="sprint").count() == 1


def test_a_withdrawn_move_changes_nothing_and_frees_the_track(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    decision_withdraw(decision_id=propose(track, "sprint", officer).decision_id, by=officer, on=TODAY)
    assert Track.objects.get(pk=track.pk).state == "accelerating"
    assert propose(track, "sprint", officer).is_open


def test_a_batch_of_another_title_or_for_another_pool_is_refused(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer))
    with pytest.raises(BatchNotFitting):
        propose(track, "sprint", officer, batch=batch(title="single_champion"))
    with pytest.raises(BatchNotFitting):
        propose(track, "starting", officer, batch=batch())


def test_the_sprint_pool_needs_a_batch_that_is_still_open(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    for wrong, words in ((None, "请选择批次"), (batch(2026), "已于 2026-05-25 截止填报")):
        with pytest.raises(GateNotMet) as refused:
            propose(track, "sprint", officer, batch=wrong)
        assert words in " ".join(refused.value.details)


def test_a_file_of_another_firm_or_a_withdrawn_one_is_refused(officer: User) -> None:
    company = ready_company(officer)
    track = TrackFactory(company=company, state="accelerating")
    for wrong in (EvidenceFactory(company=CompanyFactory()), EvidenceFactory(company=company, withdrawn_on=TODAY)):
        with pytest.raises(FileNotOfCompany):
            propose(track, "sprint", officer, evidence=[wrong])
    own = EvidenceFactory(company=company)
    assert list(propose(track, "sprint", officer, evidence=[own]).evidence.all()) == [own]


def test_another_day_than_today_is_refused_outside_an_opening(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    with pytest.raises(NotToday):
        services.move_propose(track=track, to_state="starting", by=officer, on=date(2026, 11, 23), reason_code="other", reason="补记")
