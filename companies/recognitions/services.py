"""Record a recognition, end one, and take back what an import brought. Confirming is the decision's (kinds.py)."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.decisions.services import decision_submit, decision_submitted
from accounts.roles import Role
from accounts.scope import covers
from companies.evidence.models import Evidence
from companies.recognitions import counting
from companies.recognitions.kinds import RECOGNITION, REVOCATION
from companies.recognitions.models import ApplicationType, Batch, Recognition, RecognitionState, Revocation, Title
from companies.recognitions.refusals import (
    AlreadyRecorded,
    BatchOfAnotherTitle,
    DatesDisagree,
    DocumentMissing,
    DocumentOfAnotherCompany,
    NotInForce,
    RevocationWaiting,
)
from companies.register.models import Company
from companies.register.writing import keeps
from core.errors import NotPermitted
from core.retrying import retried

if TYPE_CHECKING:
    from accounts.users.models import User


def may_record(user: "User", company: Company) -> bool:
    """Officers for the firms they keep, clerks and approvers in their scope; nobody else."""
    if not covers(user, company.district_id):
        return False
    return user.role in {Role.CLERK, Role.APPROVER} or (user.role == Role.OFFICER and keeps(user, company))


def _require_hand(user: "User", company: Company) -> None:
    if not may_record(user, company):
        raise NotPermitted(_("只有该企业的专管员、数据员或审批人可以登记或取消认定。"))


def _require_document(document: Evidence | None, number: str, company: Company) -> Evidence:
    if document is None or not number.strip():
        raise DocumentMissing
    if document.withdrawn_on is not None or document.company_id not in {None, company.pk}:
        raise DocumentOfAnotherCompany
    return document


@dataclass(slots=True)
class Entry:
    """What an official list says about one firm. `valid_from` defaults to the certificate or the announcement, `valid_until`
    to the title's published years."""

    company: Company
    title: Title
    document_number: str
    announced_on: date
    application_type: str = ApplicationType.NEW
    certified_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    batch: Batch | None = None

    def recognition(self, *, on: date) -> Recognition:
        """The unsaved row, checked. Raises DatesDisagree, CertificateDateMissing or BatchOfAnotherTitle."""
        if self.batch is not None and self.batch.title_id != self.title.pk:
            raise BatchOfAnotherTitle(self.batch, self.title)
        if self.announced_on > on:
            raise DatesDisagree(_("公告日期"), self.announced_on, on)
        if self.certified_on is not None and self.certified_on > on:
            raise DatesDisagree(_("证书日期"), self.certified_on, on)
        day = counting.counting_day(self.title, announced_on=self.announced_on, certified_on=self.certified_on, batch=self.batch)
        begins = self.valid_from or self.certified_on or self.announced_on
        ends = self.valid_until or counting.last_day_of_validity(self.title, begins)
        if ends is not None and ends < begins:
            raise DatesDisagree(_("有效期起"), begins, ends)
        return Recognition(
            company=self.company,
            title=self.title,
            application_type=self.application_type,
            batch=self.batch,
            document_number=self.document_number.strip(),
            announced_on=self.announced_on,
            certified_on=self.certified_on,
            happened_on=day,
            known_on=on,
            valid_from=begins,
            valid_until=ends,
            stamp=opening.stamp(),
        )


def _require_unrecorded(row: Recognition) -> None:
    same = Recognition.objects.filter(
        company=row.company,
        title=row.title,
        document_number=row.document_number,
        application_type=row.application_type,
        withdrawn_on__isnull=True,
    ).exclude(state=RecognitionState.REJECTED)
    if known := same.first():
        raise AlreadyRecorded(document_number=row.document_number, state=RecognitionState(known.state).label)


@retried
@transaction.atomic
def recognition_record(
    *,
    company: Company,
    title: Title,
    document_number: str,
    announced_on: date,
    document: Evidence | None,
    by: "User",
    on: date,
    application_type: str = ApplicationType.NEW,
    certified_on: date | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    batch: Batch | None = None,
    reason: str = "",
) -> Recognition:
    """Record a recognition with its paper and put it to a second person of the city; it counts once confirmed.

    Raises NotPermitted, DocumentMissing, DocumentOfAnotherCompany, DatesDisagree, CertificateDateMissing, BatchOfAnotherTitle,
    AlreadyRecorded or NotToday.
    """
    opening.check_on(on)
    company = Company.objects.select_for_update(of=("self",)).select_related("district").get(pk=company.pk)
    _require_hand(by, company)
    paper = _require_document(document, document_number, company)
    entry = Entry(company, title, document_number, announced_on, application_type, certified_on, valid_from, valid_until, batch)
    row = entry.recognition(on=on)
    _require_unrecorded(row)
    row.document, row.district_id = paper, counting.district_on(company, row.happened_on)
    decision = decision_submit(
        kind=RECOGNITION,
        proposal=RECOGNITION.proposal(row),
        proposer=by,
        on=on,
        level=RECOGNITION.level,
        district=company.district,
        company=company,
        reason=reason,
        document_number=row.document_number,
    )
    row.decision = decision
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else recorded the same paper meanwhile
        raise AlreadyRecorded(document_number=row.document_number, state=RecognitionState.RECORDED.label) from error
    decision_submitted(decision, items=[row])
    return row


@retried
@transaction.atomic
def recognition_revoke(
    *,
    recognition: Recognition,
    ended_on: date,
    document_number: str,
    document: Evidence | None,
    reason: str,
    by: "User",
    on: date,
) -> Revocation:
    """Propose the end of a confirmed recognition with its paper; a second person of the city carries it out.

    Raises NotPermitted, DocumentMissing, DocumentOfAnotherCompany, DatesDisagree, NotInForce, RevocationWaiting or NotToday.
    """
    opening.check_on(on)
    row = Recognition.objects.select_for_update(of=("self",)).select_related("company__district", "title").get(pk=recognition.pk)
    _require_hand(by, row.company)
    paper = _require_document(document, document_number, row.company)
    if row.state != RecognitionState.CONFIRMED or row.withdrawn_on is not None:
        raise NotInForce(RecognitionState(row.state).label)
    if ended_on > on:
        raise DatesDisagree(_("终止日"), ended_on, on)
    if ended_on < row.happened_on:
        raise DatesDisagree(_("计入日"), row.happened_on, ended_on)
    waiting = row.revocations.filter(is_open=True).select_related("decision__proposer__person").first()
    if waiting is not None:
        raise RevocationWaiting(waiting.decision.proposer.name)
    end = Revocation(recognition=row, ended_on=ended_on, document_number=document_number.strip(), document=paper)
    end.decision = decision_submit(
        kind=REVOCATION,
        proposal=REVOCATION.proposal(end),
        proposer=by,
        on=on,
        level=REVOCATION.level,
        district=row.company.district,
        company=row.company,
        reason=reason,
        document_number=end.document_number,
    )
    end.save()
    decision_submitted(end.decision, items=[end])
    return end


__all__ = ["Entry", "may_record", "recognition_record", "recognition_revoke"]
