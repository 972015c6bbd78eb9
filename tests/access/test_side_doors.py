"""SF-A2, SF-A3: a firm of another district by every side door, and that no byte of any answer tells of one."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.audit.models import AuditEntry, AuditHead, AuditItem
from accounts.users.models import SignIn
from companies.imports.models import ImportRow
from companies.register.uscc import make
from tests.access import world as worlds
from tests.access.actions import ACTIONS, PDF, Action
from tests.access.doors import DOORS, PERSONAL, SHARED, address, sides_of
from tests.access.world import World
from tests.companies.imports.books import FIRM_HEADS, XLSX, firm, xlsx
from tests.rigs.crawl import crawl, opened
from tests.rigs.matrix import taken_back

HELD = "该信用代码已在库，请联系市级数据员"
pytestmark = pytest.mark.xdist_group("access")
NEVER = make("91", "330681", 9_999_999)  # a valid code that nobody has
_VARIES = re.compile(rb'(?<=content=")[A-Za-z0-9]{64}(?=")|(?<=value=")[A-Za-z0-9]{64}(?=")|idempotency_key" value="[0-9a-f]{32}"')
_LOG = {AuditEntry, AuditHead, AuditItem, SignIn}


def read(response: Any) -> bytes:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return _VARIES.sub(b"-", content)


def rows() -> dict[str, list[Any]]:
    """Every row but the log and the clocks."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in apps.get_models() if model not in _LOG}


ON_AN_OBJECT = [action for action in ACTIONS if DOORS[action.door].about and DOORS[action.door].about not in (*PERSONAL, *SHARED)]


@pytest.mark.parametrize("action", ON_AN_OBJECT, ids=[f"{action.door}-{action.logged}" for action in ON_AN_OBJECT])
def test_what_works_on_the_own_firm_is_not_there_for_another_s(world: World, action: Action) -> None:
    """SF-A2: the whole, valid form or action, sent to the foreign object and to one that never was: one answer, nothing written."""
    answers = []
    for side in ("foreign", "missing"):
        with taken_back():
            client, url = world.clients[action.person], address(world, action.door, action.person, side)
            payload = action.payload(world) if action.payload else None
            before = rows()
            response = client.get(url) if payload is None else client.post(url, payload)
            assert response.status_code == 404, url
            assert rows() == before
            headers = {name: value for name, value in response.headers.items() if name not in {"X-Request-Id", "Content-Length"}}
            answers.append((headers, read(response).replace(url.encode(), b"/")))
    assert answers[0] == answers[1]


# doors that name a firm in a parameter, a field or a file


def _get(url: str) -> Callable[[Client, World, str, str], bytes]:
    return lambda client, world, code, name: read(client.get(url.format(code=code, name=quote(name), district=worlds.FOREIGN)))


def _export(client: Client, world: World, code: str, name: str) -> bytes:
    return read(client.post(f"/companies/?q={code}", {"export": "csv"}))


def _recognition(client: Client, world: World, code: str, name: str) -> bytes:
    paper = SimpleUploadedFile("公告.pdf", PDF, "application/pdf")
    sent = {"uscc": code, "title": "innovative_sme", "application_type": "认定", "document_number": "1号", "announced_on": "2026-11-02"}
    return read(client.post("/recognitions/new/", {**sent, "file": paper}))


def _neighbour(client: Client, world: World, code: str, name: str) -> bytes:
    own = world.own.company.uscc
    return b"".join(
        client.get(f"/companies/{own}/{side}/neighbour/", {"from": f"q={quote(name)}"})["Location"].encode()
        for side in ("next", "previous")
    )


SIDE_DOORS: dict[str, Callable[[Client, World, str, str], bytes]] = {
    "type-ahead by code": _get("/companies/search/?q={code}"),
    "type-ahead by name": _get("/companies/search/?q={name}"),
    "list by code": _get("/companies/?q={code}"),
    "list by name": _get("/companies/?q={name}"),
    "list as a partial": lambda client, world, code, name: read(client.get("/companies/", {"q": name}, headers={"hx-request": "true"})),
    "export of a widened filter": _export,
    "tracks": _get("/tracks/?q={code}"),
    "tracks of the district": _get("/tracks/?district={district}&q={name}"),
    "recognitions": _get("/recognitions/?q={name}"),
    "recognitions of the district": _get("/recognitions/?district={district}&q={code}"),
    "decisions": _get("/decisions/?q={name}"),
    "the log": _get("/audit/?q={code}"),
    "prefilled recognition": _get("/recognitions/new/?company={code}"),
    "recognition form": _recognition,
    "the neighbour in a list of theirs": _neighbour,
}


# where the own firm is found by the same words, so that finding nothing says something
ALIVE = {
    "type-ahead by code",
    "type-ahead by name",
    "list by code",
    "list by name",
    "list as a partial",
    "export of a widened filter",
    "tracks",
    "recognitions",
}
WHO = {"recognition form": "approver", "prefilled recognition": "approver"}


