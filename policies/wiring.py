"""What this app hands to the apps below when it starts: re-evaluation after changes, the daily one, jobs, panels, checks, words."""

from collections.abc import Iterator
from datetime import date
from itertools import batched
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.audit import checks, words
from accounts.jobs import registry
from accounts.jobs.models import Job
from accounts.jobs.services import job_progress, job_start
from companies.register import slots
from companies.register.slots import Panel, PanelRequest
from policies.engine.standard import sha256_of
from policies.publishing import wiring as publishing
from policies.reach.keeping import reach_keep
from policies.standards import services
from policies.standards.models import Evaluation, Judgement, Standard
from policies.standards.panels import gap_panel, titles_against

AT_ONCE = 50  # firms re-evaluated inside the change's own transaction; more go to a job

MOST_IDS = 2_000  # in one statement: SQLite takes a limited number of parameters


def _refresh(company_ids: list[int], on: date) -> None:
    """A stale result is never shown as current: few firms follow at once, many are marked stale and handed to the worker."""
    if len(company_ids) <= AT_ONCE:
        services.evaluation_refresh(company_ids=company_ids, on=on)
        return
    for some in batched(company_ids, MOST_IDS):
        Evaluation.objects.filter(company_id__in=some).update(is_stale=True)
    job_start(kind="evaluate", by=None, payload={"on": on.isoformat()}, total=len(company_ids))


def _figures_added(*, company_ids: Any, on: date, **facts: Any) -> None:
    _refresh(sorted(set(company_ids)), on)


def _companies_changed(*, company_ids: Any, on: date, **facts: Any) -> None:
    _refresh(sorted(set(company_ids)), on)


def _company_changed(*, company: Any, on: date, **facts: Any) -> None:
    _refresh([company.pk], on)


def _incident_changed(*, incident: Any, on: date, **facts: Any) -> None:
    _refresh([incident.company_id], on)


def _recognitions_changed(*, recognitions: Any, on: date, **facts: Any) -> None:
    _refresh(sorted({recognition.company_id for recognition in recognitions}), on)


def _judgement_changed(*, judgement: Judgement, on: date, **facts: Any) -> None:
    _refresh([judgement.company_id], on)


def evaluate_job(job: Job) -> dict[str, Any]:
    """Re-evaluate every firm that is due; each chunk commits by itself, so a killed worker loses nothing.

    What is kept is the answer of today: a job that waited, or was started for a past day inside `opening`, works for the day it runs.
    """
    today = localdate()
    on = max(date.fromisoformat(job.payload.get("on") or today.isoformat()), today)
    due, written = services.evaluations_due(on=on), 0
    for start in range(0, len(due), services.CHUNK):
        written += services.evaluation_refresh(company_ids=due[start : start + services.CHUNK], on=on)
        job_progress(job, done=start, total=len(due))
    return {"companies": len(due), "evaluations": written}


def _daily(day: date) -> dict[str, Any]:
    due = services.evaluations_due(on=day)
    return {"companies": len(due), "evaluations": services.evaluation_refresh(company_ids=due, on=day)}


def standard_problems() -> Iterator[str]:
    """Published texts that no longer match their SHA-256."""
    for pk, text, sha in Standard.objects.values_list("pk", "text", "sha256"):
        if sha256_of(text) != sha:
            yield f"standard {pk}: the text differs from its SHA-256"


def gap_context(request: PanelRequest) -> dict[str, Any] | None:
    """The firm page's gap sheet of the chosen title."""
    return gap_panel(request)


def connect() -> None:
    """Called once by the app registry."""
    slots.after("figures_added", _figures_added)
    slots.after("company_changed", _company_changed)
    slots.after("companies_changed", _companies_changed)
    slots.after("incident_changed", _incident_changed)
    slots.after("recognition_confirmed", _recognitions_changed)
    slots.after("recognition_ended", _recognitions_changed)
    slots.after("judgement_changed", _judgement_changed)
    slots.add_panel(Panel("gap", "main", "policies/standards/_panel.html", gap_context, order=20))
    slots.weigh_incidents(titles_against)
    services.after_refresh(reach_keep)
    registry.register("evaluate", evaluate_job)
    registry.register_daily("evaluate", _daily)
    checks.register("standards", standard_problems)
    slots.add_merge_relation(slots.MergeRelation("policies.CompanyPlan", "company", "keep_both"))
    words.register_actions({"standard.published": _("发布认定标准")})
    publishing.connect()
    words.register_actions({"plan.made": _("保存一企一策"), "plan.step_done": _("完成一企一策的一步"), "plan.closed": _("结束一企一策")})
