"""The papers a firm takes away: on A4, in its own figures, with clause and marks, and logged."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.audit.models import AuditEntry
from companies.recognitions.models import Title
from companies.register.models import Company
from core.documents import blocks as b
from policies.engine import Outcome
from policies.handouts.gap_sheet import gap_sheet_blocks
from policies.standards.services import sheet_for
from tests.factories import AuditorFactory, CompanyFactory, OfficerFactory, YearFiguresFactory
from tests.factories.cultivation import MILLION, held, ready_company
from tests.factories.cultivation import library as ship

# what is drawn and worked out comes alike on every database
pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOV_24 = date(2026, 11, 24)


@pytest.fixture
def company(monkeypatch: pytest.MonkeyPatch) -> Company:
    """A firm that misses the R&D share of a closed year and a patent, and whose market share nobody judged."""
    for module in ("handouts", "standards"):
        monkeypatch.setattr(f"policies.{module}.views.localdate", lambda: NOV_24)
    ship()
    return ready_company(is_judged=False, rd_expense=4 * MILLION, class1_ip=3, total_assets=None)


def _paper(client: Client, name: str, company: Company, title: str = "little_giant", query: str = "") -> tuple[str, int]:
    response = client.post(reverse(f"policies:{name}", args=[company.uscc, title]) + query)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(response.content))
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    return "".join(page.extract_text() for page in reader.pages).replace("\n", ""), len(reader.pages)


def test_the_gap_sheet_groups_the_criteria_and_says_how_each_is_closed(client: Client, company: Company) -> None:
    client.force_login(OfficerFactory(district=company.district))
    text, _pages = _paper(client, "sheet-pdf", company)
    for words in (
        company.name,
        company.uscc,
        "工信部企业〔2026〕2号 附件2",
        "数据截至2026-11-24",
        "可补（2 项）",
        "Ⅰ类知识产权再增加 1 项",
        "已关账（1 项）",
        "2025 年已关账，不能再改",
        "缺数据（1 项）",
        "缺 2025 年资产总额（审计报告），请企业提供审计报告",
        "待人工核（4 项）",
        "细分市场占有率自述",
        "不代表认定结果",
    ):
        assert words in text, words


def test_every_criterion_stands_once_in_the_paper(company: Company) -> None:
    sheet = sheet_for(company=company, title=Title.objects.get(code="little_giant"), on=NOV_24)
    blocks = gap_sheet_blocks(company=company, heading="差距表", sheet=sheet)
    tables = [block for block in blocks if isinstance(block, b.Table)]
    rows = [row[0].split("\n")[-1].split(" ")[0] for table in tables for row in table.rows]
    assert sorted(rows) == sorted(verdict.code for verdict in sheet.verdicts)
    assert {verdict.outcome for verdict in sheet.verdicts} >= {Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.MANUAL}


def test_a_disputed_clause_is_marked_and_both_readings_are_printed(client: Client, company: Company) -> None:
    client.force_login(AuditorFactory(district=None))
    text, _pages = _paper(client, "sheet-pdf", company, "single_champion")
    assert "［待核］" in text
    assert "［待核］：条款尚未与原文逐字核对" in text
    assert "放宽至 2 亿元只见于一处转录" in text
    paper, _pages = _paper(client, "year-end-pdf", company, "single_champion")
    assert "放宽至 2 亿元只见于一处转录" in paper


def test_a_past_day_is_printed_as_it_was_known(client: Client, company: Company) -> None:
    YearFiguresFactory(company=company, year=2025, source="audit", known_on=date(2026, 10, 1), class1_ip=9)
    client.force_login(AuditorFactory(district=None))
    then, _pages = _paper(client, "sheet-pdf", company, query="?asof=2026-05-05")
    assert "数据截至2026-05-05" in then
    assert "Ⅰ类知识产权再增加 1 项" in then
    assert "当时所知" in then
    known, _pages = _paper(client, "sheet-pdf", company, query="?asof=2026-05-05&known=today")
    assert "现在所知" in known


def test_the_year_end_paper_is_one_page_and_says_what_to_do(client: Client, company: Company) -> None:
    YearFiguresFactory(
        company=company, year=2026, source="self_reported", is_estimate=True, known_on=NOV_24, revenue=150 * MILLION, rd_expense=4 * MILLION
    )
    client.force_login(OfficerFactory(district=company.district))
    text, pages = _paper(client, "year-end-pdf", company)
    assert pages == 1
    assert "12 月 31 日前还须完成" in text
    assert "研发费用再 ≥ 400.0 万元（2025 年已有 400.0 万元，今年为 400.0 万元（预计））" in text
    assert "37 天（2026-12-31）" in text
    assert "2027 年（计划 2027-04-25 至 2027-05-25 填报）" in text
    assert "贵企业最早 2028 年可申报" in text


@pytest.mark.parametrize("title", ["little_giant", "single_champion"])
def test_a_firm_of_which_nothing_is_known_still_fits_on_one_page(client: Client, company: Company, title: str) -> None:
    client.force_login(AuditorFactory(district=None))
    text, pages = _paper(client, "year-end-pdf", CompanyFactory(), title)
    assert pages == 1
    assert "缺数据" in text


def test_an_excluded_firm_is_told_why_on_both_papers(client: Client, company: Company) -> None:
    held(company, "single_champion")
    client.force_login(AuditorFactory(district=None))
    for name in ("sheet-pdf", "year-end-pdf"):
        text, pages = _paper(client, name, company)
        assert "已获制造业单项冠军的企业不再申报小巨人" in text
        assert pages == 1


def test_each_paper_is_logged_with_what_was_asked(client: Client, company: Company) -> None:
    client.force_login(AuditorFactory(district=None))
    for name, report in (("sheet-pdf", "gap-sheet"), ("year-end-pdf", "year-end")):
        _paper(client, name, company)
        entry: Any = AuditEntry.objects.order_by("-number").first()
        assert entry.action == "report.exported"
        assert f'"report":"{report}"' in entry.after.replace(": ", ":")


def test_a_foreign_firm_has_no_papers(client: Client, company: Company) -> None:
    client.force_login(OfficerFactory(district__code="330681"))
    for name in ("sheet-pdf", "year-end-pdf"):
        assert client.post(reverse(f"policies:{name}", args=[company.uscc, "little_giant"])).status_code == 404
