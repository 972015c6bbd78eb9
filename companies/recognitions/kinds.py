"""认定 and 取消认定 as decisions of the city: what is frozen, what is compared, what is carried out."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.chain import canonical, sha256
from accounts.decisions.kinds import Change, DecisionKind, Proposal
from accounts.decisions.models import Decision, Level
from accounts.users.models import District
from companies.evidence.models import Evidence
from companies.recognitions import counting
from companies.recognitions.confirmation import settle
from companies.recognitions.models import ApplicationType, Recognition, RecognitionState, Revocation
from companies.register import slots
from companies.register.models import Company
from core import faults
from core.errors import Refusal
from core.stored import in_product_language

if TYPE_CHECKING:
    from accounts.users.models import Person, User


class AlreadyInThatState(Refusal):
    """The row is no longer in the state the decision speaks about."""

    code = "already_in_that_state"


def officers_of(company_id: int) -> "list[Person]":
    """The person who keeps the firm today, if any."""
    company = Company.objects.get(pk=company_id)
    return [row.officer.person for row in company.assignments.filter(ends_on__isnull=True).select_related("officer__person")]


def _paper(document: Evidence | None) -> dict[str, Any]:
    if document is None:
        return {}
    current = Evidence.objects.get(pk=document.pk)
    return {"id": current.pk, "sha256": current.sha256, "withdrawn": current.withdrawn_on is not None}


def _paper_text(document: Evidence | None) -> str:
    if document is None:
        return ""
    current = Evidence.objects.get(pk=document.pk)
    state = _("，已撤回") if current.withdrawn_on else ""
    return _("%(name)s（%(hash)s…）%(state)s") % {"name": current.name, "hash": current.sha256[:12], "state": state}


class RecognitionKind(DecisionKind):
    """登记认定: a second person of the city confirms it with its paper."""

    code = "recognition"
    label = gettext_lazy("认定")
    template = "companies/recognitions/_decision.html"
    level = Level.CITY

    def lock_subject(self, decision: Decision) -> Recognition:
        """The recognition, locked, with firm and title. The firm is locked first: one order for all services."""
        row = Recognition.objects.only("company_id").get(decision=decision)
        Company.objects.select_for_update().get(pk=row.company_id)
        return (
            Recognition.objects.select_for_update(of=("self",))
            .select_related("company__district", "title", "batch", "document")
            .get(pk=row.pk)
        )

    def current(self, subject: Recognition, decision: Decision) -> Proposal:
        """As `proposal`, from the stored row."""
        return self.proposal(subject)

    @in_product_language
    def proposal(self, row: Recognition) -> Proposal:
        """What the second person confirms; the district is asked again, the calendar is not."""
        district = counting.district_on(row.company, row.happened_on)
        before = self._before(row)
        facts = {
            "company": row.company.uscc,
            "title": row.title.code,
            "type": row.application_type,
            "batch": row.batch_id,
            "number": row.document_number,
            "days": [row.announced_on, row.certified_on, row.happened_on, row.valid_from, row.valid_until],
            "district": district,
            "document": _paper(row.document),
            "before": [[one.pk, one.state, one.happened_on] for one in before],
        }
        is_new = counting.is_new(row, before)
        place = District.objects.get(pk=district)
        summary = _("登记%(title)s%(type)s") % {"title": row.title.short, "type": ApplicationType(row.application_type).label}
        return Proposal(
            digest=sha256(canonical(facts)),
            summary=summary,
            changes=self._changes(row),
            basis=[
                Change(_("认定时属地"), "", str(place)),
                Change(_("此前的认定"), "", self._before_text(before)),
                Change(_("企业当前属地"), "", str(row.company.district)),
            ],
            effect=slots.effect_of(slots.RecognitionChange(row, place, is_new)),
            content={"recognition": {"title": row.title.name, "is_new": is_new}},
        )

    def _before(self, row: Recognition) -> list[Recognition]:
        others = counting.confirmed_before([(row.company_id, row.title_id)])[row.company_id, row.title_id]
        return [one for one in others if one.pk != row.pk]

    def _before_text(self, before: list[Recognition]) -> str:
        return "；".join(f"{one.happened_on.isoformat()} {one.document_number}" for one in before) or _("无")

    def _changes(self, row: Recognition) -> list[Change]:
        ends = row.valid_until.isoformat() if row.valid_until else _("长期")
        lines = [
            Change(_("称号"), "", row.title.name),
            Change(_("申请类型"), "", str(ApplicationType(row.application_type).label)),
            Change(_("文号"), "", row.document_number),
            Change(_("公告日"), "", row.announced_on.isoformat()),
            Change(_("计入日"), "", row.happened_on.isoformat()),
            Change(_("有效期"), "", _("%(from)s 至 %(until)s") % {"from": row.valid_from.isoformat(), "until": ends}),
            Change(_("公告文件"), "", _paper_text(row.document)),
        ]
        if row.certified_on:
            lines.insert(4, Change(_("证书日"), "", row.certified_on.isoformat()))
        if row.batch:
            lines.insert(2, Change(_("批次"), "", str(row.batch)))
        return lines

    def carry_out(self, subject: Recognition, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """Confirm it: known from today; first or not, and what it follows, are settled; tracks move by the event."""
        if subject.state != RecognitionState.RECORDED:
            raise AlreadyInThatState(_("该认定当前为“%(state)s”，不能再确认。") % {"state": RecognitionState(subject.state).label})
        subject.confirm(known_on=on)
        subject.district_id = counting.district_on(subject.company, subject.happened_on)
        settle([subject])
        subject.save()
        slots.emit("recognition_confirmed", recognitions=[subject], by=signer, on=on)
        faults.point("recognition.confirm")
        return [subject]

    def closed(self, subject: Recognition, decision: Decision, *, on: date) -> Iterable[models.Model]:
        """Not confirmed: the row stays as 已驳回, and the same paper may be recorded again."""
        if subject.state == RecognitionState.RECORDED:
            subject.reject()
            subject.save()
        return [subject]

    def barred_persons(self, decision: Decision) -> "Iterable[Person]":
        """The firm's current officer."""
        row = Recognition.objects.filter(decision_id=decision.pk).only("company_id").first() if decision.pk else None
        return officers_of(row.company_id) if row else ()


