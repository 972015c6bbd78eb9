"""The facts of one company as a JSON file: read into a snapshot, every wrong key named with its path; and written from one.

Money is text in yuan or with its unit (`5000 万元`), other figures are text or numbers; nothing passes through binary floating point.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeGuard

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Fact, Kind
from policies.engine import wording
from policies.engine.facts import (
    INCIDENT_LABELS,
    SEVERITY_LABELS,
    FigureRow,
    FigureValue,
    HeldTitle,
    IncidentFact,
    JudgementFact,
    Snapshot,
    Value,
    VersionId,
    in_places,
)
from policies.engine.loader import APPLICATIONS
from policies.engine.outcomes import OUTCOME_LABELS, Outcome
from policies.engine.units import parse_threshold, unit_of

MOST_CHARACTERS = 5_000_000
ATTRIBUTES: dict[str, str] = {
    "industry": "text",
    "founded_on": "day",
    "is_above_scale": "flag",
    "size": "text",
    "town": "text",
    "park": "text",
}
# as many digits as arithmetic of 28 keeps exact, whatever the unit
_AMOUNT = re.compile(r"(-?\d{1,15}(?:\.\d{1,8})?)\s*(\S{0,10})", re.ASCII)
_FLAGS = {"是": True, "否": False}
_SOURCES = {label: str(code) for code, label in SOURCE_LABELS.items()}
_KINDS = {label: str(code) for code, label in INCIDENT_LABELS.items()}
_SEVERITIES = {"": "", **{label: str(code) for code, label in SEVERITY_LABELS.items()}}
_OUTCOMES = {OUTCOME_LABELS[one]: str(one) for one in (Outcome.MET, Outcome.UNMET)}


class FactsError(ValueError):
    """A file of facts that cannot be read: everything that is wrong with it, each as (path, reason). Nothing of it is used."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("\n".join(f"{path}：{reason}" if path else reason for path, reason in problems))
        self.problems = tuple(problems)


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys stood in it twice."""

    twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    keys = [key for key, _ in pairs]
    made.twice = tuple(sorted({key for key in keys if keys.count(key) > 1})) if len(made) < len(keys) else ()
    return made


def _constant(text: str) -> Decimal:
    return Decimal(text)  # NaN and Infinity: refused where the value is read


def read_facts(text: str, *, on: date) -> Snapshot:
    """The snapshot a file describes, as of `on`. Raises FactsError with every problem; nothing is guessed and nothing is left out.

    `titles` or `incidents` that are not there were not looked into; an empty list says that there are none.
    """
    if len(text) > MOST_CHARACTERS:
        raise FactsError([("", f"文件过长，最多 {MOST_CHARACTERS:,} 个字符")])
    try:
        plain = json.loads(
            text.removeprefix("\ufeff"), parse_float=Decimal, parse_int=Decimal, parse_constant=_constant, object_pairs_hook=_object
        )
    except RecursionError as error:
        raise FactsError([("", "嵌套过深")]) from error
    except ValueError as error:
        raise FactsError([("", f"不是 JSON：{error}")]) from error
    reader = _Reader()
    snapshot = reader.snapshot(plain, on)
    if reader.problems or snapshot is None:
        raise FactsError(reader.problems)
    return snapshot


class _Reader:
    """Walks the file once and notes every problem with its path."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def refuse(self, path: str, reason: str) -> None:
        self.problems.append((path, reason))

    def snapshot(self, plain: Any, on: date) -> Snapshot | None:
        keys = ("uscc", "district", "attributes", "figures", "titles", "incidents", "judgements")
        top = self.entry(plain, "", keys)
        if top is None:
            return None
        return Snapshot(
            uscc=self.text(top, "uscc", "", ""),
            on=on,
            district=self.text(top, "district", "", "", pattern=r"\d{6}", shape="6 位数字"),
            attributes=self.attributes(top),
            figures=self.each(top, "figures", self.row) or (),
            titles=self.each(top, "titles", self.title),
            incidents=self.each(top, "incidents", self.incident),
            judgements=self.each(top, "judgements", self.judgement) or (),
        )

    def entry(self, plain: Any, path: str, keys: Sequence[str]) -> _Object | None:
        """An object with no other keys than these."""
        if not isinstance(plain, _Object):
            self.refuse(path, "须是一组“键: 值”（{…}）")
            return None
        for key in plain:
            if key not in keys:
                self.refuse(_join(path, key), f"不认识的键，可用：{'、'.join(keys)}")
        for key in plain.twice:
            self.refuse(_join(path, key), "这个键出现两次")
        return plain

    def each[T](self, block: _Object, key: str, read: Callable[[Any, str], T | None]) -> tuple[T, ...] | None:
        """A list, item by item; None where the key is not there."""
        items = block.get(key)
        if items is None:
            return None
        if not isinstance(items, list):
            self.refuse(key, "须是列表（[…]）")
            return None
        found = [read(item, f"{key}[{at}]") for at, item in enumerate(items)]
        return tuple(one for one in found if one is not None)

    def text(self, block: _Object, key: str, path: str, default: str | None = None, *, pattern: str = "", shape: str = "") -> str:
        """A text; one that is not there takes the default, and is refused where there is none."""
        value = block.get(key)
        if value is None:
            if default is None:
                self.refuse(_join(path, key), "缺少")
            return default or ""
        if not isinstance(value, str):
            self.refuse(_join(path, key), "须是文字")
            return ""
        if pattern and value and not re.fullmatch(pattern, value, re.ASCII):
            self.refuse(_join(path, key), f"“{value}”须是{shape}")
        return value

    def word(self, block: _Object, key: str, path: str, allowed: dict[str, str], default: str | None = None) -> str:
        """One of a closed list, by its code or by its label."""
        value = self.text(block, key, path, default)
        if value in allowed.values():
            return value
        if value in allowed:
            return allowed[value]
        if key in block and isinstance(block[key], str):
            self.refuse(_join(path, key), f"“{value}”不在 {'、'.join(label for label in allowed if label)} 之中")
        return ""

    def day(self, block: _Object, key: str, path: str, *, optional: bool = False) -> date:
        """A date as 2026-04-01; date.max stands for none where it is optional."""
        value = block.get(key)
        if value is None and optional:
            return date.max
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.refuse(_join(path, key), "缺少日期" if value is None else "须是日期，如 2026-04-01")
        return date.max

    def identity(self, block: _Object, key: str, path: str) -> VersionId:
        """The number a row has where it is stored; its place in the file where it has none."""
        value = block.get(key)
        if value is None:
            return path
        if _is_whole(value, 1, 10**18):
            return int(value)
        if isinstance(value, str) and value:
            return value
        self.refuse(_join(path, key), "须是正整数或文字")
        return path

    def flag(self, block: _Object, key: str, path: str) -> bool:
        """true or false; false where it is not there."""
        value = block.get(key, False)
        if not isinstance(value, bool):
            self.refuse(_join(path, key), "须是 true 或 false")
            return False
        return value

    def attributes(self, top: _Object) -> dict[str, object]:
        if top.get("attributes") is None:
            return {}
        block = self.entry(top["attributes"], "attributes", tuple(ATTRIBUTES))
        found: dict[str, object] = {}
        for key, value in (block or {}).items():
            kind = ATTRIBUTES.get(key)
            if value is None or kind is None or block is None:
                continue
            if kind == "day":
                found[key] = self.day(block, key, "attributes")
            elif kind == "flag":
                found[key] = self.flag(block, key, "attributes")
            else:
                found[key] = self.text(block, key, "attributes")
        return found

    def row(self, plain: Any, path: str) -> FigureRow | None:
        block = self.entry(plain, path, ("year", "source", "version", "estimate", "values"))
        if block is None:
            return None
        year = block.get("year")
        if not _is_whole(year, 1990, 2200):
            self.refuse(_join(path, "year"), "须是年份，如 2025")
            return None
        source = self.word(block, "source", path, _SOURCES)
        values = self.values(block.get("values"), f"{path}.values")
        places = {code: in_places(code, value) for code, value in values.items()}
        return FigureRow(int(year), source, self.identity(block, "version", path), places, self.flag(block, "estimate", path))

    def values(self, plain: Any, path: str) -> dict[str, Value]:
        if not isinstance(plain, _Object):
            self.refuse(path, "须是一组“指标: 值”（{…}）")
            return {}
        found: dict[str, Value] = {}
        for key, value in plain.items():
            here = _join(path, key)
            if key not in CATALOGUE:
                self.refuse(here, "指标目录里没有这个指标（见 --list-facts）")
            elif value is not None:
                try:
                    found[key] = read_figure(CATALOGUE[key], value)
                except ValueError as error:
                    self.refuse(here, str(error))
        for key in plain.twice:
            self.refuse(_join(path, key), "这个键出现两次")
        return found

    def title(self, plain: Any, path: str) -> HeldTitle | None:
        block = self.entry(plain, path, ("title", "from", "until", "application", "id"))
        if block is None:
            return None
        title = self.word(block, "title", path, {label: code for code, label in wording.TITLE_LABELS.items()})
        start, end = self.day(block, "from", path), self.day(block, "until", path, optional=True)
        kind = self.word(block, "application", path, {one: one for one in APPLICATIONS}, "认定")
        return HeldTitle(title, start, None if end == date.max else end, self.identity(block, "id", path), kind)

    def incident(self, plain: Any, path: str) -> IncidentFact | None:
        block = self.entry(plain, path, ("kind", "severity", "from", "until", "id"))
        if block is None:
            return None
        kind, severity = self.word(block, "kind", path, _KINDS), self.word(block, "severity", path, _SEVERITIES, "")
        start, end = self.day(block, "from", path), self.day(block, "until", path, optional=True)
        return IncidentFact(kind, severity, start, None if end == date.max else end, self.identity(block, "id", path))

    def judgement(self, plain: Any, path: str) -> JudgementFact | None:
        block = self.entry(plain, path, ("criterion", "outcome", "note", "on", "evidence_sha", "id"))
        if block is None:
            return None
        return JudgementFact(
            criterion=self.text(block, "criterion", path),
            outcome=self.word(block, "outcome", path, _OUTCOMES),
            note=self.text(block, "note", path, ""),
            happened_on=self.day(block, "on", path),
            id=self.identity(block, "id", path),
            evidence_sha=self.text(block, "evidence_sha", path, ""),
        )


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def read_figure(fact: Fact, value: Any) -> Value:
    """One figure in base units: yuan, per cent, pieces. Raises ValueError with the reason."""
    if fact.kind is Kind.FLAG:
        if isinstance(value, bool):
            return value
        if value in _FLAGS:
            return _FLAGS[value]
        raise ValueError("须是 true 或 false")
    if isinstance(value, bool) or not isinstance(value, str | Decimal):
        raise ValueError("须是数")
    number = _number(fact, value)
    places = 0 if fact.kind is Kind.COUNT else fact.places
    if number != round(number, places):
        raise ValueError(f"最多 {places} 位小数" if places else "须是整数")
    if fact.minimum is not None and number < fact.minimum:
        raise ValueError(f"不能小于 {fact.minimum}")
    if fact.maximum is not None and number > fact.maximum:
        raise ValueError(f"不能大于 {fact.maximum}")
    return int(number) if fact.kind is Kind.COUNT else number


