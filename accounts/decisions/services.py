"""The one service path of every decision: authority, lock, recompute the digest, decide, audit, notice."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit import services as audit
from accounts.decisions import authority
from accounts.decisions.errors import AlreadyDecided, NotYours, ReasonMissing
from accounts.decisions.kinds import DecisionKind, Proposal, decision_kind
from accounts.decisions.models import Decision, DecisionHand, DecisionState, Level, Part
from accounts.inbox import services as inbox
from core import faults
from core.locking import locked
from core.retrying import retried
from core.stored import in_product_language

if TYPE_CHECKING:
    from accounts.users.models import User


def _hand(decision: Decision, user: "User", part: Part, on: date) -> DecisionHand:
    """The database refuses the same person twice, whatever the accounts."""
    office = user.office.name if user.office_id else ""  # type: ignore[union-attr]
    return DecisionHand.objects.create(decision=decision, person_id=user.person_id, user=user, part=part, on=on, office_name=office)


@transaction.atomic
def decision_submit(
    *,
    kind: DecisionKind,
    proposal: Proposal,
    proposer: "User",
    on: date,
    level: Level = Level.DISTRICT,
    district: Any = None,
    company: Any = None,
    reason: str = "",
    document_number: str = "",
    is_special: bool = False,
    edited_by: "Iterable[User]" = (),
) -> Decision:
    """Put a question to a second person; the caller points its subject at the decision in the same transaction.

    The sheet and the diff are frozen as they stand. `edited_by` are others who made what is proposed: none of them may sign.
    The caller writes no audit entry of its own for the submission: call `decision_submitted` once the subject is linked.
    """
    opening.check_on(on)
    decision = Decision(
        kind=kind.code,
        level=level,
        district=district,
        company_uscc=getattr(company, "uscc", ""),
        company_name=getattr(company, "name", ""),
        summary=proposal.summary[:300],
        effect=proposal.effect[:300],
        reason=reason,
        document_number=document_number,
        is_special=is_special,
        digest=proposal.digest,
        frozen=proposal.frozen(),
        proposer=proposer,
        submitted_at=timezone.now(),
        stamp=opening.stamp(),
    )
    decision.submit(on=on)
    decision.save()
    _hand(decision, proposer, Part.PROPOSED, on)
    for user in {user.person_id: user for user in edited_by if user.person_id != proposer.person_id}.values():
        _hand(decision, user, Part.EDITED, on)
    return decision


def decision_submitted(decision: Decision, *, items: Iterable[models.Model] = ()) -> None:
    """Notify who may sign, and log the submission with the linked rows; last statement of the proposing service."""
    _tell(authority.possible_signers(decision), decision, kind="decision")
    audit.record(
        "decision.submitted",
        actor=decision.proposer,
        target=decision,
        company=decision.company_uscc or None,
        district=decision.district_id,
        reason=decision.reason,
        items=items,
        on=decision.submitted_on,
    )


def _locked(decision_id: int) -> Decision:
    return locked(Decision.objects.select_related("proposer__person", "decider__person", "district"), decision_id)


def _repeated(decision: Decision, user: "User", state: DecisionState) -> bool:
    """The same person sent the same answer again (double click, resend): the first result stands."""
    return decision.state == state and decision.decider_id == user.pk


@in_product_language
def _tell(whom: Any, decision: Decision, *, kind: str) -> None:
    inbox.notify(
        whom,
        matter=f"decision:{decision.pk}",
        kind=kind,
        text=_("%(state)s：%(summary)s") % {"state": DecisionState(decision.state).label, "summary": decision.subject_line},
        url=f"/decisions/{decision.pk}/",
        company_uscc=decision.company_uscc,
    )


def _finish(decision: Decision, *, actor: "User", items: Iterable[models.Model], on: date) -> None:
    decision.decided_at = timezone.now()
    decision.save()
    _tell(decision.proposer, decision, kind="decision_result")
    inbox.settle(matter=f"decision:{decision.pk}", keep=decision.proposer)
    audit.record(
        f"decision.{decision.state}",
        actor=actor,
        target=decision,
        company=decision.company_uscc or None,
        district=decision.district_id,
        reason=decision.decision_note,
        items=items,
        on=on,
    )


@in_product_language
def _changes(decision: Decision, now: Proposal) -> list[dict[str, str]]:
    """Lines of the frozen diff and of today's that differ, for the page of a stale decision."""
    before = {row["label"]: row["after"] for row in [*decision.frozen.get("changes", []), *decision.frozen.get("basis", [])]}
    after = {change.label: change.after for change in [*now.changes, *now.basis]}
    changes = [
        {"label": label, "before": before.get(label, "—"), "after": after.get(label, "—")}
        for label in {**before, **after}
        if before.get(label) != after.get(label)
    ]
    return changes or [{"label": _("所依据的数据"), "before": decision.digest[:12], "after": now.digest[:12]}]


