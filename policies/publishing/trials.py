"""试算: every firm of the register under two texts by the figures of one day, in the background; nothing of the register changes."""

from collections.abc import Iterator
from datetime import date
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.services import record
from accounts.jobs.models import Job, JobState
from accounts.jobs.services import job_progress, job_start
from accounts.roles import Role
from companies.recognitions.models import Title
from companies.register.models import Company
from core.errors import NotPermitted
from policies import engine
from policies.publishing import checking
from policies.publishing.models import Effect, StandardDraft, TextTrial, TrialCompany
from policies.standards import library
from policies.standards.library import Published
from policies.standards.models import Standard
from policies.standards.services import CHUNK, reading_of
from policies.standards.snapshots import Subject, snapshots_for, with_judgements

if TYPE_CHECKING:
    from accounts.users.models import User

TRIAL_JOB = "standard.trial"
NEAR = 1  # open criteria of a firm that is near
KEPT_DAYS = 90
TRIERS = (Role.CLERK, Role.APPROVER)
HOLDS = frozenset({engine.Overall.DATA_NEEDED, engine.Overall.POSSIBLE, engine.Overall.PROMISING})


def may_try(user: "User") -> bool:
    """Whether the user is a clerk or an approver."""
    return user.is_active and user.role in TRIERS


@transaction.atomic
def trial_start(
    *,
    by: "User | None",
    on: date,
    standard: Standard | None = None,
    draft: StandardDraft | None = None,
    text: str = "",
    before: Standard | None = None,
) -> TextTrial:
    """Order the trial of a published version, a draft or a text typed in against `before` (default: the version it follows).

    The same question of the same person is not asked twice while the worker is at it; afterwards figures may have changed.
    `by` is None where the product itself asks. Raises NotPermitted, NotToday, and StandardError for a text that cannot be loaded.
    """
    opening.check_on(on)
    if by is not None and not may_try(by):
        raise NotPermitted(_("由数据员或审批人测算。"))
    written = standard.text if standard else draft.text if draft else text
    compiled = engine.load_standard(written, name="")
    if before is None:
        found = checking.replaced_by(compiled, library.library())
        before = found.row if found else None
    same = TextTrial.objects.filter(sha256=compiled.sha256, before=before, on=on, standard=standard, draft=draft)
    if standard is None:
        same = same.filter(asked_by=by)
    earlier = same.filter(job__state__in=[JobState.QUEUED, JobState.RUNNING]).first()
    if earlier is not None:
        trial = earlier
    else:
        trial = TextTrial.objects.create(
            title=Title.objects.get(code=compiled.title),
            standard=standard,
            draft=draft,
            before=before,
            text=compiled.text,
            sha256=compiled.sha256,
            on=on,
            asked_by=by,
        )
        total = Company.objects.filter(withdrawn_on__isnull=True).count()
        trial.job = job_start(kind=TRIAL_JOB, by=by, payload={"trial": trial.pk}, total=total)
        trial.save(update_fields=["job"])
    if by is not None:
        after = {"sha256": trial.sha256, "name": compiled.name}
        record("standard.tried", actor=by, target=standard or draft or before, after=after, on=on)
    return trial


def run_trial_job(job: Job) -> dict[str, Any]:
    """Handler of the job: each chunk commits by itself; one that died is begun anew."""
    trial = TextTrial.objects.select_related("before").get(pk=job.payload["trial"])
    TrialCompany.objects.filter(trial=trial).delete()
    done = 0
    ids = list(Company.objects.filter(withdrawn_on__isnull=True).order_by("pk").values_list("pk", flat=True))
    texts = _Texts(trial)
    for some in batched(ids, CHUNK):
        with transaction.atomic():
            TrialCompany.objects.bulk_create(texts.rows(some))
        done += len(some)
        job_progress(job, done=done, total=len(ids))
    TextTrial.objects.filter(pk=trial.pk).update(done_at=timezone.now(), companies=done)
    return {"companies": done}


class _Texts:
    """Both texts of a trial, compiled, and what they read of firms."""

    def __init__(self, trial: TextTrial) -> None:
        self.trial = trial
        self.after = Published(trial.standard or Standard(), engine.load_standard(trial.text, name=""))
        self.before = Published(trial.before, library.compiled(trial.before)) if trial.before else None
        self.reading = reading_of([one for one in (self.after, self.before) if one], on=trial.on)

    def rows(self, company_ids: tuple[int, ...]) -> Iterator[TrialCompany]:
        """One row per firm."""
        for subject in snapshots_for(company_ids, on=self.trial.on, reading=self.reading):
            yield self._row(subject)

    def _row(self, subject: Subject) -> TrialCompany:
        # what people judged under the version in force is taken over, so that only the texts differ
        shot = with_judgements(subject, self.before.row.pk) if self.before else subject.snapshot
        after = engine.evaluate_summary(self.after.compiled, shot, on=self.trial.on)
        before = engine.evaluate_summary(self.before.compiled, shot, on=self.trial.on) if self.before else None
        open_before = frozenset(before.open_codes if before else ())
        return TrialCompany(
            trial=self.trial,
            company_id=subject.company_id,
            effect=effect_of(before, after),
            before_overall=before.overall.value if before else "",
            after_overall=after.overall.value,
            before_open=before.counts.open if before else None,
            after_open=after.counts.open,
            opened=_codes(code for code in after.open_codes if code not in open_before) if before else "",
            closed=_codes(code for code in open_before if code not in after.open_codes),
        )


def _codes(codes: Iterator[str]) -> str:
    """Between blanks, so that one code is never found inside another; those that do not fit are left out whole."""
    text = ""
    for code in sorted(codes):
        if len(text) + len(code) + 2 > TrialCompany._meta.get_field("opened").max_length:  # type: ignore[operator]
            break
        text = f"{text or ' '}{code} "
    return text


def effect_of(before: engine.Summary | None, after: engine.Summary) -> Effect:
    """What the text does to the firm; a firm whom a text excludes is out. Without a version before, who would hold it is in."""
    held, holds = before is not None and before.overall in HOLDS, after.overall in HOLDS
    was_near = before is not None and _is_near(before)
    if held != holds:
        return Effect.OUT if held else Effect.IN
    if was_near != _is_near(after):
        return Effect.FAR if was_near else Effect.NEAR
    if before is None or (before.overall, before.open_codes, before.manual_codes) == (after.overall, after.open_codes, after.manual_codes):
        return Effect.SAME
    return Effect.OTHER


def _is_near(summary: engine.Summary) -> bool:
    return summary.overall != engine.Overall.NOT_APPLICABLE and summary.counts.open <= NEAR


def trials_forget(day: date) -> dict[str, Any]:
    """Daily: trials of texts that are no law, asked longer than 90 days ago, go with their firms; they can be computed again."""
    old = TextTrial.objects.filter(standard__isnull=True, on__lt=date.fromordinal(day.toordinal() - KEPT_DAYS))
    count = old.count()
    old.delete()
    return {"trials": count}
