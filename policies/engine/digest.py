"""The canonical digest of an answer: the facts used, the version of the standard, the outcomes; never the day.

SHA-256 over canonical JSON: keys in one order, lists sorted, numbers in one spelling (5000, not 5E+3 or 5000.00).
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from policies.engine.conditions.base import OUTCOMES
from policies.engine.facts import FigureRow, Value, VersionId
from policies.engine.slots import Facts
from policies.engine.standard import Criterion, Standard

_CONSTANTS = {None: "null", True: "true", False: "false"}
_LETTERS = tuple(outcome.value for outcome in OUTCOMES)


def outcome_words(code: str) -> tuple[str, ...]:
    """What the digest says of a criterion, by outcome; written once, when a standard is loaded."""
    return tuple(f'"{code}":"{letter}"' for letter in _LETTERS)


def digest_of(standard: Standard, facts: Facts, judged: Sequence[tuple[Criterion, int]], overall: str) -> str:
    """Hex SHA-256 over one line of JSON. Equal for equal facts whatever the order they came in, the machine or the database."""
    outcomes = ",".join([words[outcome] for words, (_, outcome) in zip(standard.outcome_words, judged, strict=True)])
    text = (
        f'{{"standard":"{standard.sha256}","application_year":{facts.year},"district":{_quoted(facts.snapshot.district)},'
        f'"overall":"{overall}","outcomes":{{{outcomes}}},"figures":[{",".join(_figures(standard, facts))}],'
        f"{_surroundings(standard, facts)}}}"
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _figures(standard: Standard, facts: Facts) -> list[str]:
    """One entry per slot of the standard that has a figure, or per version of one in conflict; the slots' order is fixed."""
    entries: list[str] = []
    conflicts = facts.conflicts
    for at, (code, row, value) in enumerate(zip(standard.plan.codes, facts.rows, facts.values, strict=True)):
        if row is not None:
            year, source, version, _values, is_estimate = row
            if version.__class__ is int and not is_estimate:
                text = f"{value}"
                if "." in text:
                    text = text[:-3] if text[-3:] == ".00" and text != "-0.00" else spelled(value)
                elif "E" in text:
                    text = spelled(value)
                entries.append(f'["{code}",{year},"{source}","{text}",{version}]')
            else:
                entries.append(_figure(code, row, value))
        elif conflicts and at in conflicts:
            entries += [_figure(code, other, other.values[code]) for other in conflicts[at]]
    return entries


def _figure(code: str, row: FigureRow, value: Value) -> str:
    version = row.version_id
    name = version if version.__class__ is int else _quoted(version)
    mark = ',"estimate"' if row.is_estimate else ""
    return f'["{code}",{row.year},"{row.source}","{spelled(value)}",{name}{mark}]'


def spelled(value: Value) -> str:
    """One spelling per number: 5000.00, 5E+3 and 5000 are all 5000."""
    text = str(value)
    if value.__class__ is not Decimal:
        return text
    if "E" in text:
        text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if text != "-0" else "0"


def _quoted(value: object) -> str:
    if isinstance(value, str) and value.isalnum():
        return f'"{value}"'
    written = _CONSTANTS.get(value) if value is None or value.__class__ is bool else None
    return written or json.dumps(value, ensure_ascii=False)


def _id(value: VersionId) -> str:
    return str(value) if value.__class__ is int else _quoted(value)


def _surroundings(standard: Standard, facts: Facts) -> str:
    snapshot = facts.snapshot
    if snapshot.titles is None:
        titles = "null"
    else:
        held = [
            f'["{one.title}","{one.valid_from}","{one.valid_until or ""}",{_id(one.recognition_id)}]'
            for one in snapshot.titles
            if one.title in standard.titles_read
        ]
        titles = f"[{','.join(sorted(held))}]"
    if snapshot.incidents is None:
        incidents = "null"
    else:
        seen = [
            f'["{one.kind}",{_quoted(one.severity)},"{one.starts_on}","{one.ends_on or ""}",{_id(one.id)}]'
            for one in snapshot.incidents
            if one.kind in standard.kinds_read
        ]
        incidents = f"[{','.join(sorted(seen))}]"
    attributes = ",".join([f'"{name}":{_plain(_attribute(facts, name))}' for name in standard.attributes_read])
    judgements = ""
    if facts.judgements:
        asked = standard.question_codes
        judgements = ",".join(
            sorted(
                f'["{code}","{one.outcome}",{_id(one.id)},{_quoted(one.evidence_sha)}]'
                for code, one in facts.judgements.items()
                if code in asked
            )
        )
    return f'"titles":{titles},"incidents":{incidents},"attributes":{{{attributes}}},"judgements":[{judgements}]'


def _attribute(facts: Facts, name: str) -> object:
    if name == "uscc":
        return facts.snapshot.uscc
    if name == "district":
        return facts.snapshot.district
    return facts.snapshot.attributes.get(name)


def _plain(value: object) -> str:
    return f'"{value.isoformat()}"' if isinstance(value, date) else _quoted(value)
