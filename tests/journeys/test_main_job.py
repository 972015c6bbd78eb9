"""The main job of the README as people do it: a firm comes in by workbook, climbs, is recognised, and the district's number moves."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from companies.register.members import CompanyMember
from tests.factories import AssignmentFactory
from tests.journeys import main_job as job
from tests.rigs import browser, browser_words
from tests.rigs.browser_site import People, clock_at


@pytest.fixture(scope="module")
def cast(site: str) -> Iterator[job.Cast]:
    with clock_at(job.NOW):
        yield job.cast()


def paper(name: str) -> Any:
    """A PDF for a file chooser."""
    return {"name": name, "mimeType": "application/pdf", "buffer": job.PAPER}


def downloaded(page: Page, press: Any) -> bytes:
    """The file that pressing something brings."""
    with page.expect_download() as waited:
        press.click()
    path = waited.value.path()
    return path.read_bytes()


def is_whole(page: Page, *, typed: str = "") -> None:
    """The page as it stands now, with what was typed and answered, in words and for every reader."""
    assert browser_words.english_words(browser.texts(page), typed=typed) == []
    assert browser.axe(page) == []


def menu(page: Page, entry: str) -> None:
    """Through the menu, as a person goes."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile(rf"^{entry}(\s|\d|$)")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(entry)
    page.wait_for_load_state()  # keys are listened to from here on


def answer_with_keys(page: Page, request: str) -> None:
    """From the inbox to the signature without the mouse."""
    menu(page, "工作台")
    page.get_by_role("region", name="待我审批").get_by_role("link", name="全部").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("审批")
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.locator("tr.is-on")).to_contain_text(request)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="批准")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="批准")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("已批准")


def test_a_firm_climbs_the_ladder_and_the_districts_number_moves(cast: job.Cast, people: People) -> None:
    clerk, officer, approver, confirmer, auditor = (
        people.arrival(user) for user in (cast.clerk, cast.officer, cast.approver, cast.confirmer, cast.auditor)
    )
    for form in ("/companies/", "/tracks/", "/recognitions/new/"):
        people.expect(422, form)  # a judgement without its note, a move that lacks something, a recognition without its document
    a_workbook_comes_in(clerk, confirmer)
    AssignmentFactory(company=job.company(), officer=cast.officer)
    CompanyMember.objects.create(company=job.company(), user=cast.owner, starts_on=job.NOW.date())
    the_quota_cell_reads(auditor, "0")
    the_officer_finds_the_firm_and_reads_what_is_missing(officer)
    a_manual_line_is_judged(officer)
    a_figure_is_entered(officer, "2026", "平台", {"专精特新发展评价得分": "72"})
    the_target_is_set_and_the_move_is_refused_with_what_is_missing(officer)
    a_figure_is_entered(officer, "2025", "审计报告", {"从事细分市场年限": "8"})
    a_figure_is_entered(officer, "2026", "企业自报", {"Ⅰ类知识产权": "6"})
    the_move_is_proposed(officer)
    answer_with_keys(approver, "冲刺库")
    the_recognition_is_recorded(clerk)
    answer_with_keys(confirmer, "小巨人")
    the_ladder_says(officer, "已认定")
    the_number_opens_its_firms(auditor)
    a_past_day_is_asked_in_both_readings(auditor)
    the_report_names_the_firm(auditor)
    the_log_is_verified(auditor)
    the_firm_sees_its_own_page_in_public_wording(people.arrival(cast.owner))


