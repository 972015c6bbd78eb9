"""What stands against a text before it is published: errors with their lines, and contradictions with the library."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import yaml
from django.utils.translation import gettext as _

from policies import engine
from policies.engine.loader import APPLICATIONS
from policies.engine.standard import StandardError, canonical_text
from policies.standards import library
from policies.standards.library import Published

MOST_CHARACTERS = 200_000
MOST_PROBLEMS = 60
# stands for a key of the head that is wrong or missing, so that what comes after it can be looked at as well
_STUBS = {
    "standard": "standard: stub",
    "name": "name: stub",
    "title": "title: little_giant",
    "application": f"application: {APPLICATIONS[0]}",
    "jurisdiction": "jurisdiction: city",
    "grade": "grade: B",
    "in_force": "in_force: {from: 2026-01-01}",
    "document": "document: {number: stub}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: the line it stands on, why, and what is written there."""

    line: int
    reason: str
    written: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A text looked at: compiled where nothing is wrong with it alone, what is wrong, what is worth knowing, and what it follows."""

    standard: engine.Standard | None
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    replaces: Published | None = None

    @property
    def is_sound(self) -> bool:
        """Whether it may be put to a second person."""
        return self.standard is not None and not self.problems


def check(text: str) -> Checked:
    """Every error of the text by line; of a text without one, whether it contradicts the library, and which version it follows."""
    canonical = canonical_text(text)
    try:
        standard = engine.load_standard(canonical, name="")
    except StandardError:
        return Checked(None, tuple(problems_of(canonical)))
    rows = library.library()
    problems = [*_contradictions(standard, rows)]
    return Checked(standard, tuple(problems), tuple(_notes(standard, rows)), replaced_by(standard, rows))


def problems_of(text: str) -> list[Problem]:
    """Every criterion and every key of the head that is wrong, by line. The part an error stands in is set aside, and the rest read on."""
    lines, rest = text.split("\n"), text
    found: list[Problem] = []
    while len(found) < MOST_PROBLEMS:
        try:
            engine.load_standard(rest, name="")
            break
        except StandardError as error:
            is_ours = error.line <= len(lines)
            if is_ours or not found:
                line = min(error.line, len(lines))
                found.append(Problem(line, error.reason, lines[line - 1].strip()[:200]))
            smaller = _set_aside(rest, error) if is_ours else None
            if smaller is None:
                break
            rest = smaller
    return sorted(set(found), key=lambda one: (one.line, one.reason))


def _set_aside(text: str, error: StandardError) -> str | None:
    """The text without the part the error stands in, other lines where they were; None where no part can be told."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    present = {key.value for key, _value in node.value}
    missing = next((key for key in _STUBS if key not in present and f"“{key}”" in error.reason), "")
    if missing and error.line == node.start_mark.line + 1:
        return f"{text.rstrip()}\n{_STUBS[missing]}\n"
    ends = [key.start_mark.line for key, _value in node.value[1:]] + [text.count("\n") + 1]
    for (key, value), end in zip(node.value, ends, strict=True):
        if not key.start_mark.line < error.line <= end:
            continue
        if isinstance(value, yaml.SequenceNode) and not value.flow_style and len(value.value) > 1:
            starts = [item.start_mark.line for item in value.value]
            stops = [*starts[1:], end]
            for start, stop in zip(starts, stops, strict=True):
                if start < error.line <= stop:
                    return _blank(text, start, stop)
        if key.value in _STUBS:
            return f"{_blank(text, key.start_mark.line, end).rstrip()}\n{_STUBS[key.value]}\n"
        return None if key.value == "criteria" else _blank(text, key.start_mark.line, end)
    return None


def _blank(text: str, start: int, stop: int) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:start], *("" for _line in lines[start:stop]), *lines[stop:]])


def _siblings(standard: engine.Standard, rows: Sequence[Published]) -> list[Published]:
    """Versions for the same title, application type and place, cohorts apart."""
    key = (standard.title, standard.application, standard.jurisdiction, standard.cohorts)
    return [one for one in rows if (one.compiled.title, one.compiled.application, one.compiled.jurisdiction, one.compiled.cohorts) == key]


