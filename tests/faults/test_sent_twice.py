"""SF-B5: every form that changes something is sent twice, one after the other and at the same moment; it has one effect."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.audit.models import AuditEntry
from tests.access import world as worlds
from tests.access.actions import ACTIONS, Action
from tests.faults.effects import rows_by_table
from tests.rigs.racer import race
from tests.rigs.snapshots import kept

# what a second sending may do, each with the reason
NOT_SENT_TWICE = {
    "accounts:sign-in": "nobody is signed in whose form it could be; two sign-ins are two sessions",
    "accounts:sign-out": "the second is nobody's",
    "accounts:password-change": "ends every other session and renews this one: the second sending is nobody's",
    "accounts:person-password": "answers with the new password itself, so that each sending makes one; the last one shown holds",
    "cultivation:quota-report": "changes nothing: a report is made and logged each time",
    "policies:sheet-pdf": "changes nothing: a paper is made and logged each time",
    "policies:year-end-pdf": "changes nothing: a paper is made and logged each time",
}
# exports change nothing and are logged each time
SENT_TWICE = [
    action for action in ACTIONS if action.payload is not None and action.logged != "list.exported" and action.door not in NOT_SENT_TWICE
]


@pytest.fixture
def world(transactional_db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> worlds.World:
    """The world of the access tests, really committed."""
    caplog.set_level(logging.CRITICAL, logger="django.request")
    monkeypatch.setattr(timezone, "now", lambda: worlds.NOW)
    return worlds.build()


def _sender(action: Action, world: worlds.World, url: str, key: str) -> Callable[[], Any]:
    """Sends the form from a browser window of its own, as the page would."""
    client = Client(raise_request_exception=False)
    client.cookies = world.clients[action.person].cookies.copy()
    assert action.payload is not None
    typed = {**action.payload(world), "idempotency_key": key}
    return lambda: client.post(url, typed)


def _send(action: Action, world: worlds.World, way: str) -> tuple[list[Any], Counter[str], int]:
    """Answers, rows added by table, and successful entries of the action."""
    url, key = action.address(world), uuid4().hex
    before, entries = rows_by_table(), AuditEntry.objects.count()
    senders = [_sender(action, world, url, key) for _time in range(1 if way == "once" else 2)]
    if way == "at once":
        raced = race(senders)
        assert raced.errors == []
        answers = raced.results
    else:
        answers = [send() for send in senders]
    logged = AuditEntry.objects.filter(number__gt=entries, action=action.logged, is_refusal=False).count()
    return answers, rows_by_table() - before, logged


def test_every_form_sent_twice_has_one_effect(world: worlds.World) -> None:
    put_back = kept()
    wrong = []
    for action in SENT_TWICE:
        effects = {}
        for way in ("once", "twice", "at once"):
            cache.clear()
            answers, effects[way], logged = _send(action, world, way)
            statuses = sorted(answer.status_code for answer in answers)
            if logged != 1 or answers[0].status_code >= 500 or statuses[0] not in action.status or statuses[-1] >= 500:
                wrong.append((action.door, way, statuses, logged))
            if way == "twice" and action.status == (302,) and answers[0].headers.get("Location") != answers[1].headers.get("Location"):
                wrong.append((action.door, way, [answer.headers.get("Location") for answer in answers]))
            put_back()
        wrong += [(action.door, way, effects[way], effects["once"]) for way in ("twice", "at once") if effects[way] != effects["once"]]
    assert wrong == []
