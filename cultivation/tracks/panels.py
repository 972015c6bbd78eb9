"""What the ladder shows on the register's pages: 培育阶梯 and history of a firm, columns and filters of 企业名录."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.roles import Role
from companies.assignments.models import Assignment
from companies.recognitions.models import Recognition, Step, Title
from companies.recognitions.selectors import recognitions_of
from companies.register import slots
from companies.register.models import Company
from core.filters import ChoiceFilter
from core.prepared import Prepared
from core.templatetags import tidu
from cultivation.tracks import moves
from cultivation.tracks.models import MoveKind, TierMove, Track, TrackEvent, TrackState
from cultivation.tracks.selectors import events_of
from policies.standards.drawing import stale_marked
from policies.standards.models import Evaluation, Overall

if TYPE_CHECKING:
    from accounts.users.models import User

TRACKED = (("little_giant", gettext_lazy("小巨人")), ("single_champion", gettext_lazy("单项冠军")))
# titles a published standard judges, as they are called in lists
JUDGED = (
    *TRACKED,
    ("hidden_champion", gettext_lazy("隐形冠军")),
    ("provincial_champion", gettext_lazy("省单项冠军")),
    ("specialised_sme", gettext_lazy("专精特新")),
    ("innovative_sme", gettext_lazy("创新型")),
    ("high_tech", gettext_lazy("高企")),
    ("tech_sme", gettext_lazy("科小")),
    ("provincial_tech_sme", gettext_lazy("省科小")),
    ("rd_center", gettext_lazy("市研发中心")),
    ("leading_innovation", gettext_lazy("省创新型领军")),
)


class Rung(NamedTuple):
    """One track on the ladder of a firm, with its kept evaluation and the move that waits."""

    track: Track
    evaluation: Evaluation | None
    window: date | None
    gap_url: str
    move_url: str
    decision_url: str
    main_url: str
    is_stale: bool


def _titles(*, company: int, officer: int, on: date) -> QuerySet[Any]:
    """Titles with pools, each with the firm's track and kept evaluation, its next planned filling, the move that waits, and whether the
    officer keeps the firm. One query."""
    kept = Assignment.objects.current().filter(officer=officer, company=company)
    next_day = Step.FILLING.value
    opens = (
        Title.objects.filter(pk=OuterRef("pk"), batches__steps__step=next_day, batches__steps__planned_from__gt=on)
        .order_by("batches__steps__planned_from")
        .values("batches__steps__planned_from")[:1]
    )
    waiting = TierMove.objects.filter(track__company=company, track__title=OuterRef("pk"), is_open=True).order_by()
    return (
        Title.objects.filter(is_tracked=True)
        .annotate(
            opens_on=Subquery(opens),
            is_kept=Exists(kept),
            waiting=Subquery(waiting.values("decision_id")[:1]),
            own_track=FilteredRelation("tracks", condition=Q(tracks__company=company)),
            own_evaluation=FilteredRelation("evaluations", condition=Q(evaluations__company=company)),
        )
        .select_related("own_track", "own_evaluation")  # type: ignore[misc]  # relations named by the annotation above
    )


_prepared_titles = Prepared(_titles)


def ladder(asked: slots.PanelRequest) -> dict[str, Any]:
    """The firm's tracks, main one first, and the titles that may still be set as targets. One query."""
    company, company_url = asked.company, reverse("companies:company-detail", args=[asked.company.uscc])
    rungs, offered, is_keeper = [], [], False
    for title in _prepared_titles(company=company.pk, officer=asked.user.pk, on=asked.on):
        is_keeper = asked.told["is_keeper"] = asked.user.role == Role.OFFICER and title.is_kept
        track, evaluation = getattr(title, "own_track", None), getattr(title, "own_evaluation", None)
        if track is None:
            offered.append(title)
            continue
        if track.is_main:
            asked.told["main_title"] = title.code  # the gap sheet below opens on it
        may_move = is_keeper and title.waiting is None and bool(moves.targets(track.state))
        rungs.append(
            Rung(
                track,
                evaluation,
                title.opens_on,
                f"{company_url}?title={title.code}#gap",
                reverse("cultivation:move-new", args=[track.pk]) if may_move else "",
                reverse("accounts:decision-detail", args=[title.waiting]) if title.waiting else "",
                reverse("cultivation:track-main", args=[track.pk]) if is_keeper and not track.is_main else "",
                evaluation is not None and evaluation.is_stale_on(asked.on),
            )
        )
    rungs.sort(key=lambda rung: not rung.track.is_main)
    return {"rungs": rungs, "offered": offered if is_keeper else [], "target_url": reverse("cultivation:track-new", args=[company.uscc])}


def history(asked: slots.PanelRequest) -> dict[str, Any] | None:
    """Moves and recognitions of the firm in one line of time, newest first. Two queries."""
    lines = [_event_line(event) for event in events_of(asked.company)]
    lines += [_recognition_line(row, asked.on) for row in recognitions_of(asked.company)]
    lines.sort(key=lambda line: line["on"], reverse=True)
    return {"events": lines} if lines else None


def _event_line(event: TrackEvent) -> dict[str, Any]:
    names = {
        "title": event.track.title.short,
        "from": TrackState(event.from_state).label if event.from_state else "",
        "to": TrackState(event.to_state).label,
    }
    text = (_("%(title)s：%(from)s → %(to)s") if event.from_state else _("%(title)s：%(to)s")) % names
    if event.reason_code:
        text = _("%(text)s（%(reason)s）") % {"text": text, "reason": event.get_reason_code_display()}
    return {
        "on": event.happened_on,
        "kind": MoveKind(event.kind).label,
        "text": text,
        "url": reverse("accounts:decision-detail", args=[event.decision_id]) if event.decision_id else "",
        "by": _persons(event.decision) or event.stamp,
        "is_system": event.decision_id is None,
    }


