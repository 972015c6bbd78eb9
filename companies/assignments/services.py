"""Give a firm an officer, end that."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.services import record
from accounts.roles import Role
from accounts.scope import covers
from companies.assignments.models import Assignment
from companies.register import slots
from companies.register.models import Company
from core.errors import NotPermitted, Refusal

if TYPE_CHECKING:
    from accounts.users.models import User


class NotAnOfficerHere(Refusal):
    """The account is no active officer of the firm's district."""

    code = "not_an_officer_here"


class AssignmentClosed(Refusal):
    """The assignment has ended already."""

    code = "assignment_closed"


def _require_approver(by: "User", company: Company) -> None:
    if by.role != Role.APPROVER or not covers(by, company.district_id):
        raise NotPermitted(_("挂钩由本地审批人安排，请联系审批人。"))


def _locked(company_id: int) -> Company:
    return Company.objects.select_for_update(of=("self",)).select_related("district").get(pk=company_id, withdrawn_on__isnull=True)


def _close(assignment: Assignment, *, on: date) -> None:
    assignment.ends_on = max(assignment.starts_on, on)
    assignment.save(update_fields=["ends_on"])


@transaction.atomic
def assignment_start(*, company_id: int, officer: "User", by: "User", on: date) -> Assignment:
    """The officer keeps the firm from `on`; whoever kept it before ends the day before. The same officer again changes nothing.

    Raises NotPermitted unless `by` is an approver of the district, NotAnOfficerHere, NotToday.
    """
    opening.check_on(on)
    company = _locked(company_id)
    _require_approver(by, company)
    if officer.role != Role.OFFICER or not officer.is_active or officer.district_id != company.district_id:
        raise NotAnOfficerHere(
            _("%(name)s不是%(district)s的专管员，不能挂钩这家企业。") % {"name": officer.name, "district": company.district}
        )
    current = Assignment.objects.filter(company=company, ends_on__isnull=True).select_related("officer__person").first()
    if current is not None and current.officer_id == officer.pk:
        return current
    if current is not None:
        _close(current, on=on - timedelta(days=1))
    office = officer.office.name if officer.office_id and officer.office else ""
    assignment = Assignment.objects.create(
        company=company, officer=officer, office_name=office, starts_on=on, known_on=on, stamp=opening.stamp()
    )
    slots.emit("assignment_changed", assignment=assignment, by=by, on=on)
    record(
        "assignment.started",
        actor=by,
        target=assignment,
        company=company,
        district=company.district,
        before={"officer": current.officer.name if current else None},
        after={"officer": officer.name},
        items=[current] if current else (),
        on=on,
    )
    return assignment


@transaction.atomic
def assignment_end(*, assignment_id: int, by: "User", on: date, reason: str = "") -> Assignment:
    """The firm is kept by nobody from `on`; the officer can no longer write to it from the next request.

    Raises NotPermitted, AssignmentClosed, NotToday.
    """
    opening.check_on(on)
    assignment = (
        Assignment.objects.select_for_update(of=("self",)).select_related("company__district", "officer__person").get(pk=assignment_id)
    )
    _require_approver(by, assignment.company)
    if assignment.ends_on is not None:
        raise AssignmentClosed(_("这条挂钩已于 %(day)s 结束。") % {"day": assignment.ends_on.isoformat()})
    _close(assignment, on=on)
    slots.emit("assignment_changed", assignment=assignment, by=by, on=on)
    record(
        "assignment.ended",
        actor=by,
        target=assignment,
        before={"officer": assignment.officer.name},
        after={"officer": None},
        reason=reason,
        on=on,
    )
    return assignment
