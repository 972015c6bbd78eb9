"""Writes a checked run: one transaction, wholly or not at all."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import opening
from accounts.audit.services import record
from accounts.inbox import services as inbox
from accounts.jobs.models import Job
from companies.figures.catalogue import CATALOGUE
from companies.figures.models import YearFigures
from companies.figures.selectors import figures_for
from companies.imports.fingerprints import facts_of, fingerprint_of, lock_companies
from companies.imports.models import ImportRow, ImportRun, ImportState, RowVerdict
from companies.imports.progress import Progress
from companies.imports.recognitions import entry_of
from companies.imports.refusals import ChangedSinceCheck
from companies.imports.reopening import reopen
from companies.imports.workbooks.rows import figure_from_json
from companies.recognitions.bulk import recognitions_bulk_confirmed
from companies.recognitions.models import Batch, Title
from companies.register import slots
from companies.register.models import Company, CompanyDistrict, CompanyName
from companies.register.search import index_companies, name_key_for, search_tokens_for
from core import faults
from core.locking import locked
from core.retrying import retried
from core.stored import in_product_language

if TYPE_CHECKING:
    from accounts.users.models import User

CHUNK = 500
KEPT_ITEMS = 1_000
COMPANY_COLUMNS = ["name", "name_key", "search_tokens", "town_id", "park_id", "industry", "size", "is_above_scale", "founded_on", "version"]


def import_carry_out(*, run_id: int, by: "User", on: date, job: Job | None = None) -> ImportRun:
    """Write the run's rows and mark it 已导入, or leave the database as it was and say why (失败). `by` signed or started it.

    A run that was undone gets its withdrawn rows back instead. Raises ChangedSinceCheck, CannotApplyAgain and what the
    features refuse; the run is then 失败 with that sentence.
    """
    opening.check_on(on)
    run = _start(run_id, by=by, on=on, job=job)
    was_undone = run.undone_on is not None
    # outside the transaction: it must not hold the job's row, which another connection writes progress to
    progress = Progress(job, total=run.totals.get("new", 0) + run.totals.get("changed", 0))
    try:
        run = _written(run_id, progress, was_undone=was_undone, by=by, on=on)
    except Exception as error:
        progress.stop()
        _fail(run_id, error, by=by, on=on)
        raise
    progress.finish()
    return run


@retried
@transaction.atomic
def _written(run_id: int, progress: Progress, *, was_undone: bool, by: "User", on: date) -> ImportRun:
    progress.begin()
    run = _locked(run_id)
    items = reopen(run, by=by, on=on) if was_undone else _Writer(run, by=by, on=on).write(progress)
    faults.point("import.apply")
    run.finish(on=on)
    run.message, run.undone_on, run.kept = "", None, []
    run.save()
    _tell(run, gettext_noop("导入完成：%(name)s"))
    _record(run, "import.applied", items, by=by, on=on)
    return run


def _locked(run_id: int) -> ImportRun:
    related = ("file", "official_list", "decision", "uploaded_by__person", "uploaded_by__district")
    return locked(ImportRun.objects.select_related(*related), run_id)


@transaction.atomic
def _start(run_id: int, *, by: "User", on: date, job: Job | None) -> ImportRun:
    run = _locked(run_id)
    if run.state != ImportState.APPLYING:
        run.start()
    run.job = job or run.job
    run.message = ""
    run.save()
    record("import.started", actor=by, target=run, district=run.district_id, on=on)
    return run


def _fail(run_id: int, error: Exception, *, by: "User", on: date) -> None:
    """The transaction is gone; say so on the run, unless an outer transaction is gone with it."""
    if transaction.get_connection().needs_rollback:
        return
    with transaction.atomic():
        run = _locked(run_id)
        if run.state != ImportState.APPLYING:
            return
        run.fail()
        details = getattr(error, "details", [])
        run.message = "".join([getattr(error, "message", _("导入时出错，数据未改动。")), *details[:5], getattr(error, "remedy", "")])[:500]
        run.save()
        _tell(run, gettext_noop("导入失败：%(name)s"))
        record("import.failed", actor=by, target=run, district=run.district_id, reason=run.message, on=on)


@in_product_language
def _tell(run: ImportRun, text: str) -> None:
    words = _(text) % {"name": run.file.name}
    inbox.notify(run.uploaded_by, matter=f"import:{run.pk}", kind="import", text=words, url=f"/imports/{run.pk}/")


def _record(run: ImportRun, action: str, items: Sequence[models.Model], *, by: "User", on: date) -> None:
    totals = {name: run.totals.get(name, 0) for name in ("new", "changed", "unchanged", "refused")}
    # rows the log vouches for one by one are kept as items, the many others as count and digest
    kept = [row for row in items if hasattr(row, "AUDITED") and not isinstance(row, YearFigures)]
    rows = kept if len(items) > KEPT_ITEMS else items
    record(action, actor=by, target=run, district=run.district_id, after=totals, items=rows, on=on)


class _Writer:
    """Writes the accepted rows in chunks and remembers what it wrote."""

    def __init__(self, run: ImportRun, *, by: "User", on: date) -> None:
        self.run, self.by, self.on = run, by, on
        self.stamp = opening.stamp()
        self.items: list[models.Model] = []
        self.with_figures: set[int] = set()
        # a large run is logged without its versions of figures, so they need not stay in memory either
        self.keeps_figures = run.totals.get("new", 0) + run.totals.get("changed", 0) <= KEPT_ITEMS
        self.titles = Title.objects.in_bulk()
        self.batches = Batch.objects.in_bulk()

    def write(self, progress: Progress) -> list[models.Model]:
        """All accepted rows: firms first, then figures, then recognitions. Raises ChangedSinceCheck."""
        lock_companies(self.run)
        if fingerprint_of(facts_of(self.run)) != self.run.totals.get("fingerprint"):
            raise ChangedSinceCheck
        rows = ImportRow.objects.filter(run=self.run, verdict__in=[RowVerdict.NEW, RowVerdict.CHANGED])
        try:
            self._companies(rows.filter(values__has_key="company"))
        except IntegrityError as error:  # somebody else added the code meanwhile
            raise ChangedSinceCheck from error
        waiting: list[tuple[ImportRow, Company]] = []
        for chunk in _chunks(rows):
            companies = {
                company.uscc: company for company in Company.objects.filter(uscc__in={row.uscc for row in chunk}).select_related("district")
            }
            self._figures([(row, companies[row.uscc]) for row in chunk if row.values.get("figures")])
            waiting += [(row, companies[row.uscc]) for row in chunk if row.values.get("recognition")]
            progress.add(len(chunk))
        if self.with_figures:
            added = YearFigures.objects.filter(import_run=self.run)
            slots.emit("figures_added", figures=added, company_ids=sorted(self.with_figures), by=self.by, on=self.on)
        self._recognitions(waiting)
        return self.items

    # firms

    def _companies(self, rows: models.QuerySet[ImportRow]) -> None:
        for chunk in _chunks(rows):
            stored = {company.uscc: company for company in Company.objects.filter(uscc__in={row.uscc for row in chunk})}
            fresh = [row for row in chunk if row.uscc not in stored]
            again = [row for row in chunk if row.uscc in stored and stored[row.uscc].withdrawn_on is not None]
            changed = [row for row in chunk if row.uscc in stored and stored[row.uscc].withdrawn_on is None]
            self.items += self._create(fresh) + self._take_back(again, stored) + self._change(changed, stored)
        if self.items:  # once for the whole run: whoever follows plans one job, not one for each chunk
            slots.emit("companies_changed", company_ids=[company.pk for company in self.items], by=self.by, on=self.on)

    def _create(self, rows: Sequence[ImportRow]) -> list[Company]:
        companies = []
        for row in rows:
            values = row.values["company"]
            company = Company(
                uscc=row.uscc, district_id=values["district"], happened_on=self.on, known_on=self.on, import_run=self.run, stamp=self.stamp
            )
            _fill(company, values)
            company.name_key = name_key_for(company.name)
            former = values.get("former_name")
            company.search_tokens = search_tokens_for(company, [former] if former else [])
            companies.append(company)
        Company.objects.bulk_create(companies, batch_size=CHUNK)
        CompanyDistrict.objects.bulk_create(
            [CompanyDistrict(company=c, district_id=c.district_id, starts_on=self.on, known_on=self.on) for c in companies],
            batch_size=CHUNK,
        )
        self._former_names([(company, row.values["company"].get("former_name")) for company, row in zip(companies, rows, strict=True)])
        return companies

    def _take_back(self, rows: Sequence[ImportRow], stored: dict[str, Company]) -> list[Company]:
        """Firms an undo withdrew come back with this file's values; their district period is open still."""
        companies = []
        for row in rows:
            company = stored[row.uscc]
            values = row.values["company"]
            moved = company.district_id != values["district"]
            company.withdrawn_on, company.import_run, company.district_id = None, self.run, values["district"]
            company.happened_on = company.known_on = self.on
            _fill(company, values)
            company.version += 1
            company.save()
            if moved:
                CompanyDistrict.objects.filter(company=company, ends_on__isnull=True).update(district_id=company.district_id)
            companies.append(company)
        self._former_names([(company, row.values["company"].get("former_name")) for company, row in zip(companies, rows, strict=True)])
        index_companies([company.pk for company in companies])
        return companies

    def _change(self, rows: Sequence[ImportRow], stored: dict[str, Company]) -> list[Company]:
        companies, names, renamed = [], [], []
        for row in rows:
            company, values = stored[row.uscc], row.values["company"]
            if "name" in values:
                names.append((company, company.name))
                renamed.append(company)
            _fill(company, values)
            if former := values.get("former_name"):
                names.append((company, former))
                renamed.append(company)
            company.version += 1
            companies.append(company)
        Company.objects.bulk_update(
            companies, [name for name in COMPANY_COLUMNS if name not in ("name_key", "search_tokens")], batch_size=100
        )
        self._former_names(names)
        index_companies({company.pk for company in renamed})
        if renamed:  # the index wrote two columns these copies do not have yet
            fresh = Company.objects.in_bulk([company.pk for company in companies])
            companies = [fresh[company.pk] for company in companies]
        return companies

    def _former_names(self, pairs: Sequence[tuple[Company, str | None]]) -> None:
        rows = [CompanyName(company=c, name=name, until=self.on, known_on=self.on, import_run=self.run) for c, name in pairs if name]
        CompanyName.objects.bulk_create(
            rows,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["company", "name"],
            update_fields=["until", "known_on", "import_run"],
        )
        CompanyName.objects.filter(
            company__in=[row.company_id for row in rows], name__in=[row.name for row in rows], import_run=self.run
        ).update(withdrawn_on=None)

    # figures and recognitions

    def _figures(self, pairs: Sequence[tuple[ImportRow, Company]]) -> None:
        if not pairs:
            return
        parts = [part for row, _company in pairs for part in row.values["figures"]]
        standing = figures_for(
            {company.pk for _row, company in pairs},
            on=self.on,
            years={part["year"] for part in parts},
            sources={part["source"] for part in parts},
        )
        latest = {(v.company_id, v.year, v.source): v.values for versions in standing.values() for v in versions}
        versions = []
        for row, company in pairs:
            for part in row.values["figures"]:
                given = {code: figure_from_json(code, value) for code, value in part["values"].items() if code in CATALOGUE}
                whole = {**latest.get((company.pk, part["year"], part["source"]), {}), **given}
                versions.append(self._version(company, part, whole, sheet=row.sheet, number=row.number))
        YearFigures.objects.bulk_create(versions, batch_size=CHUNK)
        self.with_figures |= {version.company_id for version in versions}
        self.items += versions if self.keeps_figures else []

    def _version(self, company: Company, part: dict[str, Any], whole: dict[str, Any], *, sheet: str, number: int) -> YearFigures:
        return YearFigures(
            company=company,
            year=part["year"],
            source=part["source"],
            period_to=date(part["year"], 12, 31),
            is_estimate=part["estimate"],
            known_on=self.on,
            entered_by=self.run.uploaded_by,
            note=_("导入“%(sheet)s”第 %(number)s 行") % {"sheet": sheet, "number": number},
            import_run=self.run,
            stamp=self.stamp,
            **whole,
        )

    def _recognitions(self, pairs: Sequence[tuple[ImportRow, Company]]) -> None:
        if not pairs:
            return
        entries = []
        for row, company in pairs:
            given = row.values["recognition"]
            entries.append(entry_of(company, self.titles[given["title"]], self.batches.get(given.get("batch")), given))
        self.items += recognitions_bulk_confirmed(
            entries=entries, document=self.run.official_list, decision=self.run.decision, import_run=self.run, by=self.by, on=self.on
        )


def _fill(company: Company, values: dict[str, Any]) -> None:
    """Put kept values on the firm; what the file left blank stays."""
    for name in ("name", "industry", "size", "is_above_scale"):
        if name in values:
            setattr(company, name, values[name])
    for name in ("town", "park"):
        if name in values:
            setattr(company, f"{name}_id", values[name])
    if "founded_on" in values:
        company.founded_on = date.fromisoformat(values["founded_on"]) if values["founded_on"] else None


def _chunks(rows: models.QuerySet[ImportRow]) -> Iterator[list[ImportRow]]:
    """Rows by key, so that a chunk costs the same at the end as at the start."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        yield chunk
