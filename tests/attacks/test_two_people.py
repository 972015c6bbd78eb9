"""SF-B1, SF-B2, SF-B3 for every kind of decision there is: nobody decides their own, no hat helps, and what changed since is stale."""

import itertools
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.decisions import kinds
from accounts.decisions.errors import HadAHand, IsTheOfficer
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_reject, decision_sign
from accounts.roles import Role
from accounts.users.models import User
from companies.evidence.models import Evidence
from companies.figures.models import YearFigures
from companies.imports.models import ImportRow, ImportRun
from companies.imports.refusals import DecisionNeeded, NotNow, UndoDecisionNeeded
from companies.imports.services import import_apply, import_attach_list, import_start_check, import_submit, import_undo, run_apply_job
from companies.recognitions.models import Recognition, Revocation, Title
from companies.register.models import Company
from core.errors import Refusal
from cultivation.gates.words import gate_yaml
from cultivation.tracks.models import PoolScheme, Track
from cultivation.tracks.pools import Rule, scheme_read
from policies.engine import load_standard
from policies.publishing.kinds import publish
from policies.standards.models import Standard
from tests.attacks import proposals
from tests.attacks.proposals import KINDS, Proposed
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    CityApproverFactory,
    ClerkFactory,
    DistrictFactory,
    OfficerFactory,
    RecognitionFactory,
    YearFiguresFactory,
)
from tests.rigs.append_only import written_past_the_guard

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
EVERY = pytest.mark.parametrize("kind", KINDS)


def test_every_kind_of_decision_is_tried_here() -> None:
    assert set(KINDS) == set(kinds.kinds())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def state_of(decision: Decision) -> str:
    return str(Decision.objects.get(pk=decision.pk).state)


def outcome() -> list[Any]:
    """What a decision could have changed."""
    return [
        list(model._base_manager.order_by("pk").values())
        for model in (Track, Recognition, Revocation, ImportRun, YearFigures, Company, Decision, Standard, PoolScheme)
    ]


def becomes(user: User, role: Role, *, is_city: bool) -> User:
    User.objects.filter(pk=user.pk).update(role=role, office=None, **({"district": None} if is_city else {}))
    return User.objects.select_related("person", "district").get(pk=user.pk)


@EVERY
def test_the_proposer_decides_by_no_door(kind: str, officer: User, city_approver: User, today: date) -> None:
    """SF-B1: as themself by page and service; refused, unchanged, logged; then a second person does it."""
    officer = proposals.proposer(kind, officer)
    decision = KINDS[kind](officer, today).decision
    before, client = outcome(), signed_in(officer)
    for door, sent in (("sign", {}), ("reject", {"note": "材料不全"})):
        refused = AuditEntry.objects.filter(is_refusal=True).count()
        response = client.post(f"/decisions/{decision.pk}/{door}/", sent)
        assert response.status_code == 403
        assert "参与" in response.content.decode()
        assert AuditEntry.objects.filter(is_refusal=True).count() == refused + 1
    with pytest.raises(HadAHand):
        decision_sign(decision_id=decision.pk, signer=officer, on=today)
    assert outcome() == before
    assert decision_sign(decision_id=decision.pk, signer=city_approver, on=today).state == DecisionState.APPROVED
    assert outcome() != before


HATS: dict[str, Callable[[User], User]] = {
    "an approver's role in the district": lambda user: becomes(user, Role.APPROVER, is_city=False),
    "an approver's role in the city": lambda user: becomes(user, Role.APPROVER, is_city=True),
    "a second account of the same person": lambda user: CityApproverFactory(person=user.person),
}


@EVERY
@pytest.mark.parametrize("hat", HATS)
@pytest.mark.parametrize("order", ["propose, change, decide", "propose, decide, change, decide", "propose, change back and forth, decide"])
def test_no_change_of_hats_lets_the_proposer_decide(
    kind: str, hat: str, order: str, officer: User, city_approver: User, today: date
) -> None:
    """SF-B2."""
    officer = proposals.proposer(kind, officer)
    decision = KINDS[kind](officer, today).decision
    before = outcome()
    if order.startswith("propose, decide"):
        with pytest.raises(Refusal):
            decision_sign(decision_id=decision.pk, signer=officer, on=today)
    other = HATS[hat](officer)
    if "back and forth" in order and other.pk == officer.pk:
        User.objects.filter(pk=officer.pk).update(role=officer.role, district=decision.district)
        other = HATS[hat](officer)
    for decide in (decision_sign, decision_reject):
        words: dict[str, Any] = {"signer": other} if decide is decision_sign else {"by": other, "reason": "不行"}
        with pytest.raises(HadAHand):
            decide(decision_id=decision.pk, on=today, **words)
    page = signed_in(other).post(f"/decisions/{decision.pk}/sign/")
    assert page.status_code == 403
    assert outcome() == before
    assert decision_sign(decision_id=decision.pk, signer=city_approver, on=today).state == DecisionState.APPROVED


