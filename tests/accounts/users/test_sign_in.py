"""SF-G1. 登录: who gets in, who waits, and what nobody learns."""

import re
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.inbox.models import Notice
from accounts.users import lockout
from accounts.users.models import SignIn, User
from tests.factories.accounts import (
    PASSWORD,
    AdministratorFactory,
    ApproverFactory,
    EnterpriseUserFactory,
    OfficerFactory,
)

pytestmark = pytest.mark.django_db

SIGN_IN = "/sign-in/"
WRONG = "猜错的密码十二个字以上"
ELSEWHERE = "10.9.8.7"


def attempt(client: Client, username: str, password: str = WRONG, *, address: str = "10.0.0.1", **extra: Any) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password, **extra}, REMOTE_ADDR=address)


def signed_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def words(response: Any) -> str:
    """The answer without its token, which differs each time, and without the number of the request."""
    return re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="[^"]+"', "", response.content.decode())


@pytest.fixture
def officer() -> User:
    return OfficerFactory(username="shenyutong")


def test_the_sign_in_page_lets_people_paste_and_asks_no_puzzle(client: Client) -> None:
    html = client.get(SIGN_IN).content.decode()
    assert 'autocomplete="username"' in html
    assert 'autocomplete="current-password"' in html
    assert "onpaste" not in html
    assert "<h1>登录</h1>" in html


@pytest.mark.parametrize(
    ("factory", "home"),
    [(OfficerFactory, "/"), (AdministratorFactory, "/settings/people/")],
    ids=["officer", "administrator"],
)
def test_the_right_password_opens_the_first_page_of_the_role(client: Client, factory: Any, home: str) -> None:
    user = factory()
    response = attempt(client, user.username, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, home)
    assert signed_in(client)


def test_signing_in_gives_the_session_a_new_id(client: Client, officer: User) -> None:
    planted = client.session
    planted["planted"] = "by somebody else"
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    assert attempt(client, officer.username, PASSWORD).status_code == 302
    assert client.session.session_key != planted.session_key
    assert SignIn.objects.get(user=officer).session_key == client.session.session_key


def test_known_unknown_and_switched_off_names_get_the_same_answer(client: Client, officer: User) -> None:
    off = OfficerFactory(username="offoffoff1", is_active=False)
    answers = []
    for name in (officer.username, "nobody9999", off.username):
        response = attempt(client, name)
        answers.append((response.status_code, words(response).replace(name, "NAME")))
    assert answers[0][0] == 422
    assert answers[0] == answers[1] == answers[2]
    assert attempt(client, officer.username, PASSWORD).status_code == 302


def test_an_account_that_is_off_is_named_only_to_who_knows_its_password(client: Client) -> None:
    off = OfficerFactory(is_active=False)
    assert "账号已停用，请联系专管员。" not in attempt(client, off.username).content.decode()
    response = attempt(client, off.username, PASSWORD)
    assert "账号已停用，请联系专管员。" in response.content.decode()
    assert not signed_in(client)
    User.objects.filter(pk=off.pk).update(is_active=True)
    assert attempt(client, off.username, PASSWORD).status_code == 302


def test_unknown_names_cost_one_hash_as_known_ones_do(client: Client, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    plain = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    attempt(client, "nobody9999")
    unknown = len(hashed)
    attempt(client, officer.username)
    assert unknown == len(hashed) - unknown == 1


@pytest.mark.parametrize("name", ["known", "unknown"])
def test_five_failures_lock_the_pair_for_30_minutes_and_say_until_when(client: Client, officer: User, name: str) -> None:
    username = officer.username if name == "known" else "nobody9999"
    for _time in range(4):
        assert attempt(client, username).status_code == 422
    fifth = attempt(client, username)
    until = timezone.localtime(AccessAttempt.objects.get().attempt_time + timedelta(minutes=30))
    assert fifth.status_code == 429
    assert f"已暂停登录到 {until:%H:%M}" in fifth.content.decode()
    assert 1790 <= int(fifth["Retry-After"]) <= 1800
    # the right password is not looked at any more, from this address
    assert attempt(client, username, PASSWORD).status_code == 429
    assert not signed_in(client)


def test_the_locked_answer_is_the_same_for_known_and_unknown_names(client: Client, officer: User) -> None:
    def locked(username: str) -> str:
        for _time in range(6):
            response = attempt(client, username)
        AccessAttempt.objects.update(attempt_time=timezone.now())
        return words(response).replace(username, "NAME")

    assert re.sub(r"\d\d:\d\d", "", locked(officer.username)) == re.sub(r"\d\d:\d\d", "", locked("nobody9999"))


def test_the_lock_holds_for_its_address_only_and_ends_by_itself(client: Client, officer: User) -> None:
    for _time in range(5):
        attempt(client, officer.username)
    other = Client()
    assert attempt(other, officer.username, PASSWORD, address=ELSEWHERE).status_code == 302
    assert attempt(client, officer.username, PASSWORD).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=30, seconds=1))
    assert attempt(client, officer.username, PASSWORD).status_code == 302


