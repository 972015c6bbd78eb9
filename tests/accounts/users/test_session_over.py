"""SF-F4. A session that ended takes nothing of what was typed: after signing in the form holds it, or the page offers to send it."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from accounts.users.models import User
from companies.figures.models import Incident
from companies.register.models import Company
from cultivation.tracks.models import Track
from tests.accounts.users.test_sessions import browser, set_clock
from tests.factories import CompanyFactory
from tests.factories.accounts import PASSWORD, OfficerFactory
from tests.factories.companies import AssignmentFactory
from tests.factories.cultivation import library

pytestmark = pytest.mark.django_db

NOTE = "隔壁厂房\n租约 <2027> 到期"


@pytest.fixture
def officer() -> User:
    return OfficerFactory()


@pytest.fixture
def firm(officer: User) -> Company:
    firm = CompanyFactory(district=officer.district)
    AssignmentFactory(company=firm, officer=officer)
    return firm


@pytest.fixture
def away(officer: User) -> Client:
    """The officer's browser, an hour after the last request."""
    client = browser(officer)
    set_clock(client, seen=time.time() - 3600)
    return client


def signed_in_again(client: Client, user: User, place: str) -> str:
    """Sign in where the answer led; returns where that leads."""
    assert place.startswith("/sign-in/")
    assert "ended=idle" in place
    return client.post(place, {"username": user.username, "password": PASSWORD})["Location"]


def test_a_form_sent_too_late_is_open_again_with_everything_typed(away: Client, officer: User, firm: Company) -> None:
    address = f"/companies/{firm.uscc}/incidents/new/"
    typed = {"kind": "abnormal", "starts_on": "2026-13-45", "note": NOTE, "source_note": NOTE}
    late = away.post(address, typed)
    assert not Incident.objects.exists()
    place = signed_in_again(away, officer, late["Location"])
    assert place == address
    page = away.get(place)
    form = page.context["form"]
    kept = {name: form[name].value() for name in typed if name in form.fields}
    assert len(kept) >= 3
    assert kept == {name: typed[name] for name in kept}
    assert "登录中断前填写的内容已恢复" in page.content.decode()
    assert away.post(address, typed).status_code == 422
    assert "登录中断前填写的内容已恢复" not in away.get(address).content.decode()


def test_a_button_pressed_too_late_is_offered_again_and_then_works(away: Client, officer: User, firm: Company) -> None:
    library()
    late = away.post(f"/companies/{firm.uscc}/tracks/new/", {"title": "little_giant"})
    assert not Track.objects.exists()
    place = signed_in_again(away, officer, late["Location"])
    page = away.get(place)
    assert place == "/go-on/"
    assert "登录中断，刚才的操作没有执行" in page.content.decode()
    assert f'action="/companies/{firm.uscc}/tracks/new/"' in page.content.decode()
    assert page.context["kept"]["pairs"] == [["title", "little_giant"]]
    assert page.context["page"] == f"/companies/{firm.uscc}/"
    away.post(page.context["kept"]["address"], dict(page.context["kept"]["pairs"]))
    assert Track.objects.get().company == firm


def test_what_was_written_about_a_decision_is_shown_before_it_is_sent(away: Client, officer: User) -> None:
    late = away.post("/decisions/7/withdraw/", {"note": NOTE, "idempotency_key": "0f0f"})
    page = away.get(signed_in_again(away, officer, late["Location"]))
    assert (page.context["written"], page.context["page"]) == ([NOTE], "/decisions/7/")
    assert f'<dd class="prose">{escape(NOTE)}</dd>' in page.content.decode()


def test_somebody_else_signing_in_there_gets_nothing_of_it(away: Client, firm: Company) -> None:
    other = OfficerFactory()
    late = away.post(f"/companies/{firm.uscc}/incidents/new/", {"kind": "abnormal", "note": NOTE})
    away.post(late["Location"], {"username": other.username, "password": PASSWORD})
    assert away.get("/go-on/")["Location"] == "/"
    assert NOTE not in away.get(f"/companies/{firm.uscc}/incidents/new/").content.decode()


def test_a_password_is_never_kept(away: Client, officer: User) -> None:
    late = away.post("/settings/password/", {"current": PASSWORD, "new": "x" * 20, "again": "x" * 20})
    assert "x" * 20 not in str(dict(away.session))
    assert signed_in_again(away, officer, late["Location"]) == "/"


def test_a_file_must_be_chosen_again_and_the_rest_is_there(away: Client, officer: User, firm: Company) -> None:
    address = f"/companies/{firm.uscc}/evidence/new/"
    late = away.post(address, {"kind": "contract", "period": "2025 年度", "file": SimpleUploadedFile("审计报告.pdf", b"%PDF-1.7")})
    place = signed_in_again(away, officer, late["Location"])
    page = away.get(place).content.decode()
    assert place == address
    assert "附件需要重新选择" in page
    assert "2025 年度" in page


def test_part_of_a_page_asked_too_late_leads_the_whole_page_to_the_sign_in(away: Client) -> None:
    page = "http://testserver/companies/?size=3"
    answer = away.get("/companies/?size=3&per_page=50", headers={"hx-request": "true", "referer": page})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith("/sign-in/?next=http")
    assert answer["HX-Redirect"].endswith("ended=idle")
    assert not answer.content
