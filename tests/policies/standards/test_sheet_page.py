"""The gap sheet on its page: the tally opens the rows it counts, and nothing is an empty cell."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import AssignmentFactory, OfficerFactory
from tests.factories.cultivation import library as ship
from tests.factories.cultivation import ready_company

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
