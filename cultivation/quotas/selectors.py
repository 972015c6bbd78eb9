"""The cockpit's grid and the lists behind its figures, within the user's scope, as of any day in both readings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from accounts.scope import covers
from accounts.users.models import District
from companies.recognitions.models import ApplicationType, Recognition, Title
from cultivation.quotas import counting
from cultivation.quotas.kept import Counts, Numbers, kept_counts
from cultivation.quotas.models import CountingRule, Plan, PlanConflict, Quota, QuotaKind
from cultivation.tracks.models import Track, TrackState

if TYPE_CHECKING:
    from accounts.users.models import User

ANNUAL = "annual"  # the tab of yearly targets: 新增 and 培育, each column under its own word
CITY = "city"
KINDS_OF_TAB: dict[str, tuple[str, ...]] = {
    ANNUAL: (QuotaKind.NEW, QuotaKind.CULTIVATED),
    QuotaKind.STOCK: (QuotaKind.STOCK,),
    QuotaKind.KEPT: (QuotaKind.KEPT,),
    QuotaKind.CUMULATIVE: (QuotaKind.CUMULATIVE,),
}
FIGURES = ("achieved", "sprint")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page was asked: plan year, tab, the day, and up to when knowledge counts."""

    year: int
    tab: str
    on: date
    known: date

    @property
    def day(self) -> date:
        """The day counted to: `on`, but never past the end of the year asked."""
        return min(self.on, date(self.year, 12, 31))


@dataclass(slots=True)
class Cell:
    """One district × title. None is 缺数据, never 0; `target` None means there is none."""

    district: District | None
    title: Title
    quota: Quota | None = None
    achieved: int | None = None
    sprint: int | None = None

    @property
    def target(self) -> int | None:
        """The number promised, or None."""
        return self.quota.value if self.quota else None

    @property
    def remaining(self) -> int | None:
        """Still to do; 0 when it is done, None without target or data."""
        if self.target is None or self.achieved is None:
            return None
        return max(0, self.target - self.achieved)

    @property
    def code(self) -> str:
        """`330603,little_giant` in the address."""
        return f"{self.district.code if self.district else CITY},{self.title.code}"

    @property
    def is_done(self) -> bool:
        """Whether a target above nought is reached."""
        return bool(self.target) and self.remaining == 0


@dataclass(slots=True)
class Grid:
    """Rows of cells by district, the city's row last where the user sees the city."""

    asked: Asked
    plan: Plan | None
    titles: list[Title]
    words: dict[int, str]  # title id → 新增 / 培育 / …
    years: list[int] = field(default_factory=list)  # covered by any plan
    begins: date | None = None  # the first day the register can answer for
    rows: list[tuple[District, list[Cell]]] = field(default_factory=list)
    city: list[Cell] = field(default_factory=list)
    has_data: bool = True
    conflicts: list[PlanConflict] = field(default_factory=list)
    rules: list[CountingRule] = field(default_factory=list)
    late_count: int = 0

    def cells(self) -> Iterable[Cell]:
        """Every cell, the city's included."""
        for _district, cells in self.rows:
            yield from cells
        yield from self.city


def plans_of(year: int) -> tuple[Plan | None, list[int]]:
    """The plan in force in a year, a real one before a sample, and the years any plan covers, in order. One query."""
    plans = list(Plan.objects.order_by("is_sample", "first_year"))
    years = sorted({year for plan in plans for year in range(plan.first_year, plan.last_year + 1)})
    return next((plan for plan in plans if plan.first_year <= year <= plan.last_year), None), years


