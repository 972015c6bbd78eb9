"""Checks an uploaded workbook: reads, parses and judges every row. Nothing is saved but the run and its rows."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit.services import record
from accounts.jobs.models import Job
from companies.evidence.services import evidence_content
from companies.imports.fingerprints import facts_of, fingerprint_of, rows_digest
from companies.imports.judging import Judge, Judged
from companies.imports.models import ImportRow, ImportRun, ImportState, RowVerdict
from companies.imports.progress import Progress
from companies.imports.refusals import NotNow, WorkbookRefused
from companies.imports.workbooks.intake import inspect
from companies.imports.workbooks.reading import Table, TableKind, read_tables
from companies.imports.workbooks.rows import Codes, Row, RowReader
from core.locking import locked

if TYPE_CHECKING:
    from accounts.users.models import User

BATCH = 500
NEEDS_DECISION_ABOVE = 1_000
_CHECKABLE = {ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED}


def import_check(*, run_id: int, on: date, job: Job | None = None, by: "User | None" = None) -> ImportRun:
    """Judge every row of an uploaded run; the run is 已校验, or 失败 with the sentence why the file is not taken.

    Rows are judged by what the uploader may do, whoever asks (`by`, default the uploader).

    Small transactions: other writers go on meanwhile, and a check that dies is simply run again; of two at once the later one counts.
    Raises NotNow.
    """
    run, counts = _begin(run_id, by=by, on=on), _Counts()
    try:
        content = BytesIO(evidence_content(run.file))
        intake = inspect(content, name=f"_.{run.file.storage_key.rsplit('.', 1)[-1]}")
        tables = read_tables(content, intake)
        progress = Progress(job, total=intake.rows)
        judge, codes = Judge(run, on=on), Codes.load()
        for table in tables:
            for batch in _batches(RowReader(table, codes, source=run.source).rows()):
                judged = judge.judge(batch)
                with transaction.atomic():
                    _go_on(run, counts.last)
                    rows = ImportRow.objects.bulk_create([_stored(run, one) for one in judged], batch_size=500)
                counts.add(judged, last=rows[-1].pk)
                progress.add(len(batch))
    except WorkbookRefused as refusal:
        return _failed(run, refusal, counts, by=by or run.uploaded_by, on=on)
    progress.finish()
    return _checked(run, tables, counts, by=by or run.uploaded_by, on=on)


@transaction.atomic
def _begin(run_id: int, *, by: "User | None", on: date) -> ImportRun:
    """Take the rows of an earlier check away, and with them its result: what is judged half is never applied."""
    related = ("file", "uploaded_by__person", "uploaded_by__district", "official_list", "decision")
    run = locked(ImportRun.objects.select_related(*related), run_id)
    if not may_be_checked(run) or (run.decision and run.decision.state == "submitted"):
        raise NotNow(run)
    if run.state != ImportState.UPLOADED:
        run.check_again()
        run.totals = {"rows": rows_in(run)}
        run.save()
        record("import.check_begun", actor=by or run.uploaded_by, target=run, district=run.district_id, on=on)
    ImportRow.objects.filter(run=run)._raw_delete(using=ImportRow.objects.db)
    return run


def may_be_checked(run: ImportRun) -> bool:
    """Whether its rows may be judged, or judged anew. Those of a run that was undone belong to what it once wrote."""
    return run.state in _CHECKABLE and run.undone_on is None


def _go_on(run: ImportRun, last: int | None) -> None:
    """Lock the run and see that the rows are this check's own, `last` the last of them: another one that began took them away.

    Raises NotNow.
    """
    now = locked(ImportRun.objects.all(), run.pk)
    rows = ImportRow.objects.filter(run=run)
    is_ours = not rows.exists() if last is None else rows.filter(pk=last).exists()
    if now.state != ImportState.UPLOADED or not is_ours:
        raise NotNow(now)


def rows_in(run: ImportRun) -> int:
    """Rows of the workbook, as counted at the upload or by the last check."""
    return int(run.totals.get("rows", 0)) or sum(run.totals.get(verdict, 0) for verdict in RowVerdict.values)


class _Counts:
    """What the totals need beyond the verdicts, and the key of the last row kept."""

    def __init__(self) -> None:
        self.replaces = self.recognitions = self.firms = 0
        self.last: int | None = None

    def add(self, judged: list[Judged], *, last: int) -> None:
        self.last = last
        for one in judged:
            if one.verdict in {RowVerdict.NEW, RowVerdict.CHANGED}:
                self.replaces += one.replaces
                self.recognitions += "recognition" in one.values
                self.firms += "district" in one.values.get("company", ())


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _stored(run: ImportRun, judged: Judged) -> ImportRow:
    row, verdict = judged.row, judged.verdict
    is_taken = verdict in {RowVerdict.NEW, RowVerdict.CHANGED}
    values = judged.values if is_taken else {"name": judged.values.get("name") or row.company.get("name", "")}
    return ImportRow(
        run=run,
        sheet=row.sheet,
        number=row.number,
        verdict=verdict,
        uscc=row.uscc[:40],
        values=values,
        before=judged.before if is_taken else {},
        errors=row.errors,
        note="；".join(judged.notes)[:300],
    )


def _failed(run: ImportRun, refusal: WorkbookRefused, counts: _Counts, *, by: "User", on: date) -> ImportRun:
    with transaction.atomic():
        _go_on(run, counts.last)
        ImportRow.objects.filter(run=run)._raw_delete(using=ImportRow.objects.db)
        if run.state != ImportState.FAILED:
            if run.state == ImportState.CHECKED:
                run.totals = {}
            run.fail()
        run.message = refusal.message[:500]
        run.save()
        record("import.failed", actor=by, target=run, district=run.district_id, reason=refusal.message, on=on)
    return run


def _checked(run: ImportRun, tables: list[Table], counts: _Counts, *, by: "User", on: date) -> ImportRun:
    with transaction.atomic():
        _go_on(run, counts.last)
        run = ImportRun.objects.select_related("uploaded_by__person").get(pk=run.pk)
        totals: dict[str, Any] = {verdict.value: 0 for verdict in RowVerdict}
        by_sheet: dict[str, dict[str, int]] = {table.sheet[:60]: {} for table in tables}
        for sheet, verdict, count in ImportRow.objects.filter(run=run).values_list("sheet", "verdict").annotate(n=Count("pk")).order_by():
            totals[verdict] += count
            by_sheet[sheet][verdict] = count
        totals |= {"by_sheet": by_sheet, "replaces": counts.replaces, "recognitions": counts.recognitions, "firms": counts.firms}
        totals |= {"fingerprint": fingerprint_of(facts_of(run)), "rows_digest": rows_digest(run)}
        run.totals = totals
        run.ignored_columns = [column for table in tables for column in table.ignored]
        run.problems = _problems(run, tables)
        run.message, run.checked_at, run.decision = "", timezone.now(), None
        run.check_done()
        run.save()
        after = {name: totals[name] for name in (*(v.value for v in RowVerdict), "replaces", "recognitions")}
        record("import.checked", actor=by, target=run, district=run.district_id, after=after, on=on)
    return run


def _problems(run: ImportRun, tables: list[Table]) -> list[str]:
    found = []
    if any(table.kind is TableKind.RECOGNITIONS for table in tables) and run.totals["recognitions"] and run.official_list_id is None:
        found.append(_("文件带有认定，须附公告文件（文号、日期和文件）后才能提交。"))
    return found


def needs_list(run: ImportRun) -> bool:
    """Whether the run brings recognitions without their official list."""
    return bool(run.totals.get("recognitions")) and run.official_list_id is None


def needs_decision(run: ImportRun) -> bool:
    """Whether a second person must sign: stored values change, recognitions come, or more than 1,000 rows are written."""
    totals = run.totals
    written = totals.get("new", 0) + totals.get("changed", 0)
    return bool(totals.get("replaces") or totals.get("recognitions") or written > NEEDS_DECISION_ABOVE)
