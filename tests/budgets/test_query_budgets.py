"""Every page sends the same number of statements at 10 and at 200 rows of what it lists, and no more than its budget."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.users import sessions
from tests.access.doors import DOORS, address
from tests.access.world import World
from tests.budgets.budgets import BUDGETS, COUNTED_IN_THE_MENU, MORE
from tests.budgets.growth import grow
from tests.rigs.matrix import taken_back

# the same statements are sent to every database; how each answers them is in test_plans
pytestmark = pytest.mark.once
# one of each role; the approver of the city, whose pages have a row more than a district's
PEOPLE = ("officer", "city", "clerk", "city_clerk", "auditor", "administrator", "enterprise")
FEW, MANY = 10, 200


def openers(name: str) -> list[str]:
    """Who of PEOPLE gets a page at this address."""
    door = DOORS[name]
    if door.kind not in {"page", "rows", "form"}:
        return []
    return [person for person in PEOPLE if (door.statuses(person) or (0,))[0] == 200]


def pages(world: World) -> Iterator[tuple[str, str, str]]:
    """(address name, person, address): every page for everybody who may open it, lists with all their rows."""
    for name, door in DOORS.items():
        for person in openers(name):
            url = address(world, name, person, "own")
            yield name, person, f"{url}?per_page=200" if door.kind == "rows" else url
            for query in MORE.get(name, ()):
                yield f"{name}?{query}", person, f"{url}?{query}"


def budget(name: str) -> int:
    """What a page may send; a way to open it that is not in MORE has no budget of its own."""
    page, _mark, query = name.partition("?")
    return MORE[page][query] if query else BUDGETS[page]


def counted(world: World, *, is_first: bool) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
    """Statements of each page for each person; and the most rows each list showed. At first a page is asked twice, as it reads for all."""
    found, shown = {}, dict.fromkeys((name for name, door in DOORS.items() if door.kind == "rows"), 0)
    asked = set() if is_first else {name for name, _person, _url in pages(world)}
    for person in PEOPLE:
        client = Client()
        client.force_login(world.users[person])
        for name, who, url in pages(world):
            if who != person:
                continue
            for _time in range(1 if name in asked else 2):
                with taken_back(), CaptureQueriesContext(connection) as captured:
                    response = client.get(url)
                    assert response.status_code == 200, f"{name} {person} {url}: {response.status_code}"
                    b"".join(response.streaming_content if response.streaming else [])
            asked.add(name)
            found[name, person] = len(captured)
            if name in shown:
                shown[name] = max(shown[name], len(response.context["page"].rows))
    return found, shown


def test_every_page_has_a_budget_and_no_budget_is_left_over() -> None:
    names = {name for name in DOORS if openers(name)}
    assert names - set(BUDGETS) == set(), "pages without a line in tests/budgets/budgets.py"
    assert set(BUDGETS) - names == set(), "lines without a page"
    assert set(MORE) <= names


def test_every_page_costs_the_same_at_10_and_at_200_rows_and_keeps_its_budget(
    world: World, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "TOUCH_SECONDS", 3_600)  # once a minute a page notes that its session is in use
    grow(world, first=0, last=FEW)
    few, shown = counted(world, is_first=True)  # standards and menus are read for the whole process
    assert {name: rows for name, rows in shown.items() if not FEW <= rows < MANY} == {}, "lists that tests/budgets/growth.py does not fill"
    grow(world, first=FEW, last=MANY)
    many, shown = counted(world, is_first=False)
    assert {name: rows for name, rows in shown.items() if rows < MANY} == {}, "lists that tests/budgets/growth.py does not fill"
    grown = [f"{name} {person}: {few[name, person]} → {number}" for (name, person), number in many.items() if number != few[name, person]]
    assert not grown, "pages that cost more with more rows:\n" + "\n".join(grown)
    dear = [
        f"{name} {person}: {number} statements, {most} allowed"
        for (name, person), number in many.items()
        if number > (most := budget(name) + COUNTED_IN_THE_MENU.get(person, 0))
    ]
    assert not dear, "\n".join(dear)
