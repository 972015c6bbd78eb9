"""One company against one standard on one day: the summary for whole registers, the sheet with every explanation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Context, localcontext

from policies.engine import wording
from policies.engine.conditions.base import MANUAL, MET, NOT_APPLICABLE, UNKNOWN, UNMET, Gap
from policies.engine.conditions.groups import KIND_ORDER, earliest_of, judge_criterion
from policies.engine.digest import digest_of
from policies.engine.explanation import explain, missing_facts
from policies.engine.facts import Snapshot, VersionId, Window
from policies.engine.outcomes import Overall
from policies.engine.sheet import Counts, Nearest, Sheet, Summary
from policies.engine.slots import Facts
from policies.engine.standard import Criterion, Standard
from policies.engine.units import exact_gap

# products of two amounts and a rate stay exact
_ARITHMETIC = Context(prec=60)
_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Answer:
    """What both ways of answering share."""

    standard: Standard
    facts: Facts
    base: Facts
    judged: list[tuple[Criterion, int]]
    exclusion: Criterion | None
    overall: Overall
    first_year: int
    earliest_year: int | None


def evaluate_summary(
    standard: Standard,
    snapshot: Snapshot,
    *,
    on: date,
    application_year: int | None = None,
    windows: Sequence[Window] = (),
) -> Summary:
    """The answer without texts; equal in every field to that of `evaluate`."""
    with localcontext(_ARITHMETIC):
        return _summarise(_answer(standard, snapshot, on, application_year, windows), windows)


def evaluate(
    standard: Standard,
    snapshot: Snapshot,
    *,
    on: date,
    application_year: int | None = None,
    windows: Sequence[Window] = (),
) -> Sheet:
    """The gap sheet. 上年度 is the year before `application_year`, which is the year of `on` unless given.

    `windows`: planned filing windows of the title; a year whose window has passed is not offered as the earliest.
    """
    with localcontext(_ARITHMETIC):
        answer = _answer(standard, snapshot, on, application_year, windows)
        summary = _summarise(answer, windows)
        facts, applies = answer.facts, answer.exclusion is None
        verdicts = tuple(
            [explain(one, facts, answer.base, answer.first_year, applies=applies, judged=outcome) for one, outcome in answer.judged]
        )
        exclusions = tuple(explain(one, facts, answer.base, answer.first_year) for one in standard.exclusions)
    earliest = summary.earliest_year
    return Sheet(
        standard_id=standard.id,
        standard_sha=standard.sha256,
        standard_name=standard.name,
        title=standard.title,
        application=standard.application,
        document=standard.document.citation,
        uscc=snapshot.uscc,
        district=snapshot.district,
        on=on,
        application_year=summary.application_year,
        overall=summary.overall,
        counts=summary.counts,
        verdicts=verdicts,
        open_codes=summary.open_codes,
        manual_codes=summary.manual_codes,
        veto_codes=summary.veto_codes,
        nearest=summary.nearest,
        earliest_year=earliest,
        earliest_window=None if earliest is None else _window_of(earliest, windows) or Window(earliest),
        facts_used=_facts_used(facts),
        missing=missing_facts(verdicts),
        stale_after=summary.stale_after,
        digest=summary.digest,
        moves_on=_moves_on(facts),
        exclusion="" if answer.exclusion is None else wording.EXCLUDED.format(reason=answer.exclusion.text),
        exclusions=exclusions,
        result=summary.result,
    )


def _answer(standard: Standard, snapshot: Snapshot, on: date, application_year: int | None, windows: Sequence[Window]) -> _Answer:
    year = on.year if application_year is None else application_year
    facts = Facts(standard.plan, snapshot, on=on, year=year)
    for exclusion in standard.exclusions:
        if judge_criterion(exclusion, facts) == MET:
            judged = [(criterion, NOT_APPLICABLE) for criterion in standard.criteria]
            return _Answer(standard, facts, facts, judged, exclusion, Overall.NOT_APPLICABLE, year, None)
    judged = [
        (criterion, judge_criterion(criterion, facts) if criterion.waivers else criterion.condition.judge(facts))
        for criterion in standard.criteria
    ]
    base, of_base = facts, judged
    if year < on.year:  # a past batch: the search for the next filing starts in the year of the day asked
        base = Facts(standard.plan, snapshot, on=on, year=on.year)
        of_base = [(criterion, judge_criterion(criterion, base)) for criterion in standard.criteria]
    failing = [criterion for criterion, outcome in of_base if outcome == UNMET]
    first = _not_closed(base.year, on, windows)
    return _Answer(standard, facts, base, judged, None, _overall(judged), first, _earliest_year(failing, base, first, windows))


def _overall(judged: list[tuple[Criterion, int]]) -> Overall:
    outcomes = [outcome for _, outcome in judged]
    if UNMET in outcomes:
        return Overall.NOT_YET
    if UNKNOWN in outcomes:
        return Overall.DATA_NEEDED
    return Overall.POSSIBLE if MANUAL in outcomes else Overall.PROMISING


def _window_of(year: int, windows: Sequence[Window]) -> Window | None:
    """The last window of a year."""
    found = None
    for window in windows:
        if window.year == year and (found is None or (window.closes_on or date.max) > (found.closes_on or date.max)):
            found = window
    return found


def _not_closed(year: int, day: date, windows: Sequence[Window]) -> int:
    """The first year from `year` on whose window, where one is known, is still open on `day`."""
    while windows:
        window = _window_of(year, windows)
        if window is None or window.closes_on is None or window.closes_on >= day:
            break
        year += 1
    return year


def _earliest_year(failing: list[Criterion], base: Facts, first: int, windows: Sequence[Window]) -> int:
    """The first application year in which no closed year already fails; the calendar's own days are kept as well."""
    year = first
    for criterion in failing:
        year = max(year, earliest_of(criterion, base))
        day = criterion.condition.not_before(base)
        if day is not None:
            year = _not_closed(year, day, windows)
    return _not_closed(year, base.on, windows)