def _recognition_line(row: Recognition, on: date) -> dict[str, Any]:
    names = {"title": row.title.short, "number": row.document_number, "type": row.get_application_type_display()}
    return {
        "on": row.happened_on,
        "kind": _("认定"),
        "text": _("%(title)s（%(type)s）%(number)s") % names,
        "url": reverse("companies:recognition-detail", args=[row.pk]),
        "by": _persons(row.decision) or row.stamp,
        "is_system": False,
    }


def _persons(decision: Any) -> str:
    if decision is None:
        return ""
    if decision.decider is None:
        return _("%(proposer)s 提请") % {"proposer": decision.proposer.name}
    return _("%(proposer)s 提请，%(decider)s 审批") % {"proposer": decision.proposer.name, "decider": decision.decider.name}


def _main(name: str, *, ids: Sequence[int]) -> QuerySet[Track, tuple[Any, ...]]:
    return Track.objects.filter(company__in=ids, is_main=True).order_by().values_list("company_id", name, "state")


_prepared_main = Prepared(_main)


def main_tracks(rows: Sequence[Company], user: "User") -> Mapping[int, tuple[str, str]]:
    """(short title, state) of the main track by company id; one query."""
    name = "title__name_en" if get_language() == "en" else "title__short_name"
    return {company_id: (title, state) for company_id, title, state in _prepared_main(name, ids=[row.pk for row in rows])}


class Open(NamedTuple):
    """还差 of a kept evaluation, and whether it is to be worked out anew."""

    number: int
    is_stale: bool


def _open(*, ids: Sequence[int]) -> QuerySet[Track, tuple[Any, ...]]:
    kept = Evaluation.objects.filter(company=OuterRef("company"), title=OuterRef("title")).order_by()
    main = Track.objects.filter(company__in=ids, is_main=True).order_by()
    return main.annotate(
        open_count=Subquery(kept.values("open_count")[:1]),
        is_stale=Subquery(kept.values("is_stale")[:1]),
        stale_after=Subquery(kept.values("stale_after")[:1]),
    ).values_list("company_id", "open_count", "is_stale", "stale_after")


_prepared_open = Prepared(_open)


def open_counts(rows: Sequence[Company], user: "User") -> Mapping[int, Open]:
    """还差 of the main track's title by company id; one query that reads the evaluations of these rows alone."""
    today = localdate()
    return {
        company_id: Open(count, is_stale or (until is not None and until <= today))
        for company_id, count, is_stale, until in _prepared_open(ids=[row.pk for row in rows])
        if count is not None
    }


def draw_open(value: Open) -> Any:
    """The number, marked where it is to be worked out anew."""
    return stale_marked(value.number) if value.is_stale else value.number


def export_open(value: Open) -> int:
    """The number alone."""
    return value.number


def draw_track(value: tuple[str, str]) -> Any:
    """Title and pool in one cell."""
    return tidu.pool(value[1], value[0])


def export_track(value: tuple[str, str]) -> str:
    """`小巨人 加速库`."""
    return f"{value[0]} {TrackState(value[1]).label}"


def pool_filter() -> ChoiceFilter:
    """Firms whose main track stands in a pool: counts of firms (家)."""

    def stand(queryset: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        return queryset.filter(pk__in=Track.objects.filter(is_main=True, state=value).values("company"))

    return ChoiceFilter(choices=TrackState.choices, method=stand, label=gettext_lazy("所在库"))


def track_filter() -> ChoiceFilter:
    """Firms with a track to a title, main one or not."""

    def aim(queryset: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        return queryset.filter(pk__in=Track.objects.filter(title__code=value).values("company"))

    return ChoiceFilter(choices=TRACKED, method=aim, label=gettext_lazy("培育称号"))


@cache
def _outcomes(language: str | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """The conclusions of every title, grouped by it, in one language: said once, not for each page."""
    return [(str(title), [(f"{code}:{one.value}", f"{title} · {one.label}") for one in Overall]) for code, title in JUDGED]


def outcome_filter() -> ChoiceFilter:
    """Firms by the conclusion of their kept evaluation for a title: `little_giant:hopeful`."""

    def conclude(queryset: QuerySet[Company], name: str, value: str) -> QuerySet[Company]:
        code, _colon, overall = value.partition(":")
        return queryset.filter(pk__in=Evaluation.objects.filter(title__code=code, overall=overall).values("company"))

    return ChoiceFilter(choices=lambda: _outcomes(get_language()), method=conclude, label=gettext_lazy("结论"))


def connect() -> None:
    """Fill the slots of the register."""
    slots.add_panel(slots.Panel("ladder", "main", "cultivation/tracks/_ladder.html", ladder, order=10))
    slots.add_panel(slots.Panel("ladder-history", "history", "cultivation/tracks/_history.html", history, order=10))
    slots.add_column(
        slots.SlotColumn("track", gettext_lazy("主培育称号与所在库"), main_tracks, draw_track, export_track, is_shown=True, order=30)
    )
    slots.add_column(
        slots.SlotColumn("open", gettext_lazy("还差（项）"), open_counts, draw_open, export_open, is_shown=True, order=40, num=True)
    )
    slots.add_filter(slots.SlotFilter("pool", pool_filter, order=30))
    slots.add_filter(slots.SlotFilter("track", track_filter, order=31))
    slots.add_filter(slots.SlotFilter("verdict", outcome_filter, order=32))
