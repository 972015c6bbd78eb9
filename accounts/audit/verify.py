"""Recompute the chain, and the rows the log vouches for. Read only."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Max

from accounts.audit import chain
from accounts.audit.models import AuditEntry, AuditHead, AuditItem

CHUNK = 2_000


def chain_problems() -> Iterator[str]:
    """Changed, deleted, inserted or reordered entries and a missing head, each named by its number; stops at the first break."""
    head = AuditHead.objects.filter(pk=1).first()
    previous, expected = chain.GENESIS, 1
    columns = (*chain.HASHED, "hash")
    for row in AuditEntry.objects.order_by("number").values_list(*columns).iterator(chunk_size=CHUNK):
        values = dict(zip(columns, row, strict=True))
        if values["number"] != expected:
            yield f"audit: entry {expected} is missing, {values['number']} follows {expected - 1}"
            return
        if values["previous_hash"] != previous:
            yield f"audit: entry {expected} does not follow entry {expected - 1}"
            return
        if chain.link_hash(values) != values["hash"]:
            yield f"audit: entry {expected} was changed"
            return
        previous, expected = values["hash"], expected + 1
    if head is None:
        if expected > 1:
            yield "audit: the head is missing"
        return
    if (head.number, head.hash) != (expected - 1, previous):
        yield f"audit: the head names entry {head.number}, the last entry is {expected - 1}"


def items_problems() -> Iterator[str]:
    """Item rows that do not add up to their entry's digest."""
    counts = AuditEntry.objects.filter(items__isnull=False).distinct().order_by("number")
    for entry in counts.iterator(chunk_size=CHUNK):
        rows = entry.items.order_by("position").values_list("target_type", "target_id", "target_hash")
        if chain.items_digest(rows) != (entry.items_count, entry.items_hash):
            yield f"audit: the items of entry {entry.number} were changed"


def _newest() -> dict[tuple[str, str], tuple[int, str]]:
    """(type, id) → (entry number, row hash) of the newest entry or item that vouches for a row."""
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    entries = AuditEntry.objects.exclude(target_hash="").values_list("target_type", "target_id", "number", "target_hash")
    items = AuditItem.objects.values_list("target_type", "target_id", "entry__number", "target_hash")
    for rows in (entries.order_by("number"), items.order_by("entry__number", "position")):
        for kind, key, number, value in rows.iterator(chunk_size=CHUNK):
            known = newest.get((kind, key))
            if known is None or number >= known[0]:
                newest[kind, key] = (number, value)
    return newest


def row_problems() -> Iterator[str]:
    """Rows whose audited columns differ from what the log last saw, and vouched rows that are gone."""
    by_type: dict[str, dict[str, tuple[int, str]]] = {}
    for (kind, key), seen in _newest().items():
        by_type.setdefault(kind, {})[key] = seen
    for kind, wanted in sorted(by_type.items()):
        model: Any = apps.get_model(kind)
        fields = ("pk", *getattr(model, "AUDITED", ()))  # rows without audited columns are vouched for by their key
        found: set[str] = set()
        for values in model._base_manager.values(*fields).order_by("pk").iterator(chunk_size=CHUNK):
            key = str(values["pk"])
            if key not in wanted:
                continue
            found.add(key)
            number, value = wanted[key]
            if chain.values_hash(values) != value:
                yield f"{kind} {key}: the row differs from audit entry {number}"
        for key in sorted(set(wanted) - found):
            yield f"{kind} {key}: the row of audit entry {wanted[key][0]} is gone"


def head_line() -> str:
    """`number:hash` of the chain's end, for reports and for the copy kept outside the database."""
    head = AuditHead.objects.filter(pk=1).first()
    return f"{head.number}:{head.hash}" if head else f"0:{chain.GENESIS}"


def last_number() -> int:
    """Number of the newest entry."""
    return AuditEntry.objects.aggregate(last=Max("number"))["last"] or 0
