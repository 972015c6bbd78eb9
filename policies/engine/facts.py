"""What the engine is told about one company: a typed snapshot of facts as of a day. Plain Python, no database.

Units: money is Decimal yuan, counts are int, percents are Decimal (2.7 means 2.7 %), flags are bool; a figure that was
not reported is None or absent, never 0. A collection that nobody has looked into (`titles`, `incidents`) is None and is
read as unknown; an empty tuple means "looked, there is none".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Context, Decimal
from enum import StrEnum
from typing import NamedTuple

from companies.figures.catalogue import CATALOGUE, Kind

Value = Decimal | int | bool | None
VersionId = int | str


class IncidentKind(StrEnum):
    """负面信息 kinds that published criteria refer to."""

    ABNORMAL_LIST = "abnormal_list"
    DISHONEST = "dishonest"
    SAFETY = "safety"
    NETWORK_DATA = "network_data"
    ENVIRONMENT = "environment"
    QUALITY = "quality"
    TAX = "tax"
    FRAUD = "fraud"
    VIOLATION = "violation"


INCIDENT_LABELS: dict[IncidentKind, str] = {
    IncidentKind.ABNORMAL_LIST: "经营异常",
    IncidentKind.DISHONEST: "严重失信",
    IncidentKind.SAFETY: "安全生产事故",
    IncidentKind.NETWORK_DATA: "网络数据安全",
    IncidentKind.ENVIRONMENT: "环境违法",
    IncidentKind.QUALITY: "质量问题",
    IncidentKind.TAX: "偷漏税",
    IncidentKind.FRAUD: "数据造假",
    IncidentKind.VIOLATION: "严重违反行业管理规定",
}

# a listing lasts until it is lifted; the others are events of one day
LISTINGS = frozenset({IncidentKind.ABNORMAL_LIST, IncidentKind.DISHONEST})


class Severity(StrEnum):
    """Accident severity as 《生产安全事故报告和调查处理条例》 ranks it; `rank` orders them."""

    GENERAL = "general"
    LARGER = "larger"
    MAJOR = "major"
    EXTREME = "extreme"

    @property
    def rank(self) -> int:
        """1 一般 … 4 特别重大."""
        return _SEVERITY_RANK[self]


_SEVERITY_RANK = {Severity.GENERAL: 1, Severity.LARGER: 2, Severity.MAJOR: 3, Severity.EXTREME: 4}
SEVERITY_LABELS: dict[Severity, str] = {
    Severity.GENERAL: "一般",
    Severity.LARGER: "较大",
    Severity.MAJOR: "重大",
    Severity.EXTREME: "特别重大",
}


@dataclass(frozen=True, slots=True)
class FigureValue:
    """One figure: `fact` is a catalogue code, `source` a catalogue Source, `version_id` names the stored version."""

    fact: str
    year: int
    value: Value
    source: str
    version_id: VersionId
    is_estimate: bool = False


class FigureRow(NamedTuple):
    """One stored version of a year's figures, as wide as it is stored: `values` maps catalogue codes to figures.

    The cheap form for whole registers: the row's own dict is passed as it is, its decimals being the catalogue's
    (`in_places`). Only versions in force are passed; a version replaced by a correction must not be, or it would read
    as a conflict.
    """

    year: int
    source: str
    version_id: VersionId
    values: Mapping[str, Value]
    is_estimate: bool = False


class HeldTitle(NamedTuple):
    """A confirmed recognition: valid from `valid_from` to `valid_until`, both included; None means without end."""

    title: str
    valid_from: date
    valid_until: date | None
    recognition_id: VersionId
    application_type: str = "认定"

    def is_valid_on(self, day: date) -> bool:
        """Whether the title is in force on `day`."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """One piece of 负面信息. `ends_on` is the last day of a listing; None means a listing still in force."""

    kind: str
    severity: str
    starts_on: date
    ends_on: date | None
    id: VersionId


@dataclass(frozen=True, slots=True)
class JudgementFact:
    """A person's judgement of one manual criterion: `outcome` is "met" or "unmet". Withdrawn ones are not passed."""

    criterion: str
    outcome: str
    note: str
    happened_on: date
    id: VersionId
    evidence_sha: str = ""


RowsByYear = dict[int, FigureRow | list[FigureRow]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything known about one company as of `on`.

    `attributes`: industry (GB/T 4754 code, str), founded_on (date), is_above_scale (bool), town, park …; `figures` may
    mix FigureValue and FigureRow. `district` is the GB/T 2260 code on the day.
    """

    uscc: str
    on: date
    district: str
    attributes: Mapping[str, object] = field(default_factory=dict)
    figures: Sequence[FigureValue | FigureRow] = ()
    titles: Sequence[HeldTitle] | None = ()
    incidents: Sequence[IncidentFact] | None = ()
    judgements: Sequence[JudgementFact] = ()
    index: "FigureIndex" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", _index_figures(self.figures))


class FigureIndex:
    """Figures by source and year, estimates apart. `has_versions`: some source has several rows for one year."""

    __slots__ = ("actual", "estimates", "has_versions")

    def __init__(self) -> None:
        self.actual: dict[str, RowsByYear] = {}
        self.estimates: dict[str, RowsByYear] = {}
        self.has_versions = False

    def has_year(self, year: int) -> bool:
        """Whether any source says anything about a year."""
        return any(year in years for part in (self.actual, self.estimates) for years in part.values())


def _index_figures(figures: Sequence[FigureValue | FigureRow]) -> FigureIndex:
    whole = FigureIndex()
    for figure in figures:
        row = figure if type(figure) is FigureRow else _as_row(figure)
        index = whole.estimates if row.is_estimate else whole.actual
        years = index.get(row.source)
        if years is None:
            years = index[row.source] = {}
        known = years.get(row.year)
        if known is None:
            years[row.year] = row
            continue
        whole.has_versions = True
        if isinstance(known, list):
            known.append(row)
        else:
            years[row.year] = [known, row]
    return whole


def _as_row(figure: FigureValue | FigureRow) -> FigureRow:
    if isinstance(figure, FigureRow):
        return figure
    return FigureRow(figure.year, figure.source, figure.version_id, {figure.fact: in_places(figure.fact, figure.value)}, figure.is_estimate)


def in_places(code: str, value: Value) -> Value:
    """A figure in the catalogue's own number of decimals, as the database gives it; one that has more stays as it is."""
    fact = CATALOGUE.get(code)
    if value is None or fact is None or fact.kind is Kind.FLAG:
        return value
    number = Decimal(value)
    if not number.is_finite():
        return value
    if fact.kind is Kind.COUNT:
        return int(number) if number == number.to_integral_value() else number
    fixed = _WIDE.plus(number.quantize(_STEPS[fact.places], context=_WIDE))
    return fixed if fixed == number else number


_WIDE = Context(prec=60)
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(5))


@dataclass(frozen=True, slots=True)
class Window:
    """A planned filing window of one title: the application year and its dates, both included; None where not yet known."""

    year: int
    opens_on: date | None = None
    closes_on: date | None = None
