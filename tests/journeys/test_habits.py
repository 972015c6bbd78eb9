"""What people rely on without thinking: back and forward, keys, a second click, no script, a closed session."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.decisions.models import Decision
from accounts.users.models import User
from companies.figures.models import YearFigures
from cultivation.tracks.models import Track
from tests.access.world import NOW
from tests.factories import PASSWORD, ApproverFactory, CompanyFactory, OfficerFactory
from tests.factories.cultivation import TrackFactory, library, ready_company
from tests.rigs.browser_site import People, clock_at

ROWS = 60
# what the browser does with keys, history and a second click; whose answers these are is asked on every database elsewhere
pytestmark = pytest.mark.once


@dataclass
class District:
    """越城区 with two people and enough firms for three pages."""

    officer: User
    approver: User
    ready: list[Track]


@pytest.fixture(scope="module")
def district(site: str) -> Iterator[District]:
    with clock_at(NOW):
        library()
        officer = OfficerFactory(person__name="沈雨桐")
        approver = ApproverFactory(person__name="陈立群")
        for _n in range(ROWS):
            CompanyFactory(district=officer.district, size="3")
        ready = [TrackFactory(company=ready_company(officer), state="accelerating", is_main=True) for _n in range(3)]
        yield District(officer, approver, ready)


def opened(page: Page, address: str) -> Page:
    """The page, whole."""
    page.goto(address)
    return page


def test_a_filter_goes_into_the_address_and_back_and_forward_restore_it(district: District, people: People) -> None:
    page = opened(people.window(district.officer), "/companies/")
    expect(page.locator("#list-count")).to_have_text(f"共 {ROWS + 3} 家")
    page.locator("#filter").get_by_label("规模").select_option("3")
    expect(page).to_have_url(re.compile("size=3"))
    expect(page.locator("#list-count")).to_have_text(f"共 {ROWS} 家")
    first = page.locator("tr[data-row] th").first.inner_text()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator("tr[data-row] th").first).not_to_have_text(first)
    second, deep = page.locator("tr[data-row] th").first.inner_text(), page.url
    page.locator("tr[data-row] th a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(second)
    page.go_back()
    expect(page).to_have_url(deep)
    expect(page.locator("tr[data-row] th").first).to_have_text(second)
    expect(page.locator("#filter").get_by_label("规模")).to_have_value("3")
    page.go_back()
    expect(page.locator("tr[data-row] th").first).to_have_text(first)
    page.go_back()
    expect(page.locator("#list-count")).to_have_text(f"共 {ROWS + 3} 家")
    page.go_forward()
    expect(page.locator("#list-count")).to_have_text(f"共 {ROWS} 家")


def test_a_list_is_walked_and_opened_with_keys_alone(district: District, people: People) -> None:
    page = opened(people.window(district.officer), "/companies/")
    page.keyboard.press("/")
    expect(page.get_by_label("关键字")).to_be_focused()
    page.keyboard.type("j/?")
    expect(page.get_by_label("关键字")).to_have_value("j/?")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Escape")
    page.get_by_label("关键字").evaluate("field => field.blur()")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.is-on")).to_have_count(1)
    second = page.locator("tr.is-on th").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.is-on th")).to_have_text(second)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(second)


def test_the_search_opens_with_its_keys_and_escape_leads_back(district: District, people: People) -> None:
    page = opened(people.window(district.officer), "/tracks/")
    box = page.locator("#site-search")
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.type(district.ready[0].company.name[2:6])
    expect(page.locator("#site-suggest a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    expect(page.locator("#site-suggest")).to_be_hidden()


def test_escape_closes_a_dialog_and_focus_returns(district: District, people: People) -> None:
    page = opened(people.window(district.officer), "/tracks/")
    page.locator("main").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="快捷键")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("main")).to_be_focused()


def test_a_second_click_has_no_second_effect(district: District, people: People) -> None:
    track = district.ready[0]
    page = opened(people.window(district.officer), f"/tracks/{track.pk}/moves/new/?to=sprint")
    page.get_by_label("理由").fill("各项条件已经具备")
    page.get_by_role("button", name="提交审批").dblclick()
    expect(page.get_by_role("main")).to_contain_text("待审批")
    assert Decision.objects.filter(company_uscc=track.company.uscc).count() == 1


def test_no_single_letter_decides_and_a_reason_typed_for_a_refusal_never_signs(district: District, people: People) -> None:
    track = district.ready[1]
    page = opened(people.window(district.officer), f"/tracks/{track.pk}/moves/new/?to=sprint")
    page.get_by_label("理由").fill("各项条件已经具备")
    page.get_by_label("理由").press("Control+Enter")
    expect(page.get_by_role("main")).to_contain_text("待审批")
    page = opened(people.window(district.approver), page.url)
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="批准")).to_be_focused()
    assert Decision.objects.get(company_uscc=track.company.uscc).state == "submitted"
    page.locator("main").focus()
    page.keyboard.press("r")
    expect(page.get_by_label("意见")).to_be_focused()
    page.keyboard.type("近两年研发费用的依据没有附上")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("已驳回")
    assert Decision.objects.get(company_uscc=track.company.uscc).state == "rejected"


def test_the_job_is_done_without_script(district: District, people: People) -> None:
    track = district.ready[2]
    page = opened(people.window(district.officer, java_script_enabled=False), "/companies/")
    page.locator("#filter").get_by_label("规模").select_option("3")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("#list-count")).to_have_text(f"共 {ROWS} 家")
    page.get_by_role("columnheader").get_by_role("link", name="企业").click()
    expect(page.locator("th[aria-sort]")).to_have_text("企业")
    page.goto(f"/tracks/{track.pk}/moves/new/?to=sprint")
    page.get_by_label("理由").fill("各项条件已经具备")
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_role("main")).to_contain_text("待审批")
    other = opened(people.window(district.approver, java_script_enabled=False), page.url)
    other.get_by_role("button", name="批准").click()
    expect(other.get_by_role("status")).to_contain_text("已批准")
    assert Track.objects.get(pk=track.pk).state == "sprint"


def test_after_signing_out_the_back_button_shows_nothing(district: District, people: People) -> None:
    page = people.arrival(district.officer)
    page.goto(f"/companies/{district.ready[0].company.uscc}/")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(district.ready[0].company.name)


def test_a_session_that_ended_over_a_form_leads_to_the_sign_in_and_back_to_the_form(district: District, people: People) -> None:
    company = district.ready[0].company
    form = f"/companies/{company.uscc}/figures/new/"
    page = people.arrival(district.officer)
    page.goto(form)
    page.get_by_label("职工人数", exact=True).fill("321")
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    Session.objects.filter(session_key=key).delete()
    page.get_by_role("button", name="保存指标").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    assert not YearFigures.objects.filter(employees=321).exists()
    page.get_by_label("账号").fill(district.officer.username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("录入年度指标")
    expect(page).to_have_url(re.compile(f"{form}$"))
