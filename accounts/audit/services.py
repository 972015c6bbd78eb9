"""Append to the log: `record` is a service's last statement, `record_refusal` runs after the rollback."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation

from accounts import opening
from accounts.audit import chain
from accounts.audit.models import AuditEntry, AuditHead, AuditItem
from core import requestinfo

if TYPE_CHECKING:
    from accounts.users.models import User

KEPT_CHARACTERS = 20_000


def _one_line(text: str) -> str:
    """Control characters and line breaks shown as spaces, so that logged text stays on one line."""
    return "".join(" " if ord(char) < 32 or ord(char) in {127, 0x2028, 0x2029} else char for char in text).strip()


def _label(row: models.Model) -> str:
    return row._meta.label_lower


def _named(row: models.Model) -> str:
    """How the log names a row: in the product's own language, whoever acted."""
    with translation.override(settings.LANGUAGE_CODE):
        return _one_line(str(getattr(row, "audit_label", row)))


def _subject(target: models.Model | None, company: Any, district: Any) -> tuple[str, int | None]:
    """USCC and district of what the entry is about, taken from the target where not given."""
    if company is None and target is not None:
        company = target if hasattr(target, "uscc") else getattr(target, "company", None)
    uscc = company if isinstance(company, str) else getattr(company, "uscc", "") or getattr(target, "company_uscc", "")
    if district is None:
        district = getattr(target, "district", None) or getattr(company, "district", None)
    return uscc or "", getattr(district, "pk", district)


def _locked_head() -> AuditHead:
    return AuditHead.objects.select_for_update().get_or_create(pk=1)[0]


def _append(values: dict[str, Any]) -> AuditEntry:
    """Number, time and hash under the head's lock; the lock is held until the transaction commits."""
    head = _locked_head()
    now: datetime = timezone.now()
    if head.recorded_at is not None and head.recorded_at > now:
        now = head.recorded_at  # the server's clock went back; the log does not
    values |= {"number": head.number + 1, "recorded_at": now, "previous_hash": head.hash}
    values["hash"] = chain.link_hash(values)
    entry = AuditEntry.objects.create(**values)
    head.number, head.hash, head.recorded_at = entry.number, entry.hash, now
    head.save(update_fields=["number", "hash", "recorded_at"])
    return entry


def _values(action: str, actor: "User | None", target: models.Model | None, **more: Any) -> dict[str, Any]:
    info = requestinfo.current()
    uscc, district_id = _subject(target, more.pop("company", None), more.pop("district", None))
    return {
        "action": action,
        "actor_id": actor.pk if actor else None,
        "actor_name": actor.name if actor else "",
        "role": actor.role if actor else "",
        "door": (more.pop("door", "") or info.door)[:100],
        "request_id": info.request_id[:40],
        "address": info.address[:45],
        "target_type": _label(target) if target is not None else "",
        "target_id": str(target.pk) if target is not None and target.pk else "",
        "target_label": _named(target)[:300] if target is not None else "",
        "target_hash": chain.row_hash(target) if target is not None and hasattr(target, "AUDITED") and target.pk else "",
        "company_uscc": uscc,
        "district_id": district_id,
        "before": chain.canonical(more.pop("before") or {})[:KEPT_CHARACTERS] if more.get("before") else "",
        "after": chain.canonical(more.pop("after") or {})[:KEPT_CHARACTERS] if more.get("after") else "",
        "reason": _one_line(more.pop("reason", ""))[:2_000],
        "on": more.pop("on", None),
        "items_count": 0,
        "items_hash": "",
        "is_refusal": False,
        "stamp": opening.stamp(),
    }


@transaction.atomic
def record(
    action: str,
    *,
    actor: "User | None",
    target: models.Model | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    company: Any = None,
    district: Any = None,
    items: Iterable[models.Model] = (),
    keep_items: bool = True,
    on: date | None = None,
    door: str = "",
) -> AuditEntry:
    """One entry for one business change, with the target's row hash after it; call it last in the service's transaction.

    `items` are further rows the change touched (models with AUDITED); each is hashed, and kept as AuditItem unless `keep_items`
    is False (imports of many rows: count and digest only).
    """
    rows = [(_label(row), str(row.pk), chain.row_hash(row)) for row in items]
    values = _values(action, actor, target, before=before, after=after, reason=reason, company=company, district=district, on=on, door=door)
    values["items_count"], values["items_hash"] = chain.items_digest(rows)
    entry = _append(values)
    if keep_items and rows:
        AuditItem.objects.bulk_create(
            [
                AuditItem(entry=entry, position=position, target_type=kind, target_id=key, target_hash=row)
                for position, (kind, key, row) in enumerate(rows)
            ],
            batch_size=500,
        )
    return entry


@transaction.atomic
def record_refusal(
    action: str,
    *,
    actor: "User | None",
    target: models.Model | None = None,
    reason: str,
    company: Any = None,
    district: Any = None,
    door: str = "",
) -> AuditEntry:
    """Somebody reached for what is not theirs or tried to skip a rule; call it outside the refused transaction."""
    values = _values(action, actor, target, reason=reason, company=company, district=district, door=door)
    values["is_refusal"], values["target_hash"] = True, ""
    return _append(values)