@pytest.mark.parametrize("door", SIDE_DOORS)
@pytest.mark.parametrize("person", ["officer", "auditor"])
def test_naming_a_foreign_firm_is_naming_nothing(world: World, door: str, person: str) -> None:
    """SF-A2: asked for by its code or name, the answer is the one to a code and a name nobody has, of the same size."""
    foreign, own, ask = world.foreign.company, world.own.company, SIDE_DOORS[door]
    client = world.clients[WHO.get(door, person) if person == "auditor" else person]
    answers = []
    for code, name in ((foreign.uscc, foreign.name), (NEVER, "查" * len(foreign.name)), (own.uscc, own.name)):
        with taken_back():
            text = ask(client, world, code, name)
        for word in (code, name, quote(name), quote(quote(name))):
            text = text.replace(word.encode(), b"#")
        answers.append(text)
    assert answers[0] == answers[1]
    assert door not in ALIVE or answers[2] != answers[1]


def test_a_code_held_elsewhere_gets_the_one_sentence_and_no_hint_by_name(world: World) -> None:
    """SF-A3: the form of a new firm and the row of an import; a name held elsewhere is free."""
    foreign, client = world.foreign.company, world.clients["clerk"]
    sent = {"name": "绍兴无名机械有限公司", "district": world.own.company.district_id}
    with taken_back():
        held = client.post("/companies/new/", {"uscc": foreign.uscc, **sent})
    assert held.status_code == 422
    assert HELD in held.content.decode()
    assert foreign.name not in held.content.decode()
    with taken_back():
        same_name = client.post("/companies/new/", {**sent, "uscc": NEVER, "name": foreign.name})
        assert same_name.status_code == 302
    rows_sent = [FIRM_HEADS, firm(1, 统一社会信用代码=foreign.uscc), firm(2, 企业名称=foreign.name)]
    with taken_back():
        book = SimpleUploadedFile("企业.xlsx", xlsx({"企业": rows_sent}), XLSX)
        assert client.post("/imports/new/", {"file": book, "source": "audit"}).status_code == 302
        held_row, free_row = ImportRow.objects.order_by("-pk")[:2][::-1]
        assert [bad["reason"] for bad in held_row.errors] == [f"{HELD}。"] or HELD in held_row.errors[0]["reason"]
        assert len(held_row.errors) == 1
        assert foreign.name not in str(held_row.values)
        assert (free_row.verdict, free_row.errors) == ("new", [])
        assert foreign.uscc not in str(free_row.note)


def _answers(world: World, person: str) -> dict[str, Any]:
    """What a person is told everywhere: every own door, whole and as a partial, filtered and exported, and what links lead to."""
    client, found = world.clients[person], {}
    for name, door in DOORS.items():
        if door.statuses(person) is None:
            continue
        for side in sides_of(door)[:1]:
            url = address(world, name, person, side)
            for headers in ({}, {"hx_request": "true"}):
                with taken_back():
                    response, content = opened(client, url, **headers)
                found[f"{url} {headers}"] = (response.status_code, _plain(content))
            if door.kind == "rows" and name != "accounts:audit-list":  # which would hold its own export, under a number of the one chain
                with taken_back():
                    found[f"{url} csv"] = _plain(read(client.post(url, {"export": "csv"})))
    for url, response, content in crawl(client, ["/", "/quotas/", "/tracks/", "/companies/"], most=25, per_shape=2):
        found[url] = (response.status_code, _plain(content))
    for url in (
        "/companies/search/?q=有限公司",
        "/companies/?q=有限公司",
        "/quotas/?year=2026&kind=stock",
        "/recognitions/?sort=-happened_on",
    ):
        found[url] = _plain(read(client.get(url)))
    return found


def _plain(content: bytes) -> bytes:
    """Without the head of the whole chain, which anybody may hold against the log (design.md §6), and what differs in every answer."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:  # without the moment it was made
            return b"".join(package.read(part) for part in package.namelist() if not part.startswith("docProps/"))
    return re.sub(rb"\d+:[0-9a-f]{12,64}", b"#", _VARIES.sub(b"-", content))


@pytest.mark.parametrize("person", ["officer", "approver"])
def test_a_new_firm_in_another_district_changes_no_byte_of_any_answer(world: World, person: str) -> None:
    """SF-A3: with tracks, recognitions, figures, papers, incidents, decisions and an import of its own."""
    with taken_back():  # reading a paper is itself logged
        before = _answers(world, person)
    district, officer = world.foreign.company.district, world.users["other_officer"]
    with taken_back():
        worlds._side(world, district, officer, name="诸暨绍兴恒砺精密传动有限公司")
        after = _answers(world, person)
    assert before.keys() == after.keys()
    told = [url for url in before if before[url] != after[url]]
    assert told == [], [_first_difference(before[url], after[url]) for url in told[:3]]
    assert len(before) > 60


def _first_difference(before: Any, after: Any) -> tuple[bytes, bytes]:
    one, other = (answer if isinstance(answer, bytes) else answer[1] for answer in (before, after))
    place = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other)))
    return one[max(0, place - 60) : place + 60], other[max(0, place - 60) : place + 60]
