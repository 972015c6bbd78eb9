"""SF-B4: two people decide at the same moment, or decide while the proposer withdraws: one outcome, one entry, one notice, one event."""

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.utils.timezone import localdate, localtime

from accounts.audit.models import AuditEntry
from accounts.decisions.errors import AlreadyDecided
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_reject, decision_sign, decision_withdraw
from accounts.inbox.models import Notice
from accounts.users.models import User
from companies.figures.services import incident_add
from companies.imports.models import ImportRun, ImportState
from companies.imports.refusals import NotNow
from companies.imports.services import import_apply, import_check, import_undo
from companies.imports.undoing import UndoPlan
from companies.register.models import Company
from companies.register.services import company_save
from core.errors import Refusal
from cultivation.tracks.models import ReasonCode, TierMove, Track, TrackEvent, TrackState
from cultivation.tracks.refusals import OpenMoveExists
from cultivation.tracks.services import move_propose, track_set_target
from tests.factories import ApproverFactory, AssignmentFactory, CompanyFactory, OfficerFactory, TitleFactory
from tests.factories.cultivation import TrackFactory
from tests.rigs.faultrig import verified
from tests.rigs.racer import race

ROUNDS, ROUNDS_DEEP = 20, 200
Answer = Callable[[int, User], Any]


def _sign(pk: int, by: User) -> Decision:
    return decision_sign(decision_id=pk, signer=by, on=localdate())


def _reject(pk: int, by: User) -> Decision:
    return decision_reject(decision_id=pk, by=by, on=localdate(), reason="材料不全")


def _withdraw(pk: int, by: User) -> Decision:
    return decision_withdraw(decision_id=pk, by=by, on=localdate())


@pytest.fixture
def rounds(deep: bool) -> int:
    return ROUNDS_DEEP if deep else ROUNDS


@pytest.fixture
def officer(clerk: User) -> User:
    return OfficerFactory()


@pytest.fixture
def approvers(clerk: User) -> list[User]:
    return [ApproverFactory(), ApproverFactory()]


@pytest.fixture
def track(officer: User) -> Track:
    company = CompanyFactory()
    AssignmentFactory(company=company, officer=officer)
    return TrackFactory(company=company, entered_pool_on=localdate(), created_on=localdate())


def proposed(track: Track, officer: User) -> Decision:
    """移出 where the track is in, 重新入库 by 特批 where it is out: such moves can be decided for ever."""
    track = Track.objects.get(pk=track.pk)
    out = track.state != TrackState.REMOVED
    return move_propose(
        track=track,
        to_state=TrackState.REMOVED if out else TrackState.STARTING,
        by=officer,
        on=localdate(),
        reason="企业来函",
        reason_code=ReasonCode.OWN_WISH,
        is_special=not out,
        document_number="绍经信〔2026〕7号",
    ).decision


@pytest.mark.parametrize(
    ("one", "other"),
    [(_sign, _sign), (_sign, _reject), (_sign, _withdraw), (_reject, _withdraw)],
    ids=["approve/approve", "approve/reject", "approve/withdraw", "reject/withdraw"],
)
def test_of_two_answers_at_once_one_counts_and_the_other_hears_who_was_faster(
    track: Track, officer: User, approvers: list[User], rounds: int, one: Answer, other: Answer
) -> None:
    second = officer if other is _withdraw else approvers[1]
    for _round in range(rounds):
        decision, events = proposed(track, officer), TrackEvent.objects.count()
        raced = race([lambda pk=decision.pk: one(pk, approvers[0]), lambda pk=decision.pk: other(pk, second)])
        assert len(raced.results) == 1, raced.outcomes
        (late,) = raced.errors
        assert isinstance(late, AlreadyDecided)
        decision = Decision.objects.get(pk=decision.pk)
        assert decision.state == raced.results[0].state
        faster = decision.decider or decision.proposer
        assert decision.decided_at is not None
        assert str(late) == (
            f"{faster.name} 已于 {localtime(decision.decided_at):%Y-%m-%d %H:%M} 处理：{DecisionState(decision.state).label}。"
        )
        assert decision.hands.count() == (1 if decision.state == DecisionState.WITHDRAWN else 2)
        entries = AuditEntry.objects.filter(target_type="accounts.decision", target_id=str(decision.pk)).order_by("number")
        assert [entry.action for entry in entries] == ["decision.submitted", f"decision.{decision.state}"]
        matter = Notice.objects.filter(matter=f"decision:{decision.pk}")
        assert matter.filter(kind="decision_result", user=officer).count() == 1
        assert not matter.filter(read_at__isnull=True).exclude(user=officer).exists()
        assert TrackEvent.objects.count() == events + (decision.state == DecisionState.APPROVED)
        assert not TierMove.objects.filter(is_open=True).exists()
    verified()


def test_of_two_proposals_at_once_one_waits_and_the_other_hears_of_it(track: Track, officer: User, rounds: int) -> None:
    for _round in range(rounds):
        raced = race([lambda: proposed(track, officer)] * 2)
        assert len(raced.results) == 1, raced.outcomes
        assert isinstance(raced.errors[0], OpenMoveExists)
        decision_withdraw(decision_id=raced.results[0].pk, by=officer, on=localdate())
    assert TierMove.objects.count() == Decision.objects.count() == rounds
    verified()


