"""Set a target, propose a move. Moves are carried out by their decision (kinds.py), recognitions by their event (events.py)."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from accounts import opening
from accounts.audit import services as audit
from accounts.decisions.models import Decision
from accounts.decisions.services import decision_submit, decision_submitted
from accounts.roles import Role
from accounts.scope import covers
from companies.evidence.models import Evidence
from companies.recognitions.models import Batch, Title
from companies.register.models import Company
from companies.register.writing import keeps
from core.retrying import retried
from cultivation.tracks import events, moves
from cultivation.tracks.gates import GateResult, gate_check
from cultivation.tracks.kinds import TIER_MOVE
from cultivation.tracks.models import MoveKind, ReasonCode, TierMove, Track, TrackState
from cultivation.tracks.pools import scheme_for
from cultivation.tracks.refusals import (
    BatchNotFitting,
    DownNeedsGrounds,
    FileNotOfCompany,
    GateNotMet,
    NotYourCompany,
    OpenMoveExists,
    SpecialNeedsGrounds,
    TitleNotTracked,
)
from cultivation.tracks.selectors import gate_facts, open_move, sheet_or_none
from policies.engine import Sheet

if TYPE_CHECKING:
    from accounts.users.models import User


def may_propose(user: "User", company: Company) -> bool:
    """The firm's current officer, within the district."""
    return user.role == Role.OFFICER and covers(user, company.district_id) and keeps(user, company)


def _require_keeper(user: "User", company: Company) -> None:
    if not may_propose(user, company):
        raise NotYourCompany


@retried
@transaction.atomic
def track_set_target(*, company: Company, title: Title, by: "User", on: date) -> Track:
    """Set a title as the firm's target: a track at 待入库, the firm's main one if it is the first. Asked again, the same track.

    Raises NotYourCompany or TitleNotTracked.
    """
    opening.check_on(on)
    company = Company.objects.select_for_update(of=("self",)).select_related("district").get(pk=company.pk)
    _require_keeper(by, company)
    if not title.is_tracked:
        raise TitleNotTracked(title)
    known = Track.objects.filter(company=company, title=title).first()
    if known is not None:
        return known
    has_main = Track.objects.filter(company=company, is_main=True).exists()
    track = Track.objects.create(
        company=company, title=title, entered_pool_on=on, created_on=on, is_main=not has_main, stamp=opening.stamp()
    )
    event = events.written(track, kind=MoveKind.TARGET, from_state="", on=on, by=by)
    audit.record("track.targeted", actor=by, target=track, after={"title": title.code, "state": track.state}, items=[event], on=on)
    return track


@retried
@transaction.atomic
def track_make_main(*, track: Track, by: "User", on: date) -> Track:
    """Make a track the firm's main one (主培育称号): counts of firms follow it. Raises NotYourCompany."""
    opening.check_on(on)
    company = Company.objects.select_for_update(of=("self",)).select_related("district").get(pk=track.company_id)
    _require_keeper(by, company)
    tracks = list(Track.objects.select_for_update(of=("self",)).filter(company=company).order_by("pk"))
    chosen = next(one for one in tracks if one.pk == track.pk)
    if chosen.is_main:
        return chosen
    former = [one for one in tracks if one.is_main]
    for one in former:
        one.is_main = False
        one.save(update_fields=["is_main"])
    chosen.is_main = True
    chosen.save(update_fields=["is_main"])
    audit.record("track.main", actor=by, target=chosen, company=company, after={"is_main": True}, items=former, on=on)
    return chosen


def gate_of(track: Track, *, to_state: str, on: date, batch: Batch | None = None) -> tuple[Sheet | None, GateResult | None]:
    """The gap sheet of the day and the entry gate of the target; no gate where the move goes down or out."""
    kind = moves.move_kind(track.state, to_state)
    sheet = sheet_or_none(company=track.company, title=track.title, on=on)
    if kind not in moves.UPWARDS:
        return sheet, None
    scheme = scheme_for(track.title, on)
    if scheme is None:
        raise TitleNotTracked(track.title)
    return sheet, gate_check(scheme, to_state, sheet, gate_facts(company=track.company, on=on, batch=batch))


