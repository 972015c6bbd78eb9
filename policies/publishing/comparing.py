"""Two texts of a standard side by side: criterion by criterion by code, every field of each, changed numbers marked.

It reads the texts themselves, not their compiled form: nothing that is written can differ without standing in the comparison.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, NamedTuple

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.figures.catalogue import CATALOGUE
from policies.engine.wording import TITLE_LABELS

SECTIONS = ("exclusions", "criteria")
_CHILDREN = ("any", "all", "steps", "waived_by")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[A-Za-z_]+|.", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

KEY_LABELS: dict[str, Any] = {
    "standard": gettext_lazy("标准编号"),
    "name": gettext_lazy("名称"),
    "title": gettext_lazy("称号"),
    "application": gettext_lazy("申请类型"),
    "jurisdiction": gettext_lazy("适用地域"),
    "grade": gettext_lazy("依据等级"),
    "in_force.from": gettext_lazy("施行日"),
    "in_force.until": gettext_lazy("废止日"),
    "document.number": gettext_lazy("文号"),
    "document.name": gettext_lazy("文件"),
    "document.annex": gettext_lazy("附件"),
    "document.issuer": gettext_lazy("发文机关"),
    "document.issued_on": gettext_lazy("发文日期"),
    "document.url": gettext_lazy("官方网址"),
    "cohorts": gettext_lazy("适用的认定年度"),
    "note": gettext_lazy("说明"),
    "text": gettext_lazy("条件"),
    "clause": gettext_lazy("条款"),
    "citation": gettext_lazy("引文"),
    "evidence": gettext_lazy("佐证材料"),
    "veto": gettext_lazy("一票否决"),
    "local": gettext_lazy("本地设定"),
    "dispute": gettext_lazy("待核说明"),
    "source": gettext_lazy("口径"),
    "or": gettext_lazy("可替代口径"),
    "fact": gettext_lazy("指标"),
    "ratio": gettext_lazy("占比"),
    "growth": gettext_lazy("增长率"),
    "method": gettext_lazy("算法"),
    "period": gettext_lazy("期间"),
    "within": gettext_lazy("期限"),
    "holds": gettext_lazy("持有称号"),
    "no_incident": gettext_lazy("负面信息"),
    "attribute": gettext_lazy("登记信息"),
    "question": gettext_lazy("人工核"),
    "at_least": gettext_lazy("门槛（以上）"),
    "at_most": gettext_lazy("门槛（以下）"),
    "more_than": gettext_lazy("门槛（超过）"),
    "less_than": gettext_lazy("门槛（低于）"),
    "place": gettext_lazy("所属"),
    "is": gettext_lazy("须为"),
    "kinds": gettext_lazy("类别"),
    "from": gettext_lazy("自"),
    "shows": gettext_lazy("旁列指标"),
    "by_time": gettext_lazy("只待时间"),
    "judged_by": gettext_lazy("判定方式"),
    "bands.fact": gettext_lazy("分档指标"),
    "bands.period": gettext_lazy("分档期间"),
    "when.at_least": gettext_lazy("本档（以上）"),
    "when.at_most": gettext_lazy("本档（以下）"),
    "when.more_than": gettext_lazy("本档（超过）"),
    "when.less_than": gettext_lazy("本档（低于）"),
    "starts_with": gettext_lazy("开头"),
    "one_of": gettext_lazy("属于"),
    "on_or_before": gettext_lazy("不晚于"),
    "years_at_least": gettext_lazy("满（年）"),
}


class Piece(NamedTuple):
    """A run of text; `mark` is "" where both versions agree, `up` or `down` for a number that rose or fell, else `changed`."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of a criterion, or of the head, in both versions; empty pieces where it is not written."""

    key: str
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def label(self) -> str:
        """The field in words; its own key where there is none."""
        return str(KEY_LABELS.get(self.key, self.key))

    @property
    def is_changed(self) -> bool:
        """Whether the versions differ here."""
        return self.before_text != self.after_text

    @property
    def before_text(self) -> str:
        """As written before."""
        return "".join(piece.text for piece in self.before)

    @property
    def after_text(self) -> str:
        """As written now."""
        return "".join(piece.text for piece in self.after)


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion in both versions; `kind` is added, removed, changed or same."""

    code: str
    text: str
    kind: str
    fields: tuple[FieldLine, ...]

    @property
    def changed(self) -> tuple[FieldLine, ...]:
        """The fields that differ."""
        return tuple(line for line in self.fields if line.is_changed)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Head and criteria of two versions; `before` may be nothing."""

    head: tuple[FieldLine, ...]
    criteria: tuple[CriterionLine, ...]
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[CriterionLine, ...]:
        """Criteria that are not the same in both."""
        return tuple(line for line in self.criteria if line.kind != "same")

    @property
    def same(self) -> tuple[CriterionLine, ...]:
        """Criteria that are."""
        return tuple(line for line in self.criteria if line.kind == "same")

    @property
    def head_changed(self) -> tuple[FieldLine, ...]:
        """Lines of the head that differ."""
        return tuple(line for line in self.head if line.is_changed)


def compare(before: str, after: str) -> Comparison:
    """Compare two texts that were loaded; `before` is "" where there is no earlier version."""
    old, new = _Lines(before), _Lines(after)
    head = tuple(_plain(_field(key, old.head.get(key, ""), new.head.get(key, ""))) for key in _union(old.head, new.head))
    criteria = tuple(_criterion(code, old.criteria.get(code), new.criteria.get(code)) for code in _union(new.criteria, old.criteria))
    counts = {kind: sum(one.kind == kind for one in criteria) for kind in ("added", "removed", "changed", "same")}
    return Comparison(head, criteria, counts)


