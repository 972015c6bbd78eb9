"""Upload, attach the official list, submit, start, restart. Check, apply and undo have modules of their own."""

from datetime import date
from io import BytesIO

from django.core.files.base import File
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.services import record
from accounts.decisions.authority import possible_signers
from accounts.decisions.kinds import DecisionKind
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_submit, decision_submitted
from accounts.jobs.models import Job, JobState
from accounts.jobs.services import job_restart, job_start
from accounts.users.models import User
from companies.evidence.models import EvidenceKind
from companies.evidence.services import evidence_store
from companies.figures.catalogue import Source
from companies.imports.applying import import_carry_out
from companies.imports.authority import require_hand, require_uploader
from companies.imports.checking import import_check, needs_decision, needs_list, rows_in
from companies.imports.kinds import APPLY_JOB, IMPORT, IMPORT_UNDO, ImportKind, ImportUndoKind, officers_of
from companies.imports.models import ImportRun, ImportState
from companies.imports.progress import clear_mark
from companies.imports.refusals import DecisionNeeded, ListMissing, NothingToImport, NotNow, WorkbookRefused
from companies.imports.undoing import import_undo
from companies.imports.workbooks.intake import inspect
from core.locking import locked

CHECK_JOB = "import.check"
CHECKED_AT_ONCE = 2_000


@transaction.atomic
def import_upload(
    *,
    file: "File[bytes]",
    source: str,
    by: User,
    on: date,
    confirm_jumps: bool = False,
    official_list: "File[bytes] | None" = None,
    document_number: str = "",
    document_on: date | None = None,
) -> ImportRun:
    """Keep a workbook that may be read and make its run (已上传); nothing of its content is saved.

    Raises NotPermitted, WorkbookRefused, FileRefused or NotToday.
    """
    opening.check_on(on)
    require_uploader(by)
    intake = inspect(BytesIO(_whole(file)), name=file.name or "", declared_type=getattr(file, "content_type", "") or "")
    evidence = evidence_store(file=file, kind=EvidenceKind.WORKBOOK, by=by, on=on, district=by.district)
    run = ImportRun(
        file=evidence,
        source=Source(source),
        district=by.district,
        uploaded_by=by,
        happened_on=on,
        confirm_jumps=confirm_jumps,
        document_number=document_number.strip(),
        document_on=document_on,
        totals={"rows": intake.rows},
        stamp=opening.stamp(),
    )
    if official_list is not None:
        run.official_list = evidence_store(file=official_list, kind=EvidenceKind.DOCUMENT, by=by, on=on, district=by.district)
    run.save()
    record(
        "import.uploaded", actor=by, target=run, district=run.district_id, after={"file": evidence.name, "sha256": evidence.sha256}, on=on
    )
    return run


def _whole(file: "File[bytes]") -> bytes:
    file.seek(0)
    content = file.read()
    file.seek(0)
    return content


@transaction.atomic
def import_attach_list(*, run_id: int, file: "File[bytes]", document_number: str, document_on: date, by: User, on: date) -> ImportRun:
    """Add the official list to a run that brings recognitions; the run is then checked again. Raises NotPermitted, NotNow, FileRefused."""
    opening.check_on(on)
    run = _locked(run_id)
    require_hand(by, run)
    _require_checkable(run)
    run.decision = None  # what was signed rested on the other list
    run.official_list = evidence_store(file=file, kind=EvidenceKind.DOCUMENT, by=by, on=on, district=by.district)
    run.document_number, run.document_on = document_number.strip(), document_on
    run.save()
    record("import.list_attached", actor=by, target=run, district=run.district_id, after={"number": run.document_number}, on=on)
    return run


def _require_checkable(run: ImportRun) -> None:
    """Nothing changes what somebody reads to sign, or under a job that is to write what was signed."""
    waits = run.decision is not None and run.decision.state == DecisionState.SUBMITTED
    if run.state not in {ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED} or waits or is_busy(run):
        raise NotNow(run)


def import_start_check(*, run_id: int, by: User, on: date) -> ImportRun:
    """Check a small workbook at once, a large one in the background. Raises NotPermitted or NotNow."""
    with transaction.atomic():
        run = _locked(run_id)
        require_hand(by, run)
        _require_checkable(run)
        if rows_in(run) > CHECKED_AT_ONCE:
            run.job = job_start(kind=CHECK_JOB, by=by, payload={"run": run.pk}, total=rows_in(run))
            run.save(update_fields=["job"])
            record("import.check_ordered", actor=by, target=run, district=run.district_id, on=on)
            return run
    return import_check(run_id=run.pk, on=on, by=by)


def _require_ready(run: ImportRun) -> None:
    if run.state not in {ImportState.CHECKED, ImportState.UNDONE} or is_busy(run):
        raise NotNow(run)
    if not (run.totals.get("new") or run.totals.get("changed")):
        raise NothingToImport
    if needs_list(run):
        raise ListMissing


def is_busy(run: ImportRun) -> bool:
    """Whether a job of the run waits or works."""
    return run.job is not None and run.job.state in {JobState.QUEUED, JobState.RUNNING}


@transaction.atomic
def import_submit(*, run_id: int, by: User, on: date, reason: str = "") -> Decision:
    """Put a checked run, or an undone one again, to a second person.

    Raises NotPermitted, NotNow, NothingToImport, ListMissing or NotToday.
    """
    opening.check_on(on)
    run = _locked(run_id)
    require_hand(by, run)
    _require_ready(run)
    if _is_approved(run) or (run.decision is not None and run.decision.state == DecisionState.SUBMITTED):
        raise NotNow(run)
    run.decision = decision = _asked(IMPORT, run, by=by, on=on, reason=reason)
    run.save()
    decision_submitted(decision, items=[run])
    return decision