def _number(fact: Fact, value: str | Decimal) -> Decimal:
    text = str(value).strip()
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise ValueError(f"“{text[:40]}”不是数，或位数过多")
    if not match[2]:
        return Decimal(match[1])
    try:
        return parse_threshold(f"{match[1]} {match[2]}", unit_of(fact)).value
    except ValueError as error:
        units = "万元、亿元、元" if fact.kind is Kind.MONEY else unit_of(fact).label
        raise ValueError(f"“{text}”的单位应为“{units}”") from error


def _is_whole(value: object, least: int, most: int) -> TypeGuard[Decimal]:
    # the range first: a number of a billion digits is never written out
    return isinstance(value, Decimal) and value.is_finite() and least <= value <= most and value == int(value)


def facts_written(snapshot: Snapshot) -> dict[str, Any]:
    """A snapshot as such a file: read again, it is the same to the last digit and gives the same digest."""
    plain: dict[str, Any] = {
        "uscc": snapshot.uscc,
        "district": snapshot.district,
        "attributes": {name: _written(snapshot.attributes[name]) for name in ATTRIBUTES if snapshot.attributes.get(name) is not None},
        "figures": [_row_written(one) for one in snapshot.figures],
    }
    if snapshot.titles is not None:
        plain["titles"] = [
            {
                "title": one.title,
                "from": one.valid_from.isoformat(),
                "until": _written(one.valid_until),
                "application": one.application_type,
                "id": one.recognition_id,
            }
            for one in snapshot.titles
        ]
    if snapshot.incidents is not None:
        plain["incidents"] = [
            {"kind": one.kind, "severity": one.severity, "from": one.starts_on.isoformat(), "until": _written(one.ends_on), "id": one.id}
            for one in snapshot.incidents
        ]
    plain["judgements"] = [
        {
            "criterion": one.criterion,
            "outcome": one.outcome,
            "note": one.note,
            "on": one.happened_on.isoformat(),
            "evidence_sha": one.evidence_sha,
            "id": one.id,
        }
        for one in snapshot.judgements
    ]
    return plain


def _row_written(one: FigureValue | FigureRow) -> dict[str, Any]:
    values = {one.fact: one.value} if isinstance(one, FigureValue) else one.values
    return {
        "year": one.year,
        "source": one.source,
        "version": one.version_id,
        "estimate": one.is_estimate,
        "values": {fact: _figure_written(CATALOGUE[fact], in_places(fact, value)) for fact, value in values.items() if value is not None},
    }


def _figure_written(fact: Fact, value: Value) -> object:
    if not isinstance(value, Decimal):
        return value
    unit = {Kind.MONEY: " 元", Kind.PERCENT: "%"}.get(fact.kind, f" {fact.unit}")
    return f"{value:f}{unit}"


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