def _targets(plan: Plan | None, asked: Asked) -> tuple[list[Title], dict[int, str], dict[tuple[int, int | None], Quota]]:
    """What the plan says for the tab, in one query: the columns, their word, and the newest version of each target as known by the day
    of knowledge, (title, district) → row. A tab without targets shows every title of the plan."""
    if plan is None:
        return [], {}, {}
    kinds = KINDS_OF_TAB[asked.tab]
    rows = list(
        Quota.objects.filter(Q(district__isnull=True) | Q(year=asked.year, kind__in=kinds), plan=plan)
        .select_related("title")
        .order_by("year", "title__position", "title__code", "kind", "version")
    )
    city = [row for row in rows if row.district_id is None]
    of_tab = {row.title_id: row for row in city if row.kind in kinds}
    chosen = of_tab or {row.title_id: row for row in city if row.kind in KINDS_OF_TAB[ANNUAL]}
    titles = sorted((row.title for row in chosen.values()), key=lambda title: (title.position, title.code))
    words = {row.title_id: (row.verb if row.title_id in of_tab else str(QuotaKind(asked.tab).label)) for row in chosen.values()}
    known = max(asked.known, asked.on)
    of_year = (row for row in rows if row.year == asked.year and row.kind in kinds and row.known_on <= known)
    return titles, words, {(row.title_id, row.district_id): row for row in sorted(of_year, key=lambda row: row.version)}


def achieved_rows(asked: Asked, *, title_ids: list[int], plan: Plan | None) -> QuerySet[Recognition]:
    """The recognitions behind `achieved` under the tab asked, with `counted_district_id`."""
    if asked.tab in {QuotaKind.STOCK, QuotaKind.KEPT}:
        return counting.valid_recognitions(title_ids=title_ids, on=asked.day, known=asked.known)
    first = plan.first_year if plan and asked.tab == QuotaKind.CUMULATIVE else asked.year
    return counting.first_recognitions(title_ids=title_ids, since=date(first, 1, 1), on=asked.day, known=asked.known)


def sprint_rows(asked: Asked, *, title_ids: list[int]) -> QuerySet[Track]:
    """The tracks in the sprint pool on the day, with `counted_district_id`."""
    return counting.tracks_in(state=TrackState.SPRINT, title_ids=title_ids, on=asked.day, known=asked.known)


def counted_by(rows: QuerySet[Any]) -> Numbers:
    """(title id, counted district id) → number of rows."""
    counts: Numbers = defaultdict(int)
    for title_id, district_id, number in rows.order_by().values_list("title_id", "counted_district_id").annotate(n=Count("pk")):
        counts[title_id, district_id] += number
    return dict(counts)


def _counts(asked: Asked, *, title_ids: list[int], plan: Plan | None, has_data: bool, kept: bool) -> Counts:
    """The figures of all districts; `kept` takes those made since the newest change of the data, where there are any."""

    def count() -> Counts:
        everybody = Recognition.objects.filter(withdrawn_on__isnull=True)
        return Counts(
            counted_by(achieved_rows(asked, title_ids=title_ids, plan=plan)) if has_data else {},
            counted_by(sprint_rows(asked, title_ids=title_ids)) if has_data else {},
            _late_by_places(_late(everybody, asked, title_ids=title_ids)) if asked.known == asked.on else {},
        )

    question = (asked.year, str(asked.tab), asked.on, asked.known, plan and plan.pk, tuple(title_ids))
    return kept_counts(question, count) if kept else count()


def _reaches(begins: date | None, asked: Asked) -> bool:
    """Whether the register's data reach back to the year and the day asked; what lies before shows 缺数据."""
    return begins is not None and asked.year >= begins.year and asked.day >= begins


def quota_grid(*, user: "User", asked: Asked, kept: bool = False) -> Grid:
    """The whole page's figures in a constant number of queries; the city's row is the sum of all districts.

    `kept` is for a page that writes nothing: it may show counts made since the newest change of the data.
    """
    plan, years = plans_of(asked.year)
    titles, words, quotas = _targets(plan, asked)
    begins = counting.data_begins_on()
    grid = Grid(asked, plan, titles, words, years=years, begins=begins, has_data=_reaches(begins, asked))
    ids = [title.pk for title in titles]
    counts = _counts(asked, title_ids=ids, plan=plan, has_data=grid.has_data, kept=kept)
    achieved, sprint = (counts.achieved, counts.sprint) if grid.has_data else (None, None)
    districts = list(District.objects.all())
    for district in districts:
        if covers(user, district.pk):
            grid.rows.append((district, [_cell(district, title, quotas, achieved, sprint) for title in titles]))
    if user.is_city:
        grid.city = [_city_cell(title, quotas, achieved, sprint) for title in titles]
    if plan:
        grid.conflicts, grid.rules = list(plan.conflicts.select_related("title")), list(plan.counting_rules.select_related("title"))
    # as `late_rows`: an entry is the reader's where the district of the day or the firm's own is theirs
    grid.late_count = sum(number for places, number in counts.late.items() if any(covers(user, place) for place in places))
    return grid