@pytest.mark.parametrize("kind", ["recognition", "revocation"])
def test_an_approver_who_proposes_is_no_second_person(kind: str, approver: User, city_approver: User, officer: User, today: date) -> None:
    """SF-B2: change, propose, decide: the hat was there before."""
    proposer = CityApproverFactory()
    decision = KINDS[kind](proposer, today).decision
    with pytest.raises(HadAHand):
        decision_sign(decision_id=decision.pk, signer=proposer, on=today)
    assert decision_sign(decision_id=decision.pk, signer=city_approver, on=today).state == DecisionState.APPROVED


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in proposals.OF_NO_FIRM])
def test_whoever_keeps_the_firm_today_may_not_decide_about_it(kind: str, officer: User, city_approver: User, today: date) -> None:
    """SF-B2: handed over after the proposal; the new keeper has an approver's account too."""
    proposed = KINDS[kind](officer, today)
    proposed.company.assignments.update(ends_on=today)
    keeper = OfficerFactory()
    AssignmentFactory(company=proposed.company, officer=keeper, starts_on=today)
    with pytest.raises(IsTheOfficer):
        decision_sign(decision_id=proposed.decision.pk, signer=CityApproverFactory(person=keeper.person), on=today)
    assert state_of(proposed.decision) == DecisionState.SUBMITTED
    if kind != "import":  # whose rows rest on the uploader keeping the firm
        assert decision_sign(decision_id=proposed.decision.pk, signer=city_approver, on=today).state == DecisionState.APPROVED


@pytest.mark.parametrize("part", ["uploaded the workbook", "attached the official list"])
def test_whoever_made_what_another_submits_had_a_hand_in_it(
    part: str, officer: User, clerk: User, city_approver: User, today: date
) -> None:
    """SF-B1: who edited the draft: an import of two is the work of both."""
    company = proposals.ready_company(officer)
    helper = clerk
    if part == "uploaded the workbook":
        run = proposals.checked_run(company, clerk, today)
    else:
        run = proposals.checked_run(company, officer, today)
        import_attach_list(run_id=run.pk, file=proposals.official_list(), document_number="1号", document_on=today, by=clerk, on=today)
        import_start_check(run_id=run.pk, by=officer, on=today)
    submitter = ClerkFactory() if part == "uploaded the workbook" else officer
    decision = import_submit(run_id=run.pk, by=submitter, on=today)
    hat = becomes(helper, Role.APPROVER, is_city=True)
    for signer in (hat, CityApproverFactory(person=helper.person), CityApproverFactory(person=submitter.person)):
        with pytest.raises(HadAHand):
            decision_sign(decision_id=decision.pk, signer=signer, on=today)
    assert decision_sign(decision_id=decision.pk, signer=city_approver, on=today).state == DecisionState.APPROVED


def test_an_import_that_needs_a_second_person_is_written_by_no_other_door(officer: User, clerk: User, today: date) -> None:
    """SF-B1: apply by page, by service and by the job's own door, before anybody signed and while it waits."""
    company = proposals.ready_company(officer)
    run = proposals.checked_run(company, officer, today)
    figures = list(YearFigures.objects.order_by("pk").values())
    for _time in range(2):
        for user in (officer, clerk):
            with pytest.raises((DecisionNeeded, NotNow)):
                import_apply(run_id=run.pk, by=user, on=today)
            assert signed_in(user).post(f"/imports/{run.pk}/apply/").status_code == 409
        if not ImportRun.objects.get(pk=run.pk).decision_id:
            import_submit(run_id=run.pk, by=officer, on=today)
    assert list(YearFigures.objects.order_by("pk").values()) == figures


