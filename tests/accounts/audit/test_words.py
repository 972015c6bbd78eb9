"""The log in readable words: fields and choices as a form calls them, refusals without their code."""

from datetime import date

import pytest
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.audit.services import record, record_refusal
from accounts.audit.words import lines, reason_words
from companies.register.members import CompanyMember
from tests.factories import AuditorFactory, CompanyFactory, EnterpriseUserFactory, IncidentFactory, YearFiguresFactory

pytestmark = pytest.mark.django_db


def told() -> dict[str, object]:
    return {line.label: line.after for line in lines(AuditEntry.objects.latest("number"))}


def test_fields_and_choices_are_named_as_on_their_form() -> None:
    record("incident.added", actor=AuditorFactory(), target=IncidentFactory(), after={"kind": "safety", "severity": "larger"})
    assert told() == {"类别": "生产安全事故", "等级": "较大"}
    record("figures.added", actor=AuditorFactory(), target=YearFiguresFactory(), after={"source": "audit", "has_own_brand": True})
    assert told() == {"口径": "审计报告", "自主品牌": "是"}


def test_what_is_no_field_has_a_word_or_stays_as_it_was_logged() -> None:
    record("list.exported", actor=AuditorFactory(), after={"rows": 12, "columns": ["name", "uscc"], "strange": "x"})
    assert told() == {"行": 12, "列": "name、uscc", "strange": "x"}


def test_a_refusal_reads_as_it_was_told() -> None:
    record_refusal("request.refused", actor=None, reason="not_permitted：新建企业由数据员办理：请发给本地数据员。")
    entry = AuditEntry.objects.latest("number")
    assert reason_words(entry) == "新建企业由数据员办理：请发给本地数据员。"
    auditor = AuditorFactory(district=None)
    client = Client()
    client.force_login(auditor)
    assert "not_permitted" not in client.get("/audit/").content.decode()
    record("company.changed", actor=auditor, target=CompanyFactory(), reason="moved：迁入")
    assert reason_words(AuditEntry.objects.latest("number")) == "moved：迁入"


def test_a_membership_is_named_by_account_and_firm() -> None:
    user, company = EnterpriseUserFactory(), CompanyFactory()
    member = CompanyMember.objects.create(company=company, user=user, starts_on=date(2026, 1, 1))
    record("company_member.added", actor=None, target=member, company=company)
    assert AuditEntry.objects.latest("number").target_label == f"{user.username} · {company.name}"