def quota_line(*, user: "User", asked: Asked) -> list[tuple[Cell, str]]:
    """The cells of the user's own row of the grid, the city's or their district's, each with its word; for a page of something else."""
    plan, _years = plans_of(asked.year)
    titles, words, quotas = _targets(plan, asked)
    has_data = _reaches(counting.data_begins_on(), asked)
    counts = _counts(asked, title_ids=[title.pk for title in titles], plan=plan, has_data=has_data, kept=True)
    achieved, sprint = (counts.achieved, counts.sprint) if has_data else (None, None)
    if user.is_city:
        return [(_city_cell(title, quotas, achieved, sprint), words[title.pk]) for title in titles]
    place = user.district
    return [(_cell(place, title, quotas, achieved, sprint), words[title.pk]) for title in titles] if place else []


def _cell(
    district: District,
    title: Title,
    quotas: dict[tuple[int, int | None], Quota],
    achieved: Numbers | None,
    sprint: Numbers | None,
) -> Cell:
    return Cell(
        district,
        title,
        quotas.get((title.pk, district.pk)),
        None if achieved is None else achieved.get((title.pk, district.pk), 0),
        None if sprint is None else sprint.get((title.pk, district.pk), 0),
    )


def _city_cell(
    title: Title,
    quotas: dict[tuple[int, int | None], Quota],
    achieved: Numbers | None,
    sprint: Numbers | None,
) -> Cell:
    def total(counts: Numbers | None) -> int | None:
        return None if counts is None else sum(number for (title_id, _district), number in counts.items() if title_id == title.pk)

    return Cell(None, title, quotas.get((title.pk, None)), total(achieved), total(sprint))


def members(*, user: "User", asked: Asked, title: Title, district: District | None, figure: str, grid: Grid | None = None) -> QuerySet[Any]:
    """Exactly the rows one figure counted, in scope: recognitions for `achieved`, tracks for `sprint`; firm's name first.

    `grid` is the page the figure stands on, where there is one: it knows the plan and the first day already.
    """
    plan = grid.plan if grid else plans_of(asked.year)[0]
    has_data = grid.has_data if grid else _reaches(counting.data_begins_on(), asked)
    if figure == "sprint":
        rows: QuerySet[Any] = sprint_rows(asked, title_ids=[title.pk]).select_related("company__district", "title")
    else:
        rows = achieved_rows(asked, title_ids=[title.pk], plan=plan).select_related(
            "company__district", "district", "title", "document", "decision__proposer__person", "decision__decider__person"
        )
    if not has_data or (district is None and not user.is_city) or (district is not None and not covers(user, district.pk)):
        return rows.none()
    if district is not None:
        rows = rows.filter(counted_district_id=district.pk)
    return rows.order_by("company__name_key", "pk")


def _late(rows: QuerySet[Recognition], asked: Asked, *, title_ids: list[int]) -> QuerySet[Recognition]:
    return rows.filter(
        Q(happened_on__lte=asked.day, known_on__gt=asked.known),
        title_id__in=title_ids,
        application_type=ApplicationType.NEW,
        happened_on__gte=date(asked.year, 1, 1),
        state__in=counting.COUNTED,
    )


def _late_by_places(rows: QuerySet[Recognition]) -> Numbers:
    """(district of the event, district of the firm now) → number of rows."""
    found = rows.order_by().values_list("district_id", "company__district_id").annotate(n=Count("pk"))
    return {(then, now): number for then, now, number in found}


def late_rows(*, user: "User", asked: Asked, title_ids: list[int]) -> QuerySet[Recognition]:
    """此后补录: recognitions that happened by the day but became known only after it."""
    rows = _late(Recognition.objects.visible_to(user), asked, title_ids=title_ids)
    return rows.select_related("company__district", "district", "title", "document").order_by("company__name_key", "pk")
