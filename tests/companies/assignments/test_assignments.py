"""挂钩: who arranges it, one officer at a time, and writing ends with it."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from accounts.audit.models import AuditEntry
from companies.assignments.models import Assignment
from companies.assignments.services import AssignmentClosed, NotAnOfficerHere, assignment_end, assignment_start
from companies.register.writing import may_write
from core.errors import NotPermitted
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    ClerkFactory,
    CompanyFactory,
    DistrictFactory,
    OfficerFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def approver(db):
    return ApproverFactory()


def test_a_new_officer_follows_the_old_one_without_a_gap(approver):
    old = AssignmentFactory()
    officer = OfficerFactory()
    new = assignment_start(company_id=old.company_id, officer=officer, by=approver, on=localdate())
    old.refresh_from_db()
    assert (old.ends_on, new.starts_on) == (localdate() - timedelta(days=1), localdate())
    assert new.office_name == "经济和信息化局"
    assert may_write(officer, new.company)
    assert not may_write(old.officer, new.company)
    assert AuditEntry.objects.get(action="assignment.started").company_uscc == old.company.uscc
    assert assignment_start(company_id=old.company_id, officer=officer, by=approver, on=localdate()) == new
    assert Assignment.objects.count() == 2


def test_only_approvers_of_the_district_arrange_it(approver):
    firm, officer = CompanyFactory(), OfficerFactory()
    for other in (officer, ClerkFactory(), ApproverFactory(district=DistrictFactory(code="330681"))):
        with pytest.raises(NotPermitted):
            assignment_start(company_id=firm.pk, officer=officer, by=other, on=localdate())
    assignment = assignment_start(company_id=firm.pk, officer=officer, by=approver, on=localdate())
    with pytest.raises(NotPermitted):
        assignment_end(assignment_id=assignment.pk, by=officer, on=localdate())


def test_only_an_active_officer_of_the_district_takes_a_firm(approver):
    firm = CompanyFactory()
    for other in (ClerkFactory(), OfficerFactory(is_active=False), OfficerFactory(district=DistrictFactory(code="330681"))):
        with pytest.raises(NotAnOfficerHere):
            assignment_start(company_id=firm.pk, officer=other, by=approver, on=localdate())


def test_an_end_ends_writing_at_once_and_only_once(approver):
    assignment = AssignmentFactory()
    assignment_end(assignment_id=assignment.pk, by=approver, on=localdate(), reason="调岗")
    assert not may_write(assignment.officer, assignment.company)
    with pytest.raises(AssignmentClosed):
        assignment_end(assignment_id=assignment.pk, by=approver, on=localdate())
