"""调库 as a decision of the district: what is frozen, what is compared, what is carried out."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.decisions.kinds import Change, DecisionKind, Proposal
from accounts.decisions.models import Decision
from companies.evidence.models import Evidence
from companies.recognitions.kinds import officers_of
from companies.recognitions.models import Batch
from core.stored import in_product_language
from cultivation.tracks import events, moves
from cultivation.tracks.basis import basis_lines, digest_of
from cultivation.tracks.gates import GateResult
from cultivation.tracks.models import MoveKind, TierMove, Track, TrackState
from cultivation.tracks.refusals import MoveNoLongerPossible
from cultivation.tracks.selectors import EVER, sheet_or_none
from policies.engine import Sheet

if TYPE_CHECKING:
    from accounts.users.models import Person, User


class TierMoveKind(DecisionKind):
    """入库, 晋级, 降库, 移出, 重新入库: a second person reads the frozen sheet and signs."""

    code = "tier_move"
    label = gettext_lazy("调库")
    template = "cultivation/tracks/_decision.html"

    def lock_subject(self, decision: Decision) -> TierMove:
        """The move, its track's row locked."""
        move = TierMove.objects.select_related("batch").get(decision=decision)
        move.track = Track.objects.select_for_update(of=("self",)).select_related("company__district", "title").get(pk=move.track_id)
        return move

    def current(self, subject: TierMove, decision: Decision) -> Proposal:
        """Today's facts about the day of submission: what became known since counts, the calendar does not."""
        year = (decision.frozen.get("sheet") or {}).get("application_year")
        sheet = sheet_or_none(
            company=subject.track.company,
            title=subject.track.title,
            on=decision.submitted_on,  # type: ignore[arg-type]
            known=EVER,
            application_year=int(year) if year is not None else None,
        )
        return self.proposal(
            subject.track,
            kind=subject.kind,
            to_state=subject.to_state,
            batch=subject.batch,
            sheet=sheet,
            gate=None,
            evidence=list(subject.evidence.all()),
        )

    @in_product_language
    def proposal(
        self,
        track: Track,
        *,
        kind: str,
        to_state: str,
        batch: Batch | None,
        sheet: Sheet | None,
        gate: GateResult | None,
        evidence: Sequence[Evidence],
    ) -> Proposal:
        """The move as it is put to the second person: sheet and gate lines whole, diff, digest and the count it changes."""
        before, after = TrackState(track.state).label, TrackState(to_state).label
        changes = [Change(_("所在库"), str(before), str(after))]
        if batch is not None:
            changes.append(Change(_("申报批次"), str(track.target_batch or "") if track.target_batch_id else "", str(batch)))
        names = {"kind": MoveKind(kind).label, "title": track.title.short, "before": before, "after": after}
        return Proposal(
            digest=digest_of(track, to_state=to_state, batch=batch, sheet=sheet, evidence=evidence),
            summary=_("%(title)s%(kind)s：%(before)s → %(after)s") % names,
            changes=changes,
            basis=basis_lines(track, sheet=sheet, evidence=evidence),
            effect=self._effect(track, to_state),
            content={
                "sheet": sheet.to_dict() if sheet else None,
                "gate": [line.to_dict() for line in gate.lines] if gate else [],
                "evidence": [{"id": row.pk, "name": row.name, "sha256": row.sha256} for row in evidence],
            },
        )

    def _effect(self, track: Track, to_state: str) -> str:
        """`柯桥区 小巨人 冲刺库 4 → 5`: tracks in the pool entered, or in the one left for a removal."""
        pool = track.state if to_state == TrackState.REMOVED else to_state
        number = Track.objects.filter(title=track.title, state=pool, company__district=track.company.district_id).count()
        return _("%(district)s %(title)s %(pool)s %(before)s → %(after)s") % {
            "district": track.company.district,
            "title": track.title.short,
            "pool": TrackState(pool).label,
            "before": number,
            "after": number - 1 if to_state == TrackState.REMOVED else number + 1,
        }

    def carry_out(self, subject: TierMove, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """Run the named transition, write its event, close the move."""
        track = subject.track
        if track.state != subject.from_state:
            raise MoveNoLongerPossible(track)
        moves.carry_out(track, subject.kind, subject.to_state, on=on)
        track.target_batch = subject.batch
        track.save()
        event = events.written(
            track, kind=subject.kind, from_state=subject.from_state, on=on, by=signer, decision=decision, reason_code=subject.reason_code
        )
        return [track, *self.closed(subject, decision, on=on), event]

    def closed(self, subject: TierMove, decision: Decision, *, on: date) -> Iterable[models.Model]:
        """The track stays where it is, or has moved; another move may be proposed."""
        subject.is_open = False
        subject.save(update_fields=["is_open"])
        return [subject]

    def barred_persons(self, decision: Decision) -> "Iterable[Person]":
        """The firm's current officer."""
        move = TierMove.objects.filter(decision_id=decision.pk).select_related("track").first() if decision.pk else None
        return officers_of(move.track.company_id) if move else ()


TIER_MOVE = TierMoveKind()
