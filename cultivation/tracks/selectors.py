"""What the ladder's pages and services read: facts of a gate, tracks for a list, the moves that wait."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localdate

from companies.assignments.models import Assignment
from companies.recognitions.models import Batch, Recognition, Step, Title
from companies.register.models import Company
from cultivation.tracks.gates import AimedBatch, GateFacts
from cultivation.tracks.models import TierMove, Track, TrackEvent
from policies.engine import Sheet
from policies.standards.models import Evaluation
from policies.standards.services import NoStandard, sheet_for

if TYPE_CHECKING:
    from accounts.users.models import User

EVER = date(9999, 12, 31)


def sheet_or_none(
    *, company: Company, title: Title, on: date, known: date | None = None, application_year: int | None = None
) -> Sheet | None:
    """The gap sheet of the title on the day; None where no standard was in force then."""
    try:
        return sheet_for(company=company, title=title, on=on, known=known, application_year=application_year)
    except NoStandard:
        return None


def aimed(batch: Batch | None) -> AimedBatch | None:
    """A batch as a gate reads it: its year and the last planned day of filling."""
    if batch is None:
        return None
    step = batch.steps.filter(step=Step.FILLING).first()
    return AimedBatch(batch.year, str(batch), step.planned_to if step else None)


def gate_facts(*, company: Company, on: date, batch: Batch | None = None) -> GateFacts:
    """What a gate reads beside the sheet, as of `on`."""
    held = Recognition.objects.filter(company=company).valid(on=on, known=on).values_list("title__code", flat=True)
    names = {title.code: title.short for title in Title.objects.all()}
    return GateFacts(on, company.is_above_scale, frozenset(held), names, aimed(batch))


def batches_to_aim_at(title: Title, on: date) -> QuerySet[Batch]:
    """Batches whose filling is not over: of this year or later, by their planned dates where known; nearest first."""
    over = Batch.objects.filter(steps__step=Step.FILLING, steps__planned_to__lt=on)
    return Batch.objects.filter(title=title, year__gte=on.year).exclude(pk__in=over.values("pk")).order_by("year", "name")


def open_move(track: Track) -> TierMove | None:
    """The move that waits for a decision, with its decision and proposer."""
    return track.moves.filter(is_open=True).select_related("decision__proposer__person").first()


def tracks_for_list(user: "User") -> QuerySet[Any]:
    """Tracks within scope with firm, title, kept evaluation (`open_count`, `unknown_count`, `nearest_text`, `earliest_year`,
    `outcome`, `is_stale`), officer (`officer_name`) and whether a move waits (`is_waiting`, `waiting_decision`)."""
    of_title = Evaluation.objects.filter(company=OuterRef("company"), title=OuterRef("title")).order_by()
    waiting = TierMove.objects.filter(track=OuterRef("pk"), is_open=True).order_by()
    keeper = Assignment.objects.current().filter(company=OuterRef("company")).order_by()
    return (
        Track.objects.visible_to(user)
        .select_related("company__district", "title")
        .annotate(
            open_count=Subquery(of_title.values("open_count")[:1]),
            unknown_count=Subquery(of_title.values("unknown_count")[:1]),
            nearest_text=Subquery(of_title.values("nearest_text")[:1]),
            earliest_year=Subquery(of_title.values("earliest_year")[:1]),
            outcome=Subquery(of_title.values("overall")[:1]),
            is_stale=Exists(of_title.filter(Evaluation.stale_on(localdate()))),
            waiting_decision=Subquery(waiting.values("decision_id")[:1]),
            officer_name=Subquery(keeper.values("officer__person__name")[:1]),
            # joined only where a filter asks for the officer
            assignment=FilteredRelation("company__assignments", condition=Q(company__assignments__ends_on__isnull=True)),
        )
    )


def tracks_with_open_move() -> Exists:
    """Condition on Track: a move waits for a decision."""
    return Exists(TierMove.objects.filter(track=OuterRef("pk"), is_open=True))


def tracks_of(company: Company) -> QuerySet[Track]:
    """A firm's tracks, main one first, with title."""
    return Track.objects.filter(company=company).select_related("title", "target_batch").order_by("-is_main", "title__position", "pk")


def events_of(company: Company) -> QuerySet[TrackEvent]:
    """What happened on a firm's ladder, newest first, with decision and both persons."""
    return (
        TrackEvent.objects.filter(track__company=company)
        .select_related("track__title", "decision__proposer__person", "decision__decider__person", "recognition")
        .order_by("-happened_on", "-pk")
    )