def _summarise(answer: _Answer, windows: Sequence[Window]) -> Summary:
    tally = [0, 0, 0, 0, 0]
    open_codes: list[str] = []
    manual_codes: list[str] = []
    veto_codes: list[str] = []
    nearest: tuple[tuple[int, object], Criterion, Gap] | None = None
    facts = answer.facts
    for criterion, outcome in answer.judged:
        tally[outcome] += 1
        if outcome == MANUAL:
            manual_codes.append(criterion.code)
        elif outcome in (UNMET, UNKNOWN):
            if criterion.judged_by == "figures":
                open_codes.append(criterion.code)
            if outcome == UNMET:
                if criterion.is_veto:
                    veto_codes.append(criterion.code)
                if criterion.judged_by == "figures":
                    gap = criterion.condition.gap(facts)
                    rank = (KIND_ORDER[gap.kind], gap.relative)
                    if nearest is None or rank < nearest[0]:
                        nearest = (rank, criterion, gap)
    return Summary(
        standard_id=answer.standard.id,
        standard_sha=answer.standard.sha256,
        application_year=facts.year,
        overall=answer.overall,
        counts=Counts(
            met=tally[MET],
            unmet=tally[UNMET],
            unknown=tally[UNKNOWN],
            manual=tally[MANUAL],
            not_applicable=tally[NOT_APPLICABLE],
            open=len(open_codes),
        ),
        open_codes=tuple(open_codes),
        manual_codes=tuple(manual_codes),
        veto_codes=tuple(veto_codes),
        nearest=None if nearest is None else _nearest(nearest[1], nearest[2]),
        earliest_year=answer.earliest_year,
        digest=digest_of(answer.standard, facts, answer.judged, answer.overall.value),
        stale_after=_stale_after(answer, windows),
        result=answer.standard.criteria[0].condition.result(facts) if answer.exclusion is None else "",
    )


def _nearest(criterion: Criterion, gap: Gap) -> Nearest:
    if gap.amount is None:
        return Nearest(criterion.code, None, "", gap.kind)
    return Nearest(criterion.code, exact_gap(gap.amount, gap.unit), gap.unit.difference, gap.kind)


def _stale_after(answer: _Answer, windows: Sequence[Window]) -> date:
    """The first day after `on` on which the calendar alone could change the answer."""
    standard, facts = answer.standard, answer.facts
    on = facts.on
    first = date(on.year + 1, 1, 1)
    until = standard.in_force_until
    if until is not None and on <= until < first:
        first = until + _DAY
    if standard.titles_read:
        for held in facts.snapshot.titles or ():
            if held.title in standard.titles_read:
                if on < held.valid_from < first:
                    first = held.valid_from
                until = held.valid_until
                if until is not None and on <= until < first:
                    first = until + _DAY
    for window in windows:
        if window.closes_on is not None and on <= window.closes_on < first:
            first = window.closes_on + _DAY
    for condition in standard.turning:
        day = condition.turns_on(facts)
        if day is not None and on < day < first:
            first = day
    return first


def _facts_used(facts: Facts) -> tuple[VersionId, ...]:
    """Ids of the versions of figures that were read, once each."""
    used = {row.version_id for row in facts.rows if row is not None}
    used.update(row.version_id for rows in facts.conflicts.values() for row in rows)
    return tuple(sorted(used, key=lambda one: (isinstance(one, str), one)))


def _moves_on(facts: Facts) -> str:
    """The line that says which years the next filing will look at, while the open year has no figures yet."""
    year = facts.on_year
    if facts.year > year or facts.snapshot.index.has_year(year):
        return ""
    years = wording.YEARS_JOIN.join([str(year - 1), str(year)])
    return wording.MOVES_ON.format(next=year + 1, years=years, open=year)
