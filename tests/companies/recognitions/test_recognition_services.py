"""A recognition counts once a second person of the city confirmed it with its document; what counts when, and what does not."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.audit.models import AuditEntry
from accounts.decisions.errors import AlreadyDecided, HadAHand, IsTheOfficer, NotAuthorised
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_reject, decision_sign
from accounts.roles import Role
from accounts.users.models import User
from companies.evidence.models import Evidence
from companies.recognitions.models import ApplicationType, Batch, Recognition, RecognitionState, Title
from companies.recognitions.refusals import (
    AlreadyRecorded,
    BatchOfAnotherTitle,
    CertificateDateMissing,
    DatesDisagree,
    DocumentMissing,
    DocumentOfAnotherCompany,
    NotInForce,
    RevocationWaiting,
)
from companies.recognitions.seeds import batch_seed, title_seed
from companies.recognitions.services import recognition_record, recognition_revoke
from companies.register.models import Company, CompanyDistrict
from core.errors import NotPermitted
from tests.factories import (
    AuditorFactory,
    BatchFactory,
    CityApproverFactory,
    ClerkFactory,
    CompanyFactory,
    DistrictFactory,
    EvidenceFactory,
    OfficerFactory,
    RecognitionFactory,
)

TODAY = date(2026, 11, 24)
NUMBER = "浙经信企业〔2026〕88号"


def title(code: str = "specialised_sme") -> Title:
    return Title.objects.get(code=code)


def record(company: Company, by: User, **more: Any) -> Recognition:
    facts: dict[str, Any] = {
        "title": title(),
        "document_number": NUMBER,
        "announced_on": date(2026, 11, 10),
        "document": EvidenceFactory(company=company, kind="document"),
        "on": TODAY,
        **more,
    }
    return recognition_record(company=company, by=by, **facts)


def sign(row: Recognition, by: User, on: date = TODAY) -> Decision:
    return decision_sign(decision_id=row.decision_id, signer=by, on=on)  # type: ignore[arg-type]


def fresh(row: Recognition) -> Recognition:
    return Recognition.objects.get(pk=row.pk)


def test_a_recognition_counts_only_once_a_second_person_of_the_city_confirmed_it(
    company: Company, officer: User, city_approver: User
) -> None:
    row = record(company, officer)
    assert row.state == RecognitionState.RECORDED
    assert not Recognition.objects.counted(on=TODAY, known=TODAY).exists()
    sign(row, city_approver)
    row = fresh(row)
    assert (row.state, row.known_on, row.is_first) == ("confirmed", TODAY, True)
    assert list(Recognition.objects.counted(on=TODAY, known=TODAY)) == [row]
    assert list(Recognition.objects.new(on=TODAY, known=TODAY)) == [row]


def test_before_the_day_it_was_known_it_did_not_count(company: Company, officer: User, city_approver: User) -> None:
    sign(record(company, officer), city_approver)
    yesterday = date(2026, 11, 23)
    assert not Recognition.objects.counted(on=yesterday, known=yesterday).exists()
    assert Recognition.objects.counted(on=yesterday, known=TODAY).count() == 1


def test_a_district_approver_does_not_confirm_and_the_recorder_neither(
    company: Company, officer: User, approver: User, city_approver: User
) -> None:
    row = record(company, officer)
    with pytest.raises(NotAuthorised):
        sign(row, approver)
    officer.role, officer.district = Role.APPROVER, None
    officer.save()
    with pytest.raises(HadAHand):
        sign(row, officer)
    with pytest.raises(HadAHand):
        sign(row, CityApproverFactory(person=officer.person))
    assert fresh(row).state == RecognitionState.RECORDED
    assert sign(row, city_approver).state == DecisionState.APPROVED


def test_the_firms_officer_does_not_confirm_under_a_city_account(company: Company, officer: User) -> None:
    row = record(company, ClerkFactory())
    with pytest.raises(IsTheOfficer):
        sign(row, CityApproverFactory(person=officer.person))


def test_a_rejected_recognition_never_counts_and_its_document_may_be_recorded_again(
    company: Company, officer: User, city_approver: User
) -> None:
    row = record(company, officer)
    decision_reject(decision_id=row.decision_id, by=city_approver, on=TODAY, reason="名单里没有这家企业")  # type: ignore[arg-type]
    assert fresh(row).state == RecognitionState.REJECTED
    with pytest.raises(AlreadyDecided):
        sign(row, CityApproverFactory())
    assert not Recognition.objects.counted(on=TODAY, known=TODAY).exists()
    assert record(company, officer).pk != row.pk


def test_the_same_document_is_recorded_once(company: Company, officer: User, city_approver: User) -> None:
    row = record(company, officer)
    with pytest.raises(AlreadyRecorded, match="待确认"):
        record(company, officer)
    sign(row, city_approver)
    with pytest.raises(AlreadyRecorded, match="已确认"):
        record(company, officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecognitionFactory(company=company, title=title(), document_number=NUMBER)


def test_a_confirmed_row_without_a_number_is_refused_by_the_database(company: Company) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RecognitionFactory(company=company, document_number="")


def test_number_date_and_file_are_needed(company: Company, officer: User) -> None:
    for missing in ({"document": None}, {"document_number": "  "}):
        with pytest.raises(DocumentMissing):
            record(company, officer, **missing)
    for wrong in (EvidenceFactory(company=CompanyFactory()), EvidenceFactory(company=company, withdrawn_on=TODAY)):
        with pytest.raises(DocumentOfAnotherCompany):
            record(company, officer, document=wrong)
    assert record(company, officer, document=EvidenceFactory(company=None, kind="document")).pk


@pytest.mark.parametrize(
    "days",
    [
        {"announced_on": date(2026, 11, 25)},
        {"certified_on": date(2027, 1, 1)},
        {"valid_from": date(2026, 11, 10), "valid_until": date(2026, 11, 9)},
    ],
    ids=["announced tomorrow", "certified later", "ends before it begins"],
)
def test_days_that_cannot_be_are_refused(company: Company, officer: User, days: dict[str, date]) -> None:
    with pytest.raises(DatesDisagree):
        record(company, officer, **days)


def test_a_batch_belongs_to_its_title(company: Company, officer: User) -> None:
    with pytest.raises(BatchOfAnotherTitle):
        record(company, officer, batch=BatchFactory(title=title("little_giant")))


def test_only_the_officer_who_keeps_the_firm_clerks_and_approvers_record(company: Company, officer: User, approver: User) -> None:
    for stranger in (OfficerFactory(), AuditorFactory(), ClerkFactory(district=DistrictFactory(code="330681"))):
        with pytest.raises(NotPermitted):
            record(company, stranger)
    record(company, officer)
    record(company, approver, document_number="浙经信企业〔2026〕89号")
    record(company, ClerkFactory(), document_number="浙经信企业〔2026〕90号")


# what counts, when and where


def test_each_title_counts_by_its_own_date(company: Company, officer: User) -> None:
    announced, certified = date(2026, 1, 15), date(2025, 12, 8)
    assert record(company, officer, announced_on=announced, certified_on=certified).happened_on == announced
    assert record(company, officer, title=title("high_tech"), announced_on=announced, certified_on=certified).happened_on == certified
    batch = Batch.objects.create(title=title("tech_sme"), year=2025, name="第 3 批")
    assert record(company, officer, title=title("tech_sme"), announced_on=announced, batch=batch).happened_on == date(2025, 12, 31)


def test_a_title_that_counts_by_certificate_needs_its_day(company: Company, officer: User) -> None:
    with pytest.raises(CertificateDateMissing):
        record(company, officer, title=title("high_tech"))


@pytest.mark.parametrize(
    ("code", "begins", "ends"),
    [
        ("specialised_sme", date(2026, 11, 10), date(2029, 11, 9)),
        ("specialised_sme", date(2024, 2, 29), date(2027, 2, 28)),
        ("listed", date(2026, 1, 5), None),
    ],
    ids=["three years", "leap day", "without end"],
)
def test_validity_defaults_to_the_published_years(company: Company, officer: User, code: str, begins: date, ends: date | None) -> None:
    row = record(company, officer, title=title(code), announced_on=begins)
    assert (row.valid_from, row.valid_until) == (begins, ends)


def test_the_district_is_the_one_on_the_day_of_the_event(officer: User, city_approver: User) -> None:
    company = CompanyFactory(district=DistrictFactory(code="330602"), period=False)
    CompanyDistrict.objects.create(
        company=company, district=DistrictFactory(code="330603"), starts_on=date(2024, 1, 1), ends_on=date(2026, 6, 30), known_on=TODAY
    )
    CompanyDistrict.objects.create(company=company, district=DistrictFactory(code="330602"), starts_on=date(2026, 7, 1), known_on=TODAY)
    clerk = ClerkFactory()
    before = record(company, clerk, announced_on=date(2026, 6, 30))
    after = record(company, clerk, announced_on=date(2026, 7, 1), document_number="浙经信企业〔2026〕89号")
    assert (before.district.code, after.district.code) == ("330603", "330602")


@pytest.mark.parametrize("kind", [ApplicationType.REVIEW, ApplicationType.RENEWAL])
def test_a_review_follows_the_old_one_and_is_not_new(company: Company, officer: User, city_approver: User, kind: str) -> None:
    old = RecognitionFactory(company=company, title=title(), is_first=True, announced_on=date(2023, 11, 1))
    row = record(company, officer, application_type=kind)
    sign(row, city_approver)
    assert fresh(row).follows == old
    assert list(Recognition.objects.new(on=TODAY, known=TODAY)) == [old]


def test_a_regained_title_is_not_new_and_follows_nothing(company: Company, officer: User, city_approver: User) -> None:
    RecognitionFactory(company=company, title=title(), is_first=True, announced_on=date(2020, 11, 1), valid_until=date(2023, 10, 31))
    row = record(company, officer)
    sign(row, city_approver)
    assert (fresh(row).is_first, fresh(row).follows) == (False, None)


def test_two_titles_of_one_firm_are_both_new(company: Company, officer: User, city_approver: User) -> None:
    for code in ("specialised_sme", "hidden_champion"):
        sign(record(company, officer, title=title(code)), city_approver)
    assert Recognition.objects.new(on=TODAY, known=TODAY).count() == 2


def test_an_earlier_one_entered_afterwards_takes_its_place_from_the_day_it_is_known(
    company: Company, officer: User, city_approver: User
) -> None:
    later = RecognitionFactory(company=company, title=title(), is_first=True, announced_on=date(2025, 3, 1), known_on=date(2025, 3, 5))
    earlier = record(company, officer, announced_on=date(2022, 3, 1), valid_until=date(2025, 2, 28))
    sign(earlier, city_approver)
    yesterday = date(2026, 11, 23)
    assert list(Recognition.objects.new(on=TODAY, known=yesterday)) == [later]
    assert list(Recognition.objects.new(on=TODAY, known=TODAY)) == [fresh(earlier)]


# stale


def test_a_withdrawn_document_makes_the_confirmation_stale(company: Company, officer: User, city_approver: User) -> None:
    row = record(company, officer)
    Evidence.objects.filter(pk=row.document_id).update(withdrawn_on=TODAY)
    decision = sign(row, city_approver)
    assert decision.state == DecisionState.STALE
    assert [line["label"] for line in decision.changed_since] == ["公告文件"]
    assert fresh(row).state == RecognitionState.REJECTED
    assert record(company, officer).state == RecognitionState.RECORDED


def test_an_earlier_recognition_confirmed_meanwhile_makes_it_stale(company: Company, officer: User, city_approver: User) -> None:
    row = record(company, officer)
    RecognitionFactory(company=company, title=title(), announced_on=date(2021, 1, 1))
    decision = sign(row, city_approver)
    assert decision.state == DecisionState.STALE
    assert "此前的认定" in [line["label"] for line in decision.changed_since]


def test_a_moved_district_period_makes_it_stale(company: Company, officer: User, city_approver: User) -> None:
    row = record(company, officer)
    CompanyDistrict.objects.filter(company=company).update(district=DistrictFactory(code="330681"))
    assert sign(row, city_approver).state == DecisionState.STALE


def test_a_changed_number_makes_it_stale(company: Company, officer: User, city_approver: User) -> None:
    row = record(company, officer)
    Recognition.objects.filter(pk=row.pk).update(document_number="别的文号")
    assert sign(row, city_approver).state == DecisionState.STALE


def test_signing_twice_confirms_once(company: Company, officer: User, city_approver: User) -> None:
    row = record(company, officer)
    assert sign(row, city_approver).state == DecisionState.APPROVED
    entries = AuditEntry.objects.count()
    assert sign(row, city_approver).state == DecisionState.APPROVED
    assert AuditEntry.objects.count() == entries
    with pytest.raises(AlreadyDecided):
        sign(row, CityApproverFactory())


def test_the_state_of_a_recognition_cannot_be_assigned(company: Company) -> None:
    row = RecognitionFactory(company=company)
    with pytest.raises(AttributeError):
        row.state = "recorded"


# the end


def revoke(row: Recognition, by: User, **more: Any) -> Any:
    facts: dict[str, Any] = {
        "ended_on": date(2026, 11, 20),
        "document_number": "工信厅企业函〔2026〕300号",
        "document": EvidenceFactory(company=row.company, kind="document"),
        "reason": "数据造假",
        "on": TODAY,
        **more,
    }
    return recognition_revoke(recognition=row, by=by, **facts)


def test_a_revoked_recognition_stops_counting_from_its_date_as_known_from_the_signature(
    company: Company, officer: User, city_approver: User
) -> None:
    row = RecognitionFactory(company=company, title=title(), is_first=True)
    end = revoke(row, officer)
    assert Recognition.objects.counted(on=TODAY, known=TODAY).count() == 1
    decision_sign(decision_id=end.decision_id, signer=city_approver, on=TODAY)
    row = fresh(row)
    assert (row.state, row.ended_on, row.end_known_on) == ("revoked", date(2026, 11, 20), TODAY)
    assert Recognition.objects.counted(on=date(2026, 11, 19), known=TODAY).count() == 1
    assert Recognition.objects.counted(on=date(2026, 11, 20), known=TODAY).count() == 0
    assert Recognition.objects.counted(on=date(2026, 11, 23), known=date(2026, 11, 23)).count() == 1


def test_the_end_needs_a_document_and_a_second_person_of_the_city(
    company: Company, officer: User, approver: User, city_approver: User
) -> None:
    row = RecognitionFactory(company=company, title=title())
    with pytest.raises(DocumentMissing):
        revoke(row, officer, document=None)
    end = revoke(row, officer)
    with pytest.raises(RevocationWaiting, match="沈雨桐"):
        revoke(row, officer)
    with pytest.raises(NotAuthorised):
        decision_sign(decision_id=end.decision_id, signer=approver, on=TODAY)
    decision_reject(decision_id=end.decision_id, by=city_approver, on=TODAY, reason="未核实")
    assert fresh(row).state == RecognitionState.CONFIRMED
    assert revoke(row, officer).is_open


def test_only_what_is_confirmed_can_end_and_not_before_it_began(company: Company, officer: User, city_approver: User) -> None:
    waiting = record(company, officer)
    with pytest.raises(NotInForce):
        revoke(waiting, officer)
    row = RecognitionFactory(company=company, title=title("hidden_champion"), announced_on=date(2025, 1, 10))
    for wrong in (date(2026, 11, 25), date(2025, 1, 9)):
        with pytest.raises(DatesDisagree):
            revoke(row, officer, ended_on=wrong)
    assert revoke(row, officer, ended_on=date(2025, 1, 10)).is_open


def test_a_recognition_withdrawn_meanwhile_makes_its_end_stale(company: Company, officer: User, city_approver: User) -> None:
    row = RecognitionFactory(company=company, title=title())
    end = revoke(row, officer)
    Recognition.objects.filter(pk=row.pk).update(withdrawn_on=TODAY)
    assert decision_sign(decision_id=end.decision_id, signer=city_approver, on=TODAY).state == DecisionState.STALE


def test_the_status_on_a_day_comes_from_the_dates(company: Company) -> None:
    row = RecognitionFactory(company=company, valid_until=date(2027, 5, 24))
    assert row.status_on(TODAY) == "valid"
    assert row.status_on(date(2026, 11, 25)) == "review_due"
    assert row.status_on(date(2027, 5, 24)) == "review_due"
    assert row.status_on(date(2027, 5, 25)) == "expired"


def test_seeding_twice_changes_nothing_and_keeps_what_people_entered() -> None:
    assert (title_seed(), batch_seed()) == (19, 12)
    assert Title.objects.count() == 19
    assert Title.objects.recognisable().count() == 16
    eighth = Batch.objects.get(title__code="little_giant", year=2026)
    step = eighth.steps.get(step="filling")
    assert (step.planned_from, step.planned_to) == (date(2026, 4, 25), date(2026, 5, 25))
    step.actual_on = date(2026, 5, 25)
    step.save()
    batch_seed()
    assert Batch.objects.count() == 12
    assert eighth.steps.get(step="filling").actual_on == date(2026, 5, 25)
    assert list(Batch.objects.filter(is_local=True).values_list("year", flat=True)) == [2027, 2027, 2027]
