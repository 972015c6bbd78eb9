"""What `verify` asks of imports. Reads only; one sentence per broken row."""

from collections.abc import Iterator

from accounts.decisions.models import DecisionState
from companies.imports.checking import needs_decision
from companies.imports.models import ImportRun, ImportState


def undo_problems() -> Iterator[str]:
    """Runs that needed two people and were taken back without an approved decision that names them."""
    undone = ImportRun.objects.filter(state=ImportState.UNDONE).select_related("undo_decision").order_by("pk")
    for run in undone.iterator(chunk_size=2_000):
        decision = run.undo_decision
        is_signed = decision is not None and decision.state == DecisionState.APPROVED
        if needs_decision(run) and not (is_signed and decision.frozen.get("import_undo", {}).get("run") == run.pk):
            yield f"import {run.pk}: undone without an approved decision"
