"""The moves a person may propose: what each is called, which transition carries it out, and what the firm is told."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _

from cultivation.tracks.models import POOLS, MoveKind, ReasonCode, Track, TrackState
from cultivation.tracks.refusals import JumpNotAllowed

ENTER: dict[str, Callable[[Track], Callable[..., None]]] = {
    TrackState.STARTING: lambda track: track.enter_starting,
    TrackState.ACCELERATING: lambda track: track.enter_accelerating,
    TrackState.SPRINT: lambda track: track.enter_sprint,
}
DEMOTE: dict[str, Callable[[Track], Callable[..., None]]] = {
    TrackState.STARTING: lambda track: track.demote_to_starting,
    TrackState.ACCELERATING: lambda track: track.demote_to_accelerating,
}
UPWARDS = frozenset({MoveKind.ADMIT, MoveKind.PROMOTE, MoveKind.READMIT})

# into 已认定 leads only a recognition; from 已认定 only its end, or 移出
PROPOSABLE: dict[tuple[str, str], MoveKind] = {
    **{(TrackState.CANDIDATE, pool): MoveKind.ADMIT for pool in POOLS},
    **{(TrackState.REMOVED, pool): MoveKind.READMIT for pool in POOLS},
    (TrackState.STARTING, TrackState.ACCELERATING): MoveKind.PROMOTE,
    (TrackState.ACCELERATING, TrackState.SPRINT): MoveKind.PROMOTE,
    (TrackState.SPRINT, TrackState.ACCELERATING): MoveKind.DEMOTE,
    (TrackState.ACCELERATING, TrackState.STARTING): MoveKind.DEMOTE,
    **{(state, TrackState.REMOVED): MoveKind.REMOVE for state in (TrackState.CANDIDATE, *POOLS, TrackState.RECOGNISED)},
}

# what the firm reads; no internal pool names, no scores
PUBLIC_WORDING = {
    ReasonCode.NO_PROGRESS: _("近两次年度评审未见进展，培育安排已调整，服务照常。"),
    ReasonCode.VETO: _("因存在需先处理的负面信息，培育安排已调整；处理完毕后可重新申请。"),
    ReasonCode.GATE_LOST: _("因部分指标变化，培育安排已调整，服务照常。"),
    ReasonCode.MOVED_AWAY: _("贵企业已迁出本市，培育安排终止。"),
    ReasonCode.CLOSED: _("因企业状态变化，培育安排终止。"),
    ReasonCode.OWN_WISH: _("按贵企业意愿，培育安排已调整。"),
    ReasonCode.OTHER: _("培育安排已调整，详情请咨询专管员。"),
}


def move_kind(from_state: str, to_state: str) -> MoveKind:
    """What the move is called. Raises JumpNotAllowed for every other pair of states."""
    kind = PROPOSABLE.get((from_state, to_state))
    if kind is None:
        raise JumpNotAllowed(from_state, to_state)
    return kind


def targets(from_state: str) -> list[TrackState]:
    """States a person may propose from here, upwards first."""
    order = [TrackState.STARTING, TrackState.ACCELERATING, TrackState.SPRINT, TrackState.REMOVED]
    found = [state for state in order if (from_state, state) in PROPOSABLE]
    return sorted(found, key=lambda state: (PROPOSABLE[from_state, state] not in UPWARDS, order.index(state)))


def next_target(from_state: str) -> TrackState | None:
    """The usual next step: up one pool, or 起跑库 at first."""
    upwards = [state for state in targets(from_state) if PROPOSABLE[from_state, state] in UPWARDS]
    return upwards[0] if upwards else None


def carry_out(track: Track, kind: str, to_state: str, *, on: date) -> None:
    """Run the named transition of a decided move. Raises TransitionNotAllowed where the track stands elsewhere."""
    if kind in UPWARDS:
        ENTER[to_state](track)(on=on)
    elif kind == MoveKind.DEMOTE:
        DEMOTE[to_state](track)(on=on)
    elif kind == MoveKind.REMOVE:
        track.remove(on=on)
    else:
        raise JumpNotAllowed(track.state, to_state)