def a_workbook_comes_in(clerk: Page, confirmer: Page) -> None:
    menu(clerk, "数据导入")
    template = job.refused_rows(downloaded(clerk, clerk.get_by_role("link", name="下载模板").first))
    assert {"企业", "年度指标", "获得认定"} <= set(template)
    clerk.get_by_role("link", name="导入数据", exact=True).click()
    with clerk.expect_file_chooser() as chooser:
        clerk.get_by_label("工作簿").click()
    chooser.value.set_files({"name": "越城区企业数据.xlsx", "mimeType": "application/octet-stream", "buffer": job.workbook()})
    clerk.get_by_label("公告文号").fill("浙经信企业〔2025〕11号")
    clerk.get_by_label("公告日期").fill("2025-01-10")
    clerk.get_by_label("公告文件").set_input_files([paper("公告.pdf")])
    clerk.get_by_role("button", name="上传并校验").click()
    bad = clerk.get_by_role("region", name="被拒绝的单元格")
    for words in ("12oo", "不是数字，请改为如 1,200.0", "不能为负", "统一社会信用代码"):
        expect(bad).to_contain_text(words)
    expect(clerk.get_by_role("link", name=re.compile("^拒绝 2"))).to_be_visible()
    is_whole(clerk, typed="12oo")
    refused = job.refused_rows(downloaded(clerk, clerk.get_by_role("link", name="下载拒绝行")))
    assert {sheet: len(rows) for sheet, rows in refused.items()} == {"企业": 2, "年度指标": 2}
    assert refused["年度指标"][0][-1] == "拒绝原因"
    clerk.get_by_label("说明").fill("2025 年度年报")
    clerk.get_by_role("button", name="提交审批").click()
    expect(clerk.get_by_text("待审批，批准后自动导入")).to_be_visible()
    answer_with_keys(confirmer, "导入")
    clerk.reload()
    expect(clerk.get_by_role("main")).to_contain_text("已导入")


def the_quota_cell_reads(auditor: Page, number: str) -> None:
    menu(auditor, "目标进度")
    expect(auditor.get_by_role("link", name=f"越城区 小巨人 完成 {number} 家")).to_be_visible()


def open_by_initials(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="搜企业")).to_be_focused()
    page.keyboard.type("sxjh")
    suggestion = page.locator("#site-suggest").get_by_role("link")
    expect(suggestion).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(suggestion).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(job.FIRM)


def the_officer_finds_the_firm_and_reads_what_is_missing(officer: Page) -> None:
    open_by_initials(officer)
    officer.get_by_role("button", name="设“小巨人”为目标").click()
    sheet = officer.get_by_role("region", name="差距表")
    for words in ("缺数据", "待人工核", "从事细分市场年限", "Ⅰ类知识产权", "60 分"):
        expect(sheet).to_contain_text(words)
    is_whole(officer)


def a_manual_line_is_judged(officer: Page) -> None:
    officer.get_by_role("link", name="作出判断").first.click()
    officer.get_by_role("button", name="保存").click()
    expect(officer.get_by_role("alert")).to_contain_text("需要修改")
    is_whole(officer)
    officer.get_by_label("达标", exact=True).check()
    officer.get_by_label("依据").fill("现场核实，已看原件")
    officer.get_by_role("button", name="保存").click()
    expect(officer.locator(".toast")).to_contain_text("判断已保存")
    expect(officer.get_by_role("region", name="人工判断记录")).to_contain_text("现场核实，已看原件")


def a_figure_is_entered(officer: Page, year: str, source: str, figures: dict[str, str]) -> None:
    open_by_initials(officer)
    officer.get_by_role("navigation", name="企业分页").get_by_role("link", name="年度指标").click()
    officer.get_by_role("link", name="录入年度指标").first.click()
    officer.get_by_label("年度").first.fill(year)
    officer.get_by_label("口径").select_option(label=source)
    for label, value in figures.items():
        officer.get_by_label(label, exact=True).fill(value)
    officer.get_by_role("button", name="保存指标").click()
    for value in figures.values():
        expect(officer.get_by_role("region", name="年度指标").first).to_contain_text(value)


def to_the_move(officer: Page) -> None:
    open_by_initials(officer)
    officer.get_by_role("link", name="提请调库").click()
    officer.get_by_role("navigation", name="调到").get_by_role("link", name="冲刺库").click()
    officer.get_by_label("理由").fill("各项条件已经具备")


def the_target_is_set_and_the_move_is_refused_with_what_is_missing(officer: Page) -> None:
    to_the_move(officer)
    officer.get_by_role("button", name="提交审批").click()
    refusal = officer.get_by_role("alert")
    expect(refusal).to_be_focused()
    for words in ("未达标与缺数据合计须不超过 1 项，现有 2 项", "从事特定细分市场年限：缺数据（2025）", "Ⅰ类知识产权：缺数据（2026）"):
        expect(refusal).to_contain_text(words)
    expect(officer.get_by_label("理由")).to_have_value("各项条件已经具备")
    is_whole(officer)


