"""SF-A5: a crawl of everything a person can reach, searched for what is not theirs to read."""

from typing import Any

import pytest
from django.urls import reverse

from tests.access.doors import DOORS, address, is_there, sides_of
from tests.access.world import FOREIGN, World
from tests.companies.imports.books import xlsx
from tests.rigs.canaries import Canaries, readable
from tests.rigs.crawl import crawl, opened
from tests.rigs.matrix import taken_back

EXPORTS = ("xlsx", "csv")
# one worker reads each person once
pytestmark = pytest.mark.xdist_group("access")


_read: dict[tuple[int, str], dict[str, str]] = {}


def _everything(world: World, person: str) -> dict[str, str]:
    """What `_collected` finds, once for a person: reading changes nothing."""
    key = (id(world), person)
    if key not in _read:
        _read[key] = _collected(world, person)
    return _read[key]


def _collected(world: World, person: str) -> dict[str, str]:
    """Markers in all a person can get: pages reached by links, every address with every object, as page and as partial, and exports."""
    client, found, linked = world.clients[person], {}, set()
    look = world.canaries.found_in
    for url, response, content in crawl(client, ["/", "/portal/", "/settings/", "/notifications/"]):
        linked.add(url)
        found |= {marker: f"{field} at {url}" for marker, field in look(content, response.headers.items()).items()}
    for name, door in DOORS.items():
        for side in sides_of(door):
            if side == "missing" and not is_there(door, person, "foreign"):
                continue  # answered byte for byte like the foreign one, says the door matrix
            url = address(world, name, person, side)
            with taken_back():
                for headers in [{"hx_request": "true"}] if url in linked else [{}, {"hx_request": "true"}]:
                    response, content = opened(client, url, **headers)
                    found |= {marker: f"{field} at {url}" for marker, field in look(content, response.headers.items()).items()}
                if door.kind in {"page", "any"} or name == "accounts:sign-out":
                    continue
                for payload in [{"export": kind} for kind in EXPORTS] if door.kind == "rows" else [{}]:
                    cookies = client.cookies.copy()
                    response = client.post(url, payload)
                    content = b"".join(response.streaming_content) if response.streaming else response.content
                    client.cookies = cookies
                    found |= {marker: f"{field} at POST {url}" for marker, field in look(content, response.headers.items()).items()}
    return found


def _own(world: World, person: str) -> set[str]:
    """Fields addressed to the person: their notice, their export."""
    return {marker for marker, field in world.canaries.marked.items() if field in {f"notice of {person}", f"export of {person}"}}


def test_an_enterprise_user_reads_no_note_no_reason_no_reviewer_and_no_other_company(world: World) -> None:
    found = _everything(world, "enterprise")
    assert set(found) == _own(world, "enterprise"), sorted(found.values())


def test_an_administrator_reads_accounts_and_nothing_about_companies(world: World) -> None:
    found = _everything(world, "administrator")
    names = {marker for marker, field in world.canaries.marked.items() if field.endswith("'s name")}
    assert set(found) - names == _own(world, "administrator"), sorted(found.values())


@pytest.mark.parametrize("person", ["officer", "approver", "clerk", "auditor"])
def test_staff_of_one_district_read_nothing_of_another(world: World, person: str) -> None:
    found = _everything(world, person)
    foreign = {field for marker, field in world.canaries.marked.items() if field.endswith(FOREIGN) or field == "name of another firm"}
    leaks = [text for text in found.values() if text.split(" at ")[0] in foreign]
    assert not leaks, "\n".join(leaks)
    others = [text for text in found.values() if text.startswith(("notice of", "export of")) and f"of {person} at" not in text]
    assert not others, "\n".join(others)


def test_the_canaries_are_alive_those_who_may_read_them_do(world: World) -> None:
    seen = {text.split(" at ")[0] for person in ("officer", "approver") for text in _everything(world, person).values()}
    own = {field for field in world.canaries.marked.values() if field.endswith(world.own.company.district.code)}
    assert own - seen == set(), "fields nobody can read are no test"


def _office_file(text: str) -> bytes:
    return xlsx({"表": [["甲"]]}, then=lambda book, pages: book.set_properties({"comments": text}))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda text: text.encode(), id="text"),
        pytest.param(lambda text: "".join(f"&#{ord(char)};" for char in text).encode(), id="XML escapes"),
        pytest.param(lambda text: text.encode("unicode_escape"), id="script escapes"),
        pytest.param(_office_file, id="properties of a workbook"),
    ],
)
def test_a_canary_is_found_however_it_is_written(content: Any) -> None:
    canaries = Canaries()
    marker = canaries.mark("note")
    assert canaries.found_in(content(f"说明{marker}。")) == {marker: "note"}
    assert list(readable(b"%not a file"))
    assert canaries.found_in(b"", [("Content-Disposition", reverse("portal:home"))]) == {}
