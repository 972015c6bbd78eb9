"""Reads for the pages of standards and judgements."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.jobs.models import Job, JobState
from companies.recognitions.models import Title
from companies.register.models import Company
from policies import engine
from policies.engine.standard import GRADES
from policies.engine.wording import GRADES_READ_IN_THE_ORIGINAL
from policies.standards import library
from policies.standards.library import Published
from policies.standards.models import Evaluation, Judgement, Standard

if TYPE_CHECKING:
    from accounts.users.models import User

STATES: dict[str, Any] = {"current": _("施行中"), "upcoming": _("尚未施行"), "past": _("已停止施行")}
STATE_TAGS = {"current": "ok", "upcoming": "accent", "past": ""}


@dataclass(frozen=True, slots=True)
class Version:
    """One version in the library: its row, its compiled form, and how it stands on a day."""

    row: Standard
    compiled: engine.Standard
    state: str

    @property
    def label(self) -> Any:
        """施行中, 尚未施行 or 已停止施行."""
        return STATES[self.state]

    @property
    def tag(self) -> str:
        """Colour of the label."""
        return STATE_TAGS[self.state]

    @property
    def grades(self) -> list[tuple[str, int]]:
        """How many criteria are of which evidence grade, best read first; what no document gives is 本地设定."""
        order = {grade: at for at, grade in enumerate(GRADES)}
        found = sorted(Counter(one.grade for one in _every(self.compiled)).items(), key=lambda pair: order[pair[0]])
        return [(str(_("本地设定")) if grade == "DESIGN" else grade, number) for grade, number in found]

    @property
    def to_check(self) -> int:
        """Criteria shown as 待核."""
        return sum(_needs_check(one) for one in _every(self.compiled))

    @property
    def manual(self) -> int:
        """Criteria people judge."""
        return sum(one.judged_by == "officer" for one in self.compiled.criteria)


def _every(standard: engine.Standard) -> Iterator[engine.Criterion]:
    return iter((*standard.exclusions, *standard.criteria))


def _needs_check(one: engine.Criterion) -> bool:
    return bool(one.dispute) or one.grade not in GRADES_READ_IN_THE_ORIGINAL


def _version(row: Standard, on: date, followed: bool) -> Version:
    compiled = library.compiled(row)
    if compiled.in_force_from > on:
        return Version(row, compiled, "upcoming")
    return Version(row, compiled, "current" if compiled.is_in_force_on(on) and not followed else "past")


def _versions(rows: Sequence[Standard], on: date) -> list[Version]:
    """In the order given; of several in force for one purpose on the day, the one that began last is 施行中."""
    latest: dict[tuple[Any, ...], date] = {}
    for row in rows:
        if library.compiled(row).is_in_force_on(on):
            latest[_purpose(row)] = max(latest.get(_purpose(row), row.in_force_from), row.in_force_from)
    return [_version(row, on, row.in_force_from < latest.get(_purpose(row), row.in_force_from)) for row in rows]


def _purpose(row: Standard) -> tuple[Any, ...]:
    return row.title_id, row.application_type, row.jurisdiction, library.compiled(row).cohorts


def standards_for_list(*, user: "User", on: date) -> list[Version]:
    """Every version, by title and application type, newest first."""
    rows = Standard.objects.visible_to(user).select_related("title")
    return _versions(list(rows.order_by("title__position", "title__code", "application_type", "-in_force_from", "pk")), on)


def history_of(row: Standard, *, on: date) -> list[Version]:
    """All versions of the title of a row, newest first, itself among them."""
    return _versions(list(Standard.objects.filter(title=row.title).select_related("title").order_by("-in_force_from", "pk")), on)


def version_before(row: Standard, history: Sequence[Version]) -> Standard | None:
    """The version that a row follows: same application type and place, began last before it."""
    purpose = (row.application_type, row.jurisdiction)
    earlier = [
        one.row
        for one in history
        if (one.row.application_type, one.row.jurisdiction) == purpose and one.row.in_force_from < row.in_force_from
    ]
    return max(earlier, key=lambda one: one.in_force_from, default=None)


def recomputing(*, title: Title, on: date, user: "User") -> int:
    """Firms in the user's scope not yet evaluated by the version of the title in force, while the worker is at it; else 0."""
    if not Job.objects.filter(kind="evaluate", state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        return 0
    current = library.in_force(on=on).get(title.code)
    if current is None:
        return 0
    done = Evaluation.objects.visible_to(user).filter(title=title, standard=current.row, is_stale=False)
    return max(0, Company.objects.visible_to(user).count() - done.count())


def criteria_of(standard: engine.Standard) -> list[dict[str, Any]]:
    """Criteria of a standard in the order of its clauses, each with its printed threshold and its alternatives below it."""
    return [_criterion(one) for one in (*standard.exclusions, *standard.criteria)]


def _criterion(one: engine.Criterion) -> dict[str, Any]:
    return {
        "criterion": one,
        "threshold": engine.threshold_of(one),
        "children": [_criterion(child) for child in engine.children_of(one)],
        "waivers": [_criterion(waiver) for waiver in one.waivers],
        "score": engine.score_table_of(one),
        "needs_check": _needs_check(one),
    }


def judgements_of(*, company: Company, title: Title) -> QuerySet[Judgement]:
    """All judgements of a firm for a title, withdrawn ones included, newest first."""
    rows = Judgement.objects.filter(company=company, standard__title=title)
    return rows.select_related("judged_by__person", "withdrawn_by__person", "evidence", "standard")


def manual_choices(*, company: Company, published: Published) -> list[tuple[str, str]]:
    """(code, text) of the manual criteria that carry no judgement in force."""
    judged = set(
        Judgement.objects.filter(company=company, standard=published.row, withdrawn_on__isnull=True).values_list("criterion", flat=True)
    )
    return [(code, f"{code} {text}") for code, text in engine.manual_criteria_of(published.compiled) if code not in judged]
