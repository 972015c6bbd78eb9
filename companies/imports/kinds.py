"""导入 as a decision: what a second person reads, what is compared, what is carried out."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import opening
from accounts.audit.chain import canonical, sha256
from accounts.decisions.kinds import Change, DecisionKind, Proposal
from accounts.decisions.models import Decision, Level
from accounts.jobs.services import job_start
from accounts.users.models import Person
from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Source
from companies.figures.checks import shown
from companies.imports.applying import import_carry_out
from companies.imports.fingerprints import basis_lines, facts_of, fingerprint_of, lock_companies, rows_digest
from companies.imports.models import ImportRow, ImportRun, ImportState, RowVerdict
from companies.imports.refusals import NotNow
from companies.imports.undo_lines import undo_lines
from companies.imports.undoing import UndoPlan, undo_carry_out
from companies.imports.words import field_label, field_text
from companies.imports.workbooks.rows import figure_from_json
from companies.recognitions.models import Title
from companies.register.models import Company
from core.locking import locked
from core.stored import in_product_language
from core.units import count

if TYPE_CHECKING:
    from accounts.users.models import User

MOST_LINES = 200
APPLY_JOB = "import.apply"
RUN_IN_FULL = ("file", "official_list", "uploaded_by__person", "district")


class ImportKind(DecisionKind):
    """A second person signs an import that changes stored values, brings recognitions or is large."""

    code: ClassVar[str] = "import"
    label = gettext_lazy("导入")
    template = "companies/imports/_decision.html"

    def level_of(self, run: ImportRun) -> Level:
        """Recognitions are signed by the city."""
        return Level.CITY if run.totals.get("recognitions") else Level.DISTRICT

    def lock_subject(self, decision: Decision) -> ImportRun:
        """The run, locked; found by what was frozen, since a stale decision is withdrawn after another took its place."""
        return locked(ImportRun.objects.select_related(*RUN_IN_FULL), decision.frozen["import"]["run"])

    def current(self, subject: ImportRun, decision: Decision) -> Proposal:
        """As `proposal`, from what is stored now."""
        return self.proposal(subject)

    @in_product_language
    def proposal(self, run: ImportRun) -> Proposal:
        """Totals, every replaced value (the first 200 by line), the paper, and the state of the firms it rests on."""
        facts = facts_of(run)
        totals = run.totals
        content = {
            "run": run.pk,
            "file": run.file.sha256,
            "source": run.source,
            "number": run.document_number,
            "document_on": run.document_on,
            "rows": rows_digest(run),
            "facts": fingerprint_of(facts),
        }
        words = {"name": run.file.name, "new": count(totals.get("new", 0)), "changed": count(totals.get("changed", 0))}
        return Proposal(
            digest=sha256(canonical(content)),
            summary=_("导入 %(name)s：新增 %(new)s 行，更新 %(changed)s 行") % words,
            changes=[*_papers(run), *replaced_lines(run)],
            basis=basis_lines(facts),
            effect=self._effect(totals),
            content={"import": {"run": run.pk, "totals": {name: totals.get(name, 0) for name in RowVerdict.values}}},
        )

    def _effect(self, totals: dict[str, Any]) -> str:
        words = {name: count(totals.get(name, 0)) for name in ("firms", "replaces", "recognitions")}
        return _("新企业 %(firms)s 家，改动已有数值 %(replaces)s 个，认定 %(recognitions)s 条") % words

    def carry_out(self, subject: ImportRun, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """Start the background job; inside an opening the rows are written at once."""
        if subject.state not in {ImportState.CHECKED, ImportState.FAILED, ImportState.UNDONE}:
            raise NotNow(subject)
        if opening.stamp():
            import_carry_out(run_id=subject.pk, by=signer, on=on)
            return [ImportRun.objects.get(pk=subject.pk)]
        job = job_start(kind=APPLY_JOB, by=subject.uploaded_by, payload={"run": subject.pk, "signer": signer.pk}, total=0)
        subject.job = job
        subject.save(update_fields=["job"])
        return [subject]

    def barred_persons(self, decision: Decision) -> Iterable[Person]:
        """Officers of the firms the run writes."""
        run = ImportRun.objects.filter(decision=decision).first() if decision.pk else None
        return officers_of(run) if run else ()


class ImportUndoKind(DecisionKind):
    """What needed a second person to come in needs one to be taken back."""

    code: ClassVar[str] = "import_undo"
    label = gettext_lazy("撤销导入")
    template = "companies/imports/_undo_decision.html"

    def lock_subject(self, decision: Decision) -> ImportRun:
        """The run and the firms it wrote, locked: what is compared is what is carried out."""
        run = locked(ImportRun.objects.select_related(*RUN_IN_FULL), decision.frozen["import_undo"]["run"])
        lock_companies(run)
        return run

    def current(self, subject: ImportRun, decision: Decision) -> Proposal:
        """As `proposal`, from what is stored now."""
        return self.proposal(subject)

    @in_product_language
    def proposal(self, run: ImportRun) -> Proposal:
        """What would be withdrawn, put back and kept, each row with its state (the first 200 by line)."""
        plan = UndoPlan(run)
        content = {
            "run": run.pk,
            "state": run.state,
            "applied_on": run.applied_on,
            "file": run.file.sha256,
            "list": run.official_list_id,
            "rows": rows_digest(run),
            "plan": _facts_of(plan),
        }
        firms = {company.pk: company for company in (*plan.companies, *(company for company, _row in plan.changed))}
        versions = {"n": count(len(firms)), "v": count(sum(company.version for company in firms.values()))}
        effect = self._effect(plan)
        return Proposal(
            digest=sha256(canonical(content)),
            summary=_("撤销导入 %(name)s") % {"name": run.file.name},
            changes=[*_papers(run), *undo_lines(plan, MOST_LINES)],
            basis=[Change(_("将撤回"), "", effect), Change(_("库内企业"), "", _("%(n)s 家，版本合计 %(v)s") % versions)],
            effect=effect,
            content={"import_undo": {"run": run.pk, "counts": plan.counts, "kept": len(plan.kept)}},
        )

    def _effect(self, plan: UndoPlan) -> str:
        return _(
            "撤回认定 %(recognitions)s 条、年度指标 %(figures)s 条、新增企业 %(companies)s 家，"
            "恢复企业资料 %(changed)s 家，保留 %(kept)s 项"
        ) % {name: count(number) for name, number in {**plan.counts, "kept": len(plan.kept)}.items()}

    def carry_out(self, subject: ImportRun, decision: Decision, *, signer: "User", on: date) -> Iterable[models.Model]:
        """Withdraw in the signature's own transaction."""
        return [undo_carry_out(subject, by=signer, on=on)]

    def barred_persons(self, decision: Decision) -> Iterable[Person]:
        """Officers of the firms the run wrote."""
        run = ImportRun.objects.filter(undo_decision=decision).first() if decision.pk else None
        return officers_of(run) if run else ()


