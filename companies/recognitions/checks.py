"""What `verify` asks of recognitions. Reads only; one sentence per broken row."""

from collections.abc import Iterator

from django.db.models import Count, Q

from accounts.decisions.models import DecisionState
from companies.recognitions.models import EVER_CONFIRMED, Recognition, RecognitionState, Revocation


def recognition_problems() -> Iterator[str]:
    """Confirmed without a document, an approved decision or a number; ended without a date; two first ones of a title."""
    confirmed = Recognition.objects.filter(state__in=EVER_CONFIRMED)
    for pk in confirmed.filter(Q(document__isnull=True) | Q(document_number="")).values_list("pk", flat=True).order_by("pk"):
        yield f"recognition {pk}: confirmed without a document"
    for pk in confirmed.exclude(decision__state=DecisionState.APPROVED).values_list("pk", flat=True).order_by("pk"):
        yield f"recognition {pk}: confirmed without an approved decision"
    ended = confirmed.exclude(state=RecognitionState.CONFIRMED).filter(Q(ended_on__isnull=True) | Q(end_known_on__isnull=True))
    for pk in ended.values_list("pk", flat=True).order_by("pk"):
        yield f"recognition {pk}: ended without a date"
    waiting = Recognition.objects.filter(state=RecognitionState.RECORDED, withdrawn_on__isnull=True)
    for pk in waiting.exclude(decision__state=DecisionState.SUBMITTED).values_list("pk", flat=True).order_by("pk"):
        yield f"recognition {pk}: recorded, its decision does not wait"


def first_problems() -> Iterator[str]:
    """Firms with a 认定 of a title, none of which is the first, though nothing else came before."""
    rows = Recognition.objects.filter(state__in=EVER_CONFIRMED, withdrawn_on__isnull=True)
    pairs = rows.values("company", "title").annotate(firsts=Count("pk", filter=Q(is_first=True)))
    none = pairs.filter(firsts=0).order_by("company", "title")
    for pair in none.iterator(chunk_size=2_000):
        oldest = rows.filter(company=pair["company"], title=pair["title"]).order_by("happened_on", "pk").first()
        if oldest is not None and oldest.application_type == "认定":
            yield f"recognition {oldest.pk}: the first of its title is not marked as such"


def revocation_problems() -> Iterator[str]:
    """Ends that wait though their decision does not, or the reverse."""
    waiting = Revocation.objects.filter(is_open=True).exclude(decision__state=DecisionState.SUBMITTED)
    for pk in waiting.values_list("pk", flat=True).order_by("pk"):
        yield f"revocation {pk}: waits, its decision does not"
    done = Revocation.objects.filter(is_open=False, decision__state=DecisionState.SUBMITTED)
    for pk in done.values_list("pk", flat=True).order_by("pk"):
        yield f"revocation {pk}: closed, its decision still waits"
