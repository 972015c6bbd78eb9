"""The eyes of the browser tests see what they are there for: each fault is found, and a page without faults is left in peace."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.rigs import browser_words
from tests.rigs.browser import Expected, Watch, axe, sideways, small_targets, texts

SITE = "http://127.0.0.1:1"
SOUND = '<!DOCTYPE html><html lang="zh-CN"><head><title>梯度</title></head><body><main><h1>企业名录</h1>{}</main></body></html>'


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.route(
        "**/*", lambda route: route.fulfill(status=404 if "gone" in route.request.url else 200, body="", content_type="text/html")
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("script", "event", "said"),
    [
        ("console.error('坏了')", "console", "console error: 坏了"),
        ("setTimeout(() => { throw new Error('没有这个') })", "pageerror", "script error: 没有这个"),
        ("fetch('/gone/')", "response", "GET /gone/: 404"),
        ("fetch('https://example.org/x.js', { mode: 'no-cors' })", "request", "another host was asked: https://example.org/x.js"),
    ],
    ids=["console", "script", "answer", "host"],
)
def test_what_goes_wrong_in_a_window_is_told(page: Page, script: str, event: Any, said: str) -> None:
    watch = Watch(page.context, SITE, Expected())
    page.goto(f"{SITE}/")
    assert watch.problems == []
    with page.expect_event(event):
        page.evaluate(f"() => {{ {script} }}")
    assert [problem[: len(said)] for problem in watch.problems] == [said]


def test_an_answer_that_was_named_is_no_problem_and_one_named_in_vain_is(page: Page) -> None:
    expected = Expected()
    watch = Watch(page.context, SITE, expected)
    expected.add(404, "/gone/")
    page.goto(f"{SITE}/")
    assert expected.in_vain() == ["no 404 came from /gone/"]
    page.evaluate("() => fetch('/gone/').then((answer) => answer.text())")
    assert (watch.problems, expected.in_vain()) == ([], [])


@pytest.mark.parametrize(
    ("html", "faults"),
    [
        ("<p>一切正常</p><button>上传工作簿</button>", 0),
        ('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">', 1),
    ],
    ids=["sound", "picture without words"],
)
def test_axe_finds_what_a_reader_cannot_use(page: Page, html: str, faults: int) -> None:
    page.set_content(SOUND.format(html))
    assert len(axe(page)) == faults


@pytest.mark.parametrize(("width", "found"), [("300px", 0), ("500px", 1)])
def test_a_page_wider_than_a_phone_is_found_at_both_widths(page: Page, width: str, found: int) -> None:
    page.set_content(SOUND.format(f'<div style="width:{width}">宽</div>'))
    assert len([line for line in sideways(page) if "wider than the window" in line]) == 2 * found


@pytest.mark.parametrize(("side", "found"), [("24px", 0), ("20px", 1)])
def test_a_target_smaller_than_a_fingertip_is_found(page: Page, side: str, found: int) -> None:
    page.set_content(SOUND.format(f'<button style="width:{side};height:{side};padding:0">批</button>'))
    assert len(small_targets(page)) == found


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>按 Ctrl Enter，导出 PDF，条件 G-04，账号 user7</p>", []),
        ("<p>Save the form</p>", ["Save the form"]),
        ('<p lang="en">English</p>', []),
        ('<button aria-label="close">×</button>', ["close"]),
    ],
    ids=["codes", "sentence", "marked", "label"],
)
def test_english_left_on_a_chinese_page_is_found(page: Page, html: str, left: list[str]) -> None:
    page.set_content(SOUND.format(html))
    assert browser_words.english_words(texts(page)) == left


@pytest.mark.parametrize(
    ("text", "is_left"),
    [("绍兴恒砺精密传动有限公司", False), ("提交审批", True), ("共 12 家", True), ("登记隐形冠军认定", False), ("12 companies", False)],
    ids=["name", "button", "count", "frozen", "English"],
)
def test_chinese_left_on_an_english_page_is_found_and_data_is_not(text: str, is_left: bool) -> None:
    stored = {"绍兴恒砺精密传动有限公司", "登记隐形冠军认定"}
    assert browser_words.chinese_words([text], stored=stored) == ([text] if is_left else [])
