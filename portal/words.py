"""The one public map: what a firm may read of its own state, in the product's public wording. Nothing else reaches the portal."""

from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from companies.recognitions.models import Recognition, RecognitionState
from companies.register.models import Company
from cultivation.tracks.models import Track, TrackState

TITLE_WORDS: dict[str, Any] = {
    "valid": _("有效"),
    "review_due": _("有效，请准备复核"),
    "expired": _("已到期"),
    RecognitionState.REVOKED: _("已取消"),
    RecognitionState.VOIDED: _("已由新名单替代"),
}
TRACK_WORDS: dict[str, Any] = {
    TrackState.STARTING: _("起跑库"),
    TrackState.ACCELERATING: _("加速库"),
    TrackState.SPRINT: _("冲刺库"),
    TrackState.RECOGNISED: _("已认定"),
}


class PublicTitle(NamedTuple):
    """One of the firm's own titles."""

    name: Any
    status: Any
    is_valid: bool
    valid_until: date | None
    document_number: str


class PublicTrack(NamedTuple):
    """Where the firm stands on the way to a title."""

    name: Any
    state: str
    word: Any
    since: date


def titles_of(company: Company, *, on: date) -> list[PublicTitle]:
    """The newest confirmed recognition of each title; what is not confirmed is not told."""
    states = [RecognitionState.CONFIRMED, RecognitionState.REVOKED, RecognitionState.VOIDED]
    rows = Recognition.objects.filter(company=company, state__in=states, withdrawn_on__isnull=True, happened_on__lte=on)
    newest: dict[int, Recognition] = {}
    for row in rows.select_related("title").order_by("title__position", "-happened_on", "-pk"):
        newest.setdefault(row.title_id, row)
    found = []
    for row in newest.values():
        status = row.status_on(on)
        found.append(PublicTitle(row.title, TITLE_WORDS[status], status in {"valid", "review_due"}, row.valid_until, row.document_number))
    return found


def tracks_of(company: Company) -> list[PublicTrack]:
    """Tracks that stand in a pool; candidates and removed ones are not told."""
    rows = Track.objects.filter(company=company, state__in=list(TRACK_WORDS)).select_related("title").order_by("title__position")
    return [PublicTrack(row.title, row.state, TRACK_WORDS[row.state], row.entered_pool_on) for row in rows]
