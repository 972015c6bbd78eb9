"""Pages of 数据导入: the job as a clerk does it in the browser, by plain requests."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.decisions.services import decision_sign
from accounts.users.models import User
from companies.imports import services
from companies.imports.models import ImportRow, ImportRun, ImportState
from companies.register.models import Company
from tests.companies.imports.books import FIGURE_HEADS, FIRM_HEADS, code, firm, uploaded, xlsx
from tests.companies.imports.conftest import fresh
from tests.factories import CompanyFactory, EvidenceFactory, YearFiguresFactory

Commit = Callable[..., Any]
BAD = {
    "企业": [FIRM_HEADS, firm(1), firm(2)],
    "年度指标": [
        [*FIGURE_HEADS, "备注"],
        [code(1), 2025, "12oo", -1, 1.5, "看"],
        [code(2), 1899, 5, 5, 5, None],
        ["91330600MA2ABCDE1K", 2025, 5, 5, 5, None],
        [code(9), 2025, 5, 5, 5, None],
        [code(2), 2025, 5, 5, 5, None],
    ],
}


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def send(client: Client, content: bytes, **more: Any) -> Any:
    return client.post(reverse("companies:import-new"), {"file": uploaded(content), "source": "audit", **more})


def page_of(client: Client, name: str, run: ImportRun) -> str:
    response = client.get(reverse(f"companies:{name}", args=[run.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_clerk_uploads_sees_every_bad_cell_imports_and_undoes(
    city_clerk: User, client_of: Any, django_capture_on_commit_callbacks: Commit
) -> None:
    client = client_of(city_clerk)
    response = send(client, xlsx(BAD))
    run = ImportRun.objects.get()
    assert response.headers["Location"] == reverse("companies:import-detail", args=[run.pk])
    page = page_of(client, "import-detail", run)
    for words in (
        "12oo",
        "不是数字，请改为如 1,200.0",
        "不能为负",
        "须为整数",
        "超出 1978—2098",
        "组织机构代码校验码不符",
        "信用代码不在库",
        "备注",
    ):
        assert words in page, words
    assert sum(len(errors) for errors in ImportRow.objects.values_list("errors", flat=True)) == 6
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("companies:import-apply", args=[run.pk]))
    assert (fresh(run).state, Company.objects.count()) == (ImportState.APPLIED, 2)
    assert "将撤回新增企业 2 家、年度指标 1 条" in page_of(client, "import-undo", run)
    client.post(reverse("companies:import-undo", args=[run.pk]))
    assert fresh(run).state == ImportState.UNDONE
    assert "重新导入" in page_of(client, "import-detail", run)


@pytest.mark.parametrize("verdict", ["new", "changed", "unchanged", "refused"])
def test_a_total_opens_exactly_its_rows(city_clerk: User, client_of: Any, verdict: str) -> None:
    CompanyFactory(uscc=code(3), name=firm(3)[1], founded_on=date(2012, 5, 8))
    YearFiguresFactory(company=CompanyFactory(uscc=code(4)), employees=3)
    client = client_of(city_clerk)
    send(client, xlsx({"企业": [*BAD["企业"], firm(3)], "年度指标": [*BAD["年度指标"], [code(4), 2025, None, None, 4, None]]}))
    run = ImportRun.objects.get()
    expected = {"new": 3, "changed": 1, "unchanged": 1, "refused": 4}[verdict]
    assert run.totals[verdict] == expected
    url = f"{reverse('companies:import-row-list', args=[run.pk])}?verdict={verdict}"
    assert f'href="{url}"' in page_of(client, "import-detail", run)
    page = client.get(url).content.decode()
    assert f"共 {expected} 行" in page
    assert page.count('<tr role="row" data-row>') == expected


def test_refused_rows_come_back_as_a_workbook_that_can_be_corrected_and_uploaded(city_clerk: User, client_of: Any) -> None:
    client = client_of(city_clerk)
    send(client, xlsx(BAD))
    run = ImportRun.objects.get()
    response = client.get(reverse("companies:import-refused", args=[run.pk]))
    content = b"".join(response.streaming_content)
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["年度指标"]
    sheet = book["年度指标"]
    assert [cell.value for cell in sheet[1]] == [*FIGURE_HEADS, "备注", "拒绝原因"]
    assert sheet.max_row == 5
    assert "12oo" in sheet["G2"].value
    assert sheet["C2"].value == "12oo"
    send(client, content)
    again = ImportRun.objects.latest("pk")
    assert (again.totals["refused"], again.totals["new"]) == (4, 0)


def test_the_run_goes_to_a_second_person_and_says_who_may_sign(
    city_clerk: User, signer: User, client_of: Any, today: date, django_capture_on_commit_callbacks: Commit
) -> None:
    YearFiguresFactory(company=CompanyFactory(uscc=code(1)), employees=3)
    client = client_of(city_clerk)
    send(client, xlsx({"年度指标": [FIGURE_HEADS, [code(1), 2025, None, None, 4]]}))
    run = ImportRun.objects.get()
    page = page_of(client, "import-detail", run)
    assert "谁能批" in page
    assert signer.name in page
    assert client.post(reverse("companies:import-apply", args=[run.pk])).status_code == 409
    client.post(reverse("companies:import-submit", args=[run.pk]), {"reason": "年报更正"})
    run = fresh(run)
    assert "待审批，批准后自动导入" in page_of(client, "import-detail", run)
    approver = client_of(signer)
    decision = approver.get(reverse("accounts:decision-detail", args=[run.decision.pk])).content.decode()
    assert "3 人" in decision
    assert "4 人" in decision
    assert "职工人数" in page_of(approver, "import-row-list", run)
    with django_capture_on_commit_callbacks(execute=True):
        decision_sign(decision_id=run.decision.pk, signer=signer, on=today)
    assert fresh(run).state == ImportState.APPLIED


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"a,b\n1,2\n", "a.csv", "不是 .xlsx 或 .xls 文件"),
        (b"%PDF-1.4", "a.xlsx", "不是 .xlsx 或 .xls 文件"),
        (b"PK\x03\x04" + b"\x00" * 400, "a.xlsx", "损坏"),
        (b"", "a.xlsx", "空"),
    ],
)
def test_a_wrong_file_is_named_at_its_field_and_nothing_is_saved(
    city_clerk: User, client_of: Any, content: bytes, name: str, words: str
) -> None:
    response = client_of(city_clerk).post(
        reverse("companies:import-new"), {"file": SimpleUploadedFile(name, content, "application/octet-stream"), "source": "audit"}
    )
    assert response.status_code == 422
    assert words in response.content.decode()
    assert ImportRun.objects.count() == 0


def test_a_job_under_way_shows_its_rows_and_the_tab_may_be_closed(city_clerk: User, client_of: Any, today: date) -> None:
    client = client_of(city_clerk)
    send(client, xlsx({"企业": [FIRM_HEADS, firm(1)]}))
    run = ImportRun.objects.get()
    services.import_apply(run_id=run.pk, by=city_clerk, on=today)
    page = page_of(client, "import-detail", run)
    assert "排队中" in page
    assert "可以关闭本页" in page
    assert reverse("companies:import-progress", args=[run.pk]) in page
    assert client.post(reverse("companies:import-apply", args=[run.pk])).status_code == 409, "not twice"


def test_the_template_offers_the_places_of_the_own_scope_only(clerk: User, client_of: Any) -> None:
    book = load_workbook(BytesIO(client_of(clerk).get(reverse("companies:import-template")).content))
    assert [cell.value for cell in book["代码表"]["A"] if cell.value] == ["越城区"]


def test_another_districts_run_is_not_there(clerk: User, city_clerk: User, client_of: Any) -> None:
    send(client_of(city_clerk), xlsx({"企业": [FIRM_HEADS, firm(1)]}))
    run = ImportRun.objects.get()
    for name in ("detail", "row-list", "refused", "file", "progress", "undo", "official-list"):
        assert client_of(clerk).get(reverse(f"companies:import-{name}", args=[run.pk])).status_code == 404, name


@pytest.mark.parametrize("name", ["import-list", "import-row-list"])
def test_a_list_costs_the_same_for_10_and_200_rows(city_clerk: User, client_of: Any, count_queries: Any, today: date, name: str) -> None:
    book = EvidenceFactory(company=None)
    run = ImportRun.objects.create(file=book, source="audit", uploaded_by=city_clerk, happened_on=today, totals={"by_sheet": {"企业": {}}})
    client = client_of(city_clerk)
    url = reverse("companies:import-list") if name == "import-list" else reverse("companies:import-row-list", args=[run.pk])

    def fill(first: int, last: int) -> None:
        ImportRow.objects.bulk_create(
            ImportRow(run=run, sheet="企业", number=n, verdict="new", uscc=code(n), values={}) for n in range(first, last)
        )
        ImportRun.objects.bulk_create(
            ImportRun(file=book, source="audit", uploaded_by=city_clerk, happened_on=today) for _n in range(first, last)
        )

    fill(1, 11)
    few = count_queries(client, f"{url}?per_page=200")
    fill(11, 201)
    assert count_queries(client, f"{url}?per_page=200") == few <= 9