def replaced_by(standard: engine.Standard, rows: Sequence[Published]) -> Published | None:
    """The version a text follows: of those that began before it, the one that began last; None for a first version."""
    earlier = [
        one
        for one in _siblings(standard, rows)
        if one.row.sha256 != standard.sha256 and one.compiled.in_force_from < standard.in_force_from
    ]
    return max(earlier, key=lambda one: (one.compiled.in_force_from, one.row.pk), default=None)


def _line_of(standard: engine.Standard, key: str) -> Problem:
    for number, line in enumerate(standard.text.split("\n"), 1):
        if line.startswith(f"{key}:"):
            return Problem(number, "", line.strip()[:200])
    return Problem(1, "")


def _contradictions(standard: engine.Standard, rows: Sequence[Published]) -> Iterator[Problem]:
    for key, reason in _against(standard, rows):
        place = _line_of(standard, key)
        yield Problem(place.line, reason, place.written)


def _against(standard: engine.Standard, rows: Sequence[Published]) -> Iterator[tuple[str, str]]:
    for one in rows:
        if one.row.sha256 == standard.sha256:
            yield "standard", _("这份文本已经入库（%(number)s），不必再发布。") % {"number": str(one.row)}
            return
        if one.compiled.id == standard.id:
            yield (
                "standard",
                _("标准编号“%(id)s”已被“%(number)s”使用；已入库的版本不能改，请换一个编号。")
                % {
                    "id": standard.id,
                    "number": str(one.row),
                },
            )
    place = [one for one in rows if _place_of(one.compiled) == _place_of(standard)]
    for one in place:
        if one.compiled.in_force_from == standard.in_force_from:
            yield (
                "in_force",
                _("“%(number)s”已自同一天（%(day)s）起施行，请核对施行日。")
                % {
                    "number": str(one.row),
                    "day": standard.in_force_from.isoformat(),
                },
            )
    for one in _siblings(standard, rows):
        begins = one.compiled.in_force_from
        if begins > standard.in_force_from and (standard.in_force_until is None or standard.in_force_until >= begins):
            yield (
                "in_force",
                _("“%(number)s”自 %(day)s 起施行，两个版本会同时有效：请把 until 写到 %(last)s 或更早。")
                % {
                    "number": str(one.row),
                    "day": begins.isoformat(),
                    "last": (begins - timedelta(days=1)).isoformat(),
                },
            )


def _place_of(standard: engine.Standard) -> tuple[str, str, str]:
    return standard.title, standard.application, standard.jurisdiction


def _notes(standard: engine.Standard, rows: Sequence[Published]) -> Iterator[str]:
    """What is allowed and yet worth reading before one submits."""
    earlier = replaced_by(standard, rows)
    if earlier is None:
        yield _("这是该称号这一申请类型的第一个版本。")
    elif _ends_after(earlier.compiled, standard.in_force_from):
        yield _("现行版本“%(number)s”没有在 %(day)s 前废止；自该日起以本版本为准。") % {
            "number": str(earlier.row),
            "day": standard.in_force_from.isoformat(),
        }
    elif _has_hole(earlier.compiled, standard.in_force_from):
        yield _("现行版本“%(number)s”到 %(last)s 为止，与本版本之间有没有标准施行的日子。") % {
            "number": str(earlier.row),
            "last": earlier.compiled.in_force_until.isoformat() if earlier.compiled.in_force_until else "",
        }


def _ends_after(earlier: engine.Standard, begins: date) -> bool:
    return earlier.in_force_until is None or earlier.in_force_until >= begins


def _has_hole(earlier: engine.Standard, begins: date) -> bool:
    return earlier.in_force_until is not None and earlier.in_force_until + timedelta(days=1) < begins


def past_note(standard: engine.Standard, today: date) -> str:
    """What a day of force that has passed means; "" for one to come."""
    if standard.in_force_from > today:
        return ""
    return _("施行日 %(day)s 已过：签批后立即按本版本重算；已作出的审批仍按当时的版本。") % {"day": standard.in_force_from.isoformat()}
