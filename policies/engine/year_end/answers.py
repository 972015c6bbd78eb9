"""年底倒推: one company at the next filing, with this year's figures to date or estimated: what must still happen by 31 December.

page = year_end(standard, snapshot, on=on, application_year=2027, windows=windows)   # lines with their sentences, for one company
standing = year_end_summary(standard, snapshot, on=on, application_year=2027)        # counts and the size of the gap, for whole registers
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext
from typing import NamedTuple

from policies.engine import wording
from policies.engine.conditions.base import MET
from policies.engine.conditions.groups import judge_criterion
from policies.engine.facts import Snapshot, Window
from policies.engine.sheet import Observed
from policies.engine.slots import Facts
from policies.engine.standard import Criterion, Standard
from policies.engine.wording import GRADES_READ_IN_THE_ORIGINAL
from policies.engine.year_end.parts import Asked, By, Part, Task, criterion_part

_ARITHMETIC = Context(prec=60)
# what can still be done before the filing
DOABLE = frozenset({Task.TO_DO, Task.TARGET})
# what blocks the filing whatever is done
BLOCKING = frozenset({Task.CLOSED, Task.WAITING})


@dataclass(frozen=True, slots=True)
class YearEndLine:
    """One criterion at the next filing. `words` says what must happen, what is closed or missing; empty where nothing is to be said.

    `observed` leaves out years without a figure. `by` is when it must have happened: the end of the year, or the filing;
    `earliest_year` where it is closed or waits. Grade, dispute and local mark are those of the line or of a branch of it.
    """

    code: str
    text: str
    task: Task
    words: str
    by: By
    threshold_text: str
    observed: tuple[Observed, ...]
    evidence: tuple[str, ...]
    clause: str
    citation: str
    grade: str
    dispute: str
    is_local: bool
    earliest_year: int | None

    @property
    def needs_check(self) -> bool:
        """Whether the clause is shown as 待核."""
        return bool(self.dispute) or self.grade not in GRADES_READ_IN_THE_ORIGINAL

    @property
    def is_estimate(self) -> bool:
        """Whether a figure it shows is an estimate."""
        return any(one.is_estimate for one in self.observed)


@dataclass(frozen=True, slots=True)
class YearEnd:
    """The whole page of one company and title. `exclusion`: why the title does not apply; then there are no lines."""

    standard_id: str
    standard_sha: str
    standard_name: str
    title: str
    document: str
    uscc: str
    on: date
    ends_on: date
    application_year: int
    window: Window
    lines: tuple[YearEndLine, ...]
    earliest_year: int
    has_figures: bool
    exclusion: str = ""

    @property
    def days_left(self) -> int:
        """Days until the year is over, the last one included."""
        return (self.ends_on - self.on).days

    @property
    def is_blocked(self) -> bool:
        """Whether something closed or waiting stands in the way of this filing whatever is done."""
        return self.earliest_year > self.application_year

    def of(self, *tasks: Task) -> tuple[YearEndLine, ...]:
        """The lines of some tasks, in the order of the clauses."""
        return tuple(line for line in self.lines if line.task in tasks)


class Standing(NamedTuple):
    """The page without words. `gap` is the largest shortfall as a part of its line among what can be measured.

    `open_codes`: what must still be done or is missing; `missing_facts`: catalogue codes of what is missing, each once; `words`: the
    sentence of the largest shortfall, else of the first missing figure.
    """

    application_year: int
    todo: int
    target: int
    hold: int
    blocked: int
    missing: int
    manual: int
    gap: Decimal | None
    open_codes: tuple[str, ...]
    missing_facts: tuple[str, ...]
    earliest_year: int
    is_excluded: bool
    words: str


def next_year(on: date, windows: Sequence[Window]) -> int:
    """The application year of the next filing that can still count this year: the next planned batch, else next year."""
    return min((window.year for window in windows if window.year > on.year), default=on.year + 1)


def year_end(standard: Standard, snapshot: Snapshot, *, on: date, application_year: int, windows: Sequence[Window] = ()) -> YearEnd:
    """What each criterion of a coming filing still asks of the company. `application_year` is later than the year of `on`."""
    with localcontext(_ARITHMETIC):
        window = _window(application_year, windows)
        facts = Facts(standard.plan, snapshot, on=on, year=application_year)
        asked = Asked(facts, window)
        excluded = _exclusion(standard, facts)
        parts = [] if excluded else [(one, criterion_part(one, asked)) for one in standard.criteria]
        lines = tuple(_line(one, part, facts) for one, part in parts)
    return YearEnd(
        standard_id=standard.id,
        standard_sha=standard.sha256,
        standard_name=standard.name,
        title=standard.title,
        document=standard.document.citation,
        uscc=snapshot.uscc,
        on=on,
        ends_on=date(on.year, 12, 31),
        application_year=application_year,
        window=window,
        lines=lines,
        earliest_year=_earliest([part for _one, part in parts], application_year),
        has_figures=snapshot.index.has_year(on.year),
        exclusion=wording.EXCLUDED.format(reason=excluded.text) if excluded else "",
    )


def year_end_summary(
    standard: Standard, snapshot: Snapshot, *, on: date, application_year: int, windows: Sequence[Window] = ()
) -> Standing:
    """The same answer counted; equal in every number to the page."""
    with localcontext(_ARITHMETIC):
        facts = Facts(standard.plan, snapshot, on=on, year=application_year)
        asked = Asked(facts, _window(application_year, windows))
        is_excluded = _exclusion(standard, facts) is not None
        parts = [] if is_excluded else [(one, criterion_part(one, asked)) for one in standard.criteria]
        tally = dict.fromkeys(Task, 0)
        for _one, part in parts:
            tally[part.task] += 1
        doable = [part for _one, part in parts if part.task in DOABLE]
        largest = max(doable, key=lambda part: part.size, default=None)
        told = largest or next((part for _one, part in parts if part.task is Task.MISSING), None)
        words = told.words() if told else ""
    return Standing(
        application_year=application_year,
        todo=tally[Task.TO_DO],
        target=tally[Task.TARGET],
        hold=tally[Task.HOLD],
        blocked=sum(1 for _one, part in parts if part.task in BLOCKING and part.earliest > application_year),
        missing=tally[Task.MISSING],
        manual=tally[Task.MANUAL],
        gap=max((part.relative for part in doable if part.relative is not None), default=None),
        open_codes=tuple(one.code for one, part in parts if part.task in DOABLE or part.task is Task.MISSING),
        missing_facts=tuple(dict.fromkeys(fact for _one, part in parts for fact in part.lacks())),
        earliest_year=_earliest([part for _one, part in parts], application_year),
        is_excluded=is_excluded,
        words=words,
    )


def _window(year: int, windows: Sequence[Window]) -> Window:
    return next((window for window in windows if window.year == year), Window(year))


def _exclusion(standard: Standard, facts: Facts) -> Criterion | None:
    return next((one for one in standard.exclusions if judge_criterion(one, facts) == MET), None)


def _earliest(parts: Sequence[Part], year: int) -> int:
    return max([year, *(part.earliest for part in parts if part.task in BLOCKING)])


def _line(criterion: Criterion, part: Part, facts: Facts) -> YearEndLine:
    condition, branches = criterion.condition, _with_branches(criterion)
    words = part.words()
    if words and criterion.waivers and part.task not in (Task.MET, Task.HOLD, Task.NOT_APPLICABLE):
        ways = wording.JOIN.join(waiver.text for waiver in criterion.waivers)
        words = wording.JOIN.join([words, wording.CLOSE_WAIVER.format(waiver=ways)])
    return YearEndLine(
        code=criterion.code,
        text=criterion.text,
        task=part.task,
        words=words,
        by=part.by,
        threshold_text=condition.threshold_text,
        observed=tuple(one for one in condition.observe(facts) if one.year is None or one.value is not None or one.conflict),
        evidence=criterion.evidence,
        clause=criterion.clause,
        citation=criterion.citation,
        grade=next((one.grade for one in branches if one.grade not in GRADES_READ_IN_THE_ORIGINAL), criterion.grade),
        dispute=wording.JOIN.join(dict.fromkeys(one.dispute for one in branches if one.dispute)),
        is_local=any(one.is_local for one in branches),
        earliest_year=part.earliest if part.task in BLOCKING else None,
    )


def _with_branches(criterion: Criterion) -> list[Criterion]:
    """The criterion and every branch below it: what is in doubt about one is in doubt about the line."""
    found = [criterion]
    for child in criterion.condition.children:
        found += _with_branches(child)
    return found