def _facts_of(plan: UndoPlan) -> dict[str, Any]:
    """Keys and states of every row an undo touches, and the firms it leaves alone; no words, which depend on who reads."""
    companies = [[row.pk, row.version, row.district_id] for row in plan.companies]
    changed = [[row.pk, row.version, row.district_id] for row, _given in plan.changed]
    recognitions = [
        [row.pk, row.state, row.happened_on, row.district_id, row.document_id, row.document_number] for row in plan.recognitions
    ]
    return {
        "companies": sorted(companies),
        "changed": sorted(changed),
        "figures": sorted(row.pk for row in plan.figures),
        "recognitions": sorted(recognitions),
        "kept": sorted(item["uscc"] for item in plan.kept),
    }


def _papers(run: ImportRun) -> list[Change]:
    """The workbook with its source, and the official list with its number."""
    lines = [
        Change(_("文件"), "", _("%(name)s（%(hash)s…）") % {"name": run.file.name, "hash": run.file.sha256[:12]}),
        Change(_("口径"), "", SOURCE_LABELS[Source(run.source)]),
    ]
    if run.official_list is not None:
        paper = {"name": run.official_list.name, "hash": run.official_list.sha256[:12]}
        lines += [Change(_("公告文件"), "", _("%(name)s（%(hash)s…）") % paper), Change(_("公告文号"), "", run.document_number)]
    return lines


def officers_of(run: ImportRun) -> Iterable[Person]:
    """Persons who keep a firm the run writes: new figures and recognitions of a firm are no less theirs than changed ones."""
    codes = ImportRow.objects.filter(run=run, verdict__in=[RowVerdict.CHANGED, RowVerdict.NEW]).values("uscc")
    firms = Company.objects.filter(uscc__in=codes)
    return Person.objects.filter(accounts__assignments__company__in=firms, accounts__assignments__ends_on__isnull=True).distinct()


def replaced_lines(run: ImportRun, most: int = MOST_LINES) -> list[Change]:
    """Each stored value the run replaces and each recognition it brings, at most `most`; the rest is counted in a last line."""
    rows = ImportRow.objects.filter(run=run, verdict__in=[RowVerdict.CHANGED, RowVerdict.NEW]).exclude(
        before={}, values__recognition__isnull=True
    )
    titles = dict(Title.objects.values_list("pk", "name"))
    lines: list[Change] = []
    for row in rows.order_by("pk")[: most + 1]:
        lines += list(row_lines(row, titles))
    total = run.totals.get("replaces", 0) + run.totals.get("recognitions", 0)
    if len(lines) > most or total > most:
        left = max(total, len(lines)) - most
        return [*lines[:most], Change(_("其余"), "", _("还有 %(n)s 处，见导入页的行清单") % {"n": count(left)})]
    return lines


def row_lines(row: ImportRow, titles: dict[int, str]) -> Iterable[Change]:
    """Before and after of one row, in the units of paper."""
    name = row.values.get("name") or row.uscc
    for field, old in (row.before.get("company") or {}).items():
        if old in (None, ""):
            continue
        label = field_label(field)
        new = row.values["company"].get(field)
        yield Change(f"{name} · {label}", field_text(field, old), field_text(field, new))
    given = {(part["year"], part["source"]): part["values"] for part in row.values.get("figures", ())}
    for part in row.before.get("figures", ()):
        for code, old in part["values"].items():
            fact = CATALOGUE[code]
            new = given[part["year"], part["source"]].get(code)
            label = f"{name} · {part['year']} {_(fact.label)}（{SOURCE_LABELS[Source(part['source'])]}）"
            yield Change(label, shown(fact, figure_from_json(code, old)), shown(fact, figure_from_json(code, new)))
    if recognition := row.values.get("recognition"):
        words = f"{titles.get(recognition['title'], '')} {recognition['application_type']} {recognition['document_number']}"
        yield Change(f"{name} · {_('认定')}", "", words)


IMPORT = ImportKind()
IMPORT_UNDO = ImportUndoKind()
