"""Plans of a firm: made from a trial, their steps done, closed; by the firm's current officer only."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit import services as audit
from companies.recognitions.models import Title
from companies.register.models import Company
from core.errors import NotPermitted, Refusal
from policies.engine.what_if import Key
from policies.standards.services import is_keeper
from policies.what_if.models import CompanyPlan, PlanStep
from policies.what_if.trying import Trial

if TYPE_CHECKING:
    from accounts.users.models import User


class NothingTried(Refusal):
    """A plan keeps changed figures, and none was changed."""

    code = "nothing_tried"
    status = 422


class PlanClosed(Refusal):
    """The plan is closed; nothing about it changes any more."""

    code = "plan_closed"


def require_keeper(user: "User", company: Company) -> None:
    """Raise NotPermitted unless the user is the firm's current officer."""
    if not is_keeper(user, company):
        raise NotPermitted(_("只有该企业的现任专管员可以制定或更新一企一策。"))


@transaction.atomic
def plan_make(
    *,
    company: Company,
    title: Title,
    trial: Trial,
    values: Mapping[Key, Any],
    name: str,
    steps: Iterable[tuple[str, date, str]],
    by: "User",
    on: date,
    lead: str = "",
    note: str = "",
) -> CompanyPlan:
    """Keep a trial under a name with its steps. Raises NotPermitted and NothingTried."""
    opening.check_on(on)
    require_keeper(by, company)
    if not values:
        raise NothingTried(_("还没有改动任何数。请先在试算页填写要达到的数，再保存。"))
    known = {one.key: one.value for one in trial.inputs}
    plan = CompanyPlan.objects.create(
        company=company,
        title=title,
        name=name.strip(),
        lead=lead.strip(),
        note=note.strip(),
        application_year=trial.application_year,
        changes=[{"key": str(key), "before": _plain(known.get(key)), "after": _plain(value)} for key, value in values.items()],
        made_by=by,
        happened_on=on,
        known_on=on,
        stamp=opening.stamp(),
    )
    rows = [
        PlanStep(plan=plan, position=position, text=text, due_on=due_on, owner=owner)
        for position, (text, due_on, owner) in enumerate(steps, 1)
    ]
    PlanStep.objects.bulk_create(rows)
    after = {"title": title.code, "name": plan.name, "application_year": plan.application_year, "steps": len(rows)}
    audit.record("plan.made", actor=by, target=plan, after=after, company=company, items=PlanStep.objects.filter(plan=plan), on=on)
    return plan


def _plain(value: Any) -> Any:
    """A figure as JSON keeps it exactly."""
    return value if value is None or isinstance(value, bool | int) else str(value)


def _open_plan(plan_id: int, by: "User") -> CompanyPlan:
    plan = CompanyPlan.objects.select_for_update(of=("self",)).select_related("company").get(pk=plan_id)
    require_keeper(by, plan.company)
    if plan.closed_on is not None:
        raise PlanClosed(_("这份一企一策已结束，不能再改。"))
    return plan


@transaction.atomic
def step_done(*, step: PlanStep, by: "User", on: date) -> PlanStep:
    """The step is done today; one that was done before stays as it was. Raises NotPermitted and PlanClosed."""
    opening.check_on(on)
    plan = _open_plan(step.plan_id, by)
    step = PlanStep.objects.select_for_update().get(pk=step.pk)
    if step.done_on is not None:
        return step
    step.done_on = on
    step.save(update_fields=["done_on"])
    audit.record("plan.step_done", actor=by, target=step, after={"text": step.text, "done_on": on}, company=plan.company, on=on)
    return step


@transaction.atomic
def plan_close(*, plan: CompanyPlan, by: "User", on: date, reason: str) -> CompanyPlan:
    """The plan is over; it stays with day, person and reason. Raises NotPermitted and PlanClosed."""
    opening.check_on(on)
    plan = _open_plan(plan.pk, by)
    plan.closed_on, plan.closed_by, plan.closing_note = on, by, reason.strip()[:300]
    plan.save(update_fields=["closed_on", "closed_by", "closing_note"])
    audit.record("plan.closed", actor=by, target=plan, after={"closed_on": on}, reason=reason, company=plan.company, on=on)
    return plan
