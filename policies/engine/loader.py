"""From a standard's YAML text to a checked, compiled Standard: wholly or not at all."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from policies.engine import wording
from policies.engine.compiling import compile_criterion
from policies.engine.conditions.base import Condition
from policies.engine.conditions.holdings import Attribute, NoIncident
from policies.engine.figures import Inherited, Reads
from policies.engine.reading import Block, read_yaml
from policies.engine.slots import Plan
from policies.engine.standard import GRADES, Criterion, Document, Standard, StandardError, canonical_text, sha256_of

APPLICATIONS = ("认定", "复核", "重新认定", "年度评价")
JURISDICTIONS = ("national", "provincial", "city")


def load_standard(text: str, *, name: str = "standard.yaml") -> Standard:
    """Check and compile one standard, once per text and name. Raises StandardError with file, line and reason; nothing is loaded then."""
    return _loaded(canonical_text(text), name)


@lru_cache(maxsize=200)
def _loaded(canonical: str, name: str) -> Standard:
    block = read_yaml(canonical, name)
    document, in_force = _document(block), block.block("in_force")
    if in_force is None:
        raise block.fail("缺少“in_force”")
    start, end = in_force.day("from"), in_force.day("until")
    if start is None:
        raise in_force.fail("缺少“from”")
    if end is not None and end < start:
        raise in_force.fail("“until”早于“from”", "until")
    in_force.close()
    grade = _one_of(block, "grade", GRADES)
    reads = Reads(Plan(), set(), set(), set(), set(), set())
    inherited = Inherited(grade=grade, citation=document.citation)
    criteria = tuple(compile_criterion(one, reads, inherited) for one in block.blocks("criteria"))
    if not criteria:
        raise block.fail("“criteria”至少写一个条件", "criteria")
    _check_ratings(criteria, block)
    exclusions = tuple(compile_criterion(one, reads, inherited) for one in block.blocks("exclusions"))
    standard = Standard(
        id=block.text("standard"),
        name=block.text("name"),
        title=_one_of(block, "title", tuple(wording.TITLE_LABELS)),
        application=_one_of(block, "application", APPLICATIONS),
        jurisdiction=_one_of(block, "jurisdiction", JURISDICTIONS),
        in_force_from=start,
        in_force_until=end,
        document=document,
        grade=grade,
        cohorts=_cohorts(block),
        criteria=criteria,
        exclusions=exclusions,
        text=canonical,
        sha256=sha256_of(canonical),
        plan=reads.plan,
        titles_read=frozenset(reads.titles),
        kinds_read=frozenset(reads.kinds),
        attributes_read=tuple(sorted(reads.attributes)),
        turning=tuple(turn for one in (*criteria, *exclusions) for turn in calendar_conditions(one)),
        question_codes=frozenset(reads.questions),
    )
    block.text("note", "")
    block.close()
    return standard


def calendar_conditions(criterion: Criterion) -> Iterator[Condition]:
    """The tests that the calendar alone can turn, also inside groups and waivers."""
    if isinstance(criterion.condition, NoIncident | Attribute):
        yield criterion.condition
    for test in criterion.condition.inner_tests:
        yield from _turning(test)
    for part in (*criterion.condition.children, *criterion.waivers):
        yield from calendar_conditions(part)


def _turning(test: Condition) -> Iterator[Condition]:
    if isinstance(test, NoIncident | Attribute):
        yield test
    for child in test.children:
        yield from calendar_conditions(child)


def _check_ratings(criteria: Iterable[Criterion], block: Block) -> None:
    """A rating gives its result; it stands alone, and nothing is decided by it."""
    top = tuple(criteria)
    rated = [one for one in top if one.condition.is_rating]
    if rated and (len(top) > 1 or rated[0].waivers):
        raise block.fail(f"“{rated[0].code}”是评级（classes，或不设门槛的 score），须单独成一个标准", "criteria")
    waiting = [child for one in top for child in (*one.condition.children, *one.waivers)]
    while waiting:
        one = waiting.pop()
        if one.condition.is_rating:
            raise block.fail(f"“{one.code}”：classes 和不设门槛的 score 不能作为分支", "criteria")
        waiting += [*one.condition.children, *one.waivers]


def load_folder(folder: Path) -> tuple[Standard, ...]:
    """All `*.yaml` of a folder in the order of their names. One wrong file, or an id used twice, and none is loaded."""
    standards: list[Standard] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise StandardError(path.name, 1, "文件须是 UTF-8 编码") from error
        standard = load_standard(text, name=path.name)
        _check_apart(standard, standards, path.name)
        standards.append(standard)
    return tuple(standards)


def _check_apart(standard: Standard, others: Iterable[Standard], name: str) -> None:
    for other in others:
        if other.id == standard.id:
            raise StandardError(name, 1, f"标准编号“{standard.id}”已被另一文件使用")


def _one_of(block: Block, key: str, allowed: tuple[str, ...]) -> str:
    value = block.text(key)
    if value not in allowed:
        raise block.fail(f"“{key}: {value}”不在 {'、'.join(allowed)} 之中", key)
    return value


def _cohorts(block: Block) -> tuple[int, ...]:
    cohorts = block.texts("cohorts")
    for year in cohorts:
        if not (year.isdigit() and 1990 <= int(year) <= 2200):
            raise block.fail(f"“cohorts”须是年份，不是“{year}”", "cohorts")
    return tuple(int(year) for year in cohorts)


def _document(block: Block) -> Document:
    part = block.block("document")
    if part is None:
        raise block.fail("缺少“document”")
    document = Document(
        number=part.text("number"),
        name=part.text("name", ""),
        annex=part.text("annex", ""),
        issuer=part.text("issuer", ""),
        issued_on=part.day("issued_on"),
        url=part.text("url", ""),
    )
    if document.url and not document.url.startswith(("https://", "http://")):
        raise part.fail("“url”须是网址", "url")
    part.close()
    return document