def _require_gate(gate: GateResult | None, *, is_special: bool, reason: str, document_number: str) -> bool:
    """Whether the move is a 特批: the gate fails, and a reason and a document say why it may pass all the same."""
    if gate is None or gate.passed:
        return False
    if not is_special:
        raise GateNotMet(gate)
    if not reason.strip() or not document_number.strip():
        raise SpecialNeedsGrounds
    return True


def _wording(reason_code: str, public_wording: str, *, facts: str) -> str:
    """What the firm reads about a move down or out: as written, else the usual words of the reason. Raises DownNeedsGrounds."""
    if reason_code not in ReasonCode.values or not facts.strip():
        raise DownNeedsGrounds
    return public_wording.strip() or str(moves.PUBLIC_WORDING[ReasonCode(reason_code)])


def _require_files(evidence: Sequence[Evidence], company: Company) -> list[Evidence]:
    files = list(Evidence.objects.filter(pk__in=[row.pk for row in evidence], company=company, withdrawn_on__isnull=True).order_by("pk"))
    if len(files) != len({row.pk for row in evidence}):
        raise FileNotOfCompany
    return files


@retried
@transaction.atomic
def move_propose(
    *,
    track: Track,
    to_state: str,
    by: "User",
    on: date,
    reason: str = "",
    reason_code: str = "",
    batch: Batch | None = None,
    evidence: Sequence[Evidence] = (),
    public_wording: str = "",
    is_special: bool = False,
    document_number: str = "",
) -> TierMove:
    """Propose 入库, 晋级, 降库, 移出 or 重新入库; the sheet and the gate are frozen with it, a second person of the district decides.

    Raises NotYourCompany, JumpNotAllowed, OpenMoveExists, GateNotMet, SpecialNeedsGrounds, DownNeedsGrounds, BatchNotFitting or NotToday.
    """
    opening.check_on(on)
    track = Track.objects.select_for_update(of=("self",)).select_related("company__district", "title", "target_batch").get(pk=track.pk)
    _require_keeper(by, track.company)
    waiting = open_move(track)
    if waiting is not None:
        raise OpenMoveExists(waiting)
    kind = moves.move_kind(track.state, to_state)
    if batch is not None and (batch.title_id != track.title_id or to_state != TrackState.SPRINT):
        raise BatchNotFitting(track.title)
    sheet, gate = gate_of(track, to_state=to_state, on=on, batch=batch)
    special = _require_gate(gate, is_special=is_special, reason=reason, document_number=document_number)
    if kind in moves.UPWARDS:
        reason_code = public_wording = ""
    else:
        public_wording = _wording(reason_code, public_wording, facts=reason + document_number)
    files = _require_files(evidence, track.company)
    decision = decision_submit(
        kind=TIER_MOVE,
        proposal=TIER_MOVE.proposal(track, kind=kind, to_state=to_state, batch=batch, sheet=sheet, gate=gate, evidence=files),
        proposer=by,
        on=on,
        district=track.company.district,
        company=track.company,
        reason=reason.strip(),
        document_number=document_number.strip(),
        is_special=special,
    )
    move = _move(track, decision, kind=kind, to_state=to_state, batch=batch, reason_code=reason_code, public_wording=public_wording)
    move.evidence.set(files)
    decision_submitted(decision, items=[move])
    return move


def _move(
    track: Track, decision: Decision, *, kind: str, to_state: str, batch: Batch | None, reason_code: str, public_wording: str
) -> TierMove:
    try:
        with transaction.atomic():
            return TierMove.objects.create(
                track=track,
                kind=kind,
                from_state=track.state,
                to_state=to_state,
                batch=batch,
                reason_code=reason_code,
                public_wording=public_wording[:300],
                decision=decision,
            )
    except IntegrityError as error:  # the database allows one open move, whatever raced
        waiting = open_move(track)
        if waiting is None:
            raise
        raise OpenMoveExists(waiting) from error
