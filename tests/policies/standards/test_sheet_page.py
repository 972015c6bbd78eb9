"""The gap sheet on its page: the tally opens the rows it counts, and nothing is an empty cell."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from companies.recognitions.models import Title
from companies.register.models import Company
from policies.standards import services
from tests.factories import AssignmentFactory, OfficerFactory
from tests.factories.cultivation import held, ready_company
from tests.factories.cultivation import library as ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet_url(client: Client) -> str:
    ship()
    officer, firm = OfficerFactory(), ready_company(is_judged=False)
    AssignmentFactory(company=firm, officer=officer)
    client.force_login(officer)
    return reverse("policies:sheet", args=[firm.uscc, "little_giant"])


def _rows(html: str) -> list[str]:
    return re.findall(r'<tr role="row" class="is-(\w+)">', html.replace("is-child", "child"))


def test_the_tally_opens_exactly_the_rows_it_counts(client: Client, sheet_url: str) -> None:
    html = client.get(sheet_url).content.decode()
    doors = re.findall(r'<a class="verdict (\w+)" href="\?verdict=\w+#gap">\S+ (\d+)</a>', html)
    assert {outcome for outcome, _number in doors} >= {"met", "manual"}
    for outcome, number in doors:
        opened = client.get(f"{sheet_url}?verdict={outcome}").content.decode()
        assert _rows(opened) == [outcome] * int(number)
        assert "看全部条件" in opened
    assert len(_rows(client.get(f"{sheet_url}?verdict=nonsense").content.decode())) == sum(int(number) for _outcome, number in doors)


def test_a_judgement_opens_in_a_dialog_over_the_sheet_and_as_a_page_without_script(client: Client, sheet_url: str) -> None:
    url = re.search(r'<a href="([^"]+)" data-dialog>作出判断</a>', client.get(sheet_url).content.decode())
    assert url
    page = client.get(url[1]).content.decode()
    dialog = client.get(url[1], headers={"hx-request": "true"}).content.decode()
    assert "<html" in page
    assert dialog.startswith('<header><h2 id="dialog-title">作出判断</h2>')
    for body in (page, dialog):
        assert "· 专精特新“小巨人”" in body
        assert 'name="criterion"' in body


def test_a_day_asked_for_stays_when_the_tally_is_opened(client: Client, sheet_url: str) -> None:
    html = client.get(f"{sheet_url}?asof=2026-05-05").content.decode()
    assert 'href="?asof=2026-05-05&amp;verdict=manual#gap"' in html


def test_judging_names_the_firm_and_leads_back_to_the_sheet(client: Client, sheet_url: str) -> None:
    html = client.get(f"{sheet_url}judge/?criterion=L-6").content.decode()
    assert f'<a class="btn" href="{sheet_url}">' in html
    assert f'<a href="{sheet_url}">差距表</a>' in html


def test_a_holder_of_the_cohort_of_2023_is_reviewed_in_2026_under_the_text_of_2022(client: Client, sheet_url: str) -> None:
    firm = Company.objects.get(assignments__isnull=False)
    assert "复核" not in client.get(f"{sheet_url}?asof=2026-05-05").content.decode()
    day = date(2023, 7, 14)
    held(firm, "little_giant", announced_on=day, happened_on=day, known_on=day, valid_from=day, valid_until=date(2026, 7, 13))
    html = client.get(f"{sheet_url}?asof=2026-05-05").content.decode()
    assert "工信部企业〔2022〕63号" in html
    assert '<a href="?asof=2026-05-05&amp;application=review" aria-current="page">复核</a>' in html
    assert "作出判断" not in html
    fresh = client.get(f"{sheet_url}?asof=2026-05-05&application=new").content.decode()
    assert "工信部企业〔2026〕2号" in fresh
    assert "工信部企业〔2022〕63号" not in fresh
    paper = reverse("policies:sheet-pdf", args=[firm.uscc, "little_giant"])
    printed = [PdfReader(BytesIO(client.post(f"{paper}?asof=2026-05-05{more}").content)) for more in ("", "&application=new")]
    texts = ["".join(page.extract_text() for page in one.pages).replace("\n", "") for one in printed]
    assert ["2022〕63号" in text for text in texts] == [True, False]
    title = Title.objects.get(code="little_giant")
    before = services.review_sheet_for(company=firm, title=title, on=date(2023, 7, 13))
    assert before is None
