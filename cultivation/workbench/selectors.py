"""What the home page of each role counts; every count is the length of the list its address opens."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.audit.models import AuditEntry
from accounts.audit.words import action_words
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.selectors import decisions_of, decisions_waiting_for, working_days_since
from accounts.roles import Role
from companies.assignments.models import Assignment
from companies.imports.models import ImportRun
from companies.recognitions.models import Recognition
from companies.recognitions.selectors import status_q
from companies.register.models import Company
from core.menu import door
from cultivation.quotas.selectors import ANNUAL, Asked, Cell, quota_line
from cultivation.tracks.models import POOLS, Track, TrackState
from cultivation.tracks.selectors import tracks_for_list

if TYPE_CHECKING:
    from accounts.users.models import User

SHOWN = 8


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its door."""

    label: str
    value: int | None
    url: str
    unit: str = ""
    kind: str = ""


def _address(url_name: str, **query: str) -> str:
    url = door(url_name)
    return f"{url}?{urlencode(query)}" if url and query else url


def tiles(user: "User", on: date) -> list[Tile]:
    """The counts of the user's role, in the order they are worked off."""
    found = []
    if user.role == Role.APPROVER:
        waiting = decisions_waiting_for(user=user).count()
        found.append(
            Tile(
                _("待我审批"),
                waiting,
                _address("accounts:decision-list", mine="waiting", state="submitted"),
                _("件"),
                "warn" if waiting else "",
            )
        )
        stale = Decision.objects.visible_to(user).filter(state=DecisionState.STALE).count()
        found.append(Tile(_("数据已变"), stale, _address("accounts:decision-list", state="stale"), _("件")))
    if user.role in {Role.OFFICER, Role.CLERK, Role.APPROVER}:
        mine = decisions_of(user=user).filter(state=DecisionState.SUBMITTED).count()
        found.append(Tile(_("我提交的审批"), mine, _address("accounts:decision-list", mine="submitted", state="submitted"), _("件")))
    if user.role == Role.OFFICER:
        kept = Assignment.objects.of(user).values("company")
        firms = Company.objects.visible_to(user).filter(pk__in=kept).count()
        found.append(Tile(_("我的企业"), firms, _address("companies:company-list", officer="me"), _("家")))
    else:
        found.append(Tile(_("企业"), Company.objects.visible_to(user).count(), _address("companies:company-list"), _("家")))
    return [*found, *_recognition_tiles(user, on)]


def _recognition_tiles(user: "User", on: date) -> list[Tile]:
    counted = Recognition.objects.visible_to(user).aggregate(
        due=Count("pk", filter=status_q("review_due", on)), waiting=Count("pk", filter=status_q("recorded", on))
    )
    return [
        Tile(_("称号将到期"), counted["due"], _address("companies:recognition-list", status="review_due"), _("个")),
        Tile(_("待确认的认定"), counted["waiting"], _address("companies:recognition-list", status="recorded"), _("个")),
    ]


@dataclass(frozen=True, slots=True)
class PoolRow:
    """Counts of one title's tracks by pool, each with its door."""

    title: str
    cells: list[Tile]


def pools(user: "User") -> list[PoolRow]:
    """Tracks (条) by title and pool, within scope; one query."""
    states = [*POOLS, TrackState.RECOGNISED]
    name = "title__name_en" if get_language() == "en" else "title__short_name"
    rows = Track.objects.visible_to(user).order_by().values("title__position", "title__code", name, "state")
    counted: dict[tuple[int, str, str], dict[str, int]] = {}
    for row in rows.annotate(number=Count("pk")):
        key = (row["title__position"], row["title__code"], row[name])
        counted.setdefault(key, {})[row["state"]] = row["number"]
    return [
        PoolRow(
            title,
            [
                Tile(str(state.label), numbers.get(state, 0), _address("cultivation:track-list", title=code, pool=str(state)), _("条"))
                for state in states
            ],
        )
        for (_position, code, title), numbers in sorted(counted.items())
    ]


@dataclass(frozen=True, slots=True)
class Progress:
    """One title's yearly target; `achieved` and `sprint` open their firms. `sprint` None: the title has no pools."""

    title: str
    word: str
    achieved: Tile
    target: int | None
    remaining: int | None
    sprint: Tile | None


def quota_progress(user: "User", on: date) -> list[Progress]:
    """目标进度 of the year: the city's row, or the district's for those who see one."""
    return [
        Progress(
            cell.title.short,
            word,
            _figure(cell, "achieved"),
            cell.target,
            cell.remaining,
            _figure(cell, "sprint") if cell.title.is_tracked else None,
        )
        for cell, word in quota_line(user=user, asked=Asked(on.year, ANNUAL, on, on))
    ]


def _figure(cell: Cell, figure: str) -> Tile:
    url = _address("cultivation:quota-overview", cell=cell.code, figure=figure)
    return Tile("", getattr(cell, figure), f"{url}#members", _("家"))


def decisions_to_answer(user: "User") -> list[Decision]:
    """待我审批, oldest first, each with `waited` (working days)."""
    rows = decisions_waiting_for(user=user).select_related("proposer__person", "district").order_by("submitted_at", "pk")
    found = list(rows[:SHOWN])
    for decision in found:
        decision.waited = working_days_since(decision.submitted_on)  # type: ignore[attr-defined]
    return found


def decisions_proposed(user: "User") -> QuerySet[Decision]:
    """我提交的, newest first."""
    return decisions_of(user=user).select_related("decider__person", "district").order_by("-submitted_at", "-pk")[:SHOWN]


def nearest_tracks(user: "User") -> QuerySet[Any]:
    """离目标最近: tracks in a pool that miss one or two criteria; the officer's own firms, others in scope."""
    tracks = tracks_for_list(user).filter(state__in=POOLS, open_count__gte=1, open_count__lte=2)
    if user.role == Role.OFFICER:
        tracks = tracks.filter(assignment__officer_id=user.pk)
    return tracks.order_by("open_count", "unknown_count", "company__name_key", "pk")[:SHOWN]


def runs(user: "User") -> QuerySet[ImportRun]:
    """The newest import runs the user may see."""
    return ImportRun.objects.visible_to(user).select_related("file", "uploaded_by__person").order_by("-pk")[:SHOWN]


def recent_entries(user: "User") -> list[AuditEntry]:
    """The newest entries of the log the user may read, each with its action in words."""
    entries = list(AuditEntry.objects.visible_to(user).order_by("-number")[:SHOWN])
    for entry in entries:
        entry.words = action_words(entry.action)  # type: ignore[attr-defined]
    return entries


def context_for(user: "User", on: date) -> dict[str, Any]:
    """Everything the page shows to this role."""
    is_approver, is_auditor = user.role == Role.APPROVER, user.role == Role.AUDITOR
    return {
        "today": on,
        "tiles": tiles(user, on),
        "pools": pools(user),
        "answer": decisions_to_answer(user) if is_approver else None,
        "proposed": decisions_proposed(user) if not is_auditor else None,
        "nearest": nearest_tracks(user) if user.role in {Role.OFFICER, Role.APPROVER} else None,
        "runs": runs(user) if user.role == Role.CLERK else None,
        "progress": quota_progress(user, on) if is_auditor else None,
        "entries": recent_entries(user) if is_auditor else None,
    }
