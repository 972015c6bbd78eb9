"""What `verify` asks of the ladder and of recognitions. Reads only; one sentence per broken row."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.decisions.models import DecisionState
from companies.recognitions.models import EVER_CONFIRMED, Recognition, RecognitionState
from cultivation.tracks.models import MoveKind, PoolScheme, TierMove, Track, TrackEvent, TrackState
from cultivation.tracks.pools import PoolSchemeError, scheme_read

BY_DECISION = (MoveKind.ADMIT, MoveKind.PROMOTE, MoveKind.DEMOTE, MoveKind.REMOVE, MoveKind.READMIT)


def track_problems() -> Iterator[str]:
    """A track that does not stand where its last event led, or an event that does not begin where the one before ended."""
    last = TrackEvent.objects.filter(track=OuterRef("pk")).order_by("-pk").values("to_state")[:1]
    tracks = Track.objects.annotate(last=Subquery(last))
    for pk, state, last_state in (
        tracks.filter(Q(last__isnull=True) | ~Q(last=F("state"))).values_list("pk", "state", "last").order_by("pk")
    ):
        yield f"track {pk}: stands at {state}, its last event led to {last_state or 'nowhere'}"
    before = TrackEvent.objects.filter(track=OuterRef("track"), pk__lt=OuterRef("pk")).order_by("-pk").values("to_state")[:1]
    events = TrackEvent.objects.annotate(before=Subquery(before))
    broken = events.filter(Q(before__isnull=True, from_state__gt="") | Q(before__isnull=False) & ~Q(before=F("from_state")))
    for pk, track_id in broken.values_list("pk", "track_id").order_by("pk"):
        yield f"track {track_id}: event {pk} does not begin where the one before ended"


def event_problems() -> Iterator[str]:
    """Moves without an approved decision of their own, and titles without a recognition that was confirmed."""
    moves = TrackEvent.objects.filter(kind__in=BY_DECISION)
    for pk in moves.exclude(decision__state=DecisionState.APPROVED).values_list("pk", flat=True).order_by("pk"):
        yield f"track event {pk}: moved without an approved decision"
    titles = TrackEvent.objects.filter(kind=MoveKind.RECOGNISE)
    for pk in titles.exclude(recognition__state__in=EVER_CONFIRMED).values_list("pk", flat=True).order_by("pk"):
        yield f"track event {pk}: recognised without a confirmed recognition"
    other = titles.exclude(recognition__company=F("track__company"), recognition__title=F("track__title"))
    for pk in other.values_list("pk", flat=True).order_by("pk"):
        yield f"track event {pk}: its recognition is of another firm or title"


def move_problems() -> Iterator[str]:
    """Moves that wait though their decision does not, or the reverse."""
    waiting = TierMove.objects.filter(is_open=True).exclude(decision__state=DecisionState.SUBMITTED)
    for pk in waiting.values_list("pk", flat=True).order_by("pk"):
        yield f"tier move {pk}: waits, its decision does not"
    done = TierMove.objects.filter(is_open=False, decision__state=DecisionState.SUBMITTED)
    for pk in done.values_list("pk", flat=True).order_by("pk"):
        yield f"tier move {pk}: closed, its decision still waits"
    approved = TierMove.objects.filter(decision__state=DecisionState.APPROVED)
    without = approved.exclude(
        Exists(TrackEvent.objects.filter(decision=OuterRef("decision"), track=OuterRef("track"), to_state=OuterRef("to_state")))
    )
    for pk in without.values_list("pk", flat=True).order_by("pk"):
        yield f"tier move {pk}: approved, and no event carries it out"


def recognised_problems() -> Iterator[str]:
    """Tracks at 已认定 of firms that hold no confirmed recognition of that title."""
    held = Recognition.objects.filter(
        company=OuterRef("company"), title=OuterRef("title"), state=RecognitionState.CONFIRMED, withdrawn_on__isnull=True
    )
    tracks = Track.objects.filter(state=TrackState.RECOGNISED).exclude(Exists(held))
    for pk in tracks.values_list("pk", flat=True).order_by("pk"):
        yield f"track {pk}: recognised, the firm holds no confirmed recognition of that title"


def scheme_problems() -> Iterator[str]:
    """Gate texts that no longer match their SHA-256."""
    for row in PoolScheme.objects.order_by("pk"):
        try:
            if scheme_read(row.text).sha256 != row.sha256:
                yield f"pool scheme {row.pk}: the text does not match its SHA-256"
        except PoolSchemeError as error:
            yield f"pool scheme {row.pk}: {error}"
