"""认定 as people open it: the list, 登记认定, one recognition, 取消认定."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.decisions.models import Decision
from accounts.users.models import User
from companies.evidence.models import Evidence
from companies.recognitions.models import Recognition, Title
from companies.recognitions.selectors import STATUSES, status_q
from companies.register.models import Company
from tests.factories import (
    AdministratorFactory,
    AuditorFactory,
    CompanyFactory,
    DistrictFactory,
    EnterpriseUserFactory,
    OfficerFactory,
    RecognitionFactory,
    RecordedRecognitionFactory,
)

TODAY = date(2026, 11, 24)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def paper(name: str = "公告.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def sent(company: Company, **more: Any) -> dict[str, Any]:
    return {
        "uscc": company.uscc,
        "title": "specialised_sme",
        "application_type": "认定",
        "document_number": "浙经信企业〔2026〕88号",
        "announced_on": "2026-11-10",
        "file": paper(),
        **more,
    }


NEW = "companies:recognition-new"


def test_recording_stores_the_paper_and_puts_it_to_the_city(officer: User, city_approver: User, company: Company) -> None:
    client = signed_in(officer)
    response = client.post(reverse(NEW), sent(company))
    row = Recognition.objects.get()
    here = reverse("companies:recognition-detail", args=[row.pk])
    assert (response.status_code, response.headers["Location"]) == (302, here)
    assert row.document == Evidence.objects.get(company=company, kind="document")
    assert "待市级审批人确认" in page(client, here)
    assert signed_in(city_approver).post(reverse("accounts:decision-sign", args=[row.decision_id])).status_code == 302
    html = page(client, here)
    for words in ("有效", "首次认定，计入新增", "沈雨桐", "何静", "公告.pdf", "2029-11-09"):
        assert words in html


def test_the_decision_page_shows_the_paper_and_whether_it_is_new(officer: User, city_approver: User, company: Company) -> None:
    signed_in(officer).post(reverse(NEW), sent(company))
    html = page(signed_in(city_approver), reverse("accounts:decision-detail", args=[Decision.objects.get().pk]))
    for words in ("浙经信企业〔2026〕88号", "确认后计入新增", "认定时属地", "公告.pdf"):
        assert words in html


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"uscc": "91330602MA00000000"}, "没有找到，或您无权查看"),
        ({"document_number": ""}, "文号"),
        ({"announced_on": "2026-11-25"}, "不能晚于 2026-11-24"),
        ({"announced_on": "明天"}, "不是日期"),
        ({"title": "high_tech"}, "请填写证书日期"),
        ({"file": SimpleUploadedFile("公告.exe", b"MZ", content_type="application/pdf")}, "不接受这种文件"),
        ({"file": ""}, "公告文件"),
    ],
    ids=["unknown firm", "no number", "tomorrow", "no date", "no certificate day", "executable", "no file"],
)
def test_a_wrong_form_names_the_place_keeps_what_was_typed_and_saves_nothing(
    officer: User, company: Company, change: dict[str, Any], words: str
) -> None:
    response = signed_in(officer).post(reverse(NEW), sent(company, reason="第一批名单", **change))
    html = response.content.decode()
    assert response.status_code == 422
    assert words in html
    assert "第一批名单" in html
    assert not Recognition.objects.exists()
    assert not Evidence.objects.exists()


def test_a_firm_of_another_district_is_not_found_by_the_form(officer: User) -> None:
    foreign = CompanyFactory(district=DistrictFactory(code="330681"))
    response = signed_in(officer).post(reverse(NEW), sent(foreign))
    assert response.status_code == 422
    assert foreign.name not in response.content.decode()


def test_an_officer_does_not_record_for_a_colleagues_firm(company: Company) -> None:
    assert signed_in(OfficerFactory()).post(reverse(NEW), sent(company)).status_code == 403
    assert not Recognition.objects.exists()


def test_extra_fields_change_nothing(officer: User, company: Company) -> None:
    forged = {"state": "confirmed", "is_first": "1", "known_on": "2020-01-01", "district": "330681", "happened_on": "2020-01-01"}
    signed_in(officer).post(reverse(NEW), sent(company, **forged))
    row = Recognition.objects.get()
    assert (row.state, row.is_first, row.known_on, row.happened_on) == ("recorded", False, TODAY, date(2026, 11, 10))
    assert row.district == company.district


@pytest.mark.parametrize("who", [AuditorFactory, EnterpriseUserFactory, AdministratorFactory])
def test_who_does_not_record_has_no_such_page(company: Company, who: Callable[[], Any]) -> None:
    client = signed_in(who())
    assert client.get(reverse(NEW)).status_code == 404
    assert client.post(reverse(NEW), sent(company)).status_code == 404


def test_proposing_the_end_from_the_page(officer: User, city_approver: User, company: Company) -> None:
    row = RecognitionFactory(company=company, title=Title.objects.get(code="specialised_sme"))
    url = reverse("companies:recognition-revoke", args=[row.pk])
    client = signed_in(officer)
    assert "取消认定" in page(client, reverse("companies:recognition-detail", args=[row.pk]))
    form = {"ended_on": "2026-11-20", "document_number": "工信厅企业函〔2026〕300号", "reason": "数据造假", "file": paper()}
    assert client.post(url, {**form, "ended_on": "2026-12-01", "file": paper()}).status_code == 422
    assert client.post(url, {**form, "file": paper()}).status_code == 302
    assert "正在等待审批" in page(client, reverse("companies:recognition-detail", args=[row.pk]))
    decision = Decision.objects.get(kind="revocation")
    assert signed_in(city_approver).post(reverse("accounts:decision-sign", args=[decision.pk])).status_code == 302
    html = page(client, reverse("companies:recognition-detail", args=[row.pk]))
    assert "已取消" in html
    assert "工信厅企业函〔2026〕300号" in html
    assert signed_in(AuditorFactory()).get(url).status_code == 404
    assert signed_in(OfficerFactory()).get(url).status_code == 403


# the list


@pytest.fixture
def one_of_each(company: Company) -> dict[str, Recognition]:
    """Status → a recognition that has it today."""
    title = Title.objects.get(code="specialised_sme")

    def made(number: int, **more: Any) -> Recognition:
        return RecognitionFactory(company=company, title=title, document_number=f"文〔2025〕{number}号", **more)

    rows = {
        "valid": made(1, valid_until=None),
        "review_due": made(2, valid_until=date(2027, 5, 23)),
        "expired": made(3, valid_until=date(2026, 11, 23)),
        "revoked": made(4),
        "voided": made(5),
        "recorded": RecordedRecognitionFactory(company=company, title=title, document_number="文〔2025〕6号"),
        "rejected": RecordedRecognitionFactory(company=company, title=title, document_number="文〔2025〕7号"),
    }
    rows["revoked"].revoke(ended_on=TODAY, known_on=TODAY, document_number="撤")
    rows["voided"].void(ended_on=TODAY, known_on=TODAY, document_number="新")
    rows["rejected"].reject()
    for row in rows.values():
        row.save()
    return rows


@pytest.mark.parametrize("status", list(STATUSES))
def test_the_status_filter_agrees_with_the_status_of_each_row(officer: User, one_of_each: dict[str, Recognition], status: str) -> None:
    for day in (TODAY, date(2026, 11, 23), date(2027, 5, 24), date(2031, 1, 1)):
        for code in STATUSES:
            found = set(Recognition.objects.filter(status_q(code, day)).values_list("pk", flat=True))
            assert found == {row.pk for row in one_of_each.values() if row.status_on(day) == code}
    html = page(signed_in(officer), reverse("companies:recognition-list", query={"status": status}))
    assert "共 1 条" in html
    assert one_of_each[status].document_number in html


def test_the_list_filters_by_title_district_batch_and_sprint(officer: User, one_of_each: dict[str, Recognition]) -> None:
    Recognition.objects.filter(pk=one_of_each["valid"].pk).update(is_outside_sprint=True)
    client = signed_in(officer)
    for query, count in (
        ({}, 7),
        ({"title": "specialised_sme"}, 7),
        ({"title": "little_giant"}, 0),
        ({"outside": "1"}, 1),
        ({"district": "330602"}, 7),
        ({"q": "6号"}, 1),
    ):
        assert f"共 {count} 条" in page(client, reverse("companies:recognition-list", query=query))


def test_a_firm_that_moved_away_keeps_its_event_here_without_a_link(officer: User) -> None:
    gone = CompanyFactory(district=DistrictFactory(code="330681"))
    row = RecognitionFactory(company=gone, district=officer.district)
    client = signed_in(officer)
    assert "已迁出" in page(client, reverse("companies:recognition-list"))
    html = page(client, reverse("companies:recognition-detail", args=[row.pk]))
    assert gone.name in html
    assert "已迁出" in html
    assert gone.uscc not in html
    assert row.document.name not in html


def test_a_foreign_recognition_is_not_found(officer: User) -> None:
    foreign = RecognitionFactory(company=CompanyFactory(district=DistrictFactory(code="330681")))
    client = signed_in(officer)
    assert foreign.company.name not in page(client, reverse("companies:recognition-list"))
    for name in ("companies:recognition-detail", "companies:recognition-revoke"):
        assert client.get(reverse(name, args=[foreign.pk])).status_code == 404
        assert client.get(reverse(name, args=[10**9])).status_code == 404


def test_the_list_costs_the_same_for_few_and_many(officer: User, count_queries: Callable[[Client, str], int]) -> None:
    RecognitionFactory.create_batch(2)
    client = signed_in(officer)
    url = reverse("companies:recognition-list")
    few = count_queries(client, url)
    RecognitionFactory.create_batch(15)
    assert count_queries(client, url) == few <= 10
