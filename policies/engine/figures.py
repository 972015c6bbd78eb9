"""What a test says about figures, read from its block: the measure, its sources, the period and the published line."""

from dataclasses import dataclass

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Kind
from policies.engine.conditions.measures import FlagLine, Line, Measure
from policies.engine.periods import Period, parse_period
from policies.engine.reading import Block
from policies.engine.slots import Plan
from policies.engine.units import Unit, parse_threshold

COMPARISONS = ("at_least", "at_most", "more_than", "less_than")
SOURCES = {label: str(code) for code, label in SOURCE_LABELS.items()}


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a branch takes over from the criterion it belongs to."""

    code: str = ""
    clause: str = ""
    citation: str = ""
    grade: str = ""
    sources: tuple[str, ...] = ()


@dataclass(slots=True)
class Reads:
    """What a standard looks at, gathered while compiling."""

    plan: Plan
    titles: set[str]
    kinds: set[str]
    attributes: set[str]
    codes: set[str]
    questions: set[str]


def read_sources(block: Block) -> tuple[str, ...]:
    """`source` and what may stand in (`or`), as codes in the order they may be used."""
    first = block.text("source", "")
    labels = (first, *block.texts("or")) if first else ()
    if not first and "or" in block:
        raise block.fail("有“or”而没有“source”", "or")
    for label in labels:
        if label not in SOURCES:
            raise block.fail(f"口径“{label}”不在 {'、'.join(SOURCES)} 之中", "source")
    return tuple(dict.fromkeys(SOURCES[label] for label in labels))


def read_measure(block: Block, here: Inherited) -> Measure:
    """`fact`, `ratio` or `growth`, with the sources it is read from."""
    key = "fact" if "fact" in block else "ratio" if "ratio" in block else "growth"
    codes = block.texts(key)
    if len(codes) != (2 if key == "ratio" else 1):
        raise block.fail("ratio 须是两个指标：[分子, 分母]" if key == "ratio" else f"“{key}”须是一个指标", key)
    for code in codes:
        if code not in CATALOGUE:
            raise block.fail(f"指标目录里没有“{code}”", key)
        if key != "fact" and CATALOGUE[code].kind is Kind.FLAG:
            raise block.fail(f"“{code}”是是否项，不能计算", key)
    sources = read_sources(block) or here.sources
    if not sources:
        raise block.fail("没有写明口径（source）", key)
    return Measure(codes[0], codes[1] if key == "ratio" else None, sources)


def read_period(block: Block) -> Period:
    """`period`, one of the published words."""
    try:
        return parse_period(block.text("period"))
    except ValueError as error:
        raise block.fail(str(error), "period") from error


def read_line(block: Block, unit: Unit) -> Line:
    """The one comparison of a block, in the unit of what is compared."""
    if unit.is_flag:
        wanted = block.text("is")
        if wanted not in ("是", "否"):
            raise block.fail("“is”须是 是 或 否", "is")
        return FlagLine(wanted == "是")
    found = [name for name in COMPARISONS if name in block]
    if len(found) != 1:
        raise block.fail(f"须有且只有一个门槛（{'、'.join(COMPARISONS)}），现有：{'、'.join(found) or '无'}")
    try:
        return Line(found[0], parse_threshold(block.text(found[0]), unit))
    except ValueError as error:
        raise block.fail(str(error), found[0]) from error
