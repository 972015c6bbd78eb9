"""What a compiled standard can be asked about itself, for pages and for the code that gathers its facts."""

from collections.abc import Iterator

from policies.engine import wording
from policies.engine.outcomes import GAP_KIND_LABELS
from policies.engine.scores.score import Score
from policies.engine.scores.tables import Row
from policies.engine.sheet import Nearest
from policies.engine.standard import Criterion, Standard
from policies.engine.units import show_nearest


def facts_of(standard: Standard) -> tuple[str, ...]:
    """Catalogue codes of the figures the standard reads, sorted."""
    return tuple(sorted(set(standard.plan.codes)))


def years_of(standard: Standard, application_year: int) -> frozenset[int]:
    """The years whose figures can tell in a filing of that year."""
    bundles = standard.plan.bundles
    return frozenset(application_year + shift + offset for one in bundles for shift in one.shifts for _fact, offset in one.items)


def children_of(criterion: Criterion) -> tuple[Criterion, ...]:
    """The alternatives or parts of a group; none for a single test."""
    return criterion.condition.children


def threshold_of(criterion: Criterion) -> str:
    """The published line as printed, `≥ 3%`; empty where there is no number."""
    return criterion.condition.threshold_text


def _all(criteria: tuple[Criterion, ...]) -> Iterator[Criterion]:
    for criterion in criteria:
        yield criterion
        yield from _all(children_of(criterion))
        yield from _all(criterion.waivers)


def score_table_of(criterion: Criterion) -> tuple[Row, ...]:
    """The published score table, group by group; empty where there is none."""
    condition = criterion.condition
    return condition.table() if isinstance(condition, Score) else ()


def manual_criteria_of(standard: Standard) -> tuple[tuple[str, str], ...]:
    """(code, text) of everything people judge, in the order of the clauses; of a score its questions, then what experts decide."""
    found: list[tuple[str, str]] = []
    for one in _all(standard.criteria):
        condition = one.condition
        found += [test.question for test in condition.inner_tests if test.question is not None]
        if one.judged_by == "officer" or (isinstance(condition, Score) and condition.asks_experts):
            found.append((one.code, one.text))
    return tuple(found)


def manual_codes_of(standard: Standard) -> frozenset[str]:
    """Codes of everything people judge."""
    return frozenset(code for code, _text in manual_criteria_of(standard))


def nearest_text(standard: Standard, nearest: Nearest) -> str:
    """The gap closest to its line in one phrase: which criterion, how far, of which kind."""
    text = next((one.text for one in standard.criteria if one.code == nearest.code), nearest.code)
    kind = GAP_KIND_LABELS[nearest.kind]
    if not nearest.gap:  # without a measure, or on a line that must be passed
        return wording.NEAREST_BARE.format(text=text, kind=kind)
    return wording.NEAREST.format(text=text, gap=show_nearest(nearest.gap, nearest.unit), unit=nearest.unit, kind=kind)
