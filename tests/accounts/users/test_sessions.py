"""SF-G2. Sessions end on the server: by sign-out, by idling, by age, by a new password, by the person or by an administrator."""

import time
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessFailureLog
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.users import sessions
from accounts.users.models import SignIn, User
from tests.factories.accounts import PASSWORD, AdministratorFactory, OfficerFactory

pytestmark = pytest.mark.django_db

NEW = "换成一个新的长密码 2026"


@pytest.fixture
def officer() -> User:
    return OfficerFactory()


def browser(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    response = client.post("/sign-in/", {"username": user.username, "password": password})
    assert response.status_code == 302, response.content.decode()[:2000]
    return client


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def set_clock(client: Client, **clocks: float) -> None:
    session = client.session
    session.update({name: int(value) for name, value in clocks.items()})
    session.save()


def test_signing_out_ends_the_session_on_the_server_and_nothing_comes_back(officer: User) -> None:
    client = browser(officer)
    page = client.get("/settings/")
    assert "no-store" in page["Cache-Control"]
    cookie, key = client.cookies["sessionid"].value, client.session.session_key
    assert client.post("/sign-out/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    thief = Client()
    thief.cookies["sessionid"] = cookie
    assert not is_in(thief)
    assert SignIn.objects.get(session_key=key).ended_at is not None


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete"])
def test_only_a_post_signs_out(officer: User, method: str) -> None:
    client = browser(officer)
    assert getattr(client, method)("/sign-out/").status_code == 405
    assert is_in(client)
    client.post("/sign-out/")
    assert not is_in(client)


def test_half_an_hour_without_a_request_ends_the_session(officer: User) -> None:
    client = browser(officer)
    now = time.time()
    set_clock(client, seen=now - 29 * 60)
    assert is_in(client)
    set_clock(client, seen=now - 30 * 60 - 2)
    response = client.get("/settings/?x=1")
    assert response["Location"] == "/sign-in/?next=/settings/%3Fx%3D1&ended=idle"
    assert "30 分钟没有操作，已自动退出" in client.get(response["Location"]).content.decode()
    assert SignIn.objects.get(user=officer).ended_at is not None


def test_twelve_hours_after_signing_in_the_session_ends_however_busy(officer: User) -> None:
    client = browser(officer)
    now = time.time()
    set_clock(client, started=now - 12 * 3600 + 60)
    assert is_in(client)
    set_clock(client, started=now - 12 * 3600 - 2, seen=now)
    assert client.get("/settings/")["Location"].endswith("ended=absolute")
    assert not is_in(client)


def test_a_session_without_clocks_is_refused(officer: User) -> None:
    client = browser(officer)
    session = client.session
    del session["started"]
    session.save()
    assert not is_in(client)


def test_a_page_costs_no_extra_write_within_a_minute(officer: User) -> None:
    client = browser(officer)

    def writes() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            client.get("/settings/")
        return [query["sql"] for query in captured if query["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]

    assert writes() == []
    set_clock(client, seen=time.time() - 61)
    assert len(writes()) == 2
    assert writes() == []


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(officer: User) -> None:
    here, there = browser(officer), browser(officer)
    old_key = here.session.session_key
    response = here.post("/settings/password/", {"current": PASSWORD, "new": NEW, "again": NEW})
    assert (response.status_code, response["Location"]) == (302, "/settings/")
    assert is_in(here)
    assert here.session.session_key != old_key
    assert not is_in(there)
    assert not Session.objects.filter(session_key=there.session.session_key or "-").exists()
    assert is_in(browser(officer, NEW))
    assert AuditEntry.objects.filter(action="user.password_changed", actor=officer).count() == 1


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("不是当前的密码呀呀呀", NEW, NEW, "当前密码不对"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码不能与当前密码相同"),
        (PASSWORD, "password1234", "password1234", "常见"),
        (PASSWORD, "短密码十一个字啊啊啊啊", "短密码十一个字啊啊啊啊", "12"),
        (PASSWORD, "长" * 129, "长" * 129, "最多 128 个字符"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新密码不一样"),
        (PASSWORD, "", "", "必填"),
    ],
    ids=["wrong current", "reuse", "common", "short", "long", "differs", "empty"],
)
def test_a_password_that_breaks_a_rule_is_refused_with_the_rule(officer: User, current: str, new: str, again: str, said: str) -> None:
    client = browser(officer)
    response = client.post("/settings/password/", {"current": current, "new": new, "again": again})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert User.objects.get(pk=officer.pk).check_password(PASSWORD)


@pytest.mark.parametrize(
    "password",
    [
        "十二个汉字作为一个密码可以",
        " 前后都有空格也可以的 x ",
        "pass phrase with blanks",
        "𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷𠮷",
        "密" * 128,
        "<b>'\";--{{7*7}}%00",
    ],
    ids=["chinese", "blanks", "phrase", "rare", "128", "markup"],
)
def test_any_characters_make_a_password(officer: User, password: str) -> None:
    client = browser(officer)
    assert client.post("/settings/password/", {"current": PASSWORD, "new": password, "again": password}).status_code == 302
    assert is_in(browser(officer, password))


def test_five_wrong_current_passwords_end_the_session(officer: User) -> None:
    client = browser(officer)
    wrong = {"current": "不知道当前密码啊啊", "new": NEW, "again": NEW}
    assert [client.post("/settings/password/", wrong).status_code for _time in range(4)] == [422] * 4
    assert client.post("/settings/password/", wrong)["Location"].startswith("/sign-in/?ended=wrong_password")
    assert not is_in(client)
    assert AuditEntry.objects.filter(action="user.password_refused", is_refusal=True).count() == 5


def test_deactivation_stops_the_very_next_request(officer: User) -> None:
    client = browser(officer)
    assert is_in(client)
    administrator = browser(AdministratorFactory())
    assert administrator.post(f"/settings/people/{officer.pk}/deactivate/", {"reason": "已调离"}).status_code == 302
    assert not is_in(client)
    assert Session.objects.filter(session_key=client.session.session_key or "-").count() == 0


def test_an_account_switched_off_by_any_door_is_nobody_at_once(officer: User) -> None:
    client = browser(officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert not is_in(client)
    User.objects.filter(pk=officer.pk).update(is_active=True)
    assert is_in(browser(officer))


def test_a_user_sees_and_ends_their_own_sessions(officer: User) -> None:
    here, there = browser(officer), browser(officer)
    other = SignIn.objects.get(session_key=there.session.session_key)
    html = here.get("/settings/").content.decode()
    assert html.count("结束登录") == 1
    assert html.count("本次") == 1
    assert here.post(f"/settings/sessions/{other.pk}/end/").status_code == 302
    assert is_in(here)
    assert not is_in(there)


def test_nobody_but_an_administrator_ends_another_s_session(officer: User) -> None:
    victim = browser(officer)
    row = SignIn.objects.get(user=officer)
    stranger = browser(OfficerFactory())
    missing = stranger.post("/settings/sessions/999999/end/")
    foreign = stranger.post(f"/settings/sessions/{row.pk}/end/")
    assert (missing.status_code, foreign.status_code) == (404, 404)
    assert is_in(victim)
    administrator = browser(AdministratorFactory())
    assert administrator.post(f"/settings/sessions/{row.pk}/end/").status_code == 302
    assert not is_in(victim)


def test_a_temporary_password_opens_nothing_but_its_change(officer: User) -> None:
    administrator = browser(AdministratorFactory())
    page = administrator.post(f"/settings/people/{officer.pk}/password/", {"reason": "忘记密码"})
    temporary = page.context["password"]
    assert temporary in page.content.decode()
    client = browser(officer, temporary)
    for url in ("/settings/", "/notifications/", "/companies/"):
        assert client.get(url)["Location"] == "/settings/password/", url
    assert client.post("/notifications/read/")["Location"] == "/settings/password/"
    assert client.get("/settings/password/").status_code == 200
    assert client.post("/settings/password/", {"current": temporary, "new": NEW, "again": NEW}).status_code == 302
    assert is_in(client)


def test_the_settings_stay_with_the_account(officer: User) -> None:
    client = browser(officer)
    assert client.post("/settings/", {"language": "en", "is_compact": "on"}).status_code == 302
    officer.refresh_from_db()
    assert (officer.language, officer.is_compact, officer.has_shortcuts) == ("en", True, False)
    assert client.cookies["django_language"].value == "en"
    assert client.post("/settings/", {"language": "tlh"}).status_code == 422
    elsewhere = browser(officer)
    assert elsewhere.cookies["django_language"].value == "en"
    assert AuditEntry.objects.filter(action="user.settings_changed").count() == 1


@pytest.mark.parametrize(
    ("url", "allowed"),
    [("/settings/", {"language": "zh-hans"}), ("/settings/password/", {"current": PASSWORD, "new": NEW, "again": NEW})],
    ids=["settings", "password"],
)
def test_extra_fields_of_own_forms_change_nothing_else(officer: User, url: str, allowed: dict[str, str]) -> None:
    other = OfficerFactory()
    kept = ["username", "person_id", "role", "district_id", "office_id", "is_active"]
    before = list(User.objects.order_by("pk").values_list(*kept))
    extra: dict[str, Any] = {
        "role": "administrator", "district": "", "office": "", "person": other.person_id, "username": "root", "user": other.pk,
        "pk": other.pk, "is_active": "", "is_staff": "1", "groups": "1", "must_change_password": "", "known_on": "2020-01-01",
    }  # fmt: skip
    client = browser(officer)
    assert client.post(url, {**extra, **allowed}).status_code == 302
    assert list(User.objects.order_by("pk").values_list(*kept)) == before
    assert other.check_password(PASSWORD)
    assert User.objects.get(pk=other.pk).check_password(PASSWORD)


def test_old_sessions_and_failures_are_forgotten_daily(officer: User) -> None:
    client = browser(officer)
    Client().post("/sign-in/", {"username": officer.username, "password": "猜错的密码十二个字"})
    today = timezone.localdate()
    assert sessions.sweep(today) == {"sign_ins": 0, "failures": 0}
    assert is_in(client)
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(days=2))
    SignIn.objects.update(started_at=timezone.now() - timedelta(days=182))
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    assert sessions.sweep(today) == {"sign_ins": 1, "failures": 1}
    assert Session.objects.count() == 0


def test_the_page_follows_the_chosen_density_and_keys(officer: User) -> None:
    client = browser(officer)
    body = client.get("/settings/").content.decode().split("<body", 1)[1].split(">", 1)[0]
    assert "data-density" not in body
    assert "data-no-keys" not in body
    client.post("/settings/", {"language": "zh-hans", "is_compact": "on"})
    body = client.get("/settings/").content.decode().split("<body", 1)[1].split(">", 1)[0]
    assert 'data-density="compact"' in body
    assert "data-no-keys" in body