def test_an_import_two_people_signed_is_taken_back_and_brought_again_by_no_one_person(
    officer: User, clerk: User, city_approver: User, today: date
) -> None:
    """SF-B1: undo by page and by service, alone, and while it waits; the way back is no shorter."""
    run = proposals.applied_run(proposals.ready_company(officer), officer, today)
    figures = list(YearFigures.objects.order_by("pk").values())
    for user in (officer, clerk):
        with pytest.raises(UndoDecisionNeeded):
            import_undo(run_id=run.pk, by=user, on=today)
    assert signed_in(clerk).post(f"/imports/{run.pk}/undo/", {"reason": "口径有误"}).status_code == 302
    decision = ImportRun.objects.get(pk=run.pk).undo_decision
    assert decision is not None
    for user in (officer, clerk):
        with pytest.raises(UndoDecisionNeeded):
            import_undo(run_id=run.pk, by=user, on=today)
        assert signed_in(user).post(f"/imports/{run.pk}/undo/").status_code == 409
    for maker in (officer, clerk):
        with pytest.raises(HadAHand):
            decision_sign(decision_id=decision.pk, signer=CityApproverFactory(person=maker.person), on=today)
    assert list(YearFigures.objects.order_by("pk").values()) == figures
    decision_sign(decision_id=decision.pk, signer=city_approver, on=today)
    assert ImportRun.objects.get(pk=run.pk).state == "undone"
    for user in (officer, clerk):
        with pytest.raises(DecisionNeeded):
            import_apply(run_id=run.pk, by=user, on=today)
        assert signed_in(user).post(f"/imports/{run.pk}/apply/").status_code == 409
    again = import_submit(run_id=run.pk, by=officer, on=today)
    decision_sign(decision_id=again.pk, signer=city_approver, on=today)
    job = ImportRun.objects.get(pk=run.pk).job
    assert job is not None
    run_apply_job(job)
    assert list(YearFigures.objects.order_by("pk").values()) == figures


