"""SF-G4, SF-G5. Headers, cookies and the token: what every answer carries, errors included."""

import itertools
import os
import subprocess
import sys
from typing import Any

import pytest
from django.apps import apps
from django.conf import global_settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from accounts.users.lockout import remember_device
from accounts.users.models import SignIn, User
from config.settings import base
from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product_urls
from tests.factories.accounts import PASSWORD, AdministratorFactory, OfficerFactory

# headers and cookies come out alike on every database
pytestmark = [pytest.mark.django_db, pytest.mark.once]

CSP = {
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
    "frame-ancestors 'none'",
}  # fmt: skip
# refused before anybody is known: a fixed sentence, no data
NOBODY_YET = {"unknown host", "overlong query"}


def broken(request: HttpRequest) -> HttpResponse:
    """A page with a mistake."""
    raise RuntimeError("canary of the stack")


urlpatterns = [*product_urls, path("broken/", broken)]
__all__ = ["handler400", "handler403", "handler404", "handler500"]


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def answers(client: Client, officer: User) -> dict[str, Any]:
    """One answer of each sort."""
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    found = {
        "sign-in page": client.get("/sign-in/"),
        "to sign in": client.get("/settings/"),
        "failed sign-in": client.post("/sign-in/", {"username": "x", "password": "y"}),
        "no token": strict.post("/sign-in/", {"username": "x"}),
        "not found": client.get("/no-such-page/"),
        "wrong method": client.get("/sign-out/"),
        "unknown host": client.get("/sign-in/", HTTP_HOST="evil.example"),
        "overlong query": client.get("/sign-in/?q=" + "x" * 9000),
        "mistake": client.get("/broken/"),
    }
    for _time in range(5):
        found["locked"] = client.post("/sign-in/", {"username": officer.username, "password": "猜错的密码十二个字"})
    client.force_login(officer)
    found |= {
        "settings": client.get("/settings/"),
        "invalid form": client.post("/settings/password/", {"current": "x"}),
        "foreign page": client.get("/settings/people/"),
        "notices": client.get("/notifications/"),
        "signed out": client.post("/sign-out/"),
    }
    return found


@override_settings(ROOT_URLCONF=__name__)
def test_every_answer_carries_the_headers_errors_included(client: Client) -> None:
    found = answers(client, OfficerFactory())
    statuses = {name: response.status_code for name, response in found.items()}
    assert statuses == {
        "sign-in page": 200, "to sign in": 302, "failed sign-in": 422, "no token": 403, "not found": 404, "wrong method": 405,
        "unknown host": 400, "overlong query": 400, "mistake": 500, "locked": 429, "settings": 200, "invalid form": 422,
        "foreign page": 404, "notices": 200, "signed out": 302,
    }  # fmt: skip
    for name, response in found.items():
        policy = response.get("Content-Security-Policy", "")
        assert {part.strip() for part in policy.split(";")} >= CSP, name
        assert "unsafe" not in policy, name
        assert response.get("X-Content-Type-Options") == "nosniff", name
        assert response.get("Referrer-Policy") == "same-origin", name
        assert response.get("Cross-Origin-Opener-Policy") == "same-origin", name
        assert name in NOBODY_YET or "no-store" in response.get("Cache-Control", ""), name
        assert "canary of the stack" not in response.content.decode(), name


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(client: Client) -> None:
    officer = OfficerFactory()
    client.get("/sign-in/")
    client.post("/sign-in/", {"username": officer.username, "password": PASSWORD})
    assert {name.split("-")[0] for name in client.cookies} == {"csrftoken", "sessionid", "device", "django_language"}
    for name, morsel in client.cookies.items():
        assert morsel["httponly"], name
        assert morsel["samesite"] == "Lax", name
        assert morsel["path"] == "/", name
        assert not morsel["domain"], name


@override_settings(SESSION_COOKIE_SECURE=True)
def test_the_device_cookie_is_bound_to_the_host_where_cookies_are_secure() -> None:
    response = HttpResponse()
    remember_device(response, OfficerFactory())
    ((name, morsel),) = response.cookies.items()
    assert name.startswith("__Host-device-")
    assert morsel["secure"]
    assert morsel["path"] == "/"