def test_failing_during_the_lock_does_not_make_it_longer(client: Client, officer: User) -> None:
    for _time in range(5):
        attempt(client, officer.username)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=29))
    assert attempt(client, officer.username).status_code == 429
    AccessAttempt.objects.update(attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=2))
    assert attempt(client, officer.username, PASSWORD).status_code == 302


def test_other_browsers_names_do_not_start_the_count_again(client: Client, officer: User) -> None:
    for number in range(5):
        client.post(SIGN_IN, {"username": officer.username, "password": WRONG}, REMOTE_ADDR="10.0.0.1", HTTP_USER_AGENT=f"browser {number}")
    assert attempt(client, officer.username, PASSWORD).status_code == 429


def test_the_owner_s_known_device_is_exempt_so_nobody_keeps_the_owner_out(client: Client, officer: User) -> None:
    assert attempt(client, officer.username, PASSWORD).status_code == 302
    client.post("/sign-out/")
    stranger = Client()
    for _time in range(6):
        attempt(stranger, officer.username)
    assert attempt(stranger, officer.username, PASSWORD).status_code == 429
    assert attempt(client, officer.username, PASSWORD).status_code == 302


def test_the_device_of_one_person_exempts_no_other_account(client: Client, officer: User) -> None:
    other = OfficerFactory()
    attempt(client, other.username, PASSWORD)
    client.post("/sign-out/")
    name = lockout._cookie_name(officer.username)
    client.cookies[name] = client.cookies[lockout._cookie_name(other.username)].value
    for _time in range(5):
        last = attempt(client, officer.username)
    assert last.status_code == 429
    assert attempt(client, other.username, PASSWORD).status_code == 302


def test_a_device_used_for_guessing_is_no_longer_exempt(client: Client, officer: User) -> None:
    attempt(client, officer.username, PASSWORD)
    client.post("/sign-out/")
    codes = [attempt(client, officer.username).status_code for _time in range(25)]
    assert codes == [422] * 24 + [429]


def test_a_new_password_makes_old_devices_unknown(client: Client, officer: User) -> None:
    attempt(client, officer.username, PASSWORD)
    client.post("/sign-out/")
    officer.set_password("另一个很长很长的新密码")
    officer.save()
    for _time in range(5):
        last = attempt(client, officer.username)
    assert last.status_code == 429


def test_fifty_failures_from_one_address_slow_it_down_but_never_lock_it(client: Client, officer: User) -> None:
    for number in range(50):
        attempt(client, f"guess{number:03}")
    busy = attempt(client, officer.username, PASSWORD)
    assert busy.status_code == 429
    assert int(busy["Retry-After"]) <= 2
    assert re.search(r"请 [12] 秒后再试", busy.content.decode())
    assert not signed_in(client)
    # elsewhere nobody waits
    assert attempt(Client(), officer.username, PASSWORD, address=ELSEWHERE).status_code == 302
    # a refused try does not count: after the wait the right password opens
    AccessFailureLog.objects.update(attempt_time=timezone.now() - timedelta(seconds=3))
    assert attempt(client, officer.username, PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(49, 0), (50, 2), (60, 4), (70, 8), (80, 16), (90, 32), (100, 60), (1000, 60)],
    ids=str,
)
def test_the_delay_grows_and_is_bounded(rf: Any, failures: int, seconds: int) -> None:
    now = timezone.now()
    AccessFailureLog.objects.bulk_create(
        [AccessFailureLog(ip_address="10.0.0.1", username="", user_agent="", http_accept="", path_info="") for _n in range(failures)]
    )
    AccessFailureLog.objects.update(attempt_time=now)
    request = rf.post(SIGN_IN, REMOTE_ADDR="10.0.0.1")
    assert lockout.seconds_to_wait(request, "anybody", now=now) == seconds
    assert lockout.seconds_to_wait(request, "anybody", now=now + timedelta(minutes=11)) == 0


