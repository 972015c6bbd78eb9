"""What the library covers: titles × versions × criteria, who decides each, how well it is read, and how many worked cases try it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from companies.recognitions import seeds
from policies import engine

Cases = Counter[tuple[str, str]]  # (standard, criterion) → lines that expect something of it


@dataclass(frozen=True, slots=True)
class CriterionCoverage:
    """One top-level criterion or exclusion; `decided_by` figures, people, or both where a group holds a question beside figures."""

    code: str
    text: str
    decided_by: str
    grade: str
    needs_check: bool
    is_local: bool
    tests: int
    cases: int
    fewest_cases: int


@dataclass(frozen=True, slots=True)
class StandardCoverage:
    """One version of one title. `fewest_cases`: of its criterion or branch that is tried least."""

    title: str
    standard: str
    application: str
    document: str
    in_force_from: str
    in_force_until: str
    cohorts: tuple[int, ...]
    criteria: tuple[CriterionCoverage, ...]

    def decided(self) -> Counter[str]:
        """Criteria by who decides."""
        return Counter(one.decided_by for one in self.criteria)

    def grades(self) -> Counter[str]:
        """Criteria by evidence grade."""
        return Counter(one.grade for one in self.criteria)


def count_cases(folder: Path) -> Cases:
    """Worked cases per standard and criterion, from the files the tests read; none where the folder is not there."""
    found: Cases = Counter()
    for path in sorted(folder.glob("*.yaml")):
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
        for standard in plain["standards"]:
            lines = {**plain.get("criteria", {}), **plain.get("differing", {}).get(standard, {})}
            for code, outcomes in lines.items():
                found[standard, code] += sum(len(facts) for facts in outcomes.values())
            for case in plain.get("cases", []):
                if standard in case.get("only", [standard]):
                    found.update((standard, code) for code in case.get("expect", {}))
    return found


def coverage_of(standards: Iterable[engine.Standard], cases: Cases) -> list[StandardCoverage]:
    """The versions in the order of the titles, each title's oldest first."""
    order = list(engine.TITLE_LABELS)
    ranked = sorted(standards, key=lambda one: (order.index(one.title), one.application, one.in_force_from, one.id))
    return [_standard(one, cases) for one in ranked]


def titles_without(standards: Iterable[engine.Standard]) -> dict[str, str]:
    """Titles no version is there for: code → how the title comes about (`nominated`: named by a list, no text is published)."""
    covered = {one.title for one in standards}
    lines = yaml.safe_load(seeds.TITLES.read_text(encoding="utf-8"))["titles"]
    kinds = {line["code"]: line.get("kind", "granted") for line in lines}
    return {title: kinds.get(title, "granted") for title in engine.TITLE_LABELS if title not in covered}


def _standard(standard: engine.Standard, cases: Cases) -> StandardCoverage:
    return StandardCoverage(
        title=standard.title,
        standard=standard.id,
        application=standard.application,
        document=standard.document.citation,
        in_force_from=standard.in_force_from.isoformat(),
        in_force_until=standard.in_force_until.isoformat() if standard.in_force_until else "",
        cohorts=standard.cohorts,
        criteria=tuple(_criterion(standard, one, cases) for one in (*standard.criteria, *standard.exclusions)),
    )


def _criterion(standard: engine.Standard, one: engine.Criterion, cases: Cases) -> CriterionCoverage:
    parts = list(_parts(one))
    leaves = [part for part in parts if not engine.children_of(part)]
    deciders = {leaf.judged_by for leaf in leaves}
    decided_by = "both" if len(deciders) > 1 else "people" if deciders == {"officer"} else "figures"
    return CriterionCoverage(
        code=one.code,
        text=one.text,
        decided_by=decided_by,
        grade=one.grade,
        needs_check=any(part.dispute or part.grade not in engine.GRADES_READ_IN_THE_ORIGINAL for part in parts),
        is_local=one.is_local,
        tests=len(leaves),
        cases=cases[standard.id, one.code],
        fewest_cases=min(cases[standard.id, part.code] for part in parts),
    )


def _parts(one: engine.Criterion) -> Iterator[engine.Criterion]:
    """A criterion, its branches and its waivers."""
    yield one
    for part in (*engine.children_of(one), *one.waivers):
        yield from _parts(part)


HEAD = ("standard", "application", "in force", "criteria", "figures", "both", "people", "to check", "local", "cases", "fewest", "grades")


def table_of(covered: Iterable[StandardCoverage], without: dict[str, str]) -> list[str]:
    """The coverage as a plain table, with its sums."""
    rows = [HEAD, *(_row(one) for one in covered)]
    counts = range(3, len(HEAD) - 1)
    sums = [sum(int(row[at]) for row in rows[1:]) for at in counts]
    sums[HEAD.index("fewest") - 3] = min((int(row[HEAD.index("fewest")]) for row in rows[1:]), default=0)
    rows.append(("total", "", "", *map(str, sums), ""))
    widths = [max(_width(row[at]) for row in rows) for at in range(len(HEAD))]
    lines = ["  ".join(text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    nominated = [title for title, kind in without.items() if kind == "nominated"]
    others = [title for title in without if title not in nominated]
    return [*lines, "", f"named by a list: {', '.join(nominated) or 'none'}", f"without a standard: {', '.join(others) or 'none'}"]


def _row(one: StandardCoverage) -> tuple[str, ...]:
    decided = one.decided()
    cohorts = f" cohorts {', '.join(map(str, one.cohorts))}" if one.cohorts else ""
    return (
        one.standard,
        one.application,
        f"{one.in_force_from} to {one.in_force_until or 'now'}{cohorts}",
        str(len(one.criteria)),
        str(decided["figures"]),
        str(decided["both"]),
        str(decided["people"]),
        str(sum(part.needs_check for part in one.criteria)),
        str(sum(part.is_local for part in one.criteria)),
        str(sum(part.cases for part in one.criteria)),
        str(min((part.fewest_cases for part in one.criteria), default=0)),
        " ".join(f"{grade}:{number}" for grade, number in sorted(one.grades().items())),
    )


def _width(text: str) -> int:
    """Columns a text takes in a terminal: ideographs take two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def plain_of(covered: Iterable[StandardCoverage], without: dict[str, str]) -> dict[str, Any]:
    """The coverage as JSON-safe data, criterion by criterion."""
    rows = [{**asdict(one), "decided_by": dict(one.decided()), "grades": dict(one.grades())} for one in covered]
    return {"standards": rows, "titles_without_a_standard": without}
