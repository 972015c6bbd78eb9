"""The counting rules: for each figure of the cockpit the exact rows behind it. Counts and lists come from the same querysets.

Two readings: `on` is the day asked, `known` the day up to which knowledge counts (当时所知: the same day; 现在所知: today).
New and cumulative count by the district on the day of the event, stock and pools by the district on the day asked.
"""

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from companies.recognitions.models import ApplicationType, Recognition, RecognitionState
from companies.register.models import Company, CompanyDistrict
from cultivation.tracks.models import Track, TrackEvent, TrackState

COUNTED = [RecognitionState.CONFIRMED, RecognitionState.REVOKED, RecognitionState.VOIDED]


def first_recognitions(*, title_ids: list[int], since: date, on: date, known: date) -> QuerySet[Recognition]:
    """New: the first recognition ever of a title by a firm, happened from `since` to `on`, not revoked by then as known.

    A review, a 重新认定 and a regained title are not new: any earlier counted recognition of the title, ended or not, makes it so.
    """
    earlier = Recognition.objects.filter(
        Q(happened_on__lt=OuterRef("happened_on")) | Q(happened_on=OuterRef("happened_on"), pk__lt=OuterRef("pk")),
        company=OuterRef("company"),
        title=OuterRef("title"),
        state__in=COUNTED,
        known_on__lte=known,
        withdrawn_on__isnull=True,
    )
    rows = Recognition.objects.counted(on=on, known=known)
    return rows.filter(~Exists(earlier), title_id__in=title_ids, application_type=ApplicationType.NEW, happened_on__gte=since).annotate(
        counted_district_id=F("district_id")
    )


def valid_recognitions(*, title_ids: list[int], on: date, known: date) -> QuerySet[Recognition]:
    """Stock: one row per firm and title that is valid on the day, the newest of several; district of the firm on that day."""
    rows = Recognition.objects.counted(on=on, known=known).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=on), title_id__in=title_ids, valid_from__lte=on
    )
    newer = (
        Recognition.objects.counted(on=on, known=known)
        .filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on, company=OuterRef("company"), title=OuterRef("title")
        )
        .filter(Q(happened_on__gt=OuterRef("happened_on")) | Q(happened_on=OuterRef("happened_on"), pk__gt=OuterRef("pk")))
    )
    return rows.filter(~Exists(newer)).annotate(counted_district_id=_district_on(on=on, known=known, company="company_id"))


def tracks_in(*, state: TrackState, title_ids: list[int], on: date, known: date) -> QuerySet[Track]:
    """Tracks that stood in a pool at the end of the day; district of the firm on that day.

    The last event written is the one that holds: a recognition or its end often happened before moves that were decided meanwhile.
    """
    known_events = TrackEvent.objects.filter(happened_on__lte=on, known_on__lte=known)
    later = known_events.filter(track=OuterRef("track"), pk__gt=OuterRef("pk"))
    # a track has one last event, so it is counted once however often it came into the pool
    last = known_events.filter(~Exists(later), to_state=state).order_by()
    tracks = Track.objects.filter(pk__in=last.values("track"), title_id__in=title_ids, company__withdrawn_on__isnull=True)
    return tracks.annotate(counted_district_id=_district_on(on=on, known=known, company="company_id"))


def _district_on(*, on: date, known: date, company: str) -> Subquery:
    periods = CompanyDistrict.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), company=OuterRef(company), starts_on__lte=on, known_on__lte=known
    )
    return Subquery(periods.order_by("-starts_on").values("district_id")[:1])


def data_begins_on() -> date | None:
    """The first day the register can answer for: the earliest day a firm entered it. None for an empty register."""
    return Company.objects.filter(withdrawn_on__isnull=True).order_by("happened_on").values_list("happened_on", flat=True).first()
