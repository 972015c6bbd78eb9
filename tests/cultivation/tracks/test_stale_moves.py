"""What changes between submitting and deciding makes a move stale and is named; a new day alone changes nothing."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_sign
from accounts.users.models import District, User
from companies.evidence.models import Evidence
from companies.figures.models import YearFigures
from companies.recognitions.models import Recognition
from companies.register import slots
from companies.register.models import Company
from cultivation.tracks import services
from cultivation.tracks.models import PoolScheme, TierMove, Track
from policies.standards.models import Judgement, Standard
from tests.factories import DistrictFactory, EvidenceFactory, IncidentFactory, YearFiguresFactory
from tests.factories.cultivation import TrackFactory, batch, held, ready_company

TODAY = date(2026, 11, 24)


@pytest.fixture
def move(officer: User) -> TierMove:
    company = ready_company(officer)
    track = TrackFactory(company=company, state="accelerating")
    file = EvidenceFactory(company=company)
    return services.move_propose(track=track, to_state="sprint", by=officer, on=TODAY, batch=batch(), evidence=[file])


def a_figure(company: Company) -> None:
    row = YearFigures.objects.get(company=company, year=2025, source="audit")
    row.pk, row.revenue, row.known_on = None, Decimal("134200000"), TODAY
    row.save(force_insert=True)


def an_incident(company: Company) -> None:
    IncidentFactory(company=company, kind="tax", starts_on=date(2019, 1, 1), ends_on=date(2019, 6, 1), known_on=TODAY)


def an_evidence_file(company: Company) -> None:
    Evidence.objects.filter(company=company, kind="audit_report").update(sha256="0" * 64)


def a_withdrawn_file(company: Company) -> None:
    Evidence.objects.filter(company=company, kind="audit_report").update(withdrawn_on=TODAY)


def a_standard(company: Company) -> None:
    row = Standard.objects.filter(title__code="little_giant", application_type="认定").first()
    assert row is not None
    Standard.objects.create(
        title=row.title,
        application_type="认定",
        jurisdiction="national",
        in_force_from=date(2027, 1, 1),
        document_number="工信部企业〔2027〕1号",
        text=row.text,
        sha256="1" * 64,
        published_on=TODAY,
    )


def a_gate(company: Company) -> None:
    row = PoolScheme.objects.get(title__code="little_giant")
    PoolScheme.objects.create(title=row.title, in_force_from=date(2027, 1, 1), text=row.text.replace("most: 1", "most: 2"), sha256="2" * 64)


def the_district(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(district=DistrictFactory(code="330681"))


def a_judgement(company: Company) -> None:
    Judgement.objects.filter(company=company, criterion="L-6").update(withdrawn_on=TODAY)


def a_title(company: Company) -> None:
    held(company, "hidden_champion", known_on=TODAY, announced_on=date(2026, 11, 20))


def the_scale(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(is_above_scale=False)


CHANGES = [
    (a_figure, "上年度营业收入"),
    (an_incident, "负面信息"),
    (an_evidence_file, "佐证材料"),
    (a_withdrawn_file, "佐证材料"),
    (a_standard, "认定标准版本"),
    (a_gate, "入库条件版本"),
    (the_district, "属地"),
    (a_judgement, "属于六基，或传统升级、新兴、未来产业链关键环节"),
    (a_title, "已有称号"),
    (the_scale, "规上企业"),
]


@pytest.mark.parametrize(("change", "named"), CHANGES, ids=[change.__name__ for change, _named in CHANGES])
def test_a_change_since_submission_makes_the_move_stale_and_is_named(
    move: TierMove, city_approver: User, change: Callable[[Company], None], named: str
) -> None:
    change(move.track.company)
    decision = decision_sign(decision_id=move.decision_id, signer=city_approver, on=TODAY)
    assert decision.state == DecisionState.STALE
    assert named in [line["label"] for line in decision.changed_since]
    assert Track.objects.get(pk=move.track_id).state == "accelerating"
    assert not TierMove.objects.get(pk=move.pk).is_open


def test_a_changed_figure_is_shown_before_and_after(move: TierMove, approver: User) -> None:
    a_figure(move.track.company)
    decision = decision_sign(decision_id=move.decision_id, signer=approver, on=TODAY)
    (line,) = [line for line in decision.changed_since if line["label"] == "上年度营业收入"]
    assert "13,600.0 万元" in line["before"]
    assert "13,420.0 万元" in line["after"]


@pytest.mark.parametrize("later", [date(2026, 11, 25), date(2026, 12, 31), date(2027, 1, 4)], ids=str)
def test_a_new_day_alone_changes_nothing(move: TierMove, approver: User, monkeypatch: pytest.MonkeyPatch, later: date) -> None:
    moment = datetime(later.year, later.month, later.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    assert decision_sign(decision_id=move.decision_id, signer=approver, on=later).state == DecisionState.APPROVED
    assert Track.objects.get(pk=move.track_id).entered_pool_on == later


def test_figures_of_a_year_the_sheet_does_not_read_change_nothing(move: TierMove, approver: User) -> None:
    YearFiguresFactory(company=move.track.company, year=2020, revenue=Decimal(1), known_on=TODAY)
    assert decision_sign(decision_id=move.decision_id, signer=approver, on=TODAY).state == DecisionState.APPROVED


def test_a_stale_move_can_be_proposed_again(move: TierMove, officer: User, approver: User) -> None:
    a_figure(move.track.company)
    decision_sign(decision_id=move.decision_id, signer=approver, on=TODAY)
    again = services.move_propose(track=move.track, to_state="sprint", by=officer, on=TODAY, batch=batch())
    assert decision_sign(decision_id=again.decision_id, signer=approver, on=TODAY).state == DecisionState.APPROVED


def test_a_veto_cancels_an_open_promotion(move: TierMove, officer: User) -> None:
    incident = IncidentFactory(company=move.track.company, kind="dishonest", starts_on=TODAY, known_on=TODAY)
    slots.emit("incident_changed", incident=incident, by=officer, on=TODAY)
    decision = Decision.objects.get(pk=move.decision_id)
    assert decision.state == DecisionState.WITHDRAWN
    assert "未列入经营异常名录和严重失信主体名单" in decision.decision_note
    assert not TierMove.objects.get(pk=move.pk).is_open


def test_an_incident_that_is_no_veto_cancels_nothing(move: TierMove, officer: User) -> None:
    incident = IncidentFactory(company=move.track.company, kind="safety", severity="general", starts_on=TODAY, known_on=TODAY)
    slots.emit("incident_changed", incident=incident, by=officer, on=TODAY)
    assert Decision.objects.get(pk=move.decision_id).state == DecisionState.SUBMITTED


def test_a_veto_leaves_a_demotion_waiting(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="sprint")
    move = services.move_propose(track=track, to_state="accelerating", by=officer, on=TODAY, reason_code="gate_lost", reason="指标变化")
    incident = IncidentFactory(company=track.company, kind="dishonest", starts_on=TODAY, known_on=TODAY)
    slots.emit("incident_changed", incident=incident, by=officer, on=TODAY)
    assert TierMove.objects.get(pk=move.pk).is_open


def test_the_district_of_the_move_is_the_firms_on_that_day(move: TierMove, approver: User) -> None:
    decision_sign(decision_id=move.decision_id, signer=approver, on=TODAY)
    assert move.track.events.last().district == District.objects.get(code="330602")
    assert not Recognition.objects.filter(title__code="little_giant").exists()


def test_a_move_proposed_in_english_is_stored_in_chinese_and_names_only_what_changed(officer: User, approver: User) -> None:
    company = ready_company(officer)
    track = TrackFactory(company=company, state="accelerating")
    with translation.override("en"):
        move = services.move_propose(track=track, to_state="sprint", by=officer, on=TODAY, batch=batch())
    a_figure(company)
    submitted = Decision.objects.get(pk=move.decision_id)
    labels = [line["label"] for line in [*submitted.frozen["changes"], *submitted.frozen["basis"]]]
    assert labels
    assert not [label for label in labels if not re.search("[\u4e00-\u9fff]", label)]
    assert approver.notices.get().text.startswith("待审批：")
    with translation.override("en"):
        decision = decision_sign(decision_id=move.decision_id, signer=approver, on=TODAY)
    assert "上年度营业收入" in [line["label"] for line in decision.changed_since]
    assert len(decision.changed_since) < len(labels)
    assert officer.notices.get().text.startswith("数据已变：")
