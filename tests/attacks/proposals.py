"""One open decision of every kind there is, made by the services, each with what its digest covers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from accounts.decisions.models import Decision
from accounts.decisions.services import decision_sign
from accounts.jobs.models import Job, JobState
from accounts.users.models import User
from companies.imports.models import ImportRun
from companies.imports.services import import_check, import_submit, import_undo_submit, import_upload, run_apply_job
from companies.recognitions.models import Title
from companies.recognitions.services import recognition_record, recognition_revoke
from companies.register.models import Company
from cultivation.gates.services import gate_propose
from cultivation.tracks.pools import Rule
from cultivation.tracks.services import move_propose
from policies.publishing.services import draft_create, draft_submit
from policies.standards.models import Standard
from tests.companies.imports.books import named, xlsx
from tests.factories import AssignmentFactory, CityApproverFactory, CityClerkFactory, CompanyFactory, EvidenceFactory
from tests.factories.cultivation import TrackFactory, batch, held, ready_company

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@dataclass(frozen=True)
class Proposed:
    """An open decision, its firm, and what its kind decides about."""

    decision: Decision
    company: Company
    subject: Any  # a decision about no firm says so: its company is one it has nothing to do with


def _firm(officer: User) -> Company:
    return ready_company(officer)


def a_move(by: User, on: date) -> Proposed:
    """晋级 to the sprint pool, with a paper, by the firm's officer."""
    company = _firm(by)
    track = TrackFactory(company=company, state="accelerating")
    move = move_propose(track=track, to_state="sprint", by=by, on=on, batch=batch(), evidence=[EvidenceFactory(company=company)])
    return Proposed(move.decision, company, move)


def a_recognition(by: User, on: date) -> Proposed:
    """登记认定 of another title."""
    company = _firm(by)
    row = recognition_record(
        company=company,
        title=Title.objects.get(code="hidden_champion"),
        document_number="浙经信企业〔2026〕18号",
        announced_on=date(2026, 10, 12),
        document=EvidenceFactory(company=company, kind="document", name="公告.pdf"),
        by=by,
        on=on,
    )
    assert row.decision is not None
    return Proposed(row.decision, company, row)


def a_revocation(by: User, on: date) -> Proposed:
    """取消认定 of 专精特新."""
    company = _firm(by)
    end = recognition_revoke(
        recognition=held(company, "innovative_sme"),
        ended_on=date(2026, 11, 20),
        document_number="浙经信企业〔2026〕19号",
        document=EvidenceFactory(company=company, kind="document", name="公告.pdf"),
        reason="企业注销",
        by=by,
        on=on,
    )
    return Proposed(end.decision, company, end)


def an_import(by: User, on: date) -> Proposed:
    """导入 of a workbook that replaces a stored figure."""
    company = _firm(by)
    run = checked_run(company, by, on)
    return Proposed(import_submit(run_id=run.pk, by=by, on=on), company, ImportRun.objects.get(pk=run.pk))


def an_import_undo(by: User, on: date) -> Proposed:
    """撤销导入 of that import, signed by somebody and written."""
    company = _firm(by)
    run = applied_run(company, by, on)
    return Proposed(import_undo_submit(run_id=run.pk, by=by, on=on), company, ImportRun.objects.get(pk=run.pk))


def a_standard(by: User, on: date) -> Proposed:
    """发布 of a version with a higher threshold from a day to come, by a clerk of the city."""
    version = Standard.objects.get(title__code="little_giant", application_type="认定", in_force_from=date(2026, 4, 1))
    text = version.text.replace("standard: little_giant-2026", "standard: little_giant-2027").replace(
        "from: 2026-04-01", "from: 2027-04-01"
    )
    draft = draft_create(text=text.replace("at_least: 5000 万元", "at_least: 6000 万元"), by=by, on=on, follows=version)
    return Proposed(draft_submit(draft_id=draft.pk, by=by, on=on), CompanyFactory(), draft)


def a_gate(by: User, on: date) -> Proposed:
    """调整入库条件 of 小巨人 from a day to come, by a clerk of the city."""
    title = Title.objects.get(code="little_giant")
    pools = {"sprint": [Rule("open_at_most", most=2), Rule("no_veto")]}
    change = gate_propose(title=title, begins=date(2027, 2, 1), pools=pools, reason="放宽冲刺库", by=by, on=on)
    return Proposed(change.decision, CompanyFactory(), change)


def proposer(kind: str, officer: User) -> User:
    """Who proposes such a decision: the officer, or a clerk of the city."""
    return CityClerkFactory(person__name="周文博") if kind in OF_NO_FIRM else officer


def applied_run(company: Company, by: User, on: date) -> ImportRun:
    """A workbook with another revenue of 2025, submitted, signed by a person of the city and written."""
    run = checked_run(company, by, on)
    decision_sign(decision_id=import_submit(run_id=run.pk, by=by, on=on).pk, signer=CityApproverFactory(), on=on)
    job = ImportRun.objects.get(pk=run.pk).job
    assert job is not None
    run_apply_job(job)
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    return ImportRun.objects.get(pk=run.pk)


def checked_run(
    company: Company, by: User, on: date, *, revenue: int = 14_000, then: Callable[[ImportRun], None] | None = None
) -> ImportRun:
    """A checked workbook with another revenue of 2025."""
    sheets = {"年度指标": [["统一社会信用代码", "年度", "营业收入（万元）"], [company.uscc, 2025, revenue]]}
    run = import_upload(file=named(xlsx(sheets), "企业数据.xlsx"), source="audit", by=by, on=on)
    if then:
        then(run)
    return import_check(run_id=run.pk, on=on)


def official_list() -> ContentFile[bytes]:
    """公告.pdf."""
    return ContentFile(PDF, name="公告.pdf")


KINDS: dict[str, Callable[[User, date], Proposed]] = {
    "tier_move": a_move,
    "recognition": a_recognition,
    "revocation": a_revocation,
    "import": an_import,
    "import_undo": an_import_undo,
    "standard": a_standard,
    "gate": a_gate,
}
OF_NO_FIRM = {"standard", "gate"}
CITY = {"recognition", "revocation", *OF_NO_FIRM}
__all__ = ["CITY", "KINDS", "AssignmentFactory", "Proposed", "applied_run", "checked_run", "official_list"]
