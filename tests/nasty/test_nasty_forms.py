"""SF-F1, SF-F4: every text field of every form with text no office types: kept as it is, or refused and still in the form."""

import json
from html import escape
from typing import Any

import pytest
from django.db import connection

from tests.access.actions import ACTIONS, Action
from tests.access.conftest import _quiet, built, world
from tests.access.world import World
from tests.rigs.matrix import taken_back

__all__ = ["_quiet", "built", "world"]
# one worker builds the world; what a form takes is decided before a database is asked
pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.once]

TEXTS = {
    "rare, combined, right to left, markup": "𠮷㐂﨑 é👩‍🔧 שלום <script>alert(1)</script>{{ 7|add:7000 }} '; DROP TABLE a;--",
    "begins a formula": '=HYPERLINK("//例";1)',
    "NUL": "前\x00后",
    "right-to-left override": "前\u202e后",
    "too long": "长" * 10_000,
}
# never shown again; boxes that are ticked whatever their value, and the button that was pressed
SECRET = {"password", "current", "new", "again"}
TICKED = {"has_shortcuts", "sprint-no_veto", "do"}
FIELDS = [
    pytest.param(action, id=f"{action.door}-{action.logged}")
    for action in ACTIONS
    if action.payload is not None and "export" not in action.logged and action.door != "set-language"
]


class _Stored:
    """Every value that statements wrote."""

    def __init__(self) -> None:
        self.values: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE")):
            self.values += [str(param) for row in (params if many else [params]) for param in row or ()]
        return execute(sql, params, many, context)

    def holds(self, text: str) -> bool:
        return any(text in value or json.dumps(text)[1:-1] in value for value in self.values)


@pytest.mark.parametrize("action", FIELDS)
def test_every_text_field_keeps_the_text_or_refuses_it_and_shows_it_again(world: World, action: Action) -> None:
    client, wrong = world.clients[action.person], []
    with taken_back():
        payload = action.payload(world)  # type: ignore[misc]
    names = [name for name, value in payload.items() if isinstance(value, str) and name not in TICKED]
    for name in names:
        for kind, text in TEXTS.items():
            stored = _Stored()
            with taken_back(), connection.execute_wrapper(stored):
                cookies = client.cookies.copy()
                response = action.send(world, client, **{name: text})
                client.cookies = cookies
            page = "" if response.streaming else response.content.decode()
            place = f"{name}, {kind}: {response.status_code}"
            if response.status_code in {302, 200}:
                if not stored.holds(text.strip()):
                    wrong.append(f"{place}: taken, and not what was typed")
            elif response.status_code not in {400, 403, 404, 409, 422}:
                wrong.append(place)
            elif response.status_code == 422 and name not in SECRET and not _is_shown(text, page):
                wrong.append(f"{place}: refused, and what was typed is gone")
            if "<script>alert(1)" in page or "7007" in page:
                wrong.append(f"{place}: carried out")
    assert not wrong, "\n".join(wrong)


def _is_shown(text: str, page: str) -> bool:
    """Whether the page holds the text, or none could, or the field chooses, or what stood beside a button is on the page before."""
    return escape(text) in page or "\x00" in text or "不在可用的选项中" in page or "请返回修改后重新提交，您填写的内容还在" in page
