"""Takes a run back: what it added is withdrawn and kept readable; what somebody has edited since stays, and is named."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.models import AuditEntry
from accounts.audit.services import record
from companies.figures.models import YearFigures
from companies.imports.authority import require_hand
from companies.imports.checking import needs_decision
from companies.imports.fingerprints import lock_companies
from companies.imports.models import ImportRow, ImportRun, ImportState
from companies.imports.refusals import NotNow, UndoDecisionNeeded
from companies.imports.words import RELATED
from companies.recognitions.bulk import recognitions_withdraw
from companies.recognitions.models import Recognition, RecognitionState
from companies.register import slots
from companies.register.models import Company, CompanyName
from companies.register.search import index_companies

if TYPE_CHECKING:
    from accounts.users.models import User

CHUNK = 500
KEPT_ITEMS = 1_000
OWN = {"district_periods", "former_names"}  # what goes with the firm


@transaction.atomic
def import_undo(*, run_id: int, by: "User", on: date) -> ImportRun:
    """Take back at once a run that needed no second person. Raises NotPermitted, NotNow, UndoDecisionNeeded or NotToday."""
    opening.check_on(on)
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("file", "uploaded_by__person").get(pk=run_id)
    require_hand(by, run)
    if run.state != ImportState.APPLIED:
        raise NotNow(run)
    if needs_decision(run):
        raise UndoDecisionNeeded
    return undo_carry_out(run, by=by, on=on)


@transaction.atomic
def undo_carry_out(run: ImportRun, *, by: "User", on: date) -> ImportRun:
    """Withdraw what the run added and put changed fields back, except what was edited since; `run.kept` names those.

    `run` is locked; `by` signed it or may do it alone. Nothing is deleted: a past day asked again still shows it.
    Raises NotNow or NotToday.
    """
    opening.check_on(on)
    if run.state != ImportState.APPLIED:
        raise NotNow(run)
    lock_companies(run)  # what somebody saves meanwhile is seen by the plan, or waits and meets what the undo left
    plan = UndoPlan(run)
    items = plan.carry_out(by=by, on=on)
    run.undo(on=on)
    run.kept = plan.kept
    run.save()
    kept_items = [row for row in items if hasattr(row, "AUDITED")] if len(items) > KEPT_ITEMS else items
    record("import.undone", actor=by, target=run, district=run.district_id, after={"kept": len(plan.kept)}, items=kept_items, on=on)
    return run


class UndoPlan:
    """What an undo would withdraw and what it would keep; looking does nothing."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.kept: list[dict[str, str]] = []
        self.figures = self._figures()
        self.recognitions = self._recognitions()
        self.changed = self._changed()
        self.companies = self._companies()

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each sort would be withdrawn or put back."""
        return {
            "companies": len(self.companies),
            "changed": len(self.changed),
            "figures": len(self.figures),
            "recognitions": len(self.recognitions),
        }

    def _keep(self, company: Company, what: str) -> None:
        who = (
            AuditEntry.objects.filter(company_uscc=company.uscc, is_refusal=False)
            .order_by("-number")
            .values_list("actor_name", flat=True)
            .first()
        )
        self.kept.append({"uscc": company.uscc, "name": company.name, "who": who or "", "what": what})

    def _figures(self) -> list[YearFigures]:
        """Versions nobody has written a newer one over."""
        mine = list(
            YearFigures.objects.filter(import_run=self.run, withdrawn_on__isnull=True)
            .select_related("company")
            .defer("company__search_tokens")
        )
        newest: dict[tuple[int, int, str], int] = {}
        for ids in _chunks([version.company_id for version in mine]):
            others = YearFigures.objects.filter(company_id__in=ids, withdrawn_on__isnull=True, pk__gt=min((v.pk for v in mine), default=0))
            others = others.exclude(import_run=self.run)
            for company_id, year, source, key in others.values_list("company_id", "year", "source", "pk"):
                place = (company_id, year, source)
                newest[place] = max(key, newest.get(place, 0))
        free = []
        for version in mine:
            if newest.get((version.company_id, version.year, version.source), 0) > version.pk:
                words = {"year": version.year, "source": version.get_source_display()}
                self._keep(version.company, _("%(year)s 年（%(source)s）已有更新的版本") % words)
            else:
                free.append(version)
        return free

    def _recognitions(self) -> list[Recognition]:
        """Rows still as the run made them."""
        rows = Recognition.objects.filter(import_run=self.run, withdrawn_on__isnull=True).select_related("company", "title")
        free = []
        for row in rows:
            if row.state == RecognitionState.CONFIRMED:
                free.append(row)
            else:
                self._keep(row.company, _("认定“%(title)s”已变更") % {"title": row.title.short_name})
        return free

    def _changed(self) -> list[tuple[Company, ImportRow]]:
        """Firms whose fields the run changed and nobody changed since."""
        rows = {row.uscc: row for row in ImportRow.objects.filter(run=self.run, before__has_key="company")}
        free = []
        for codes in _chunks(sorted(rows)):
            for company in Company.objects.filter(uscc__in=codes):
                given = rows[company.uscc].values["company"]
                if all(_raw(company, name) == value for name, value in given.items() if name != "former_name"):
                    free.append((company, rows[company.uscc]))
                else:
                    self._keep(company, _("企业资料"))
        return free

    def _companies(self) -> list[Company]:
        """Firms the run added that nobody edited and nothing else hangs on."""
        mine = list(Company.objects.filter(import_run=self.run, withdrawn_on__isnull=True))
        held = {item["uscc"] for item in self.kept}
        busy = self._busy([company.pk for company in mine])
        free = []
        for company in mine:
            if company.uscc in held:
                continue
            if company.version > 1 and self._was_edited(company):
                self._keep(company, _("企业资料"))
            elif company.pk in busy:
                self._keep(company, busy[company.pk])
            else:
                free.append(company)
        return free

    def _was_edited(self, company: Company) -> bool:
        row = ImportRow.objects.filter(run=self.run, uscc=company.uscc, values__has_key="company").first()
        given = row.values["company"] if row else {}
        return any(_raw(company, name) != value for name, value in given.items() if name != "former_name")

    def _busy(self, ids: list[int]) -> dict[int, str]:
        """Firms other rows point at (tracks, visits, papers …), with what those are."""
        going = {"figures": {v.pk for v in self.figures}, "recognitions": {r.pk for r in self.recognitions}}
        found: dict[int, str] = {}
        for relation in Company._meta.related_objects:
            name = relation.get_accessor_name() or ""
            if name in OWN or not relation.field.concrete:
                continue
            model, column = relation.related_model, relation.field.attname
            if getattr(model, "IS_COMPUTED", False):
                continue
            for some in _chunks(ids):
                rows = model._base_manager.filter(**{f"{column}__in": some})
                if hasattr(model, "withdrawn_on"):
                    rows = rows.filter(withdrawn_on__isnull=True)
                for key, company_id in rows.values_list("pk", column):
                    if key not in going.get(name, ()):
                        found.setdefault(company_id, _("已有%(what)s") % {"what": RELATED[model._meta.label]})
        return found

    def carry_out(self, *, by: "User", on: date) -> list[models.Model]:
        """Withdraw and put back; returns the rows touched."""
        touched: list[models.Model] = []
        rows = recognitions_withdraw(recognitions=self.recognitions, by=by, on=on) if self.recognitions else []
        for ids in _chunks([version.pk for version in self.figures]):
            YearFigures.objects.filter(pk__in=ids).update(withdrawn_on=on)
        for version in self.figures:
            version.withdrawn_on = on
        restored = put_back(self.run, to="before", only={company.pk for company, _row in self.changed})
        for company in self.companies:
            company.withdrawn_on = on
        Company.objects.bulk_update(self.companies, ["withdrawn_on"], batch_size=100)
        held = {item["uscc"] for item in self.kept}
        CompanyName.objects.filter(import_run=self.run).exclude(company__uscc__in=held).update(withdrawn_on=on)
        index_companies([company.pk for company in restored])
        fresh = list(Company.objects.filter(pk__in=[company.pk for company in restored]))
        companies = [*self.companies, *fresh]
        if companies:
            slots.emit("companies_changed", company_ids=[company.pk for company in companies], by=by, on=on)
        if self.figures:
            slots.emit("figures_added", figures=self.figures, company_ids=sorted({v.company_id for v in self.figures}), by=by, on=on)
        touched += [*companies, *self.figures, *rows]
        return touched


def put_back(run: ImportRun, *, to: str, only: set[int] | None = None) -> list[Company]:
    """Set the fields the run changed to what they were (`before`) or to what it gave (`values`); returns the firms written."""
    rows = {row.uscc: row for row in ImportRow.objects.filter(run=run, before__has_key="company")}
    written = []
    for codes in _chunks(sorted(rows)):
        companies = []
        for company in Company.objects.filter(uscc__in=codes):
            if only is not None and company.pk not in only:
                continue
            row = rows[company.uscc]
            for name in row.before["company"]:
                _set_raw(company, name, getattr(row, to)["company"][name])
            company.version += 1
            companies.append(company)
        fields = ["name", "industry", "size", "is_above_scale", "founded_on", "town", "park", "version"]
        Company.objects.bulk_update(companies, fields, batch_size=100)
        written += companies
    return written


def _raw(company: Company, name: str) -> Any:
    if name in ("town", "park", "district"):
        return getattr(company, f"{name}_id")
    value = getattr(company, name)
    return value.isoformat() if isinstance(value, date) else value


def _set_raw(company: Company, name: str, value: Any) -> None:
    if name in ("town", "park"):
        setattr(company, f"{name}_id", value)
    elif name == "founded_on":
        company.founded_on = date.fromisoformat(value) if value else None
    else:
        setattr(company, name, value)


def _chunks[T](values: Iterable[T]) -> Iterable[list[T]]:
    every = list(dict.fromkeys(values))
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]