@transaction.atomic
def import_undo_submit(*, run_id: int, by: User, on: date, reason: str = "") -> Decision:
    """Put the undo of an applied run to a second person, with all that would be withdrawn and kept.

    Raises NotPermitted, NotNow or NotToday.
    """
    opening.check_on(on)
    run = _locked(run_id)
    require_hand(by, run)
    if run.state != ImportState.APPLIED or undo_waits(run):
        raise NotNow(run)
    run.undo_decision = decision = _asked(IMPORT_UNDO, run, by=by, on=on, reason=reason)
    run.save()
    decision_submitted(decision, items=[run])
    return decision


def _asked(kind: ImportKind | ImportUndoKind, run: ImportRun, *, by: User, on: date, reason: str) -> Decision:
    """A second person is asked about the run; whoever made it has a hand in the question."""
    return decision_submit(
        kind=kind,
        proposal=kind.proposal(run),
        proposer=by,
        on=on,
        level=IMPORT.level_of(run),
        district=run.district,
        reason=reason,
        document_number=run.document_number,
        edited_by=_makers(run),
    )


def undo_waits(run: ImportRun) -> bool:
    """Whether a second person is asked to take the run back."""
    return run.undo_decision is not None and run.undo_decision.state == DecisionState.SUBMITTED


def _makers(run: ImportRun) -> list[User]:
    """Who uploaded, attached or submitted: the run is their work, whoever proposes."""
    papers = [paper.uploaded_by for paper in (run.file, run.official_list) if paper and paper.uploaded_by]
    return [*papers, run.uploaded_by, *([run.decision.proposer] if run.decision else [])]


def _locked(run_id: int) -> ImportRun:
    related = (
        "file__uploaded_by__office", "official_list__uploaded_by__office", "district", "decision__proposer__office", "undo_decision", "job",
        "uploaded_by__person", "uploaded_by__office",
    )  # fmt: skip
    return locked(ImportRun.objects.select_related(*related), run_id)


@transaction.atomic
def import_apply(*, run_id: int, by: User, on: date) -> ImportRun:
    """Write a checked run that needs no second person, or an undone one again, in the background (at once inside an opening).

    Raises NotPermitted, NotNow, NothingToImport, ListMissing, DecisionNeeded or NotToday.
    """
    opening.check_on(on)
    run = _locked(run_id)
    require_hand(by, run)
    _require_ready(run)
    if needs_decision(run) and not _is_approved(run):
        raise DecisionNeeded
    if opening.stamp():
        return import_carry_out(run_id=run.pk, by=by, on=on)
    signer = run.decision.decider_id if _is_approved(run) and run.decision else by.pk
    run.job = job_start(kind=APPLY_JOB, by=by, payload={"run": run.pk, "signer": signer})
    run.save(update_fields=["job"])
    record("import.ordered", actor=by, target=run, district=run.district_id, on=on)
    return run


def _is_approved(run: ImportRun) -> bool:
    """Whether the run is signed as it stands; what was undone since wants a new signature."""
    if run.decision is None or run.decision.state != DecisionState.APPROVED:
        return False
    return run.undone_on is None or (run.undo_decision is not None and run.decision.pk > run.undo_decision.pk)


@transaction.atomic
def import_restart(*, run_id: int, by: User, on: date) -> ImportRun:
    """Go on after 中断: the database is as it was before, the same job runs again. Raises NotPermitted or NotNow."""
    opening.check_on(on)
    run = _locked(run_id)
    require_hand(by, run)
    if run.state != ImportState.INTERRUPTED or run.job is None:
        raise NotNow(run)
    job_restart(job=run.job)
    record("import.restarted", actor=by, target=run, district=run.district_id, on=on)
    return run


def run_check_job(job: Job) -> dict[str, object]:
    """Handler of the check in the background."""
    run = import_check(run_id=job.payload["run"], on=localdate(), job=job, by=job.by)
    return {"state": run.state}


def run_apply_job(job: Job) -> dict[str, object]:
    """Handler of the apply in the background; the signer's name stands behind what it writes."""
    signer = User.objects.select_related("person").get(pk=job.payload["signer"])
    run = import_carry_out(run_id=job.payload["run"], by=signer, on=localdate(), job=job)
    return {"state": run.state}


@transaction.atomic
def apply_interrupted(job: Job) -> None:
    """The worker died: the transaction is gone, the run says 中断 and can be started again. One that died after it had ended is done."""
    clear_mark(job.pk)
    run = ImportRun.objects.select_for_update(of=("self",)).select_related("uploaded_by__person", "file").filter(job=job).first()
    if run is not None and run.state == ImportState.APPLIED:
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE, message="")
    if run is None or run.state != ImportState.APPLYING:
        return
    run.interrupt()
    run.message = _("后台进程中断，数据未改动。请点“重新开始”。")
    run.save()
    record("import.interrupted", actor=None, target=run, district=run.district_id)


def signers_of(run: ImportRun, user: User, *, kind: DecisionKind = IMPORT) -> list[User]:
    """谁能批, before the import or (`kind`) its undo is submitted."""
    draft = Decision(kind=kind.code, level=IMPORT.level_of(run), district=run.district, proposer=user)
    out = {user.person_id, *(maker.person_id for maker in _makers(run)), *(person.pk for person in officers_of(run))}
    return list(possible_signers(draft, barred=out))


__all__ = [
    "WorkbookRefused",
    "import_apply",
    "import_attach_list",
    "import_check",
    "import_restart",
    "import_start_check",
    "import_submit",
    "import_undo",
    "import_undo_submit",
    "import_upload",
]
