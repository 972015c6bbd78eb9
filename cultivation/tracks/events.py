"""TrackEvents as they are written, and what happens to tracks when a title is confirmed, ends, or a veto comes into force."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit import services as audit
from accounts.decisions.models import Decision
from accounts.decisions.services import decision_withdraw
from companies.figures.models import Incident
from companies.recognitions import counting
from companies.recognitions.models import Recognition
from companies.register.slots import RecognitionChange
from cultivation.tracks.models import MoveKind, TierMove, Track, TrackEvent, TrackState
from cultivation.tracks.moves import UPWARDS
from cultivation.tracks.selectors import sheet_or_none

if TYPE_CHECKING:
    from accounts.users.models import User

BATCH_SIZE = 500


def unwritten(
    track: Track,
    *,
    kind: str,
    from_state: str,
    on: date,
    happened_on: date,
    district_id: int,
    by: "User | None",
    decision: "Decision | None" = None,
    recognition: Recognition | None = None,
    reason_code: str = "",
) -> TrackEvent:
    """The event of a move the track has just made, unsaved."""
    return TrackEvent(
        track=track,
        kind=kind,
        from_state=from_state,
        to_state=track.state,
        district_id=district_id,
        happened_on=happened_on,
        known_on=on,
        reason_code=reason_code,
        decision=decision,
        recognition=recognition,
        recorded_by=by,
        stamp=opening.stamp(),
    )


def written(track: Track, *, kind: str, from_state: str, on: date, by: "User | None", **more: Any) -> TrackEvent:
    """The saved event of a move made today, with the firm's district of the day."""
    district_id = counting.district_on(track.company, on)
    event = unwritten(track, kind=kind, from_state=from_state, on=on, happened_on=on, district_id=district_id, by=by, **more)
    event.save()
    return event


@transaction.atomic
def recognition_confirmed(*, recognitions: Sequence[Recognition], by: "User", on: date, **_more: Any) -> None:
    """The tracks of confirmed recognitions in force turn 已认定, created where there was none; outside 冲刺库 they are marked so.

    Titles without pools and recognitions that have run out by `on` move nothing.
    """
    rows = [row for row in recognitions if row.title.is_tracked and row.status_on(on) in {"valid", "review_due"}]
    if not rows:
        return
    tracks = _locked_tracks(rows)
    mains = _companies_with_main(rows)
    new: list[Track] = []
    moved: list[tuple[Track, str, Recognition]] = []
    outside: list[int] = []
    for row in rows:
        key = (row.company_id, row.title_id)
        track = tracks.get(key)
        if track is None:
            track = Track(company=row.company, title=row.title, entered_pool_on=on, created_on=on, stamp=opening.stamp())
            track.is_main = row.company_id not in mains
            mains.add(row.company_id)
            tracks[key] = track
            new.append(track)
        if track.state == TrackState.RECOGNISED:
            continue
        before = "" if track in new else track.state
        if before != TrackState.SPRINT:
            outside.append(row.pk)
            row.is_outside_sprint = True
        track.recognise(on=on)
        moved.append((track, before, row))
    Track.objects.bulk_create(new, batch_size=BATCH_SIZE)
    for track, before, _row in moved:
        if before:
            track.save()
    Recognition.objects.filter(pk__in=outside).update(is_outside_sprint=True)
    _log(moved, kind=MoveKind.RECOGNISE, by=by, on=on, happened=lambda row: row.happened_on)


def recognition_effect(change: RecognitionChange) -> str:
    """`培育进程 冲刺库 → 已认定`: what `recognition_confirmed` and `recognition_ended` would do to the track; "" for nothing."""
    row = change.recognition
    if not row.title.is_tracked or (not change.ended_on and row.valid_until and row.valid_until < row.known_on):
        return ""
    others = Recognition.objects.filter(company_id=row.company_id, title_id=row.title_id).exclude(pk=row.pk)
    if change.ended_on and others.valid(on=change.ended_on, known=date.max).exists():
        return ""
    track = Track.objects.filter(company_id=row.company_id, title_id=row.title_id).first()
    before = TrackState(track.state) if track else None
    after = TrackState.SPRINT if change.ended_on else TrackState.RECOGNISED
    if (before == TrackState.RECOGNISED) != bool(change.ended_on):
        return ""
    return _("培育进程 %(before)s → %(after)s") % {"before": before.label if before else _("无"), "after": after.label}


@transaction.atomic
def recognition_ended(*, recognitions: Sequence[Recognition], by: "User", on: date, **_more: Any) -> None:
    """Tracks whose last valid recognition ended or was withdrawn fall back to 冲刺库."""
    rows = [row for row in recognitions if row.title.is_tracked]
    _lapse(rows, by=by, on=on)