def the_move_is_proposed(officer: Page) -> None:
    to_the_move(officer)
    expect(officer.get_by_role("region", name="谁能批")).to_contain_text("陈立群")
    is_whole(officer)
    officer.get_by_label("理由").press("Control+Enter")
    expect(officer.get_by_role("main")).to_contain_text("待审批")
    expect(officer.get_by_role("button", name="批准")).to_have_count(0)


def the_recognition_is_recorded(clerk: Page) -> None:
    menu(clerk, "认定")
    clerk.get_by_role("link", name="登记认定").click()
    clerk.get_by_label("统一社会信用代码").fill(job.company().uscc)
    clerk.get_by_label("称号").select_option("little_giant")
    clerk.get_by_label("文号").fill("工信部企业函〔2026〕8号")
    clerk.get_by_label("公告日期").fill("2026-11-20")
    clerk.get_by_role("button", name="提交审批").click()
    expect(clerk.get_by_role("alert")).to_contain_text("公告文件")
    expect(clerk.get_by_label("文号")).to_have_value("工信部企业函〔2026〕8号")
    clerk.get_by_label("公告文件").set_input_files([paper("第八批公告.pdf")])
    clerk.get_by_role("button", name="提交审批").click()
    expect(clerk.get_by_role("main")).to_contain_text("待市级审批人确认")


def the_ladder_says(officer: Page, state: str) -> None:
    open_by_initials(officer)
    expect(officer.get_by_role("region", name="培育阶梯")).to_contain_text(state)


def the_number_opens_its_firms(auditor: Page) -> None:
    the_quota_cell_reads(auditor, "1")
    expect(auditor.get_by_role("link", name="全市合计 小巨人 完成 2 家")).to_be_visible()
    auditor.get_by_role("link", name="越城区 小巨人 完成 1 家").click()
    members = auditor.locator("#members")
    for words in ("共 1 家", job.FIRM, "工信部企业函〔2026〕8号", "金晓岚", "何静"):
        expect(members).to_contain_text(words)
    expect(members).not_to_contain_text("诸暨浣江")
    is_whole(auditor)


def a_past_day_is_asked_in_both_readings(auditor: Page) -> None:
    menu(auditor, "目标进度")
    auditor.get_by_label("数据截至").fill("2026-11-22")
    auditor.get_by_role("button", name="查看").click()
    expect(auditor.get_by_role("link", name="越城区 小巨人 完成 0 家")).to_be_visible()
    expect(auditor.get_by_role("link", name="此后补录 1 条")).to_be_visible()
    auditor.get_by_label("知悉").select_option(label="现在所知")
    auditor.get_by_role("button", name="查看").click()
    expect(auditor.get_by_role("link", name="越城区 小巨人 完成 1 家")).to_be_visible()


def the_report_names_the_firm(auditor: Page) -> None:
    menu(auditor, "目标进度")
    content = downloaded(auditor, auditor.get_by_role("button", name="导出 PDF"))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace("\n", "")
    assert job.FIRM in text
    assert "2026-11-24" in text


def the_log_is_verified(auditor: Page) -> None:
    menu(auditor, "审计")
    auditor.get_by_role("button", name="核验日志").click()
    expect(auditor.locator(".toast")).to_contain_text("日志完整：已核验到第")
    is_whole(auditor)


def the_firm_sees_its_own_page_in_public_wording(owner: Page) -> None:
    expect(owner.get_by_role("heading", level=1)).to_have_text(job.FIRM)
    titles = owner.get_by_role("region", name="我的称号")
    for words in ("专精特新中小企业", "专精特新“小巨人”", "有效", "工信部企业函〔2026〕8号"):
        expect(titles).to_contain_text(words)
    expect(owner.get_by_role("region", name="贵企业在哪一步")).to_contain_text("已认定")
    for words in ("陈立群", "现场核实", "各项条件已经具备", "诸暨浣江"):
        expect(owner.get_by_role("main")).not_to_contain_text(words)
    is_whole(owner)