def test_nothing_is_exchanged_under_an_import_that_was_signed(
    officer: User, city_approver: User, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SF-B3: between the signature and the worker neither list nor check may change; afterwards the run is as signed."""
    held_back: list[Any] = []
    monkeypatch.setattr("accounts.jobs.services._enqueue", held_back.append)
    run = proposals.checked_run(proposals.ready_company(officer), officer, today)
    decision = import_submit(run_id=run.pk, by=officer, on=today)
    decision_sign(decision_id=decision.pk, signer=city_approver, on=today)
    rows = list(ImportRow.objects.filter(run=run).values())
    with pytest.raises(NotNow):
        import_attach_list(run_id=run.pk, file=proposals.official_list(), document_number="2号", document_on=today, by=officer, on=today)
    with pytest.raises(NotNow):
        import_start_check(run_id=run.pk, by=officer, on=today)
    assert list(ImportRow.objects.filter(run=run).values()) == rows
    job = ImportRun.objects.get(pk=run.pk).job
    assert job is not None
    run_apply_job(job)
    assert ImportRun.objects.get(pk=run.pk).state == "applied"


# SF-B3: one change per kind of fact that a digest covers; those of moves are in tests/cultivation/tracks/test_stale_moves.py


def _paper(proposed: Proposed, **changes: Any) -> None:
    Evidence.objects.filter(pk=proposed.subject.document_id).update(**changes)


def _moved(proposed: Proposed) -> None:
    Company.objects.filter(pk=proposed.company.pk).update(district=DistrictFactory(code="330681"))
    proposed.company.district_periods.update(district=DistrictFactory(code="330681"))


def _row(proposed: Proposed, **changes: Any) -> None:
    type(proposed.subject)._base_manager.filter(pk=proposed.subject.pk).update(**changes)


def _earlier(proposed: Proposed) -> None:
    RecognitionFactory(company=proposed.company, title=Title.objects.get(code="hidden_champion"), announced_on=date(2023, 1, 9))


def _of_the_ended(proposed: Proposed, **changes: Any) -> None:
    Recognition.objects.filter(pk=proposed.subject.recognition_id).update(**changes)


def _figure(proposed: Proposed) -> None:
    YearFiguresFactory(company=proposed.company, year=2024, source="self_reported", revenue=Decimal(1), known_on=date(2026, 11, 24))


def _company_saved(proposed: Proposed) -> None:
    Company.objects.filter(pk=proposed.company.pk).update(version=proposed.company.version + 1)


def _handed_over(proposed: Proposed) -> None:
    proposed.company.assignments.update(ends_on=date(2026, 11, 24))


def _rows_rewritten(proposed: Proposed) -> None:
    row = ImportRow.objects.get(run=proposed.subject)
    row.values["figures"][0]["values"]["revenue"] = "999999999"
    row.save()


def _written_over(proposed: Proposed) -> None:
    YearFiguresFactory(company=proposed.company, year=2025, source="audit", revenue=Decimal(1), known_on=date(2026, 11, 24))


def _version_withdrawn(proposed: Proposed) -> None:
    YearFigures.objects.filter(import_run=proposed.subject).update(withdrawn_on=date(2026, 11, 24))


def _list_exchanged(proposed: Proposed) -> None:
    paper = Evidence.objects.create(
        kind="document", name="公告.pdf", storage_key="x", content_type="application/pdf", size=1, sha256="1" * 64, known_on="2026-11-24"
    )
    ImportRun.objects.filter(pk=proposed.subject.pk).update(official_list=paper)


def _gates_added(proposed: Proposed, *, begins: date) -> None:
    text = gate_yaml(title="little_giant", begins=begins, pools={"sprint": [Rule("no_veto")]})
    PoolScheme.objects.create(title=proposed.subject.title, in_force_from=begins, text=text, sha256=scheme_read(text).sha256)


def _gates_rewritten(proposed: Proposed) -> None:
    text = gate_yaml(title="little_giant", begins=date(2027, 2, 1), pools={"sprint": [Rule("no_veto")]})
    _row(proposed, text=text)


def _published(proposed: Proposed, *, begins: str) -> None:
    text = proposed.subject.text.replace("standard: little_giant-2027", "standard: another").replace("from: 2027-04-01", f"from: {begins}")
    publish(load_standard(text), on=date(2026, 11, 24))


CHANGES: dict[str, dict[str, Callable[[Proposed], None]]] = {
    "recognition": {
        "the paper's content": lambda one: _paper(one, sha256="0" * 64),
        "the paper withdrawn": lambda one: _paper(one, withdrawn_on=date(2026, 11, 24)),
        "the district": _moved,
        "an earlier recognition of the title": _earlier,
        "the number": lambda one: _row(one, document_number="另一文号"),
        "the day": lambda one: _row(one, announced_on=date(2026, 10, 13)),
        "the end": lambda one: _row(one, valid_until=date(2035, 1, 1)),
        "the type": lambda one: _row(one, application_type="复核"),
    },
    "revocation": {
        "the paper's content": lambda one: _paper(one, sha256="0" * 64),
        "the paper withdrawn": lambda one: _paper(one, withdrawn_on=date(2026, 11, 24)),
        "the district": _moved,
        "the recognition withdrawn": lambda one: _of_the_ended(one, withdrawn_on=date(2026, 11, 24)),
        "its day": lambda one: _of_the_ended(one, happened_on=date(2024, 5, 1)),
        "the last day": lambda one: _row(one, ended_on=date(2026, 11, 1)),
        "the number": lambda one: _row(one, document_number="另一文号"),
    },
    "import": {
        "a figure": _figure,
        "the firm": _company_saved,
        "a recognition": _earlier,
        "the keeper": _handed_over,
        "the rows": _rows_rewritten,
        "the official list": _list_exchanged,
        "the source": lambda one: _row(one, source="self_reported"),
        "the number": lambda one: _row(one, document_number="另一文号"),
    },
    "import_undo": {
        "a newer version": _written_over,
        "its version withdrawn": _version_withdrawn,
        "the rows": _rows_rewritten,
        "the official list": _list_exchanged,
        "the day it was written": lambda one: _row(one, applied_on=date(2026, 11, 1)),
    },
    "standard": {
        "the text": lambda one: _row(one, text=one.subject.text.replace("6000 万元", "7000 万元")),
        "the version compared with": lambda one: _published(one, begins="2027-01-01"),
        "another version of the title": lambda one: _published(one, begins="2028-01-01"),
        "a version rewritten": lambda one: written_past_the_guard(Standard.objects.filter(pk=one.subject.follows_id), sha256="0" * 64),
    },
    "gate": {
        "the text": _gates_rewritten,
        "the version compared with": lambda one: _gates_added(one, begins=date(2027, 1, 1)),
        "another version": lambda one: _gates_added(one, begins=date(2028, 1, 1)),
    },
}


@pytest.mark.parametrize(("kind", "change"), [(kind, change) for kind, found in CHANGES.items() for change in found])
def test_what_changed_since_submission_is_stale_and_nothing_moves(
    kind: str, change: str, officer: User, city_approver: User, today: date
) -> None:
    proposed = KINDS[kind](proposals.proposer(kind, officer), today)
    CHANGES[kind][change](proposed)
    kept = [list(model._base_manager.order_by("pk").values()) for model in (Track, YearFigures, Company)]
    response = signed_in(city_approver).post(f"/decisions/{proposed.decision.pk}/sign/")
    assert response.status_code == 409
    assert "提交后企业数据已变，请看变化。" in response.content.decode()
    decision = Decision.objects.get(pk=proposed.decision.pk)
    assert decision.state == DecisionState.STALE
    assert decision.changed_since
    assert [list(model._base_manager.order_by("pk").values()) for model in (Track, YearFigures, Company)] == kept
    assert not Recognition.objects.filter(decision=decision, state="confirmed").exists()
    assert not Recognition.objects.filter(state="revoked").exists()


@pytest.mark.parametrize(("kind", "later"), [*itertools.product(KINDS, (date(2026, 11, 25), date(2027, 1, 4)))], ids=str)
def test_a_new_day_alone_changes_nothing(kind: str, later: date, officer: User, today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    proposed = KINDS[kind](proposals.proposer(kind, officer), today)
    moment = datetime(later.year, later.month, later.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    signer = CityApproverFactory() if kind in proposals.CITY else ApproverFactory()
    assert decision_sign(decision_id=proposed.decision.pk, signer=signer, on=later).state == DecisionState.APPROVED