@retried
@transaction.atomic
def decision_sign(*, decision_id: int, signer: "User", on: date, note: str = "") -> Decision:
    """Sign a submitted decision and carry it out; one whose facts changed since submission comes back stale instead.

    Raises AlreadyDecided, HadAHand, IsTheOfficer or NotAuthorised; a repeated call by the same signer answers the first result.
    Source: 攻坚行动方案 三（三）3.
    """
    opening.check_on(on)
    decision = _locked(decision_id)
    if _repeated(decision, signer, DecisionState.APPROVED):
        return decision
    if decision.state != DecisionState.SUBMITTED:
        raise AlreadyDecided(decision)
    authority.require_authority(signer, decision)
    kind = decision_kind(decision)
    subject = kind.lock_subject(decision)
    now = kind.current(subject, decision)
    if now.digest != decision.digest:
        decision.become_stale(on=on, changes=_changes(decision, now))
        _finish(decision, actor=signer, items=list(kind.closed(subject, decision, on=on)), on=on)
        return decision
    _hand(decision, signer, Part.SIGNED, on)
    decision.approve(by=signer, on=on, note=note)
    decision.save()
    items = list(kind.carry_out(subject, decision, signer=signer, on=on))
    faults.point("decision.sign")
    _finish(decision, actor=signer, items=items, on=on)
    return decision


@retried
@transaction.atomic
def decision_reject(*, decision_id: int, by: "User", on: date, reason: str) -> Decision:
    """A second person says no, with a reason; nothing is carried out."""
    opening.check_on(on)
    decision = _locked(decision_id)
    if _repeated(decision, by, DecisionState.REJECTED):
        return decision
    if decision.state != DecisionState.SUBMITTED:
        raise AlreadyDecided(decision)
    authority.require_authority(by, decision)
    if not reason.strip():
        raise ReasonMissing
    kind = decision_kind(decision)
    subject = kind.lock_subject(decision)
    _hand(decision, by, Part.REJECTED, on)
    decision.reject(by=by, on=on, note=reason.strip())
    decision.save()
    _finish(decision, actor=by, items=list(kind.closed(subject, decision, on=on)), on=on)
    return decision


@retried
@transaction.atomic
def decision_withdraw(*, decision_id: int, by: "User", on: date, reason: str = "", veto: bool = False) -> Decision:
    """The proposer takes it back; `veto` lets a rule cancel it (an incident came into force) in the name of `by`."""
    opening.check_on(on)
    decision = _locked(decision_id)
    if decision.state == DecisionState.WITHDRAWN:
        return decision
    if decision.state not in {DecisionState.DRAFT, DecisionState.SUBMITTED, DecisionState.STALE}:
        raise AlreadyDecided(decision)
    if not veto and by.person_id != decision.proposer.person_id:
        raise NotYours
    kind = decision_kind(decision)
    subject = kind.lock_subject(decision)
    decision.withdraw(on=on, note=reason)
    decision.save()
    _finish(decision, actor=by, items=list(kind.closed(subject, decision, on=on)), on=on)
    return decision
