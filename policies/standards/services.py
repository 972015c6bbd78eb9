"""Sheets on demand, evaluations kept per company and title, and what people judge."""

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit import services as audit
from accounts.roles import Role
from accounts.scope import covers
from companies.recognitions.models import ApplicationType, Recognition, Title
from companies.register import slots
from companies.register.models import Company
from companies.register.writing import keeps
from core.errors import NotPermitted, Refusal
from core.prepared import Prepared
from policies import engine
from policies.standards import library
from policies.standards.keeping import Kept, keep, kept_row
from policies.standards.library import Published
from policies.standards.models import Evaluation, JudgedOutcome, Judgement
from policies.standards.snapshots import Reading, Subject, snapshots_for, windows_of, windows_of_all, with_judgements

if TYPE_CHECKING:
    from accounts.users.models import User
    from companies.evidence.models import Evidence

CHUNK = 500

type Windows = tuple[engine.Window, ...]


class NoStandard(Refusal):
    """No text of that title was in force on the day."""

    code = "no_standard"


class NotManual(Refusal):
    """The criterion is judged by figures, or does not exist: people do not decide it."""

    code = "not_manual"
    status = 422


class PaperOfAnotherCompany(Refusal):
    """The file is another firm's, or was withdrawn."""

    code = "paper_of_another_company"
    status = 422


class JudgementInForce(Refusal):
    """There is a judgement already; withdraw it first."""

    code = "judgement_in_force"


def no_standard(title: Title, on: date) -> NoStandard:
    """The refusal where no text of a title was in force on a day."""
    return NoStandard(_("%(day)s 没有施行中的“%(title)s”认定标准。") % {"day": on.isoformat(), "title": title.name})


def standard_in_force(*, title: Title, on: date) -> Published:
    """The published standard of a title on a day. Raises NoStandard."""
    found = library.in_force(on=on).get(title.code)
    if found is None:
        raise no_standard(title, on)
    return found


def review_of(*, company: Company, title: Title, on: date, known: date | None = None) -> tuple[Published, int] | None:
    """The text and the year of the review (复核) a holder of the title will face; None where there is none to face.

    The text is the one of its cohort, the year in which it was last recognised: 2023 年认定的在 2026 年复核，仍用 2022 年标准（117号）.
    """
    held = last_recognised(company=company, title=title, on=on, known=known or on)
    if held is None or held.valid_until is None:
        return None
    published = library.in_force(on=on, application=ApplicationType.REVIEW.value, cohort=held.happened_on.year).get(title.code)
    return None if published is None else (published, max(on.year, held.valid_until.year))


def review_sheet_for(*, company: Company, title: Title, on: date, known: date | None = None) -> engine.Sheet | None:
    """The sheet of the review a holder will face, judged for the year its title ends; None where there is none to face."""
    review = review_of(company=company, title=title, on=on, known=known)
    if review is None:
        return None
    published, year = review
    return sheet_for(company=company, title=title, on=on, known=known, application_year=year, published=published)


def sheet_asked(*, company: Company, title: Title, on: date, known: date, is_new: bool) -> tuple[engine.Sheet, bool]:
    """The sheet to show, and whether there is a review to choose.

    Of the review a holder will face unless `is_new`, else of a new application. Raises NoStandard.
    """
    review = review_sheet_for(company=company, title=title, on=on, known=known)
    if review is not None and not is_new:
        return review, True
    return sheet_for(company=company, title=title, on=on, known=known), review is not None


def last_recognised(*, company: Company, title: Title, on: date, known: date) -> Recognition | None:
    """The latest recognition of the firm for a title that counts on a day, as known by another."""
    rows = Recognition.objects.counted(on=on, known=known).filter(company=company, title=title)
    return rows.order_by("-happened_on", "-pk").first()


def sheet_for(
    *,
    company: Company,
    title: Title,
    on: date,
    known: date | None = None,
    application_year: int | None = None,
    published: Published | None = None,
) -> engine.Sheet:
    """The gap sheet of one company as of `on`, as known by `known` (default the same day), under the text in force then.

    `published` is that text where it has been read already. Raises NoStandard.
    """
    published = published or standard_in_force(title=title, on=on)
    reading = Reading(facts=tuple(sorted(engine.facts_of(published.compiled))))
    (subject,) = snapshots_for([company.pk], on=on, known=known, reading=reading)
    return _sheet(published, subject, on=on, application_year=application_year)


