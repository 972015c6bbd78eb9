"""Every page a role may open, opened in the browser as that role: wide, on a phone and on the smallest one, in both languages."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import override
from playwright.sync_api import Page

from tests.access import world as worlds
from tests.access.doors import DOORS, address, is_there
from tests.rigs import browser, browser_words
from tests.rigs.browser_site import People, clock_at

# how a page looks does not depend on the database
pytestmark = pytest.mark.once
# one of each role, and nobody: another district draws the same pages
PEOPLE = ("anonymous", "enterprise", "officer", "city", "clerk", "city_clerk", "auditor", "administrator")
WIDE, PHONE, SMALL = 1440, 390, 320
# answered with a file or with a piece of a page
NO_PAGES = {"companies:import-template", "companies:import-progress", "companies:company-search"}


@pytest.fixture(scope="module")
def world(site: str) -> Iterator[worlds.World]:
    """The world of the door matrix, committed, on its own day."""
    with clock_at(worlds.NOW), override("zh-hans"):
        yield worlds.build()


@pytest.fixture(scope="module")
def stored(world: worlds.World) -> frozenset[str]:
    return browser_words.stored_texts()


@pytest.fixture(scope="module")
def english() -> set[str]:
    """Names of pages that were read in English already: a page says the same to everybody."""
    return set()


@pytest.fixture(scope="module")
def narrow() -> set[str]:
    """Names of pages that were seen on phones already: what one more role may press does not change how a page reflows."""
    return set()


@pytest.fixture(scope="module")
def axe_once() -> Callable[[Page, str], list[str]]:
    """axe at each width: once for each page, and again for whoever is shown something in it that nobody was shown anywhere before."""
    looked: set[tuple[str, int]] = set()
    seen: dict[int, set[str]] = {WIDE: set(), PHONE: set()}

    def look(page: Page, name: str) -> list[str]:
        width = page.viewport_size["width"]
        parts = browser.parts(page)
        if (name, width) in looked and parts <= seen[width]:
            return []
        looked.add((name, width))
        seen[width] |= parts
        return browser.axe(page)

    return look


def pages_of(world: worlds.World, person: str) -> dict[str, str]:
    """Name → address of each page that answers a person about their own district."""
    names = [
        name
        for name, door in DOORS.items()
        if name not in NO_PAGES and not door.logged and door.expected(person, "GET", is_there=is_there(door, person, "own")) == 200
    ]
    return {name: address(world, name, person, "own") for name in names}


@pytest.mark.parametrize("person", PEOPLE)
def test_a_page_is_whole_at_every_width_and_in_both_languages(
    world: worlds.World, stored: frozenset[str], people: People, axe_once: Any, english: set[str], narrow: set[str], person: str
) -> None:
    page = people.window(world.users.get(person))
    pages, wrong = pages_of(world, person), list[str]()
    assert pages
    for name, url in pages.items():
        page.set_viewport_size({"width": WIDE, "height": 900})
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        found = [
            f"English in Chinese: {text}"
            for text in browser_words.english_words(browser.texts(page, apart=f"template, {browser_words.RULE_TEXT}"))
        ]
        found += browser.small_targets(page) + axe_once(page, name)
        if name not in narrow:
            narrow.add(name)
            found += browser.sideways(page, [PHONE]) + axe_once(page, name)
            found += browser.sideways(page, [SMALL]) + browser.small_targets(page)
        wrong += [f"{url} {line}" for line in found]
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    for name in pages.keys() - english:
        page.goto(pages[name])
        shown = browser.texts(page, apart=browser_words.PUBLISHED)
        wrong += [f"{name} Chinese in English: {text}" for text in browser_words.chinese_words(shown, stored=stored)]
        wrong += [f"{name} in English {line}" for line in browser.sideways(page, [SMALL])]
    english |= pages.keys()
    assert wrong == [], "\n".join(wrong)