def test_a_target_set_twice_at_once_is_one_track(officer: User, rounds: int) -> None:
    title = TitleFactory(code="little_giant")
    for _round in range(rounds):
        company = CompanyFactory()
        AssignmentFactory(company=company, officer=officer)
        raced = race([lambda company=company: track_set_target(company=company, title=title, by=officer, on=localdate())] * 2)
        assert raced.errors == []
        assert {track.pk for track in raced.results} == {Track.objects.get(company=company).pk}
        assert AuditEntry.objects.filter(action="track.targeted", company_uscc=company.uscc).count() == 1
    verified()


def test_a_veto_entered_while_promotions_are_being_signed_is_entered_and_what_was_signed_stays(
    clerk: User, officer: User, approvers: list[User], deep: bool
) -> None:
    """The incident waits for signatures under way; it is neither refused by them nor caught in a deadlock with them (SF-I2)."""
    for _round in range(40 if deep else 8):
        company = CompanyFactory()
        AssignmentFactory(company=company, officer=officer)
        decisions = []
        for code in ("little_giant", "single_champion"):
            track = TrackFactory(company=company, title=TitleFactory(code=code), entered_pool_on=localdate(), created_on=localdate())
            decisions.append(
                move_propose(
                    track=track,
                    to_state=TrackState.STARTING,
                    by=officer,
                    on=localdate(),
                    reason="市级专项",
                    is_special=True,
                    document_number="绍经信〔2026〕7号",
                ).decision
            )
        raced = race(
            [
                lambda company=company: incident_add(
                    company_id=company.pk, kind="dishonest", starts_on=localdate(), by=officer, on=localdate()
                ),
                lambda pk=decisions[0].pk: _sign(pk, approvers[0]),
                lambda pk=decisions[1].pk: _sign(pk, approvers[1]),
            ]
        )
        assert not isinstance(raced.outcomes[0], Exception), raced.outcomes
        for decision, outcome in zip(decisions, raced.outcomes[1:], strict=True):
            state = Decision.objects.get(pk=decision.pk).state
            assert state in {DecisionState.APPROVED, DecisionState.WITHDRAWN, DecisionState.STALE}
            assert isinstance(outcome, AlreadyDecided) == (state == DecisionState.WITHDRAWN), outcome
    verified()


def test_two_imports_of_the_same_firms_at_once_apply_one_wholly_and_the_other_not_at_all(
    clerk: User, checked_run: Callable[..., ImportRun], deep: bool
) -> None:
    for turn in range(20 if deep else 3):
        firms = 40
        runs = [checked_run(firms, first=turn * firms + 1), checked_run(firms, first=turn * firms + 1)]
        raced = race([lambda run=run: import_apply(run_id=run.pk, by=clerk, on=localdate()) for run in runs], timeout=60)
        assert all(isinstance(error, Refusal) for error in raced.errors), raced.errors
        states = sorted(ImportRun.objects.filter(pk__in=[run.pk for run in runs]).values_list("state", flat=True))
        assert states == [ImportState.APPLIED, ImportState.FAILED]
        failed = ImportRun.objects.get(pk__in=[run.pk for run in runs], state=ImportState.FAILED)
        assert "重新校验" in failed.message
        assert Company.objects.count() == (turn + 1) * firms
    assert AuditEntry.objects.filter(action="import.applied").count() == (20 if deep else 3)
    verified()


def test_what_is_saved_while_an_import_is_undone_is_kept_or_refused_and_never_lost(
    clerk: User, checked_run: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = checked_run(2)
    import_apply(run_id=run.pk, by=clerk, on=localdate())
    before, meanwhile = Company.objects.filter(import_run=run).order_by("pk")
    planned, saved, carry_out = Event(), Event(), UndoPlan.carry_out

    def save(firm: Company) -> Company:
        return company_save(by=clerk, on=localdate(), company_id=firm.pk, values={"size": "1"})

    def save_once_planned() -> Company:
        assert planned.wait(30)
        company = save(meanwhile)
        saved.set()
        return company

    def carry_out_late(self: UndoPlan, **rest: Any) -> Any:
        planned.set()
        saved.wait(0.5)
        return carry_out(self, **rest)

    save(before)
    monkeypatch.setattr(UndoPlan, "carry_out", carry_out_late)
    raced = race([lambda: import_undo(run_id=run.pk, by=clerk, on=localdate()), save_once_planned])
    undone, late = raced.outcomes
    assert isinstance(undone, ImportRun), raced.outcomes
    assert isinstance(late, Company.DoesNotExist), raced.outcomes
    assert {item["uscc"] for item in undone.kept} == {before.uscc}
    assert list(Company.objects.filter(withdrawn_on__isnull=True).values_list("uscc", "size")) == [(before.uscc, "1")]
    verified()


def test_of_two_checks_of_one_run_at_once_one_counts(clerk: User, checked_run: Callable[..., ImportRun], deep: bool) -> None:
    run = checked_run(30)
    for _turn in range(20 if deep else 4):
        raced = race([lambda: import_check(run_id=run.pk, on=localdate())] * 2, timeout=60)
        assert raced.results, raced.outcomes
        assert all(isinstance(error, NotNow) for error in raced.errors), raced.outcomes
        now = ImportRun.objects.get(pk=run.pk)
        assert (now.state, now.totals["new"], now.rows.count()) == (ImportState.CHECKED, 60, 60)
    verified()
