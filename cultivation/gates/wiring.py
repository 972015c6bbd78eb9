"""What 入库条件 registers when the app starts; called by the app's own wiring."""

from collections.abc import Iterator

from accounts.audit import checks
from accounts.decisions import kinds
from accounts.decisions.models import DecisionState
from cultivation.gates.kinds import GATE
from cultivation.gates.models import GateChange


def gate_change_problems() -> Iterator[str]:
    """Changes carried out without an approved decision or as another text, and changes that wait while their decision does not."""
    for change in GateChange.objects.select_related("decision", "scheme").order_by("pk"):
        state = change.decision.state
        if (change.scheme is not None) != (state == DecisionState.APPROVED):
            yield f"gate change {change.pk}: its version and its decision disagree"
        if change.is_open != (state == DecisionState.SUBMITTED):
            yield f"gate change {change.pk}: waits though its decision does not, or the reverse"
        if change.scheme is not None and (change.scheme.text, change.scheme.sha256) != (change.text, change.sha256):
            yield f"gate change {change.pk}: the version made of it is another text"


def connect() -> None:
    """Kind and checks."""
    kinds.register(GATE)
    checks.register("gate changes", gate_change_problems)
