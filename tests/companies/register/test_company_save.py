"""新建企业: who may, what is checked, what is asked, what is kept."""

import pytest
from django.utils.timezone import localdate

from accounts.audit.models import AuditEntry
from companies.register import slots
from companies.register.models import Company, CompanyDistrict
from companies.register.refusals import ChangedMeanwhile, InvalidCompany
from companies.register.services import company_save
from companies.register.uscc import make
from core.errors import NotPermitted
from tests.factories import (
    ApproverFactory,
    AuditorFactory,
    CityClerkFactory,
    ClerkFactory,
    CompanyFactory,
    DistrictFactory,
    OfficerFactory,
    TownFactory,
)

pytestmark = pytest.mark.django_db
NEW = "/companies/new/"
CODE = make("91", "330602", 90_000)


@pytest.fixture
def clerk(db):
    return ClerkFactory()


def typed(clerk, **changes):
    return {
        "uscc": CODE,
        "name": "绍兴新锐轴承有限公司",
        "district": clerk.district_id,
        "industry": "34",
        "size": "2",
        "is_above_scale": "1",
        "founded_on": "2015-03-01",
        **changes,
    }


def test_a_clerk_adds_a_firm_that_is_found_at_once(client, clerk):
    client.force_login(clerk)
    response = client.post(NEW, typed(clerk, uscc=f" {CODE[:9].lower()} {CODE[9:]}"))
    assert response.status_code == 302
    firm = Company.objects.get(uscc=CODE)
    assert response["Location"] == f"/companies/{CODE}/"
    assert (firm.district_id, firm.is_above_scale, firm.happened_on) == (clerk.district_id, True, localdate())
    assert CompanyDistrict.objects.get(company=firm, ends_on__isnull=True).district_id == clerk.district_id
    assert "新锐轴承" in client.get("/companies/?q=xrzc").content.decode()
    entry = AuditEntry.objects.get(action="company.created")
    assert (entry.company_uscc, entry.actor_id) == (CODE, clerk.pk)


@pytest.mark.parametrize("maker", [OfficerFactory, ApproverFactory, AuditorFactory])
def test_others_are_refused_with_the_way_out(client, clerk, maker):
    client.force_login(maker())
    for response in (client.get(NEW), client.post(NEW, typed(clerk))):
        assert response.status_code == 403
        assert "数据员" in response.content.decode()
    assert not Company.objects.exists()


def test_a_code_held_elsewhere_gets_the_one_sentence(client, clerk):
    held = CompanyFactory(name="诸暨秘密企业", district=DistrictFactory(code="330681"))
    client.force_login(clerk)
    response = client.post(NEW, typed(clerk, uscc=held.uscc))
    body = response.content.decode()
    assert response.status_code == 422
    assert "该信用代码已在库，请联系市级数据员" in body
    assert "诸暨" not in body
    assert "绍兴新锐轴承有限公司" in body


def test_look_alikes_in_scope_are_asked_about_and_foreign_ones_never(client, clerk):
    CompanyFactory(name="绍兴新锐轴承有限责任公司", district=DistrictFactory(code="330681"))
    client.force_login(clerk)
    assert client.post(NEW, typed(clerk)).status_code == 302
    again = typed(clerk, uscc=make("91", "330602", 90_001), name="绍兴新锐轴承有限责任公司")
    asked = client.post(NEW, again)
    assert asked.status_code == 422
    assert "名称仅差“责任”" in asked.content.decode()
    assert client.post(NEW, {**again, "is_another": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("uscc", "91330600MA2ABCDE1K", "组织机构代码"),
        ("uscc", "91330600MA2ABCDO1K", "第 16 位"),
        ("uscc", "913306", "18 位"),
        ("name", "恒砺\x00有限公司", "不可见字符"),
        ("name", "恒砺\u202e有限公司", "不可见字符"),
        ("name", "\u200b\u200b", "不可见字符"),
        ("name", "长" * 10_000, "200"),
        ("founded_on", "2026-02-30", "不是日期"),
        ("founded_on", "0001-01-01", "年份须在"),
        ("town", "10" * 20, "选"),
        ("industry", "99", "选"),
    ],
)
def test_bad_input_is_named_and_nothing_is_kept(client, clerk, field, value, words):
    client.force_login(clerk)
    response = client.post(NEW, typed(clerk, **{field: value}))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    "name", ["𠮷祥㐂﨑电器", "e\u0301clair 有限公司", "<script>alert(1)</script>", "{{ 7*7 }}", "'; DROP TABLE x; --", "🏭工厂"]
)
def test_rare_and_hostile_names_come_back_as_typed(client, clerk, name):
    client.force_login(clerk)
    assert client.post(NEW, typed(clerk, name=name)).status_code == 302
    assert Company.objects.get().name == name
    body = client.get(f"/companies/{CODE}/").content.decode()
    assert "<script>alert" not in body
    assert client.get("/companies/", {"q": name[:100]}).status_code == 200


def test_extra_fields_of_the_form_change_nothing(client, clerk):
    client.force_login(clerk)
    client.post(NEW, typed(clerk, known_on="2020-01-01", stamp="期初", version="9", withdrawn_on="2020-01-01"))
    firm = Company.objects.get()
    assert (firm.known_on, firm.stamp, firm.version, firm.withdrawn_on) == (localdate(), "", 1, None)


def test_a_clerk_adds_only_within_scope(client, clerk):
    other = DistrictFactory(code="330681")
    client.force_login(clerk)
    assert client.post(NEW, typed(clerk, district=other.pk)).status_code == 422
    with pytest.raises(NotPermitted):
        company_save(by=clerk, on=localdate(), values={"uscc": CODE, "name": "甲", "district": other})
    town = TownFactory()
    with pytest.raises(InvalidCompany):
        company_save(by=CityClerkFactory(), on=localdate(), values={"uscc": CODE, "name": "甲", "district": other, "town": town})


def test_a_new_name_keeps_the_old_one_and_tells_the_slots(clerk):
    heard = []
    slots.after("company_changed", lambda **facts: heard.append(facts["changes"]))
    firm = CompanyFactory(name="绍兴恒力齿轮厂")
    company_save(by=clerk, on=localdate(), company_id=firm.pk, version=1, values={"name": "绍兴恒砺有限公司"})
    slots.slots.handlers["company_changed"].pop()
    assert heard == [["name"]]
    assert [row.name for row in firm.former_names.all()] == ["绍兴恒力齿轮厂"]
    with pytest.raises(ChangedMeanwhile):
        company_save(by=clerk, on=localdate(), company_id=firm.pk, version=1, values={"name": "另一个"})
