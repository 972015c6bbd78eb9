"""SF-A1: every URL name × every person × every method × own, foreign and missing object → exactly what doors.py says."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.audit.models import AuditHead
from tests.access.doors import DOORS, address, is_there, sides_of
from tests.access.world import PRINCIPALS, World
from tests.rigs.matrix import METHODS, SAFE, taken_back, url_names, watched

# one worker builds the world
pytestmark = pytest.mark.xdist_group("access")
_NAMES = dict(url_names())
_TOKEN = re.compile(rb'(?<=content=")[A-Za-z0-9]{64}(?=")|(?<=value=")[A-Za-z0-9]{64}(?=")')


def test_every_address_of_the_product_has_its_line_and_no_line_is_left_over() -> None:
    assert set(_NAMES) - set(DOORS) == set(), "addresses without a line in tests/access/doors.py"
    assert set(DOORS) - set(_NAMES) == set(), "lines without an address"
    assert all(pattern.name for pattern in _NAMES.values())


def test_every_cell_has_an_expectation() -> None:
    empty = [
        (name, person, method, side)
        for name, door in DOORS.items()
        for person in PRINCIPALS
        for method in METHODS
        for side in sides_of(door)
        if not isinstance(door.expected(person, method, is_there=is_there(door, person, side)), int)
    ]
    assert not empty


def test_every_line_names_known_people_only() -> None:
    named = {person for door in DOORS.values() for words in door.may for person in words.split()}
    assert named == set(PRINCIPALS)


def _asked(client: Client, method: str, url: str) -> Any:
    cookies = client.cookies.copy()
    with taken_back(), watched() as writes:
        client.raise_request_exception = False
        response = client.generic(method, url)
        response.writes = list(writes.seen)
        if response.streaming:
            b"".join(response.streaming_content)
    client.cookies = cookies
    return response


def _counts() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}


@pytest.mark.parametrize("person", PRINCIPALS)
def test_every_door_answers_each_person_exactly_as_written(world: World, person: str) -> None:
    client, wrong, changed = world.clients[person], [], []
    before, head = _counts(), str(AuditHead.objects.get())
    for name, door in DOORS.items():
        for side in sides_of(door)[:2]:  # a missing object is compared with a foreign one below
            url = address(world, name, person, side)
            for method in METHODS:
                expected = door.expected(person, method, is_there=is_there(door, person, side))
                response = _asked(client, method, url)
                if response.status_code != expected:
                    wrong.append(f"{name} {side} {method} {url}: {response.status_code}, expected {expected}")
                if (
                    response.status_code == 302
                    and door.statuses(person) is None
                    and not response["Location"].startswith("/sign-in/?next=/")
                ):
                    wrong.append(f"{name} {side} {method} leads to {response['Location']}")
                is_logged = response.status_code == 403 or (door.logged and response.status_code == 200)
                if method in SAFE and [sql for sql in response.writes if not (is_logged and "accounts_audit" in sql)]:
                    changed.append(f"{name} {side} {method}: {response.writes}")
    assert not wrong, "\n".join(wrong)
    assert not changed, "reading changed rows:\n" + "\n".join(changed)
    assert (before, head) == (_counts(), str(AuditHead.objects.get()))


def _as_seen(response: Any, url: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers, without what differs in every answer: request number, form tokens, the address itself."""
    body = _TOKEN.sub(b"-", response.content).replace(url.encode(), b"/")
    headers = {name: value for name, value in response.headers.items() if name not in {"X-Request-Id", "Content-Length"}}
    return response.status_code, body, headers


@pytest.mark.parametrize("person", [name for name in PRINCIPALS if name not in {"anonymous", "city", "city_clerk"}])
def test_a_foreign_object_is_answered_exactly_like_one_that_never_existed(world: World, person: str) -> None:
    client, compared = world.clients[person], 0
    far = "own" if person == "other_officer" else "foreign"
    for name, door in DOORS.items():
        if not door.about or is_there(door, person, far):
            continue
        for method in ("GET", "POST"):
            for headers in ({}, {"hx-request": "true"}):
                answers = []
                for side in (far, "missing"):
                    url = address(world, name, person, side)
                    with taken_back():
                        answers.append(_as_seen(client.generic(method, url, headers=headers), url))
                assert answers[0] == answers[1], f"{method} {name} {headers}"
                compared += answers[0][0] == 404
    assert compared >= 50
