"""Reads the worked cases of `cases/*.yaml`: facts as a policy officer writes them, to a snapshot."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Kind
from policies.engine import (
    INCIDENT_LABELS,
    OUTCOME_LABELS,
    SEVERITY_LABELS,
    Criterion,
    FigureValue,
    HeldTitle,
    IncidentFact,
    JudgementFact,
    ScorePart,
    Sheet,
    Snapshot,
    Standard,
    Verdict,
    load_folder,
)
from policies.engine.scores.parts import Part
from policies.engine.scores.score import Score

ROOT = Path(__file__).resolve().parents[2]
STANDARDS = load_folder(ROOT / "policies" / "standards" / "data")
BY_ID: dict[str, Standard] = {standard.id: standard for standard in STANDARDS}
OUTCOMES = {label: outcome for outcome, label in OUTCOME_LABELS.items()}
SOURCES = {label: str(code) for code, label in SOURCE_LABELS.items()}
KINDS = {label: str(code) for code, label in INCIDENT_LABELS.items()}
SEVERITIES = {label: str(code) for code, label in SEVERITY_LABELS.items()}
USCC = "91330603MA2XD07KXJ"


@dataclass(frozen=True)
class Case:
    """One line of a case file: what differs from the base firm, and what is expected."""

    file: str
    standard: Standard
    on: date
    facts: dict[str, Any]
    expect: dict[str, str]
    more: dict[str, Any]


def read_cases(path: Path) -> list[Case]:
    """All cases of one file, for each of its standards: `criteria` (outcome → facts) and `cases` (named, more expected).

    `differing` holds the lines of criteria that one of the standards judges otherwise than the others.
    """
    plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    cases = []
    for name, on in plain["standards"].items():
        standard, base = BY_ID[name], plain["base"]
        known = {one.code for one in all_criteria(standard)}
        for code, outcomes in {**plain["criteria"], **plain.get("differing", {}).get(name, {})}.items():
            if code in known:
                for outcome, lines in outcomes.items():
                    cases += [Case(path.stem, standard, on, {**base, **line}, {code: outcome}, {}) for line in lines]
        for one in plain.get("cases", []):
            if name in one.get("only", [name]):
                facts = {**base, **one.get("facts", {})}
                cases.append(Case(path.stem, standard, one.get("on", on), facts, one.get("expect", {}), one))
    return cases


@dataclass(frozen=True)
class PointCase:
    """One line of `points`: what one part of a score table gives for the base firm with some figures changed."""

    file: str
    standard: Standard
    on: date
    facts: dict[str, Any]
    part: str
    points: str


def read_points(path: Path) -> list[PointCase]:
    """All lines of `points` (part → points → facts) of one file, for each of its standards that has the part."""
    plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        PointCase(path.stem, BY_ID[name], on, {**plain["base"], **line}, code, points)
        for name, on in plain["standards"].items()
        for code, by_points in plain.get("points", {}).items()
        if code in all_parts(BY_ID[name])
        for points, lines in by_points.items()
        for line in lines
    ]


def all_parts(standard: Standard) -> dict[str, Part]:
    """Every part of every score table by its code."""
    found: dict[str, Part] = {}
    waiting: list[Part] = [part for one in all_criteria(standard) if isinstance(one.condition, Score) for part in one.condition.groups]
    while waiting:
        part = waiting.pop()
        found[part.code] = part
        waiting += part.parts
    return found


def shown_parts(sheet: Sheet) -> dict[str, ScorePart]:
    """Every part that a sheet shows, by its code."""
    found: dict[str, ScorePart] = {}
    waiting = [part for verdict in all_verdicts(sheet).values() for part in verdict.parts]
    while waiting:
        part = waiting.pop()
        found[part.code] = part
        waiting += part.parts
    return found


def all_criteria(standard: Standard) -> list[Criterion]:
    """Criteria, exclusions, branches and waivers."""
    found: list[Criterion] = []
    waiting = [*standard.criteria, *standard.exclusions]
    while waiting:
        one = waiting.pop(0)
        found.append(one)
        waiting += [*one.condition.children, *one.waivers]
    return found


def all_verdicts(sheet: Sheet) -> dict[str, Verdict]:
    """Every verdict of a sheet by code, branches and waivers included."""
    found: dict[str, Verdict] = {}
    waiting = [*sheet.verdicts, *sheet.exclusions]
    while waiting:
        one = waiting.pop(0)
        found[one.code] = one
        waiting += [*one.children, *one.waivers]
    return found


def snapshot_of(facts: dict[str, Any], on: date) -> Snapshot:
    """Facts as written to a snapshot: `2025 revenue`, `2025 revenue 统计年报`, `称号 …`, `负面 …`, `判断 …`, `代码`, `属地`, `成立`."""
    figures: list[FigureValue] = []
    titles: list[HeldTitle] | None = []
    incidents: list[IncidentFact] | None = []
    judgements: list[JudgementFact] = []
    uscc, district, attributes = USCC, "330603", {}
    for number, (key, value) in enumerate(facts.items(), 1):
        words = str(key).split()
        if key == "代码":
            uscc = str(value)
        elif key == "属地":
            district = str(value)
        elif key == "成立":
            attributes = {} if value == "缺" else {"founded_on": value}
        elif key == "称号":
            titles = None if value == "未查" else titles
        elif key == "负面":
            incidents = None if value == "未查" else incidents
        elif words[0] == "称号":
            if value == "缺":
                continue
            start, end = (date.fromisoformat(day) for day in value.split(" 至 "))
            assert titles is not None
            titles.append(HeldTitle(words[1], start, end, number))
        elif words[0] == "属性":
            if value != "缺":
                attributes[words[1]] = {"是": True, "否": False}.get(value, value)
        elif words[0] == "负面":
            assert incidents is not None
            incidents.append(_incident(words[1], value, number))
        elif words[0] == "判断":
            if value != "缺":
                judgements.append(JudgementFact(words[1], OUTCOMES[value], "已核", min(on, date(2022, 9, 1)), number))
        elif value != "缺":
            source = SOURCES[words[2]] if len(words) > 2 else "self_reported"
            figures.append(FigureValue(words[1], int(words[0]), _figure(words[1], value), source, number))
    return Snapshot(
        uscc=uscc,
        on=on,
        district=district,
        attributes=attributes,
        figures=figures,
        titles=titles,
        incidents=incidents,
        judgements=judgements,
    )


def _incident(kind: str, text: str | date, number: int) -> IncidentFact:
    """`较大 2024-05-01` or `2024-05-01 至 2024-08-01`."""
    words = str(text).split()
    severity = SEVERITIES[words.pop(0)] if words[0] in SEVERITIES else ""
    end = date.fromisoformat(words[2]) if len(words) > 2 else None
    return IncidentFact(KINDS[kind], severity, date.fromisoformat(words[0]), end, number)


def _figure(code: str, text: Any) -> Decimal | int | bool:
    kind = CATALOGUE[code].kind
    if kind is Kind.FLAG:
        return {"是": True, "否": False}[text]
    number, _, unit = str(text).partition(" ")
    if kind is Kind.MONEY:
        return Decimal(number) * {"万元": 10_000, "亿元": 100_000_000, "元": 1}[unit]
    return int(number) if kind is Kind.COUNT else Decimal(number.removesuffix("%"))
