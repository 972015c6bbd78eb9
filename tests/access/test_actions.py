"""Every successful action: it leaves its entry (SF-D2), surplus fields change nothing (SF-A6), nothing works without the token (SF-G5)."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.audit.verify import chain_problems
from accounts.decisions.models import Decision
from cultivation.tracks.models import TierMove, Track
from tests.access.actions import ACTIONS, UNLOGGED, Action
from tests.access.doors import DOORS
from tests.access.world import World
from tests.rigs.matrix import taken_back, watched

pytestmark = pytest.mark.xdist_group("access")
EACH = pytest.mark.parametrize("action", ACTIONS, ids=[f"{action.door}-{action.logged}" for action in ACTIONS])


def test_every_door_with_a_post_is_tried_or_says_why_not() -> None:
    doors = {name for name, door in DOORS.items() if door.kind != "page" or door.logged}
    assert doors == {action.door for action in ACTIONS} | set(UNLOGGED)


@EACH
def test_each_action_leaves_its_entry(world: World, action: Action) -> None:
    last = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first()
    with taken_back():
        response = action.send(world, world.clients[action.person])
        assert response.status_code in action.status, _why(response)
        entries = list(AuditEntry.objects.filter(number__gt=last))
        assert action.logged in {entry.action for entry in entries}
        assert len([entry for entry in entries if entry.action == action.logged]) == 1
        entry = next(entry for entry in entries if entry.action == action.logged)
        assert entry.door == action.door
        assert entry.request_id == response["X-Request-Id"]
        assert entry.address == "127.0.0.1"
        if action.person != "anonymous":
            assert (entry.actor_id, entry.role) == (world.users[action.person].pk, world.users[action.person].role)
        assert not list(chain_problems())


def _why(response: Any) -> str:
    if response.streaming:
        return str(response.status_code)
    errors = re.findall(r'class="err[^>]*>([^<]*)<', response.content.decode())
    return f"{response.status_code} {response.headers.get('Location', '')} {errors}"


# what somebody would like to set; a field the form really has is left as the form has it
WISHES: dict[str, Callable[[World], Any]] = {
    "pool": lambda world: "sprint",
    "state": lambda world: "approved",
    "district": lambda world: world.foreign.company.district_id,
    "company": lambda world: world.foreign.company.pk,
    "officer": lambda world: world.users["other_officer"].pk,
    "person": lambda world: world.users["auditor"].person_id,
    "user": lambda world: world.users["auditor"].pk,
    "known_on": lambda world: "2020-01-01",
    "happened_on": lambda world: "2020-01-01",
    "on": lambda world: "2020-01-01",
    "stamp": lambda world: "期初",
    "amount_approved": lambda world: "1000000",
    "is_staff": lambda world: "1",
    "is_superuser": lambda world: "1",
    "groups": lambda world: "1",
    "role": lambda world: "administrator",
    "is_active": lambda world: "1",
    "is_main": lambda world: "1",
    "is_first": lambda world: "1",
    "is_outside_sprint": lambda world: "1",
    "decision": lambda world: world.foreign.decision.pk,
    "proposer": lambda world: world.users["auditor"].pk,
    "level": lambda world: "district",
    "digest": lambda world: "0" * 64,
    "withdrawn_on": lambda world: "2026-11-01",
    "version": lambda world: "9",
    "id": lambda world: "1",
    "pk": lambda world: "1",
    "uploaded_by": lambda world: world.users["auditor"].pk,
    "storage_key": lambda world: "evidence/../../x.pdf",
}
# differ in every run: hashes over times and ids, generated keys and secrets; post_data is what axes keeps of a failed sign-in
_RANDOM = {
    "hash",
    "previous_hash",
    "target_hash",
    "items_hash",
    "request_id",
    "storage_key",
    "session_key",
    "session_data",
    "password",
    "digest",
    "post_data",
}
_NUMBERS = re.compile(r"\d+")
Rows = dict[tuple[type[models.Model], str], tuple[Any, ...]]


def _known() -> dict[type[models.Model], set[Any]]:
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in apps.get_models(include_auto_created=True)}


def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.name not in _RANDOM]


def _rows() -> Rows:
    """Every row of every table."""
    return {
        (model, repr(values)): values
        for model in apps.get_models(include_auto_created=True)
        for values in model._base_manager.values_list(*(field.attname for field in _fields(model)))
    }


def _told(rows: Rows, besides: Rows, known: dict[type[models.Model], set[Any]]) -> Counter[tuple[str, str]]:
    """Rows that are not among those `besides`, as text; keys made since `known` read "new", since sequences run on after a rollback."""
    found: Counter[tuple[str, str]] = Counter()
    for model, key in rows.keys() - besides.keys():
        values = zip(_fields(model), rows[model, key], strict=True)
        row = {field.attname: _value(field, value, model, known) for field, value in values}
        found[model._meta.label, json.dumps(row, default=str, ensure_ascii=False)] += 1
    return found


def _value(field: Any, value: Any, model: type[models.Model], known: dict[type[models.Model], set[Any]]) -> Any:
    if field.primary_key or field.is_relation:
        ids = known.get(field.related_model if field.is_relation else model, set())
        return value if value is None or value in ids else "new"
    return _NUMBERS.sub("#", str(value)) if isinstance(value, str | dict | list) else value


@EACH
def test_surplus_fields_change_nothing(world: World, action: Action) -> None:
    if action.payload is None:
        pytest.skip("is read, takes no fields")
    client, known, effects = world.clients[action.person], _known(), []
    own = {"district", "role"} if action.door in {"accounts:person-create", "accounts:person-change", "companies:company-new"} else set()
    for wishes in ({}, {name: wish(world) for name, wish in WISHES.items() if name not in own}):
        cookies = client.cookies.copy()
        with taken_back():
            before = _rows()
            response = action.send(world, client, **wishes)
            assert response.status_code in action.status, _why(response)
            after = _rows()
            added, gone = _told(after, before, known), _told(before, after, known)
            effects.append((added - gone, gone - added))
        client.cookies = cookies
    assert effects[0] == effects[1]


@EACH
def test_nothing_happens_without_the_token(world: World, action: Action) -> None:
    if action.payload is None:
        pytest.skip("is read, needs no token")
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.clients[action.person].cookies.copy()
    for headers in ({}, {"hx-request": "true"}, {"origin": "https://elsewhere.example"}):
        with taken_back():
            url = action.address(world)
            with watched() as writes:
                response = client.post(url, action.payload(world), headers=headers)
            assert response.status_code == 403
            assert writes.seen == []


def test_a_refused_action_leaves_its_refusal_and_no_entry_of_success(world: World) -> None:
    last = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first()
    response = world.clients["officer"].post(f"/decisions/{world.own.decision.pk}/sign/")
    assert response.status_code == 403
    entries = list(AuditEntry.objects.filter(number__gt=last))
    assert [(entry.action, entry.is_refusal) for entry in entries] == [("request.refused", True)]


def test_an_action_that_breaks_on_the_way_leaves_no_entry_of_success(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the log cannot be written")

    client = world.clients["approver"]
    client.raise_request_exception = False
    last = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first()
    monkeypatch.setattr("accounts.decisions.services.audit.record", broken)
    try:
        response = client.post(f"/decisions/{world.own.decision.pk}/sign/")
    finally:
        client.raise_request_exception = True
    assert response.status_code == 500
    assert not AuditEntry.objects.filter(number__gt=last).exists()
    assert Decision.objects.get(pk=world.own.decision.pk).state == "submitted"
    assert Track.objects.get(pk=TierMove.objects.get(decision=world.own.decision).track_id).state == "starting"