@transaction.atomic
def tracks_lapse(*, on: date, by: "User | None" = None) -> int:
    """Tracks whose title ran out by `on` fall back to 冲刺库; run once a day. Returns how many moved."""
    opening.check_on(on)
    last: dict[tuple[int, int], Recognition] = {}
    rows = Recognition.objects.filter(title__is_tracked=True, valid_until__lt=on, withdrawn_on__isnull=True)
    recognised = Track.objects.filter(state=TrackState.RECOGNISED).values("company_id")
    for row in rows.filter(company_id__in=recognised).select_related("company", "title").order_by("valid_until", "pk"):
        last[row.company_id, row.title_id] = row
    return _lapse(list(last.values()), by=by, on=on)


def _lapse(rows: Sequence[Recognition], *, by: "User | None", on: date) -> int:
    if not rows:
        return 0
    tracks = _locked_tracks(rows)
    valid = {
        (company_id, title_id)
        for company_id, title_id in Recognition.objects.filter(company_id__in={row.company_id for row in rows})
        .valid(on=on, known=on)
        .values_list("company_id", "title_id")
    }
    moved: list[tuple[Track, str, Recognition]] = []
    for row in rows:
        track = tracks.get((row.company_id, row.title_id))
        if track is None or track.state != TrackState.RECOGNISED or (row.company_id, row.title_id) in valid:
            continue
        track.lapse(on=on)
        track.save()
        moved.append((track, TrackState.RECOGNISED, row))
    _log(moved, kind=MoveKind.LAPSE, by=by, on=on, happened=lambda row: _end_of(row, on))
    return len(moved)


def _end_of(row: Recognition, on: date) -> date:
    if row.ended_on is not None:
        return row.ended_on
    if row.valid_until is not None and row.valid_until < on:
        return date.fromordinal(row.valid_until.toordinal() + 1)
    return on


def _locked_tracks(rows: Sequence[Recognition]) -> dict[tuple[int, int], Track]:
    found: dict[tuple[int, int], Track] = {}
    companies = sorted({row.company_id for row in rows})
    for start in range(0, len(companies), BATCH_SIZE):
        some = Track.objects.select_for_update(of=("self",)).filter(company_id__in=companies[start : start + BATCH_SIZE])
        for track in some.select_related("company", "title").order_by("pk"):
            found[track.company_id, track.title_id] = track
    return found


def _companies_with_main(rows: Sequence[Recognition]) -> set[int]:
    return set(Track.objects.filter(is_main=True, company_id__in={row.company_id for row in rows}).values_list("company_id", flat=True))


def _log(moved: Sequence[tuple[Track, str, Recognition]], *, kind: str, by: "User | None", on: date, happened: Any) -> None:
    """Events and one audit entry for all of them: about the track where it is one, hashing its items where they are many."""
    if not moved:
        return
    districts = counting.districts_on((row.company, happened(row)) for _track, _before, row in moved)
    events = [
        unwritten(
            track,
            kind=kind,
            from_state=before,
            on=on,
            happened_on=happened(row),
            district_id=districts[row.company_id, happened(row)],
            by=by,
            decision=row.decision if kind == MoveKind.RECOGNISE else None,
            recognition=row,
        )
        for track, before, row in moved
    ]
    TrackEvent.objects.bulk_create(events, batch_size=BATCH_SIZE)
    tracks = [track for track, _before, _row in moved]
    action = "track.recognised" if kind == MoveKind.RECOGNISE else "track.lapsed"
    if len(tracks) == 1:
        before = moved[0][1]
        audit.record(
            action,
            actor=by,
            target=tracks[0],
            before={"state": before},
            after={"state": tracks[0].state},
            company=tracks[0].company,
            items=events,
            on=on,
        )
    else:
        audit.record(action, actor=by, items=[*tracks, *events], after={"tracks": len(tracks)}, on=on)


@transaction.atomic
def incident_changed(*, incident: Incident, by: "User", on: date, **_more: Any) -> None:
    """A veto in force cancels the open promotions of the firm, in the name of who entered it; other moves stay."""
    waiting = TierMove.objects.filter(is_open=True, kind__in=UPWARDS, track__company_id=incident.company_id)
    # all of them first: a signature under way is waited for here and not while the log is held, and what it decided waits no longer
    list(Decision.objects.select_for_update(of=("self",)).filter(tier_move__in=waiting).order_by("pk"))
    for move in waiting.select_related("track__company", "track__title").order_by("pk"):
        sheet = sheet_or_none(company=move.track.company, title=move.track.title, on=on)
        if sheet is None or not sheet.veto_codes:
            continue
        vetoes = "、".join(sheet.verdict(code).text for code in sheet.veto_codes)
        reason = _("一票否决事项：%(vetoes)s") % {"vetoes": vetoes}
        decision_withdraw(decision_id=move.decision_id, by=by, on=on, reason=reason, veto=True)
