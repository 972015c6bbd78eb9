"""A standard as loaded: its identity, its document, its criteria with their compiled conditions."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.engine.conditions.base import Condition
    from policies.engine.slots import Plan

GRADES = ("A", "B2", "B", "C", "M-hi", "M-med", "M-lo", "DESIGN")


class StandardError(ValueError):
    """A standard that cannot be loaded: which file, which line, why. Nothing of the file is loaded."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name} 第 {line} 行：{reason}")
        self.name = name
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Document:
    """Where the standard is published."""

    number: str
    name: str = ""
    annex: str = ""
    issuer: str = ""
    issued_on: date | None = None
    url: str = ""

    @property
    def citation(self) -> str:
        """工信部企业〔2026〕2号 附件2."""
        return f"{self.number} {self.annex}".strip()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a standard (or one branch of a group): what it says, where it is published, how it is judged."""

    code: str
    text: str
    clause: str
    citation: str
    grade: str
    judged_by: str
    evidence: tuple[str, ...]
    is_veto: bool
    is_local: bool
    dispute: str
    condition: "Condition" = field(compare=False)
    waivers: tuple["Criterion", ...] = ()


@dataclass(frozen=True, slots=True)
class Standard:
    """One published rule set, one version. `cohorts`: the recognition years a review is for; empty means any."""

    id: str
    name: str
    title: str
    application: str
    jurisdiction: str
    in_force_from: date
    in_force_until: date | None
    document: Document
    grade: str
    cohorts: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    exclusions: tuple[Criterion, ...]
    text: str = field(repr=False)
    sha256: str = ""
    plan: "Plan" = field(default=None, repr=False, compare=False)  # type: ignore[assignment]
    titles_read: frozenset[str] = frozenset()
    kinds_read: frozenset[str] = frozenset()
    attributes_read: tuple[str, ...] = ()
    question_codes: frozenset[str] = frozenset()
    turning: tuple["Condition", ...] = field(default=(), repr=False, compare=False)

    def is_in_force_on(self, day: date) -> bool:
        """Whether `day` lies between the first and the last day of force, both included."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


def canonical_text(text: str) -> str:
    """The text that is stored and hashed: line feeds only, no byte order mark, no blanks at line ends, one final line feed."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def sha256_of(text: str) -> str:
    """SHA-256 of the canonical text, hex."""
    return hashlib.sha256(canonical_text(text).encode()).hexdigest()


def standard_for(
    standards: Iterable[Standard], *, title: str, application: str = "认定", on: date, cohort: int | None = None
) -> Standard | None:
    """The standard of a title in force on a day; a review of one cohort prefers the text written for that cohort.

    None when nothing is in force. Of several, the one that came into force last.
    """
    candidates = [
        standard
        for standard in standards
        if standard.title == title
        and standard.application == application
        and standard.is_in_force_on(on)
        and (not standard.cohorts or cohort in standard.cohorts)
    ]
    return max(candidates, key=lambda one: (bool(one.cohorts), one.in_force_from, one.id), default=None)
