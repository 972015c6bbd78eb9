"""Counts kept from one change of the data to the next, so that opening the cockpit does not count a whole city anew.

Decision: docs/decisions/0005-kept-counts.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Subquery

from accounts.audit.models import AuditEntry, AuditHead

# entries after which every business row is as it was; an action that is not named here ends what is kept
QUIET = (
    "user.signed_in",
    "user.signed_out",
    "user.session_ended",
    "user.settings_changed",
    "list.exported",
    "report.exported",
    "export.cancelled",
    "export.downloaded",
    "evidence.downloaded",
    "import.refused_downloaded",
)
REACH = 1_000  # entries looked through for the newest change
KEPT_SECONDS = 600  # a change past the services, by a migration, is seen after that

Numbers = dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Counts:
    """(title id, counted district id) → number, of all districts; `late`: (district then, district now) → number of late entries."""

    achieved: Numbers
    sprint: Numbers
    late: Numbers


def newest_change() -> str:
    """The hash of the newest entry that may have changed a row: it names a state of the data. Empty where nothing was written yet.

    Where the last entries are refusals and sign-ins only, each of them names a state of its own: less is kept, nothing is wrong.
    """
    since = AuditHead.objects.annotate(since=F("number") - REACH).order_by().values("since")[:1]
    changes = AuditEntry.objects.filter(number__gt=Subquery(since), is_refusal=False).exclude(action__in=QUIET)
    found = changes.order_by("-number").values_list("hash", flat=True).first()
    return found or AuditHead.objects.values_list("hash", flat=True).first() or ""


def kept_counts(question: tuple[object, ...], count: Callable[[], Counts]) -> Counts:
    """What `count` gives, or gave since the newest change; only for readers outside any transaction that writes."""
    if not settings.KEPT_COUNTS:
        return count()
    change = newest_change()  # before counting: what is counted is at least as new as its key says
    if not change:
        return count()
    key = "quota-counts-" + sha256(repr((*question, change)).encode()).hexdigest()
    counts: Counts | None = cache.get(key)
    if counts is None:
        counts = count()
        cache.set(key, counts, KEPT_SECONDS)
    return counts
