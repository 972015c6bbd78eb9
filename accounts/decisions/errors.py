"""Why a decision is refused; each says who, when or what in a whole sentence."""

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.decisions.models import Decision, DecisionState
from core.errors import Refusal


class AlreadyDecided(Refusal):
    """Somebody was faster, or the proposer withdrew."""

    code = "already_decided"

    def __init__(self, decision: Decision) -> None:
        who = decision.decider.name if decision.decider else decision.proposer.name
        when = decision.decided_at
        state = DecisionState(decision.state).label
        super().__init__(
            _("%(who)s 已于 %(when)s 处理：%(state)s。")
            % {"who": who, "when": f"{localtime(when):%Y-%m-%d %H:%M}" if when else str(decision.decided_on), "state": state},
        )


class HadAHand(Refusal):
    """The signer proposed, edited or signed already, with whatever account."""

    code = "had_a_hand"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("您参与过本申请（提请、修改或签字），须由他人审批。"))


class IsTheOfficer(Refusal):
    """The signer keeps the firm."""

    code = "is_the_officer"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("您是该企业的现任专管员，须由他人审批。"))


class NotAuthorised(Refusal):
    """Not an approver of the right scope."""

    code = "not_authorised"
    status = 403

    def __init__(self, needed: str) -> None:
        super().__init__(_("您不能审批本申请，须由%(needed)s审批。") % {"needed": needed})


class ReasonMissing(Refusal):
    """A rejection needs words."""

    code = "reason_missing"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("请填写驳回理由。"))


class NotYours(Refusal):
    """Only the proposer withdraws."""

    code = "not_yours"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("只有提请人可以撤回。"))