def sheets_for(*, company: Company, on: date, known: date | None = None) -> list[engine.Sheet]:
    """The sheets of every title with a standard in force, in the catalogue's order."""
    standards = library.in_force(on=on)
    (subject,) = snapshots_for([company.pk], on=on, known=known)
    ordered = sorted(standards.values(), key=lambda one: (one.row.title.position, one.row.title.code))
    return [_sheet(published, subject, on=on) for published in ordered]


def _sheet(published: Published, subject: Subject, *, on: date, application_year: int | None = None) -> engine.Sheet:
    return engine.evaluate(
        published.compiled,
        with_judgements(subject, published.row.pk),
        on=on,
        application_year=application_year,
        windows=windows_of(published.compiled.title),
    )


def reading_of(standards: Iterable[Published], *, on: date) -> Reading:
    """All that any of the standards looks at on a day, and the open year, which the next filing will look at."""
    texts = [one.compiled for one in standards]
    return Reading(
        tuple(sorted({fact for text in texts for fact in engine.facts_of(text)})),
        frozenset({on.year}).union(*(engine.years_of(text, on.year) for text in texts)),
        frozenset[str]().union(*(text.titles_read | {text.title} for text in texts)),
    )


def evaluation_refresh(
    *, company_ids: Iterable[int], on: date, standards: dict[str, Published] | None = None, is_followed: bool = True
) -> int:
    """Recompute the kept evaluations of these companies for every title with a standard in force; returns how many are current now.

    Works in chunks, each in its own transaction unless one is open; running it twice changes nothing. What other features keep beside
    an evaluation follows in the same transaction, unless it `is_followed` by nothing.
    """
    standards = standards if standards is not None else library.evaluated(on=on)
    reading, windows = reading_of(standards.values(), on=on), windows_of_all()
    judged = [(published, windows.get(published.compiled.title, ())) for published in standards.values()]
    ids, current = list(company_ids), 0
    for start in range(0, len(ids), CHUNK):
        with _unswept():
            current += _refresh(ids[start : start + CHUNK], on=on, standards=judged, reading=reading, is_followed=is_followed)
    return current