def test_a_known_device_does_not_wait_for_what_others_at_its_address_did(client: Client, officer: User) -> None:
    attempt(client, officer.username, PASSWORD)
    client.post("/sign-out/")
    stranger = Client()
    for number in range(50):
        attempt(stranger, f"guess{number:03}")
    assert attempt(stranger, officer.username, PASSWORD).status_code == 429
    assert attempt(client, officer.username, PASSWORD).status_code == 302


def test_the_owner_is_told_once_of_a_lock(client: Client, officer: User) -> None:
    for _time in range(7):
        attempt(client, officer.username)
    (notice,) = Notice.objects.all()
    assert (notice.user, notice.kind) == (officer, "security")
    assert "10.0.0.1" in notice.text
    assert "请修改密码" in notice.text


def test_every_sign_in_failure_and_sign_out_is_in_the_log(client: Client, officer: User) -> None:
    attempt(client, officer.username)
    attempt(client, officer.username, PASSWORD)
    client.post("/sign-out/")
    entries = AuditEntry.objects.order_by("number").values_list("action", "is_refusal", "target_id", "actor_id", "address")
    assert list(entries) == [
        ("user.sign_in_failed", True, str(officer.pk), None, "10.0.0.1"),
        ("user.signed_in", False, str(officer.pk), officer.pk, "10.0.0.1"),
        ("user.signed_out", False, str(officer.pk), officer.pk, "127.0.0.1"),
    ]


def everything_stored() -> str:
    """All text of the rows that a sign-in writes."""
    rows: list[Any] = []
    for model in (AuditEntry, AccessAttempt, AccessFailureLog, Notice, SignIn):
        rows += model._base_manager.values_list()
    return str(rows)


def test_no_password_is_stored_even_when_typed_as_the_name(client: Client, officer: User) -> None:
    canary = "canary-Passw0rd-7731"
    attempt(client, officer.username, canary)
    attempt(client, canary, WRONG)
    attempt(client, canary.upper(), canary)
    assert AuditEntry.objects.count() == 3
    assert "canary" not in everything_stored().lower()
    assert WRONG not in everything_stored()
    assert AuditEntry.objects.filter(reason__startswith="未知账号").count() == 2


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "\\\\evil.example",
        "/\\evil.example",
    ],
)
def test_next_leads_only_to_this_site(client: Client, officer: User, target: str) -> None:
    response = attempt(client, officer.username, PASSWORD, next=target)
    assert response["Location"] == "/"
    client.post("/sign-out/")
    assert attempt(client, officer.username, PASSWORD, next="/settings/?tab=1")["Location"] == "/settings/?tab=1"


def test_an_enterprise_user_starts_on_a_page_it_may_open(client: Client) -> None:
    user = EnterpriseUserFactory()
    response = attempt(client, user.username, PASSWORD)
    assert response.status_code == 302
    assert response["Location"] in {"/portal/", "/settings/"}


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "𠮷" * 5, "x" * 10_000, "a\u202eb", "' OR 1=1 --", "{{ 7*7 }}"], ids=ascii)
def test_odd_input_is_refused_with_words_never_with_an_error(client: Client, officer: User, text: str) -> None:
    for fields in ({"username": text, "password": WRONG}, {"username": officer.username, "password": text}):
        response = client.post(SIGN_IN, {name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()})
        assert response.status_code in {400, 422}
    assert attempt(client, officer.username, PASSWORD).status_code == 302


def test_an_empty_form_is_no_guess(client: Client) -> None:
    assert client.post(SIGN_IN, {"username": "", "password": ""}).status_code == 422
    assert AccessFailureLog.objects.count() == 0


def test_extra_fields_of_the_sign_in_form_change_nothing(client: Client) -> None:
    approver = ApproverFactory()
    kept = [field.name for field in User._meta.fields if field.name != "last_login"]
    before = User.objects.filter(pk=approver.pk).values(*kept).get()
    assert attempt(client, approver.username, PASSWORD, role="administrator", district="", is_active="", is_staff="1").status_code == 302
    assert User.objects.filter(pk=approver.pk).values(*kept).get() == before


def test_signing_in_needs_the_token() -> None:
    officer = OfficerFactory()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(SIGN_IN, {"username": officer.username, "password": PASSWORD}).status_code == 403
    strict.get(SIGN_IN)
    token = strict.cookies["csrftoken"].value
    sent = {"username": officer.username, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert strict.post(SIGN_IN, sent).status_code == 302
