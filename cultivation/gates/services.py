"""Propose a new version of a title's gates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.decisions.authority import possible_signers
from accounts.decisions.models import Decision, DecisionState, Level
from accounts.decisions.services import decision_submit, decision_submitted
from accounts.roles import Role
from companies.recognitions.models import Title
from core.errors import NotPermitted, Refusal
from cultivation.gates.kinds import GATE, lock_title, require_day
from cultivation.gates.models import GateChange
from cultivation.gates.words import gate_yaml, says_the_same
from cultivation.tracks.pools import Rule, scheme_for, scheme_read

if TYPE_CHECKING:
    from accounts.users.models import User

PROPOSERS = (Role.CLERK, Role.APPROVER)


class ChangeWaits(Refusal):
    """A change of the title's gates waits for its second person already."""

    code = "change_waits"


class NothingChanged(Refusal):
    """The gates would be what they are."""

    code = "nothing_changed"
    status = 422


def may_propose(user: "User") -> bool:
    """Whether the user is a clerk or an approver of the city."""
    return user.is_active and user.role in PROPOSERS and user.district_id is None


@transaction.atomic
def gate_propose(
    *, title: Title, begins: date, pools: Mapping[str, Sequence[Rule]], reason: str, by: "User", on: date, document_number: str = ""
) -> GateChange:
    """Put new gates from a day on to a second person of the city.

    Raises NotPermitted, DayPast, DayTaken, ChangeWaits, NothingChanged or NotToday.
    """
    opening.check_on(on)
    if not may_propose(by):
        raise NotPermitted(_("入库条件由市级数据员或审批人提请调整。"))
    lock_title(title.pk)
    require_day(title, begins, on=on)
    if GateChange.objects.filter(title=title, is_open=True).exists():
        raise ChangeWaits(_("%(title)s的入库条件已有待审批的调整，请先处理。") % {"title": title.short})
    after = scheme_read(gate_yaml(title=title.code, begins=begins, pools=pools))
    before = scheme_for(title, begins)
    if before is not None and says_the_same(before, after):
        raise NothingChanged(_("与现行入库条件相同，没有需要审批的变化。"))
    decision = decision_submit(
        kind=GATE,
        proposal=GATE.proposal(title, after),
        proposer=by,
        on=on,
        level=Level.CITY,
        reason=reason.strip(),
        document_number=document_number.strip(),
    )
    change = GateChange.objects.create(title=title, in_force_from=begins, text=after.text, sha256=after.sha256, decision=decision)
    decision_submitted(decision, items=[change])
    return change


def signers_for(user: "User") -> "list[User]":
    """谁能批, before it is proposed."""
    asked = Decision(kind=GATE.code, state=DecisionState.DRAFT, level=Level.CITY, proposer=user)
    return list(possible_signers(asked, barred={user.person_id}))