def _union(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    return [*first, *(key for key in second if key not in first)]


def _field(key: str, before: str, after: str) -> FieldLine:
    return FieldLine(key, *pieces_of(before, after))


def _plain(line: FieldLine, *, is_marked: bool = True) -> FieldLine:
    """A line whose numbers are days and names, which neither rise nor fall; or one that is new as a whole and not marked at all."""
    sides = (
        tuple(Piece(piece.text, "changed" if piece.mark and is_marked else "") for piece in side) for side in (line.before, line.after)
    )
    return FieldLine(line.key, *sides)


def _criterion(code: str, before: dict[str, str] | None, after: dict[str, str] | None) -> CriterionLine:
    keys = _union(after or {}, before or {})
    lines = tuple(_field(key, (before or {}).get(key, ""), (after or {}).get(key, "")) for key in keys)
    text = ((after or {}).get("text") or (before or {}).get("text") or "").strip()
    if before is None or after is None:
        return CriterionLine(code, text, "added" if before is None else "removed", tuple(_plain(line, is_marked=False) for line in lines))
    return CriterionLine(code, text, "changed" if any(line.is_changed for line in lines) else "same", lines)


def pieces_of(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts cut where they differ; whole numbers stay whole, and one that rose or fell says so on the later side."""
    if before == after or not before or not after:
        return tuple(Piece(text, "" if before == after else "changed") for text in (before,) if text), tuple(
            Piece(text, "" if before == after else "changed") for text in (after,) if text
        )
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[i:j]), "".join(new[k:m])
        if kind == "equal":
            left.append(Piece(gone))
            right.append(Piece(come))
            continue
        left += [Piece(gone, "changed")] if gone else []
        right += [Piece(come, _direction(gone, come))] if come else []
    return tuple(left), tuple(right)


def _direction(gone: str, come: str) -> str:
    if not (_NUMBER.fullmatch(gone) and _NUMBER.fullmatch(come)):
        return "changed"
    if Decimal(come) == Decimal(gone):
        return "changed"
    return "up" if Decimal(come) > Decimal(gone) else "down"


class _Lines:
    """A text as head (key → words) and criteria (code → key → words), in the order written."""

    def __init__(self, text: str) -> None:
        plain = yaml.safe_load(text) if text else {}
        self.head: dict[str, str] = {}
        self.criteria: dict[str, dict[str, str]] = {}
        for key, value in plain.items():
            if key in SECTIONS:
                self._criteria(value or [], key, "")
            elif isinstance(value, list) and value and all(isinstance(item, dict) and "code" in item for item in value):
                self._criteria(value, key, "")
            else:
                self.head.update(_flat(key, value))

    def _criteria(self, items: list[dict[str, Any]], place: str, parent: str) -> None:
        for number, item in enumerate(items, 1):
            code = str(item.get("code", f"{parent}.{number}"))
            words = {"place": _place(place, parent)} if place != "criteria" else {}
            self.criteria[code] = words
            for key, value in item.items():
                if key == "code":
                    continue
                for name, children in _groups(key, value):
                    self._criteria(children, name, f"{code}x" if name == "waived_by" else code)
                words.update(_flat(key, _without_groups(key, value)))


def _place(name: str, parent: str) -> str:
    """Where a criterion stands that is no line of its own: `L-4 的免除情形`."""
    words: dict[str, Any] = {
        "exclusions": _("排除情形"),
        "any": _("满足其一"),
        "all": _("同时满足"),
        "steps": _("分档"),
        "waived_by": _("免除情形"),
    }
    return f"{parent.removesuffix('x')} {words.get(name, name)}".strip()


def _groups(key: str, value: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Lists of criteria inside a field: alternatives, parts, waivers, the steps of bands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _groups(name, inner)
    elif key in _CHILDREN and isinstance(value, list) and all(isinstance(item, dict) for item in value):
        yield key, value


def _without_groups(key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: inner for name, inner in value.items() if not list(_groups(name, inner))}
    return None if list(_groups(key, value)) else value


def _flat(key: str, value: Any) -> dict[str, str]:
    """`{from: …}` of in_force becomes in_force.from; a field that is not written gives nothing."""
    if isinstance(value, dict):
        found: dict[str, str] = {}
        for name, inner in value.items():
            found.update(_flat(f"{key}.{name}", inner))
        return found
    return {} if value is None or value == [] else {key: _words(value, _NAMES.get(key.rpartition(".")[2], {}))}


# codes a reader knows by name
_LABELS = Counter(fact.label for fact in CATALOGUE.values())
_FACTS = {code: fact.label if _LABELS[fact.label] == 1 else f"{fact.label}（{code}）" for code, fact in CATALOGUE.items()}
_NAMES: dict[str, dict[str, str]] = {
    **dict.fromkeys(("fact", "ratio", "growth", "shows"), _FACTS),
    **dict.fromkeys(("title", "holds"), TITLE_LABELS),
}


def _words(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "、".join(_words(item, names) for item in value)
    if isinstance(value, dict):
        return "，".join(f"{KEY_LABELS.get(name, name)} {_words(inner, names)}" for name, inner in value.items())
    return names.get(value, str(value)) if isinstance(value, str) else str(value)
