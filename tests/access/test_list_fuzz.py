"""SF-A4, SF-H1: lists answer what they declare: no hidden field can be asked for, and no request costs more than a page."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, models
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from core.lists import OWN_NAMES, PAGE_SIZES, ListPage
from tests.access.doors import DOORS, address
from tests.access.world import World
from tests.rigs.matrix import taken_back

# one worker builds the world
pytestmark = pytest.mark.xdist_group("access")
LISTS = [name for name, door in DOORS.items() if door.kind == "rows"]
EACH = pytest.mark.parametrize("name", LISTS)
LOOKUPS = ("", "__isnull", "__startswith", "__gte", "__in", "__regex")


def _asker(name: str) -> str:
    return "administrator" if name == "accounts:people-list" else "officer"


def _page(world: World, name: str, query: str = "") -> ListPage:
    """The list's view as the address makes it, before anything is read."""
    url = address(world, name, _asker(name), "own")
    request = RequestFactory().get(f"{url}?{query}")
    request.user = world.users[_asker(name)]
    match = request.resolver_match = resolve(url)
    page: ListPage = match.func.view_class()  # type: ignore[attr-defined]
    page.setup(request, *match.args, **match.kwargs)
    return page


def _paths(model: type[models.Model], depth: int) -> Iterator[str]:
    """Every field path from a model: forwards `depth` relations deep, and one step over what points at it."""
    for field in model._meta.get_fields():
        yield field.name
        if depth and field.is_relation and field.related_model and (field.concrete or depth == 2):
            left = depth - 1 if field.concrete else 0
            for rest in _paths(field.related_model, left):  # type: ignore[arg-type]
                yield f"{field.name}__{rest}"


def _asked_for(model: type[models.Model]) -> list[str]:
    paths = list(dict.fromkeys(_paths(model, 2)))
    odd = [
        "_state",
        "__class__",
        "pk",
        "?",
        "-?",
        "*",
        "id__gt",
        "company.name",
        "company__district.code",
        "-pk",
        "RANDOM()",
        "1",
        "password",
    ]
    return [*odd, *paths, *(path.replace("__", ".") for path in paths[::7] if "__" in path)]


@EACH
def test_a_list_is_ordered_filtered_and_drawn_by_nothing_undeclared(world: World, name: str) -> None:
    """SF-A4: every model path two relations deep as sort, as columns, and with lookups as a filter."""
    plain = _page(world, name)
    paths = _asked_for(plain.get_queryset().model)
    assert len(paths) > 60
    order, columns = plain.order, plain.columns
    for path in paths:
        page = _page(world, name, urlencode({"sort": path, "cols": path, "per_page": path, "page": path}))
        undeclared = {
            "sort": path.removeprefix("-") not in plain.sorts,
            "cols": path not in plain.table_class.base_columns,
            "per_page": True,
        }
        if undeclared["sort"]:
            assert (page.sort, page.order) == (plain.sort, order), path
        if undeclared["cols"]:
            assert page.columns == columns, path
        assert page.page_size == plain.page_size
        assert {word for word, is_odd in undeclared.items() if is_odd} <= {*page.dropped}, path
    declared = {*OWN_NAMES, *plain.extra_query, *(plain.filterset.form.fields if plain.filterset else ())}
    names = [f"{path}{lookup}" for path in paths for lookup in LOOKUPS]
    odd = [one for one in names if one not in declared]
    for start in range(0, len(odd), 400):
        part = odd[start : start + 400]
        page = _page(world, name)
        page.request.GET = QueryDict(urlencode([(one, "1") for one in part]))
        assert not page.query, part
        assert {one[:40] for one in part} <= {*page.dropped}


@EACH
def test_rows_and_order_are_as_if_nothing_had_been_asked(world: World, name: str) -> None:
    """SF-A4: through the address itself, with one line that names what was dropped."""
    client, url = world.clients[_asker(name)], address(world, name, _asker(name), "own")
    plain = _rows(client.get(url))
    for query in ("sort=company__evidence__sha256", "district__users__password__startswith=p", "cols=_state", "-id=1", "sort=__class__"):
        response = client.get(f"{url}?{query}")
        assert response.status_code == 200
        assert _rows(response) == plain, query
        assert f"已忽略地址里不认识或无效的条件：{query.partition('=')[0]}" in response.content.decode(), query


def _rows(response: Any) -> list[str]:
    """What stands in the table's body, without the links, which carry the view."""
    body = "".join(re.findall(r"<tbody.*?</tbody>", response.content.decode(), flags=re.S))
    return re.sub(r'"[^"]*"|<[^>]+>', " ", body).split()


HEAVY = {
    "page=10⁹": "page=1000000000",
    "page=-1": "page=-1",
    "page=10²⁰": f"page={10**20}",
    "per_page=10⁶": "per_page=1000000",
    "500 filters": "&".join(f"filter{number}=1" for number in range(500)),
    "wildcards": "q=%25_%25_*%3F",
    "only wildcards": "q=%25",
    "every initial": "q=a+b+c+d+e+f+g+h+j+k+l+m+n",
    "polyphonic": "q=" + "zhong chang".replace(" ", "+") * 4,
    "repeated": "&".join("q=a&sort=name&page=1" for _number in range(200)),
    "deep sort": "sort=" + "-" * 200 + "name",
    "long word": "q=" + "a" * 7_000,
}


@EACH
def test_an_expensive_request_costs_no_more_than_a_page_or_is_refused(world: World, name: str) -> None:
    """SF-H1: at most the queries of a page and its rows; beyond the limits of the address 400."""
    client, url = world.clients[_asker(name)], address(world, name, _asker(name), "own")
    with CaptureQueriesContext(connection) as usual:
        client.get(url)
    for case, query in HEAVY.items():
        with CaptureQueriesContext(connection) as asked:
            response = client.get(f"{url}?{query}")
        assert response.status_code in {200, 400}, case
        assert len(asked) <= len(usual) + 2, (case, len(asked), len(usual))
        assert response.content.count(b"<tr") <= PAGE_SIZES[-1] + 2, case
        assert len(response.content) < 400_000, case
    for query in ("q=" + "a" * 100_000, "&".join(f"f{number}=1" for number in range(1_500))):
        with CaptureQueriesContext(connection) as refused:
            assert client.get(f"{url}?{query}").status_code == 400
        assert len(refused) == 0
    with taken_back():
        assert client.get("/companies/search/?q=" + "%25" * 2_000).status_code in {200, 404}
