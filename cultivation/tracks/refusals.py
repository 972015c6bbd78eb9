"""Why a move is refused; each carries what failed, with the numbers."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.errors import Refusal
from cultivation.tracks.models import TrackState

if TYPE_CHECKING:
    from cultivation.tracks.gates import GateResult
    from cultivation.tracks.models import TierMove, Track


class GateNotMet(Refusal):
    """The target pool's entry gate does not hold; `result` has every line, `details` the failing ones with their criteria."""

    code = "gate_not_met"

    def __init__(self, result: "GateResult") -> None:
        self.result = result
        details = []
        for line in result.failing:
            details.append(line.text)
            details += line.items
        super().__init__(
            _("还不能进入%(pool)s：入库条件有 %(count)s 项不满足。")
            % {"pool": TrackState(result.pool).label, "count": len(result.failing)},
            details=details,
            remedy=_("请先补齐下列各项；确需特批的，写明理由和文号后另行提请。"),
        )


class OpenMoveExists(Refusal):
    """Somebody was faster: at most one move of a track waits."""

    code = "open_move_exists"

    def __init__(self, move: "TierMove") -> None:
        self.move = move
        super().__init__(
            _("%(who)s 已于 %(day)s 提请%(to)s，正在等待审批。")
            % {
                "who": move.decision.proposer.name,
                "day": move.decision.submitted_on.isoformat() if move.decision.submitted_on else "—",
                "to": TrackState(move.to_state).label,
            },
            remedy=_("请等待审批结果，或由提请人撤回后重新提请。"),
        )


class JumpNotAllowed(Refusal):
    """No pool is skipped, by any door; into 已认定 leads only a recognition."""

    code = "jump_not_allowed"

    def __init__(self, from_state: str, to_state: str) -> None:
        names = {"from": TrackState(from_state).label, "to": TrackState(to_state).label}
        if to_state == TrackState.RECOGNISED:
            message = _("不能提请进入“%(to)s”：只有登记并确认认定才会进入。") % names
        elif to_state == TrackState.SPRINT and from_state == TrackState.STARTING:
            message = _("不能从“%(from)s”到“%(to)s”：不能跨库，须先进入加速库。") % names
        else:
            message = _("不能从“%(from)s”到“%(to)s”：每次只能升或降一库。") % names
        super().__init__(message)


class NotYourCompany(Refusal):
    """Only the firm's current officer proposes."""

    code = "not_your_firm"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("只有该企业的现任专管员可以设定目标或提请调库。"))


class TitleNotTracked(Refusal):
    """The title has no pools."""

    code = "title_not_tracked"

    def __init__(self, title: object) -> None:
        super().__init__(_("“%(title)s”不设培育库，不能设为目标。") % {"title": title})


class SpecialNeedsGrounds(Refusal):
    """特批 needs a reason and a document number."""

    code = "special_needs_grounds"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("特批须写明理由和文号。"))


class DownNeedsGrounds(Refusal):
    """降库 and 移出 need a reason code and the facts."""

    code = "down_needs_grounds"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("降库和移出须选择原因，并写明事实或文号。"))


class BatchNotFitting(Refusal):
    """The batch belongs to another title, or the move does not aim at one."""

    code = "batch_not_fitting"
    status = 422

    def __init__(self, title: object) -> None:
        super().__init__(_("所选批次不属于“%(title)s”，请重新选择。") % {"title": title})


class FileNotOfCompany(Refusal):
    """A file of another firm, or one that was withdrawn."""

    code = "file_not_of_firm"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("所选材料不属于该企业或已撤回，请重新选择。"))


class MoveNoLongerPossible(Refusal):
    """The track stands elsewhere than when the move was proposed."""

    code = "move_no_longer_possible"

    def __init__(self, track: "Track") -> None:
        super().__init__(_("该培育进程现在是“%(state)s”，本申请不能再执行。") % {"state": TrackState(track.state).label})
