"""What comes back: the gap sheet with its tree of verdicts, and the summary row without texts.

Everything is frozen and JSON-safe both ways: `Sheet.from_dict(sheet.to_dict()) == sheet`. A frozen sheet is re-rendered
years later from its JSON alone, so texts are stored with it; new fields need a default. What a sheet has many of are
named tuples: a frozen dataclass of their size takes ten times as long to make.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from policies.engine.facts import VersionId, Window
from policies.engine.outcomes import GapKind, Outcome, Overall
from policies.engine.serial import from_plain, to_plain
from policies.engine.wording import GRADES_READ_IN_THE_ORIGINAL


class Observed(NamedTuple):
    """What the company shows for one year (or one day): value in `unit`, printed text, and where it comes from."""

    label: str
    text: str
    year: int | None = None
    value: Decimal | None = None
    unit: str = ""
    source: str = ""
    source_label: str = ""
    version_ids: tuple[VersionId, ...] = ()
    is_estimate: bool = False
    conflict: tuple[str, ...] = ()


class Missing(NamedTuple):
    """A fact without which a criterion cannot be judged, and who can supply it."""

    fact: str
    label: str
    year: int | None
    sources: tuple[str, ...]
    text: str


class Judged(NamedTuple):
    """The person's judgement that decided a manual criterion."""

    outcome: Outcome
    note: str
    happened_on: date
    id: VersionId
    evidence_sha: str = ""


class ScorePart(NamedTuple):
    """One line of a score table as it stands: points between `low` and `high` of `most` (None: nothing caps it).

    `holding` is the band that gives them, `ahead` the next one with its points; `is_closed`: only a later application
    could still count it, the years it looks at being over. What is missing stands with the finest part that lacks it.
    """

    code: str
    text: str
    most: int | None
    low: Decimal
    high: Decimal | None
    points_text: str
    holding: str = ""
    observed: tuple[Observed, ...] = ()
    missing: tuple[Missing, ...] = ()
    ahead: str = ""
    is_closed: bool = False
    parts: tuple["ScorePart", ...] = ()


class Verdict(NamedTuple):
    """One criterion judged.

    `mode` is "" for a single test, "any" (满足其一), "all", "bands", "cases" or "classes" for a group with `children`. `parts` is the
    table of a score. `gap` is exact (shares
    to six decimals, rounded up) in `gap_unit` and None where nothing can be measured. `counts_into` is the open year
    that can still make it up; `earliest_year` the first application year not blocked by closed years. `gap_note` says
    the kind in words, `closes` what would close it in the company's own figures.
    """

    code: str
    text: str
    outcome: Outcome
    clause: str = ""
    citation: str = ""
    grade: str = "A"
    judged_by: str = "figures"
    mode: str = ""
    is_veto: bool = False
    is_local: bool = False
    dispute: str = ""
    evidence: tuple[str, ...] = ()
    observed: tuple[Observed, ...] = ()
    threshold_text: str = ""
    unit: str = ""
    gap: Decimal | None = None
    gap_unit: str = ""
    gap_text: str = ""
    gap_kind: GapKind = GapKind.NONE
    gap_note: str = ""
    counts_into: int | None = None
    earliest_year: int | None = None
    closes: str = ""
    missing: tuple[Missing, ...] = ()
    waived_by: str = ""
    judged: Judged | None = None
    children: tuple["Verdict", ...] = ()
    waivers: tuple["Verdict", ...] = ()
    parts: tuple[ScorePart, ...] = ()

    @property
    def needs_check(self) -> bool:
        """Whether the clause is shown as 待核: its grade is below B, or sources disagree about it."""
        return bool(self.dispute) or self.grade not in GRADES_READ_IN_THE_ORIGINAL

    @property
    def is_open(self) -> bool:
        """Whether it counts for a gate: unmet or unknown, and judged by figures."""
        return self.judged_by == "figures" and self.outcome in (Outcome.UNMET, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Counts:
    """Top-level criteria by outcome; `open` = unmet + unknown among those judged by figures."""

    met: int = 0
    unmet: int = 0
    unknown: int = 0
    manual: int = 0
    not_applicable: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class Nearest:
    """The open gap closest to its threshold, curable ones first."""

    code: str
    gap: Decimal | None
    unit: str
    kind: GapKind


class Summary(NamedTuple):
    """The answer without texts, one row per company and standard; equal to the sheet's own figures.

    With overall NOT_APPLICABLE (an exclusion holds) nothing is open: a gate must look at `overall` before `counts`.
    """

    standard_id: str
    standard_sha: str
    application_year: int
    overall: Overall
    counts: Counts
    open_codes: tuple[str, ...]
    manual_codes: tuple[str, ...]
    veto_codes: tuple[str, ...]
    nearest: Nearest | None
    earliest_year: int | None
    digest: str
    stale_after: date
    result: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The gap sheet of one company against one standard on one day; verdicts in the order of the clauses.

    `veto_codes`: vetoes in force. `stale_after`: the first day on which the calendar alone could change the answer.
    `earliest_window`: its dates are None where no window of that year is known. `exclusion`: why the sheet is 不适用;
    `exclusions`: what would exclude the company, MET where it does. `result`: what a rating says, a class or a score; where
    facts are missing, every class it could still be.
    """

    standard_id: str
    standard_sha: str
    standard_name: str
    title: str
    application: str
    document: str
    uscc: str
    district: str
    on: date
    application_year: int
    overall: Overall
    counts: Counts
    verdicts: tuple[Verdict, ...]
    open_codes: tuple[str, ...]
    manual_codes: tuple[str, ...]
    veto_codes: tuple[str, ...]
    nearest: Nearest | None
    earliest_year: int | None
    earliest_window: Window | None
    facts_used: tuple[VersionId, ...]
    missing: tuple[Missing, ...]
    stale_after: date
    digest: str
    moves_on: str = ""
    exclusion: str = ""
    exclusions: tuple[Verdict, ...] = ()
    result: str = ""

    def verdict(self, code: str) -> Verdict:
        """The verdict of one top-level criterion; KeyError when the standard has none of that code."""
        for verdict in self.verdicts:
            if verdict.code == code:
                return verdict
        raise KeyError(code)

    def ordered(self) -> tuple[Verdict, ...]:
        """Verdicts as the screen lists them: unmet, unknown, manual, met, not applicable."""
        return tuple(sorted(self.verdicts, key=lambda verdict: _SCREEN_ORDER[verdict.outcome]))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe plain data: dates as ISO text, Decimal as text."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "Sheet":
        """The sheet as it was frozen. Raises KeyError, TypeError or ValueError on anything else."""
        return from_plain(cls, plain)


_SCREEN_ORDER = {
    Outcome.UNMET: 0,
    Outcome.UNKNOWN: 1,
    Outcome.MANUAL: 2,
    Outcome.MET: 3,
    Outcome.NOT_APPLICABLE: 4,
}
