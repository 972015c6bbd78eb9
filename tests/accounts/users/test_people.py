"""SF-B2. 人员与账号: what an administrator may do, and that nobody makes themself powerful."""

import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.roles import Role
from accounts.users import services
from accounts.users.models import Person, User
from accounts.users.services import OwnAccount, RoleNotAllowed, UsernameTaken
from tests.factories.accounts import (
    PASSWORD,
    AdministratorFactory,
    ApproverFactory,
    AuditorFactory,
    CityApproverFactory,
    ClerkFactory,
    DistrictFactory,
    EnterpriseUserFactory,
    OfficeFactory,
    OfficerFactory,
)

pytestmark = pytest.mark.django_db

PAGES = [
    "/settings/people/", "/settings/people/new/", "/settings/offices/", "/settings/people/{pk}/", "/settings/people/{pk}/change/",
    "/settings/people/{pk}/deactivate/", "/settings/people/{pk}/activate/", "/settings/people/{pk}/password/",
    "/settings/people/{pk}/unlock/", "/settings/people/{pk}/end-sessions/",
]  # fmt: skip
OTHERS = [OfficerFactory, ApproverFactory, CityApproverFactory, ClerkFactory, AuditorFactory, EnterpriseUserFactory]
CONFLICTS = [(AdministratorFactory, Role.APPROVER), (AdministratorFactory, Role.AUDITOR), (ApproverFactory, Role.ADMINISTRATOR),
             (AuditorFactory, Role.ADMINISTRATOR)]  # fmt: skip


@pytest.fixture
def administrator() -> User:
    return AdministratorFactory()


@pytest.fixture
def admin_client(administrator: User) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def new(**fields: Any) -> dict[str, Any]:
    return {"username": "newcomer", "role": "clerk", "name": "陶然", "reason": "新入职", **fields}


