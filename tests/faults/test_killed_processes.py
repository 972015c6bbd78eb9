"""SF-I1: kill -9 of the server or the worker at its worst moment. What was asked happened wholly or not at all, and people can go on."""

import random
import time
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.utils.timezone import localdate

from accounts.audit.models import AuditEntry
from accounts.decisions.models import Decision, DecisionState
from accounts.inbox.models import Notice
from accounts.jobs.models import Job, JobState
from accounts.users.models import User
from companies.evidence.models import EvidenceKind
from companies.figures.models import YearFigures
from companies.imports.models import ImportRun, ImportState
from companies.imports.services import import_apply, import_restart
from companies.recognitions.models import Recognition, RecognitionState, Title
from companies.recognitions.services import recognition_record
from companies.register.models import Company
from cultivation.tracks.models import ReasonCode, Track, TrackEvent, TrackState
from cultivation.tracks.services import move_propose
from tests.factories import AssignmentFactory, CompanyFactory, EvidenceFactory, OfficerFactory
from tests.factories.cultivation import TrackFactory
from tests.rigs.faultrig import Browser, Rig, verified, wait_for

FIRMS = 300
KILLS, KILLS_DEEP = 3, 50


def state_of(run: ImportRun) -> str:
    return ImportRun.objects.values_list("state", flat=True).get(pk=run.pk)


def written() -> tuple[int, int]:
    """Firms and versions of figures in the database."""
    return Company.objects.count(), YearFigures.objects.count()


def test_an_import_killed_before_its_end_left_nothing_says_so_and_applies_when_started_again(
    rig: Rig, clerk: User, checked_run: Callable[..., ImportRun]
) -> None:
    run = checked_run(FIRMS)
    import_apply(run_id=run.pk, by=clerk, on=localdate())
    assert rig.worker(kill_at="import.apply").wait(60) == 9
    assert (state_of(run), written()) == (ImportState.APPLYING, (0, 0))
    verified()

    rig.web()
    rig.worker()
    wait_for(lambda: state_of(run) == ImportState.INTERRUPTED)
    browser = Browser(clerk, rig.port)
    status, page = browser.get(f"/imports/{run.pk}/")
    assert status == 200
    assert "中断" in page
    assert "后台进程中断，数据未改动。请点“重新开始”。" in page
    assert rig.stray_files() == []
    assert written() == (0, 0)

    assert browser.post(f"/imports/{run.pk}/restart/", idempotency_key=uuid4().hex)[0] == 302
    wait_for(lambda: state_of(run) == ImportState.APPLIED)
    wait_for(lambda: Job.objects.get(pk=ImportRun.objects.get(pk=run.pk).job_id).state == JobState.DONE)
    assert written() == (FIRMS, FIRMS)
    assert AuditEntry.objects.filter(action="import.applied").count() == 1
    assert rig.stray_files() == []
    verified()


@pytest.fixture
def officer(clerk: User) -> User:
    return OfficerFactory()


@pytest.fixture
def move(officer: User) -> Decision:
    """移出 of a track, proposed by its officer."""
    company = CompanyFactory()
    AssignmentFactory(company=company, officer=officer)
    track = TrackFactory(company=company, entered_pool_on=localdate(), created_on=localdate())
    moved = move_propose(
        track=track, to_state=TrackState.REMOVED, by=officer, on=localdate(), reason="企业来函退出", reason_code=ReasonCode.OWN_WISH
    )
    return moved.decision


@pytest.fixture
def recording(clerk: User) -> Decision:
    """A recognition of a firm with a track, recorded by the clerk."""
    company = CompanyFactory()
    TrackFactory(company=company, entered_pool_on=localdate(), created_on=localdate())
    row = recognition_record(
        company=company,
        title=Title.objects.get(code="little_giant"),
        document_number="工信部企业函〔2026〕300号",
        announced_on=date(2026, 10, 20),
        document=EvidenceFactory(company=company, kind=EvidenceKind.DOCUMENT),
        by=clerk,
        on=localdate(),
    )
    assert row.decision is not None
    return row.decision


