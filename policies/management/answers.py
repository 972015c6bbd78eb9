"""What the command `evaluate` answers: one sheet, from a file of facts or from the register, in words or as JSON."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.core.management.base import CommandError
from django.db import DatabaseError

from companies.register.models import Company
from policies import engine
from policies.engine.sheet import Verdict
from policies.standards import library
from policies.standards.library import Published
from policies.standards.snapshots import EVERYTHING, snapshots_for, windows_of, with_judgements


class Texts(NamedTuple):
    """The standards at hand, and the rows they come from: none where there is no database, or nothing is published in it."""

    standards: tuple[engine.Standard, ...]
    rows: tuple[Published, ...]


class Asked(NamedTuple):
    """Which sheet: title, kind of application, day, application year and cohort where they are not the usual ones."""

    title: str
    application: str
    on: date
    year: int | None = None
    cohort: int | None = None


def texts() -> Texts:
    """The published rows where the database has them, else the files of the repository."""
    try:
        rows = tuple(library.library())
    except DatabaseError:
        rows = ()
    if rows:
        return Texts(tuple(one.compiled for one in rows), rows)
    return Texts(engine.load_folder(library.DATA_FOLDER), ())


def sheet_of_facts(snapshot: engine.Snapshot, asked: Asked) -> engine.Sheet:
    """The sheet of a company told in a file; no row of it is needed."""
    known = texts()
    standard = _chosen(known.standards, snapshot, asked)
    windows = windows_of(asked.title) if known.rows else ()
    return engine.evaluate(standard, snapshot, on=asked.on, application_year=asked.year, windows=windows)


def sheet_of_company(uscc: str, asked: Asked) -> engine.Sheet:
    """The sheet of a firm of the register."""
    snapshot, standard = _company(uscc, asked)
    return engine.evaluate(standard, snapshot, on=asked.on, application_year=asked.year, windows=windows_of(asked.title))


def facts_of_company(uscc: str, asked: Asked) -> engine.Snapshot:
    """What the register knows of a firm, with what people judged under the standard asked for."""
    return _company(uscc, asked)[0]


def _company(uscc: str, asked: Asked) -> tuple[engine.Snapshot, engine.Standard]:
    company = Company.objects.filter(uscc=uscc.strip().upper(), withdrawn_on__isnull=True).first()
    if company is None:
        raise CommandError("no firm of that code")
    (subject,) = snapshots_for([company.pk], on=asked.on, reading=EVERYTHING)
    known = texts()
    standard = _chosen(known.standards, subject.snapshot, asked)
    row = next((one.row for one in known.rows if one.compiled is standard), None)
    return (subject.snapshot if row is None else with_judgements(subject, row.pk)), standard


def _chosen(standards: Iterable[engine.Standard], snapshot: engine.Snapshot, asked: Asked) -> engine.Standard:
    cohort = asked.cohort if asked.cohort is not None else _cohort(snapshot, asked)
    found = engine.standard_for(standards, title=asked.title, application=asked.application, on=asked.on, cohort=cohort)
    if found is not None:
        return found
    if asked.title not in engine.TITLE_LABELS:
        raise CommandError(f"no title {asked.title}; known: {', '.join(engine.TITLE_LABELS)}")
    there = [f"{one.id} ({one.application}, {_force(one)})" for one in standards if one.title == asked.title]
    listed = "; ".join(sorted(there)) or "none is encoded: the title is named by a list, or its text is not published"
    raise CommandError(f"no standard of {asked.title} for {asked.application} in force on {asked.on}; there are: {listed}")


def _cohort(snapshot: engine.Snapshot, asked: Asked) -> int | None:
    """The year of the recognition a review looks back at: the last one up to the day."""
    if asked.application == "认定":
        return None
    starts = [held.valid_from for held in snapshot.titles or () if held.title == asked.title and held.valid_from <= asked.on]
    return max(starts).year if starts else None


def _force(standard: engine.Standard) -> str:
    return f"{standard.in_force_from}–{standard.in_force_until or ''}"


def lines_of(sheet: engine.Sheet) -> list[str]:
    """The sheet in words: the whole first, then each criterion with what it lacks."""
    counts = sheet.counts
    decided = f"met {counts.met}, unmet {counts.unmet}, unknown {counts.unknown}, manual {counts.manual}"
    lines = [
        f"{sheet.standard_name}  {sheet.document}",
        f"{sheet.uscc or '-'}  {sheet.on}  {sheet.application} {sheet.application_year}  {engine.OVERALL_LABELS[sheet.overall]}",
        f"{decided}, not applicable {counts.not_applicable}, open {counts.open}; earliest {sheet.earliest_year or '-'}",
    ]
    lines += [line for line in (sheet.exclusion, sheet.moves_on) if line]
    for verdict in sheet.verdicts:
        lines += _verdict_lines(verdict, "")
    if sheet.missing:
        lines += ["", *(f"- {lack.text}" for lack in sheet.missing)]
    return [*lines, "", f"standard {sheet.standard_id} {sheet.standard_sha}", f"digest {sheet.digest}"]


def _verdict_lines(verdict: Verdict, indent: str) -> list[str]:
    mark = " ?" if verdict.needs_check else ""
    head = f"{indent}{engine.OUTCOME_LABELS[verdict.outcome]}  {verdict.code} {verdict.text}  {verdict.threshold_text}{mark}"
    lines = [head.rstrip()]
    if verdict.observed:
        shown = (f"{one.label} {one.text} {one.source_label}".strip() for one in verdict.observed)
        lines.append(f"{indent}    {'；'.join(shown)}")
    lines += [f"{indent}    {line}" for line in (verdict.gap_text, verdict.gap_note, verdict.closes, verdict.dispute) if line]
    for child in (*verdict.children, *verdict.waivers):
        lines += _verdict_lines(child, indent + "    ")
    return lines