_held = Prepared(lambda ids: Company.objects.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk", flat=True))


type Follower = Callable[[Sequence[Subject], Sequence[Kept], Collection[Published], date], None]
_followers: list[Follower] = []


def after_refresh(follower: Follower) -> None:
    """Call `follower(subjects, rows, standards, on)` for each chunk of kept evaluations, in its transaction."""
    if follower not in _followers:
        _followers.append(follower)


@transaction.atomic
def _refresh(ids: list[int], *, on: date, standards: Collection[tuple[Published, Windows]], reading: Reading, is_followed: bool) -> int:
    # whoever writes about a firm holds its row: an answer read before such a change never replaces the one given after it
    _held(ids=ids)
    subjects = snapshots_for(ids, on=on, reading=reading)
    rows = [
        kept_row(
            published,
            subject.company_id,
            engine.evaluate_summary(published.compiled, with_judgements(subject, published.row.pk), on=on, windows=windows),
            on=on,
        )
        for subject in subjects
        for published, windows in standards
    ]
    keep(rows, on=on)
    for follow in _followers if is_followed else ():
        follow(subjects, rows, [published for published, _windows in standards], on)
    return len(rows)


@contextmanager
def _unswept() -> Iterator[None]:
    """Look for no cycles meanwhile: a chunk makes many small objects and none in a circle, and going through them again costs a tenth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def evaluations_due(*, on: date) -> list[int]:
    """Companies whose kept evaluation is stale, past its last day, or under a text no longer in force; and those never evaluated."""
    judged = library.evaluated(on=on).values()
    standards = [one.row.pk for one in judged]
    if not standards:
        return []
    rows = Evaluation.objects.filter(company__withdrawn_on__isnull=True)
    old = rows.filter(is_stale=True) | rows.filter(stale_after__lte=on) | rows.exclude(standard_id__in=standards)
    due = set(old.values_list("company_id", flat=True))
    for title_id in {one.row.title_id for one in judged}:
        never = Company.objects.filter(withdrawn_on__isnull=True).exclude(evaluations__title_id=title_id)
        due.update(never.values_list("pk", flat=True))
    return sorted(due)


def is_keeper(user: "User", company: Company) -> bool:
    """Whether the user is the firm's current officer, within the district."""
    return user.role == Role.OFFICER and covers(user, company.district_id) and keeps(user, company)


def require_keeper(user: "User", company: Company) -> None:
    """Raise NotPermitted unless the user is the firm's current officer."""
    if not is_keeper(user, company):
        raise NotPermitted(_("只有该企业的现任专管员可以作出或撤回判断。"))


def standard_to_judge(*, company: Company, title: Title, on: date, is_review: bool) -> Published:
    """The text whose questions are answered: of a new application, or of the review the firm will face. Raises NoStandard."""
    if not is_review:
        return standard_in_force(title=title, on=on)
    review = review_of(company=company, title=title, on=on)
    if review is None:
        raise NoStandard(_("该企业现在没有“%(title)s”的复核标准。") % {"title": title.name})
    return review[0]


@transaction.atomic
def judgement_make(
    *,
    company: Company,
    title: Title,
    criterion: str,
    outcome: str,
    note: str,
    by: "User",
    on: date,
    evidence: "Evidence | None" = None,
    is_review: bool = False,
) -> Judgement:
    """A person answers one manual criterion of the standard in force; dated, with a note; the kept evaluation follows at once.

    With `is_review` the criterion is one of the review the firm will face.

    Raises NotManual, PaperOfAnotherCompany, JudgementInForce, NoStandard, NotPermitted; figures-judged criteria are decided by
    figures alone.
    """
    opening.check_on(on)
    require_keeper(by, company)
    published = standard_to_judge(company=company, title=title, on=on, is_review=is_review)
    if criterion not in engine.manual_codes_of(published.compiled):
        raise NotManual(_("条件 %(code)s 由指标判定，不由人判断。") % {"code": criterion})
    if outcome not in JudgedOutcome.values:
        raise NotManual(_("判断只能是达标或未达标。"))
    if not note.strip():
        raise NotManual(_("请写明判断的依据。"))
    if evidence is not None and (evidence.company_id != company.pk or evidence.withdrawn_on is not None):
        raise PaperOfAnotherCompany(_("这份材料不是该企业的，或已撤回，请重新选择。"))
    company = Company.objects.select_for_update().get(pk=company.pk)
    if Judgement.objects.filter(company=company, standard=published.row, criterion=criterion, withdrawn_on__isnull=True).exists():
        raise JudgementInForce(_("条件 %(code)s 已有判断，请先撤回。") % {"code": criterion})
    judgement = Judgement.objects.create(
        company=company,
        standard=published.row,
        criterion=criterion,
        outcome=outcome,
        note=note.strip(),
        evidence=evidence,
        judged_by=by,
        happened_on=on,
        known_on=on,
        stamp=opening.stamp(),
    )
    slots.emit("judgement_changed", judgement=judgement, by=by, on=on)
    audit.record("judgement.made", actor=by, target=judgement, after=_shown(judgement), reason=note, on=on)
    return judgement


@transaction.atomic
def judgement_withdraw(*, judgement: Judgement, by: "User", on: date, reason: str) -> Judgement:
    """Take a judgement back; the row stays with day, person and reason."""
    opening.check_on(on)
    judgement = Judgement.objects.select_for_update(of=("self",)).select_related("company").get(pk=judgement.pk)
    require_keeper(by, judgement.company)
    if judgement.withdrawn_on is not None:
        return judgement
    judgement.withdrawn_on, judgement.withdrawn_by, judgement.withdrawal_note = on, by, reason.strip()[:300]
    judgement.save()
    slots.emit("judgement_changed", judgement=judgement, by=by, on=on)
    audit.record("judgement.withdrawn", actor=by, target=judgement, after=_shown(judgement), reason=reason, on=on)
    return judgement


def _shown(judgement: Judgement) -> dict[str, Any]:
    return {"criterion": judgement.criterion, "outcome": judgement.outcome, "standard": judgement.standard_id}