def effects(decision: Decision) -> tuple[int, int, int, int, int]:
    """Hands, moves, and what people were told and the log says of a decision."""
    entries = AuditEntry.objects.filter(target_type="accounts.decision", target_id=str(decision.pk), action="decision.approved")
    told = Notice.objects.filter(user=decision.proposer, kind="decision_result", matter=f"decision:{decision.pk}")
    confirmed = Recognition.objects.filter(decision=decision, state=RecognitionState.CONFIRMED)
    events = TrackEvent.objects.filter(decision=decision)
    return decision.hands.count(), events.count(), confirmed.count(), told.count(), entries.count()


@pytest.mark.parametrize(
    ("what", "point", "after"),
    [("move", "decision.sign", (2, 1, 0, 1, 1)), ("recording", "recognition.confirm", (2, 1, 1, 1, 1))],
    ids=["the signing of a move", "the confirmation of a recognition"],
)
def test_a_signature_killed_on_its_way_did_not_happen_and_is_given_again_once(
    rig: Rig, signer: User, request: pytest.FixtureRequest, what: str, point: str, after: tuple[int, ...]
) -> None:
    decision: Decision = request.getfixturevalue(what)
    before = Track.objects.get().state
    path, key = f"/decisions/{decision.pk}/", uuid4().hex
    server = rig.web(kill_at=point)
    browser = Browser(signer, rig.port)
    browser.post_and_hear_nothing(f"{path}sign/", idempotency_key=key)
    assert Decision.objects.get(pk=decision.pk).state == DecisionState.SUBMITTED
    assert Track.objects.get().state == before
    assert effects(decision) == (1, 0, 0, 0, 0)
    verified()

    wait_for(rig.is_up)  # by itself: the server replaces a process that died
    rig.kill(server)
    rig.web()
    status, page = browser.get(path)
    assert status == 200
    assert "待审批" in page
    assert browser.post(f"{path}sign/", idempotency_key=uuid4().hex)[0] == 302
    assert browser.post(f"{path}sign/", idempotency_key=uuid4().hex)[0] == 302
    assert Decision.objects.get(pk=decision.pk).state == DecisionState.APPROVED
    assert effects(decision) == after
    assert rig.stray_files() == []
    verified()


def test_an_import_killed_at_any_moment_happened_wholly_or_not_at_all(
    rig: Rig, clerk: User, checked_run: Callable[..., ImportRun], deep: bool, record_property: Callable[[str, object], None]
) -> None:
    seed = random.randrange(10**6)
    record_property("seed", seed)
    print(f"seed {seed}")
    chance = random.Random(seed)
    applied = 0
    run = checked_run(FIRMS)
    import_apply(run_id=run.pk, by=clerk, on=localdate())
    for _kill in range(KILLS_DEEP if deep else KILLS):
        worker = rig.worker()
        wait_for(lambda run=run: Job.objects.exclude(state=JobState.QUEUED).filter(payload__run=run.pk).exists())
        time.sleep(chance.uniform(0, 1.0))
        rig.kill(worker)
        state = state_of(run)
        assert state in {ImportState.CHECKED, ImportState.APPLYING, ImportState.INTERRUPTED, ImportState.APPLIED}
        if state == ImportState.APPLIED:
            applied += 1
            assert written() == (applied * FIRMS, applied * FIRMS)
            run = checked_run(FIRMS, first=applied * FIRMS + 1)
            import_apply(run_id=run.pk, by=clerk, on=localdate())
        else:
            assert written() == (applied * FIRMS, applied * FIRMS)
        verified()
        if state == ImportState.INTERRUPTED:
            import_restart(run_id=run.pk, by=clerk, on=localdate())

    rig.worker()
    wait_for(lambda: state_of(run) in {ImportState.INTERRUPTED, ImportState.APPLIED})
    if state_of(run) == ImportState.INTERRUPTED:
        import_restart(run_id=run.pk, by=clerk, on=localdate())
        wait_for(lambda: state_of(run) == ImportState.APPLIED)
    applied += 1
    wait_for(lambda: not Job.objects.filter(state=JobState.RUNNING).exists())
    assert written() == (applied * FIRMS, applied * FIRMS)
    assert AuditEntry.objects.filter(action="import.applied").count() == applied
    assert rig.stray_files() == []
    verified()