def everything() -> dict[str, list[Any]]:
    """All rows but sessions and sign-ins, whose clocks may move."""
    skip = {Session, SignIn}
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in apps.get_models() if model not in skip}


def test_get_head_and_options_change_nothing(client: Client) -> None:
    administrator, officer = AdministratorFactory(), OfficerFactory()
    client.force_login(administrator)
    urls = ["/settings/", "/settings/password/", "/settings/people/", "/settings/people/new/", "/settings/offices/", "/notifications/"]
    urls += ["/sign-in/", "/sign-out/", "/notifications/read/", "/settings/sessions/1/end/"]
    actions = ["", "change/", "deactivate/", "activate/", "password/", "unlock/", "end-sessions/"]
    urls += [f"/settings/people/{officer.pk}/{action}" for action in actions]
    before = everything()
    for url, method in itertools.product(urls, ["get", "head", "options"]):
        response = getattr(client, method)(url, {"reason": "试试", "role": "clerk", "username": "x"})
        assert response.status_code in {200, 302, 405}, (url, method)
    assert everything() == before
    assert client.post(f"/settings/people/{officer.pk}/deactivate/", {"reason": "试试"}).status_code == 302
    assert everything() != before


def test_every_change_needs_the_token_htmx_included() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(AdministratorFactory())
    officer = OfficerFactory()
    urls = ["/sign-out/", "/settings/", "/settings/password/", "/settings/people/new/", "/notifications/read/"]
    urls += [f"/settings/people/{officer.pk}/{action}/" for action in ("change", "deactivate", "password", "unlock", "end-sessions")]
    before = everything()
    for url, extra in itertools.product(urls, [{}, {"HTTP_HX_REQUEST": "true"}, {"HTTP_X_CSRFTOKEN": "x" * 32}]):
        assert strict.post(url, {"reason": "试试"}, **extra).status_code == 403, (url, extra)
    assert everything() == before
    strict.get("/settings/")
    token = strict.cookies["csrftoken"].value
    done = strict.post(f"/settings/people/{officer.pk}/deactivate/", {"reason": "试试"}, HTTP_X_CSRFTOKEN=token)
    assert done.status_code == 302


def test_production_stores_passwords_with_a_slow_hash() -> None:
    assert not hasattr(base, "PASSWORD_HASHERS")
    assert global_settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"


DEPLOY = ("check", "--deploy", "--fail-level", "WARNING")


def _started(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command under the production settings with exactly these settings of ours."""
    own = {"DJANGO_SETTINGS_MODULE": "config.settings.prod", **environment}
    kept = {name: value for name, value in os.environ.items() if name not in {*ENVIRONMENT, "DJANGO_ALLOW_ASYNC_UNSAFE"}}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=base.BASE_DIR, env=kept | own, capture_output=True, text=True, timeout=120, check=False
    )


ENVIRONMENT = {"SECRET_KEY": "k7" * 30 + "!qZ%", "ALLOWED_HOSTS": "tidu.example", "SITE_ADDRESS": "https://tidu.example"}


@pytest.mark.parametrize("missing", [*ENVIRONMENT, "a long SECRET_KEY"])
def test_production_refuses_to_start_without_its_secrets(missing: str) -> None:
    given = {**ENVIRONMENT, "SECRET_KEY": "short"} if missing not in ENVIRONMENT else {**ENVIRONMENT, missing: ""}
    done = _started(*DEPLOY, **given)
    assert done.returncode != 0
    assert f"{missing.split()[-1]} must" in done.stderr


def test_production_starts_with_them_and_its_cookies_are_bound_to_the_host_over_tls() -> None:
    checked, shown = _started(*DEPLOY, **ENVIRONMENT), _started("diffsettings", **ENVIRONMENT)
    assert checked.returncode == 0, checked.stderr
    for name in ("SESSION", "CSRF"):
        assert f"{name}_COOKIE_NAME = '__Host-" in shown.stdout
        assert f"{name}_COOKIE_SECURE = True" in shown.stdout
        assert f"{name}_COOKIE_HTTPONLY = " not in shown.stdout or f"{name}_COOKIE_HTTPONLY = True" in shown.stdout
    assert "SECURE_HSTS_SECONDS = 63072000" in shown.stdout
    assert "DEBUG = True" not in shown.stdout
