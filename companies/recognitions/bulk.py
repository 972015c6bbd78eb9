"""Recognitions that arrive as an official list through an import: confirmed by its decision, taken back by its undo."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from accounts import opening
from companies.recognitions import counting
from companies.recognitions.confirmation import settle
from companies.recognitions.models import EVER_CONFIRMED, ApplicationType, Recognition
from companies.recognitions.refusals import DocumentMissing
from companies.recognitions.services import Entry
from companies.register import slots

if TYPE_CHECKING:
    from accounts.decisions.models import Decision
    from accounts.users.models import User
    from companies.evidence.models import Evidence

BATCH_SIZE = 500


@transaction.atomic
def recognitions_bulk_confirmed(
    *,
    entries: Sequence[Entry],
    document: "Evidence | None",
    decision: "Decision | None",
    import_run: Any,
    by: "User",
    on: date,
) -> list[Recognition]:
    """Confirm many rows of one official list by the rules of a single one.

    `by` is the person of the city who signed, `import_run` the ImportRun that brought them, or None. The caller has the
    list signed and writes the audit entry with the rows that come back. A row recorded before under the same document is
    the caller's to leave out. Raises DocumentMissing and what Entry.recognition raises.
    """
    opening.check_on(on)
    if not entries:
        return []
    if document is None or any(not entry.document_number.strip() for entry in entries):
        raise DocumentMissing
    rows = [entry.recognition(on=on) for entry in entries]
    districts = counting.districts_on((row.company, row.happened_on) for row in rows)
    for row in rows:
        row.document, row.decision, row.import_run = document, decision, import_run
        row.district_id = districts[row.company_id, row.happened_on]
        row.confirm(known_on=on)
    rows.sort(key=lambda row: (row.happened_on, row.announced_on))
    Recognition.objects.bulk_create(rows, batch_size=BATCH_SIZE)
    settle(rows)
    Recognition.objects.bulk_update(rows, ["is_first", "follows"], batch_size=BATCH_SIZE)
    slots.emit("recognition_confirmed", recognitions=rows, by=by, on=on)
    return rows


@transaction.atomic
def recognitions_withdraw(*, recognitions: Sequence[Recognition], by: "User", on: date) -> list[models.Model]:
    """Take back what an import brought: the rows stay and stop counting as if they had never been known.

    Returns the rows touched (those withdrawn, and later ones that become the first of their title), for the audit entry.
    """
    opening.check_on(on)
    rows = [row for row in recognitions if row.withdrawn_on is None]
    for row in rows:
        row.withdrawn_on, row.follows = on, None
    Recognition.objects.bulk_update(rows, ["withdrawn_on", "follows"], batch_size=BATCH_SIZE)
    Recognition.objects.filter(follows__in=[row.pk for row in rows]).update(follows=None)
    promoted = _first_again(rows)
    confirmed = [row for row in rows if row.state in EVER_CONFIRMED]
    if confirmed:
        slots.emit("recognition_ended", recognitions=confirmed, by=by, on=on)
    return [*rows, *promoted]


@transaction.atomic
def recognitions_reopen(*, recognitions: Sequence[Recognition], by: "User", on: date) -> list[models.Model]:
    """Applying an undone import again: its withdrawn rows count again, known from their old day. Returns the rows touched."""
    opening.check_on(on)
    rows = [row for row in recognitions if row.withdrawn_on is not None]
    for row in rows:
        row.withdrawn_on = None
    Recognition.objects.bulk_update(rows, ["withdrawn_on"], batch_size=BATCH_SIZE)
    confirmed = sorted((row for row in rows if row.state in EVER_CONFIRMED), key=lambda row: (row.happened_on, row.pk))
    settle(confirmed)
    Recognition.objects.bulk_update(confirmed, ["is_first", "follows"], batch_size=BATCH_SIZE)
    if confirmed:
        slots.emit("recognition_confirmed", recognitions=confirmed, by=by, on=on)
    return list(rows)


def _first_again(withdrawn: Sequence[Recognition]) -> list[Recognition]:
    """The oldest remaining 认定 of each firm and title becomes the first where the first was withdrawn."""
    pairs = {(row.company_id, row.title_id) for row in withdrawn if row.is_first}
    changed = []
    for rows in counting.confirmed_before(pairs).values():
        if rows and not rows[0].is_first and rows[0].application_type == ApplicationType.NEW:
            rows[0].is_first = True
            changed.append(rows[0])
    Recognition.objects.bulk_update(changed, ["is_first"], batch_size=BATCH_SIZE)
    return changed
