"""One decision, two persons: by every door, with any hat, at the same moment. Told with recognitions, the kind the city signs."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils.timezone import localdate

from accounts.audit.models import AuditEntry
from accounts.audit.verify import chain_problems, items_problems, row_problems
from accounts.decisions.authority import possible_signers
from accounts.decisions.errors import AlreadyDecided, HadAHand, IsTheOfficer, NotAuthorised, NotYours, ReasonMissing
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_reject, decision_sign, decision_withdraw
from accounts.inbox.models import Notice
from accounts.opening import NotToday
from accounts.roles import Role
from accounts.wiring import decision_problems
from companies.recognitions.models import Recognition, RecognitionState
from companies.recognitions.services import recognition_record
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    CityApproverFactory,
    ClerkFactory,
    CompanyFactory,
    EvidenceFactory,
    OfficerFactory,
    TitleFactory,
)
from tests.rigs.racer import race

pytestmark = pytest.mark.django_db


def _record(company: Any, clerk: Any, number: str = "浙经信企业〔2026〕4号") -> Decision:
    today = localdate()
    recognition = recognition_record(
        company=company,
        title=TitleFactory(code="specialised_sme", name="专精特新中小企业", short_name="专精特新"),
        application_type="认定",
        document_number=number,
        announced_on=date(2026, 1, 30),
        valid_from=date(2026, 1, 30),
        valid_until=date(2029, 1, 29),
        document=EvidenceFactory(company=None, kind="document"),
        by=clerk,
        on=today,
    )
    assert recognition.decision is not None
    return recognition.decision


@pytest.fixture
def decision(db: None) -> Decision:
    return _record(CompanyFactory(), ClerkFactory(district=None))


def test_a_second_person_of_the_city_signs_and_the_log_vouches_for_it(decision: Decision) -> None:
    signed = decision_sign(decision_id=decision.pk, signer=CityApproverFactory(), on=localdate())
    assert signed.state == DecisionState.APPROVED
    assert Recognition.objects.get().state == RecognitionState.CONFIRMED
    assert AuditEntry.objects.filter(action="decision.approved").count() == 1
    assert [*chain_problems(), *items_problems(), *row_problems(), *decision_problems()] == []


def test_a_district_approver_may_not_sign_what_the_city_confirms(decision: Decision) -> None:
    with pytest.raises(NotAuthorised):
        decision_sign(decision_id=decision.pk, signer=ApproverFactory(district=decision.district), on=localdate())


def test_nobody_signs_with_another_account_what_the_same_person_proposed(decision: Decision) -> None:
    same_person = CityApproverFactory(person=decision.proposer.person)
    with pytest.raises(HadAHand):
        decision_sign(decision_id=decision.pk, signer=same_person, on=localdate())
    assert Decision.objects.get(pk=decision.pk).state == DecisionState.SUBMITTED


def test_a_proposer_who_becomes_approver_afterwards_still_may_not_sign(decision: Decision) -> None:
    proposer = decision.proposer
    proposer.role = Role.APPROVER
    proposer.save()
    with pytest.raises(HadAHand):
        decision_sign(decision_id=decision.pk, signer=proposer, on=localdate())


def test_the_firms_current_officer_may_not_sign_with_an_approvers_account() -> None:
    company = CompanyFactory()
    officer = OfficerFactory(district=company.district)
    AssignmentFactory(company=company, officer=officer)
    decision = _record(company, ClerkFactory(district=None))
    with pytest.raises(IsTheOfficer):
        decision_sign(decision_id=decision.pk, signer=CityApproverFactory(person=officer.person), on=localdate())


def test_who_may_sign_is_named_before_anybody_does(decision: Decision) -> None:
    able, same_person = CityApproverFactory(), CityApproverFactory(person=decision.proposer.person)
    ApproverFactory(district=decision.district)
    assert list(possible_signers(decision)) == [able]
    assert same_person not in possible_signers(decision)


def test_the_same_answer_sent_twice_has_one_effect(decision: Decision) -> None:
    signer = CityApproverFactory()
    decision_sign(decision_id=decision.pk, signer=signer, on=localdate())
    again = decision_sign(decision_id=decision.pk, signer=signer, on=localdate())
    assert again.state == DecisionState.APPROVED
    assert AuditEntry.objects.filter(action="decision.approved").count() == 1


def test_the_second_approver_is_told_who_was_faster(decision: Decision) -> None:
    first = CityApproverFactory()
    decision_sign(decision_id=decision.pk, signer=first, on=localdate())
    with pytest.raises(AlreadyDecided, match=first.name):
        decision_reject(decision_id=decision.pk, by=CityApproverFactory(), on=localdate(), reason="材料不全")


def test_a_rejection_needs_a_reason_and_leaves_the_recognition_uncounted(decision: Decision) -> None:
    signer = CityApproverFactory()
    with pytest.raises(ReasonMissing):
        decision_reject(decision_id=decision.pk, by=signer, on=localdate(), reason="  ")
    decision_reject(decision_id=decision.pk, by=signer, on=localdate(), reason="文号有误")
    assert Recognition.objects.get().state == RecognitionState.REJECTED


def test_only_the_proposer_withdraws(decision: Decision) -> None:
    with pytest.raises(NotYours):
        decision_withdraw(decision_id=decision.pk, by=CityApproverFactory(), on=localdate())
    assert decision_withdraw(decision_id=decision.pk, by=decision.proposer, on=localdate()).state == DecisionState.WITHDRAWN


def test_nothing_is_signed_for_another_day(decision: Decision) -> None:
    with pytest.raises(NotToday):
        decision_sign(decision_id=decision.pk, signer=CityApproverFactory(), on=date(2026, 1, 1))


def test_a_settled_matter_leaves_the_other_approvers_inbox(decision: Decision) -> None:
    signer, other = CityApproverFactory(), CityApproverFactory()
    decision_sign(
        decision_id=_record(CompanyFactory(), ClerkFactory(district=None), "浙经信企业〔2026〕5号").pk, signer=signer, on=localdate()
    )
    assert not Notice.objects.visible_to(other).unread().exists()


@pytest.mark.django_db(transaction=True)
def test_two_approvers_at_once_leave_exactly_one_outcome(deep: bool) -> None:
    signers = [CityApproverFactory(), CityApproverFactory()]
    clerk, company = ClerkFactory(district=None), CompanyFactory()
    for number in range(200 if deep else 20):
        decision = _record(company, clerk, f"浙经信企业〔2026〕{number + 1}号")
        other: Callable[..., Any] = decision_reject if number % 2 else decision_sign
        raced = race(
            [
                lambda pk=decision.pk: decision_sign(decision_id=pk, signer=signers[0], on=localdate()),
                lambda pk=decision.pk, other=other, number=number: (
                    other(decision_id=pk, by=signers[1], on=localdate(), reason="材料不全")
                    if number % 2
                    else other(decision_id=pk, signer=signers[1], on=localdate())
                ),
            ]
        )
        assert len(raced.results) == 1, raced.outcomes
        assert isinstance(raced.errors[0], AlreadyDecided)
        assert decision.hands.count() == 2
        assert AuditEntry.objects.filter(target_type="accounts.decision", target_id=str(decision.pk)).count() == 2
    assert [*chain_problems(), *row_problems(), *decision_problems()] == []
