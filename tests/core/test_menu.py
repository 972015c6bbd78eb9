"""The menu shows each role what exists and what it may open."""

from typing import Any

import pytest

from config.menu import FRAME_DOORS, MENU
from core import menu


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    menu.menu_for.cache_clear()
    menu.frame_doors.cache_clear()
    yield
    menu.menu_for.cache_clear()
    menu.frame_doors.cache_clear()


@pytest.fixture
def all_exist(monkeypatch: Any) -> None:
    monkeypatch.setattr(menu, "door", lambda url_name: f"/{url_name}/")


def labels(role: str) -> list[str]:
    return [str(link.entry.label) for group in menu.menu_for(role, "x") for link in group.links]


def test_a_role_sees_its_own_entries_only(all_exist: None) -> None:
    assert labels("auditor") == [
        "工作台",
        "企业名录",
        "培育库",
        "差一点",
        "年底倒推",
        "审批",
        "认定",
        "认定标准",
        "目标进度",
        "审计",
        "通知",
        "设置",
    ]
    assert labels("administrator") == ["通知", "设置"]
    assert labels("enterprise") == ["首页", "通知", "设置"]
    assert labels("") == []


def test_a_counted_entry_opens_exactly_what_it_counts_and_stays_marked_on_its_pages(all_exist: None) -> None:
    groups = menu.menu_for("approver", "x")
    (entry,) = [link for group in groups for link in group.links if link.entry.counter == "decisions"]
    assert entry.href == f"{entry.url}?mine=waiting&state=submitted"
    assert menu.current_url(groups, entry.url) == entry.url


def test_the_tab_bar_has_at_most_four_entries_for_every_role(all_exist: None) -> None:
    for role in {role for group in MENU for entry in group.entries for role in entry.roles}:
        assert sum(bool(link.entry.tab) for group in menu.menu_for(role, "x") for link in group.links) <= 4


def test_an_entry_whose_page_does_not_exist_is_left_out(monkeypatch: Any) -> None:
    monkeypatch.setattr(menu, "door", lambda url_name: "/companies/" if url_name == "companies:company-list" else "")
    assert labels("officer") == ["企业名录"]


@pytest.mark.parametrize(
    ("path", "current"), [("/", "/"), ("/companies/", "/companies/"), ("/companies/9133/", "/companies/"), ("/elsewhere/", "")]
)
def test_the_current_entry_is_the_longest_address_the_path_begins_with(monkeypatch: Any, path: str, current: str) -> None:
    doors = {"cultivation:workbench": "/", "companies:company-list": "/companies/"}
    monkeypatch.setattr(menu, "door", lambda url_name: doors.get(url_name, ""))
    assert menu.current_url(menu.menu_for("officer", "x"), path) == current


def test_the_language_can_be_changed_by_a_post_the_project_has() -> None:
    assert menu.door(FRAME_DOORS["language"]) == "/language/"
