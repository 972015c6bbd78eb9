"""The canonical digest of an answer: the facts used, the version of the standard, the outcomes; never the day.

SHA-256 over one text in a fixed order: the outcome of every criterion as a digit, every figure the standard reads in the catalogue's
own number of decimals (a snapshot brings them to that, so that 5000, 5E+3 and 5000.00 are one), the versions they come from, sorted.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date

from policies.engine.facts import FigureRow, VersionId
from policies.engine.slots import Facts
from policies.engine.standard import Criterion, Standard

_CONSTANTS = {None: "null", True: "true", False: "false"}


def digest_of(standard: Standard, facts: Facts, judged: Sequence[tuple[Criterion, int]], overall: str) -> str:
    """Hex SHA-256. Equal for equal facts whatever the order they came in, the machine or the database."""
    outcomes = "".join([_DIGITS[outcome] for _, outcome in judged])
    text = (
        f'{{"standard":"{standard.sha256}","application_year":{facts.year},"district":{_quoted(facts.snapshot.district)},'
        f'"overall":"{overall}","outcomes":"{outcomes}","figures":"{",".join(map(str, facts.values))}",'
        f'"versions":[{_versions(facts)}],{_conflicts(standard, facts) if facts.conflicts else ""}{_surroundings(standard, facts)}}}'
    )
    return hashlib.sha256(text.encode()).hexdigest()


_DIGITS = "01234"


def _versions(facts: Facts) -> str:
    """The versions that gave a figure, each once."""
    used = {id(row): row for row in facts.rows if row is not None}
    return ",".join(sorted([_version(row) for row in used.values()]))


def _version(row: FigureRow) -> str:
    year, source, version, _values, is_estimate = row
    mark = ',"estimate"' if is_estimate else ""
    return f'[{year},"{source}",{version if version.__class__ is int else _quoted(version)}{mark}]'


def _conflicts(standard: Standard, facts: Facts) -> str:
    """Figures of one source that differ: each with the version that says so."""
    codes = standard.plan.codes
    told = [f'[{at},"{row.values[codes[at]]}",{_version(row)}]' for at, rows in sorted(facts.conflicts.items()) for row in rows]
    return f'"conflicts":[{",".join(told)}],'


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
