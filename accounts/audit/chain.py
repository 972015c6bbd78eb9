"""How a link is written down and hashed. Pure functions over plain values; one canonical form for every database."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import models

GENESIS = "0" * 64
HASHED = (
    "number",
    "recorded_at",
    "on",
    "actor_id",
    "actor_name",
    "role",
    "action",
    "door",
    "request_id",
    "address",
    "target_type",
    "target_id",
    "target_label",
    "target_hash",
    "company_uscc",
    "district_id",
    "before",
    "after",
    "reason",
    "items_count",
    "items_hash",
    "is_refusal",
    "stamp",
    "previous_hash",
)


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates ISO, times UTC with microseconds, decimals without trailing zeros."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, models.Model):
        return value.pk
    return value


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, real characters."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Hex digest of UTF-8 text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def row_hash(row: models.Model) -> str:
    """Hash of the columns a model names in AUDITED (its key included), as they stand in memory."""
    fields: Iterable[str] = getattr(row, "AUDITED", ())
    return sha256(canonical({"pk": row.pk, **{name: getattr(row, name) for name in fields}}))


def values_hash(values: dict[str, Any]) -> str:
    """Hash of one row given as values with `pk`; equal to `row_hash` of the same row."""
    return sha256(canonical(values))


def link_hash(values: dict[str, Any]) -> str:
    """Hash of one entry's columns."""
    return sha256(canonical({name: values[name] for name in HASHED}))


def items_digest(items: Iterable[tuple[str, str, str]]) -> tuple[int, str]:
    """Count and digest of (type, id, hash) triples in their order."""
    digest, count = hashlib.sha256(), 0
    for kind, key, row in items:
        digest.update(f"{kind}\x1f{key}\x1f{row}\n".encode())
        count += 1
    return count, digest.hexdigest() if count else ""