@pytest.mark.parametrize("factory", OTHERS, ids=lambda factory: factory._meta.get_model_class().__name__ + factory.__name__)
def test_only_an_administrator_finds_the_pages_of_accounts(admin_client: Client, factory: Any) -> None:
    target = OfficerFactory()
    user = factory()
    client = Client()
    client.force_login(user)
    before = list(User.objects.order_by("pk").values())
    missing = re.sub(r"[0-9a-f]{12,}|name=\"csrf.*?>", "", client.get("/settings/no-such-page/").content.decode())
    for page in PAGES:
        url = page.format(pk=target.pk)
        response = client.get(url)
        assert response.status_code == 404, url
        assert "没有找到，或您无权查看。" in response.content.decode()
        assert len(re.sub(r"[0-9a-f]{12,}|name=\"csrf.*?>", "", response.content.decode())) == pytest.approx(len(missing), abs=200)
        posted = client.post(url, new())
        assert posted.status_code in {404, 405}, url
        assert admin_client.get(url).status_code == 200, url
    assert list(User.objects.order_by("pk").values()) == before
    assert Client().get("/settings/people/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("factory", OTHERS, ids=lambda factory: factory.__name__)
def test_the_services_refuse_everybody_but_an_administrator(administrator: User, factory: Any) -> None:
    target, by = OfficerFactory(), factory()
    calls = [services.user_deactivate, services.user_activate, services.user_password_set, services.user_unlock, services.user_sessions_end]
    for call in calls:
        with pytest.raises(PermissionDenied):
            call(by=by, user_id=target.pk, reason="试试")
        call(by=administrator, user_id=target.pk, reason="试试")
    with pytest.raises(PermissionDenied):
        services.user_change(by=by, user_id=target.pk, role=Role.APPROVER, district=None, office=None, reason="试试")
    with pytest.raises(PermissionDenied):
        services.user_create(by=by, **new())
    services.user_create(by=administrator, **new())


def test_an_administrator_switched_off_a_moment_ago_does_nothing_more(administrator: User) -> None:
    target = OfficerFactory()
    stale = User.objects.select_related("person").get(pk=administrator.pk)
    services.user_sessions_end(by=stale, user_id=target.pk, reason="试试")
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        services.user_deactivate(by=stale, user_id=target.pk, reason="试试")
    assert User.objects.get(pk=target.pk).is_active


def test_a_new_account_gets_a_temporary_password_shown_once(admin_client: Client) -> None:
    response = admin_client.post("/settings/people/new/", new())
    assert response.status_code == 200
    password = response.context["password"]
    assert re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", password)
    assert "no-store" in response["Cache-Control"]
    user = User.objects.get(username="newcomer")
    assert user.check_password(password)
    assert user.must_change_password
    assert (user.name, user.role, user.is_city) == ("陶然", Role.CLERK, True)
    assert password not in admin_client.get(f"/settings/people/{user.pk}/").content.decode()
    entry = AuditEntry.objects.get(action="user.created")
    assert entry.reason == "新入职"
    assert password not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(("holder", "role"), CONFLICTS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_one_person_is_never_administrator_and_approver_or_auditor(administrator: User, holder: Any, role: Role) -> None:
    first = holder()
    with pytest.raises(RoleNotAllowed, match="同一人不能再任"):
        services.user_create(by=administrator, username="second", same_as=first.username, role=role, reason="兼任")
    other, _password = services.user_create(by=administrator, username="third", same_as=first.username, role=Role.CLERK, reason="兼任")
    assert other.person_id == first.person_id
    with pytest.raises(RoleNotAllowed, match="同一人不能再任"):
        services.user_change(by=administrator, user_id=other.pk, role=role, district=None, office=None, reason="改派")
    # an account that is off bars nothing, and cannot come back while it would
    services.user_deactivate(by=administrator, user_id=first.pk, reason="停用")
    services.user_change(by=administrator, user_id=other.pk, role=role, district=None, office=None, reason="改派")
    with pytest.raises(RoleNotAllowed, match="同一人不能再任"):
        services.user_activate(by=administrator, user_id=first.pk, reason="启用")
    services.user_change(by=administrator, user_id=other.pk, role=Role.CLERK, district=None, office=None, reason="改派")
    services.user_activate(by=administrator, user_id=first.pk, reason="启用")


def test_nobody_gives_a_role_to_themself_by_any_account(administrator: User) -> None:
    second = OfficerFactory(person=administrator.person)
    other = OfficerFactory()
    for target in (administrator, second):
        with pytest.raises(OwnAccount):
            services.user_change(by=administrator, user_id=target.pk, role=Role.CLERK, district=None, office=None, reason="给自己")
        for call in (services.user_deactivate, services.user_activate, services.user_password_set, services.user_unlock):
            with pytest.raises(OwnAccount):
                call(by=administrator, user_id=target.pk, reason="给自己")
    with pytest.raises(OwnAccount):
        services.user_create(by=administrator, username="mine", same_as=administrator.username, role=Role.CLERK, reason="给自己")
    services.user_change(by=administrator, user_id=other.pk, role=Role.CLERK, district=None, office=None, reason="改派")
    services.user_change(by=AdministratorFactory(), user_id=second.pk, role=Role.CLERK, district=None, office=None, reason="另一位办理")


def test_a_refusal_stays_on_the_form_with_everything_typed_and_is_logged(admin_client: Client) -> None:
    approver = ApproverFactory(username="hejing")
    sent = new(name="", same_as="hejing", role="administrator", reason="兼任管理员")
    response = admin_client.post("/settings/people/new/", sent)
    html = response.content.decode()
    assert response.status_code == 409
    assert "同一人不能再任管理员" in html
    assert "兼任管理员" in html
    assert 'value="hejing"' in html
    assert User.objects.filter(person=approver.person).count() == 1
    assert AuditEntry.objects.filter(action="user.refused", is_refusal=True).count() == 1
    assert admin_client.post("/settings/people/new/", {**sent, "role": "clerk"}).status_code == 200


@pytest.mark.parametrize(
    ("role", "place", "said"),
    [
        ("officer", "", "专管员须属于一个区、县（市）"),
        ("administrator", "district", "企业用户和管理员没有区、县（市）"),
        ("enterprise", "district", "企业用户和管理员没有区、县（市）"),
        ("clerk", "office", "不属于所选的范围"),
    ],
    ids=["officer without district", "administrator with district", "enterprise with district", "office of a district, scope city"],
)
def test_role_district_and_office_must_fit(admin_client: Client, role: str, place: str, said: str) -> None:
    rows = {"district": DistrictFactory(), "office": OfficeFactory()}
    fields = {place: rows[place].pk} if place else {}
    response = admin_client.post("/settings/people/new/", new(role=role, **fields))
    assert response.status_code == 409
    assert said in response.content.decode()
    assert not User.objects.filter(username="newcomer").exists()
    office = OfficeFactory()
    fits = new(role="officer", district=office.district_id, office=office.pk)
    assert admin_client.post("/settings/people/new/", fits).status_code == 200


def test_an_account_name_is_given_once(administrator: User) -> None:
    services.user_create(by=administrator, **new())
    people = Person.objects.count()
    with pytest.raises(UsernameTaken):
        services.user_create(by=administrator, **new())
    assert Person.objects.count() == people


@pytest.mark.parametrize("username", ["ab", "有汉字", "a b c", "x" * 61, "-abc", "a/b/c", "a\x00bcd"], ids=ascii)
def test_account_names_have_one_plain_spelling(admin_client: Client, username: str) -> None:
    assert admin_client.post("/settings/people/new/", new(username=username)).status_code == 422
    assert admin_client.post("/settings/people/new/", new(username=" NewComer ")).status_code == 200
    assert User.objects.filter(username="newcomer").exists()


def test_a_change_of_role_holds_from_the_next_request_and_says_why(admin_client: Client) -> None:
    officer = OfficerFactory()
    theirs = Client()
    theirs.force_login(officer)
    assert "专管员" in theirs.get("/settings/").content.decode()
    url = f"/settings/people/{officer.pk}/change/"
    assert admin_client.post(url, {"role": "clerk", "district": officer.district_id, "office": ""}).status_code == 422
    sent = {"role": "clerk", "district": officer.district_id, "office": "", "reason": "轮岗"}
    assert admin_client.post(url, sent).status_code == 302
    assert "数据员" in theirs.get("/settings/").content.decode()
    entry = AuditEntry.objects.get(action="user.changed")
    assert entry.reason == "轮岗"
    assert '"role":"officer"' in entry.before
    assert '"role":"clerk"' in entry.after


def test_extra_fields_of_the_change_form_change_nothing(admin_client: Client) -> None:
    officer, other = OfficerFactory(), OfficerFactory()
    sent = {"role": "clerk", "district": officer.district_id, "reason": "轮岗"}
    extra = {"username": "root", "person": other.person_id, "password": "x", "is_active": "", "pk": other.pk, "must_change_password": "on"}
    assert admin_client.post(f"/settings/people/{officer.pk}/change/", {**sent, **extra}).status_code == 302
    after = User.objects.get(pk=officer.pk)
    assert (after.role, after.username, after.person_id, after.is_active) == ("clerk", officer.username, officer.person_id, True)
    assert after.check_password(PASSWORD)
    untouched = User.objects.get(pk=other.pk)
    assert (untouched.role, untouched.is_active) == ("officer", True)


def test_an_administrator_lifts_a_lock(admin_client: Client) -> None:
    officer = OfficerFactory()
    guesser = Client()
    for _time in range(5):
        guesser.post("/sign-in/", {"username": officer.username, "password": "猜错的密码十二个字"})
    right = {"username": officer.username, "password": PASSWORD}
    assert guesser.post("/sign-in/", right).status_code == 429
    assert admin_client.post(f"/settings/people/{officer.pk}/unlock/", {"reason": "本人来电"}).status_code == 302
    assert guesser.post("/sign-in/", right).status_code == 302


@pytest.mark.parametrize("action", ["deactivate", "activate", "password", "unlock", "end-sessions", "change"])
def test_an_account_that_does_not_exist_is_not_found(admin_client: Client, action: str) -> None:
    here = OfficerFactory()
    for pk in (999_999, 10**30):
        url = f"/settings/people/{pk}/{action}/"
        assert admin_client.get(url).status_code == 404
        assert admin_client.post(url, {"reason": "试试", "role": "clerk"}).status_code == 404
    assert admin_client.get(f"/settings/people/{here.pk}/{action}/").status_code == 200


def test_the_list_finds_people_and_costs_the_same_for_10_and_60(admin_client: Client, count_queries: Any) -> None:
    OfficerFactory.create_batch(10)
    few = count_queries(admin_client, "/settings/people/")
    OfficerFactory.create_batch(50)
    CityApproverFactory(username="zhou.wenbo", person__name="周文博士")
    assert count_queries(admin_client, "/settings/people/") == few <= 8
    html = admin_client.get("/settings/people/?q=周文博士").content.decode()
    assert "zhou.wenbo" in html
    assert "共 1 个账号" in html


def test_the_places_page_lists_districts_towns_zones_and_offices(admin_client: Client) -> None:
    office = OfficeFactory()
    OfficerFactory(office=office, district=office.district)
    html = admin_client.get("/settings/offices/").content.decode()
    assert "越城区" in html
    assert "经济和信息化局（1 个账号）" in html