class RevocationKind(DecisionKind):
    """取消认定: a second person of the city ends it with its paper."""

    code = "revocation"
    label = gettext_lazy("取消认定")
    template = "companies/recognitions/_decision.html"
    level = Level.CITY

    def lock_subject(self, decision: Decision) -> Revocation:
        """The proposed end, its firm and its recognition locked."""
        end = Revocation.objects.select_related("recognition").get(decision=decision)
        Company.objects.select_for_update().get(pk=end.recognition.company_id)
        row = Recognition.objects.select_for_update(of=("self",)).select_related("company__district", "title").get(pk=end.recognition_id)
        end = Revocation.objects.select_for_update(of=("self",)).select_related("document").get(pk=end.pk)
        end.recognition = row
        return end

    def current(self, subject: Revocation, decision: Decision) -> Proposal:
        """As `proposal`, from the stored row."""
        return self.proposal(subject)

    @in_product_language
    def proposal(self, end: Revocation) -> Proposal:
        """What the second person confirms."""
        row = end.recognition
        facts = {
            "recognition": row.pk,
            "state": row.state,
            "withdrawn": row.withdrawn_on,
            "happened_on": row.happened_on,
            "district": row.company.district_id,
            "ended_on": end.ended_on,
            "number": end.document_number,
            "document": _paper(end.document),
        }
        return Proposal(
            digest=sha256(canonical(facts)),
            summary=_("取消%(title)s认定（%(number)s）") % {"title": row.title.short, "number": row.document_number},
            changes=[
                Change(_("状态"), str(RecognitionState(row.state).label), str(RecognitionState.REVOKED.label)),
                Change(_("终止日"), "", end.ended_on.isoformat()),
                Change(_("终止文号"), "", end.document_number),
                Change(_("公告文件"), "", _paper_text(end.document)),
            ],
            basis=[Change(_("企业当前属地"), "", str(row.company.district))],
            effect=slots.effect_of(slots.RecognitionChange(row, row.district, row.is_first, end.ended_on)),
        )

    def carry_out(self, subject: Revocation, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """It stops counting from `ended_on`, as known from today; tracks fall back by the event."""
        row = subject.recognition
        if row.state != RecognitionState.CONFIRMED or row.withdrawn_on is not None:
            raise AlreadyInThatState(_("该认定当前为“%(state)s”，不能再取消。") % {"state": RecognitionState(row.state).label})
        row.revoke(ended_on=subject.ended_on, known_on=on, document_number=subject.document_number)
        row.save()
        subject.is_open = False
        subject.save(update_fields=["is_open"])
        slots.emit("recognition_ended", recognitions=[row], by=signer, on=on)
        return [row, subject]

    def closed(self, subject: Revocation, decision: Decision, *, on: date) -> Iterable[models.Model]:
        """The recognition stays as it is; another end may be proposed."""
        subject.is_open = False
        subject.save(update_fields=["is_open"])
        return [subject]

    def barred_persons(self, decision: Decision) -> "Iterable[Person]":
        """The firm's current officer."""
        end = Revocation.objects.filter(decision_id=decision.pk).select_related("recognition").first() if decision.pk else None
        return officers_of(end.recognition.company_id) if end else ()


RECOGNITION = RecognitionKind()
REVOCATION = RevocationKind()
