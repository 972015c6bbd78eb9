"""SF-G4, SF-G5, SF-H1, SF-F1: bodies no form sends, methods in disguise, texts beside buttons, answers of the edge."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from accounts.decisions.models import Decision
from accounts.users.models import SignIn, User
from companies.imports.models import ImportRun
from companies.register.models import Company
from core.middleware import largest_body
from policies.standards.models import Judgement
from tests.attacks import proposals
from tests.factories.cultivation import judged

# refused before a database is asked
pytestmark = [pytest.mark.django_db, pytest.mark.once]
MIB = 1 << 20


def signed_in(user: User, **options: Any) -> Client:
    client = Client(raise_request_exception=False, **options)
    client.force_login(user)
    return client


def everything() -> dict[str, list[Any]]:
    """All rows but the clocks of sessions."""
    models = [model for model in apps.get_models() if model not in {Session, SignIn}]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def _rejection(company: Company, officer: User, today: date) -> tuple[str, str]:
    return f"/decisions/{proposals.a_recognition(officer, today).decision.pk}/reject/", "note"


def _submission(company: Company, officer: User, today: date) -> tuple[str, str]:
    return f"/imports/{proposals.checked_run(proposals.ready_company(officer), officer, today).pk}/submit/", "reason"


def _withdrawal(company: Company, officer: User, today: date) -> tuple[str, str]:
    judged(company, "L-5")
    return f"/judgements/{Judgement.objects.get(company=company).pk}/withdraw/", "reason"


BESIDE_BUTTONS: dict[str, tuple[Callable[..., tuple[str, str]], str]] = {
    "the note of a rejection": (_rejection, "city_approver"),
    "the reason of an import": (_submission, "officer"),
    "the reason of a withdrawn judgement": (_withdrawal, "officer"),
}
REFUSED_TEXTS = {
    "direction": "材料\u202e不全",
    "invisible": "\u200b\u200b",
    "control": "材料\x07不全",
    "too long": "长" * 501,
    "10 MB": "长" * 3_500_000,
}


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("door", BESIDE_BUTTONS)
def test_a_text_beside_a_button_is_kept_as_typed_or_refused_with_a_reason(
    door: str, company: Company, officer: User, today: date, request: pytest.FixtureRequest
) -> None:
    """SF-F1: such a text has no form of its own, and the same rules."""
    make, who = BESIDE_BUTTONS[door]
    url, field = make(company, officer, today)
    client = signed_in(request.getfixturevalue(who))
    kept = [list(model._base_manager.order_by("pk").values()) for model in (Decision, Judgement, ImportRun)]
    for name, text in REFUSED_TEXTS.items():
        response = client.post(url, {field: text})
        assert response.status_code in ({422} if name != "10 MB" else {400, 413, 422}), name
    assert [list(model._base_manager.order_by("pk").values()) for model in (Decision, Judgement, ImportRun)] == kept
    rare = "𠮷㐂﨑，<b>材料</b> {{ 7*7 }} 不全"
    assert client.post(url, {field: rare}).status_code == 302
    stored = [row for model in (Decision, Judgement) for row in model._base_manager.values_list(*TEXTS[model])]
    assert any(rare in texts for texts in stored)


TEXTS: dict[type[Any], tuple[str, ...]] = {Decision: ("decision_note", "reason"), Judgement: ("withdrawal_note",)}


def test_a_body_larger_than_any_form_is_refused_before_it_is_read(officer: User, tmp_path: Path, settings: Any) -> None:
    """SF-E1: 413 with a sentence, no temporary file; the largest that a form can need is read."""
    client = signed_in(officer)
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path  # of this test's own: what other processes leave for a moment is not counted

    class Unread:
        def read(self, *args: int) -> bytes:
            raise AssertionError("the body was read")

        readline = readlines = read

    for url in ("/imports/new/", "/sign-in/", "/no-such-page/"):
        sent = {"CONTENT_LENGTH": str(200 * MIB), "wsgi.input": Unread(), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        response = client.generic("POST", url, **sent)
        assert response.status_code == 413
        assert "单个文件最多 20 MB" in response.content.decode()
    assert not list(tmp_path.iterdir())
    assert largest_body() == 2 * 20 * MIB + 2_621_440
    assert client.post("/imports/new/", {"source": "audit"}).status_code == 422


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"reason": "x"}'),
        ("text/plain", b"reason=x"),
        ("application/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--y\r\nbroken"),
        ("multipart/form-data; boundary=\xff", b"--x--"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"reason=x"),
        ("application/x-www-form-urlencoded; charset=nothing", b"reason=x"),
        ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % number for number in range(1_500))),
        ("", b"reason=x"),
    ],
    ids=["json", "text", "xml", "no boundary", "broken parts", "odd boundary", "utf-16", "unknown charset", "1,500 fields", "none"],
)
@pytest.mark.usefixtures("shipped")
def test_bodies_no_form_sends_are_refused_and_change_nothing(
    company: Company, officer: User, content_type: str, body: bytes, today: date
) -> None:
    """SF-H1, SF-G5: whatever the type says, 4xx with words, never an error, nothing written."""
    client, before = signed_in(officer), everything()
    urls = [
        "/sign-in/",
        f"/companies/{company.uscc}/figures/new/",
        f"/companies/{company.uscc}/tracks/new/",
        "/imports/new/",
        "/companies/",
    ]
    for url in urls:
        response = client.generic("POST", url, body, content_type=content_type)
        assert 300 < response.status_code < 500, (url, response.status_code)
        assert response.status_code != 302 or url == "/sign-in/", url
    assert everything() == before


@pytest.mark.parametrize(
    "disguise", [{"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"}, {"HTTP_X_METHOD_OVERRIDE": "POST"}, {"QUERY_STRING": "_method=POST"}]
)
@pytest.mark.usefixtures("shipped")
def test_a_get_in_disguise_is_a_get(officer: User, approver: User, today: date, disguise: dict[str, str]) -> None:
    """SF-G5: GET, HEAD and OPTIONS change nothing, whatever they call themselves."""
    url = f"/decisions/{proposals.a_move(officer, today).decision.pk}/sign/"
    client, before = signed_in(approver), everything()
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "POSTT"):
        assert client.generic(method, url, **disguise).status_code == 405
    assert everything() == before
    assert client.post(url).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example"]
)
def test_the_choice_of_language_leads_only_to_this_site(client: Client, target: str) -> None:
    """SF-G5."""
    for response in (
        client.post("/language/", {"language": "en", "next": target}),
        client.post("/language/", {"language": "en"}, headers={"referer": target}),
        client.get("/language/", {"next": target}),
    ):
        assert response.status_code == 302
        assert response["Location"] == "/"
    assert client.post("/language/", {"language": "en", "next": "/companies/"})["Location"] == "/companies/"


def _edges(client: Client) -> dict[str, Any]:
    css = client.get("/static/css/tokens.css")
    found = {
        "static file": css,
        "static file unchanged": client.get("/static/css/tokens.css", headers={"if-modified-since": css["Last-Modified"]}),
        "missing static file": client.get("/static/no-such.css"),
        "wrong method": client.put("/companies/"),
        "overlong query": client.get("/companies/?q=" + "a" * 9_000),
        "too large": client.generic("POST", "/companies/", CONTENT_LENGTH=str(200 * MIB)),
        "export": client.post("/companies/", {"export": "csv"}),
        "redirect": client.get("/companies", follow=False),
    }
    with override_settings(SECURE_SSL_REDIRECT=True):
        found["to TLS"] = Client().get("/companies/")  # what a server does is settled when it starts
    return found


def test_answers_of_the_edge_carry_the_headers_too(company: Company, officer: User) -> None:
    """SF-G4: files, redirects, 304, 400, 405 and 413 as every page."""
    found = _edges(signed_in(officer))
    statuses = {name: response.status_code for name, response in found.items()}
    assert statuses == {
        "static file": 200, "static file unchanged": 304, "missing static file": 404, "wrong method": 405, "overlong query": 400,
        "too large": 413, "export": 200, "redirect": 301, "to TLS": 301,
    }  # fmt: skip
    for name, response in found.items():
        policy = response.get("Content-Security-Policy", "")
        assert "default-src 'self'" in policy, name
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert response["X-Request-Id"], name
        if response.status_code != 304:  # the browser keeps those of the file it has
            assert response.get("X-Content-Type-Options") == "nosniff", name
            assert response.get("Referrer-Policy") == "same-origin", name
            assert response.get("Cross-Origin-Opener-Policy") == "same-origin", name
        if response.streaming:
            b"".join(response.streaming_content)
