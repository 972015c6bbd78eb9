"""SF-D3, SF-D4: nobody edits or deletes the log, nobody backdates, and many writers at once leave one unbroken chain."""

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from itertools import pairwise
from pkgutil import walk_packages
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.timezone import localdate
from django_fsm import FSMField

from accounts import opening
from accounts.audit.models import AuditEntry, AuditItem
from accounts.audit.services import record
from accounts.audit.verify import chain_problems, items_problems
from accounts.opening import NotToday
from cultivation.tracks.models import TrackEvent
from tests.factories import AuditorFactory, CompanyFactory
from tests.factories.cultivation import TrackFactory
from tests.rigs.racer import race

LOGS = (AuditEntry, AuditItem, TrackEvent)
# date nothing by themselves, each with the reason
NOT_A_SERVICE = {
    "companies.imports.checking.import_check": "judges rows as of a day; what it writes is dated when it is applied",
    "companies.imports.services.import_start_check": "as above",
    "cultivation.tracks.events.unwritten": "builds a row for the service around it",
    "cultivation.tracks.events.written": "as above",
    "cultivation.tracks.events.recognition_confirmed": "follows in the transaction of the service that confirmed",
    "cultivation.tracks.events.recognition_ended": "as above",
    "cultivation.tracks.events.incident_changed": "as above",
}


@pytest.fixture
def logged(db: None) -> None:
    """One row in each log."""
    record("company.changed", actor=AuditorFactory(), items=[CompanyFactory()])
    TrackFactory()


@pytest.mark.parametrize("model", LOGS, ids=lambda model: model.__name__)
def test_the_database_refuses_to_change_or_delete_a_row_of_a_log_and_takes_a_new_one(logged: None, model: Any) -> None:
    table, columns = model._meta.db_table, [field.column for field in model._meta.concrete_fields if not field.primary_key]
    statements = [f"DELETE FROM {table}", f"DELETE FROM {table} WHERE id = 1"]
    statements += [f'UPDATE {table} SET "{column}" = "{column}"' for column in columns]
    if connection.vendor == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    rows = list(model.objects.values())
    connection.check_constraints()  # PostgreSQL empties no table that has checks to come
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.first().save()
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        model.objects.first().delete()
    assert list(model.objects.values()) == rows
    record("company.changed", actor=None, items=[CompanyFactory()])
    TrackFactory()
    assert model.objects.count() == len(rows) + 1
    assert [*chain_problems(), *items_problems()] == []


def test_a_state_that_changes_without_an_entry_is_a_row_verify_names() -> None:
    """SF-D2: no transition goes unlogged, whatever calls it, since the log vouches for every protected state."""
    guarded = {}
    for model in apps.get_models():
        guarded[model._meta.label] = [field.name for field in model._meta.concrete_fields if isinstance(field, FSMField)]
    guarded = {label: names for label, names in guarded.items() if names}
    assert guarded.keys() >= {"accounts.Decision", "companies.ImportRun", "companies.Recognition", "cultivation.Track"}
    for label, names in guarded.items():
        assert set(names) <= set(getattr(apps.get_model(label), "AUDITED", ())), label


def dated_services() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Every public function of our apps' own modules that is told a business day `on` and who acts."""
    for app in ("accounts", "companies", "policies", "cultivation"):
        package = apps.get_app_config(app).module
        assert package is not None
        for found in walk_packages(package.__path__, f"{app}."):
            if ".migrations" in found.name or ".demo" in found.name or ".management" in found.name:
                continue
            module = import_module(found.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                wanted = inspect.signature(function).parameters
                is_ours = function.__module__ == found.name and not name.startswith("_")
                if is_ours and "on" in wanted and {"by", "signer", "proposer"} & set(wanted):
                    yield f"{found.name}.{name}", function


SERVICES = dict(dated_services())


def test_the_services_that_date_what_they_write_are_found() -> None:
    assert {name.rpartition(".")[2] for name in SERVICES} >= {
        "decision_sign",
        "decision_submit",
        "figures_add",
        "import_carry_out",
        "move_propose",
        "recognition_record",
        "track_set_target",
    }
    assert set(NOT_A_SERVICE) <= set(SERVICES)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(set(SERVICES) - set(NOT_A_SERVICE)))
def test_each_service_refuses_another_day_than_today_before_it_looks_at_anything_else(name: str) -> None:
    service = SERVICES[name]
    needed = [one.name for one in inspect.signature(service).parameters.values() if one.default is inspect.Parameter.empty]
    nothing: dict[str, Any] = dict.fromkeys(needed)
    for days in (-400, -1, 1):
        with pytest.raises(NotToday):
            service(**nothing | {"on": localdate() + timedelta(days=days)})


@pytest.mark.django_db
def test_only_an_opening_lets_a_day_differ_and_stamps_what_it_writes() -> None:
    yesterday = localdate() - timedelta(days=1)
    with pytest.raises(NotToday):
        opening.check_on(yesterday)
    with opening.opening("期初台账 2026-1"):
        opening.check_on(yesterday)
        stamped = record("company.changed", actor=None, on=yesterday)
        with pytest.raises(NotToday):
            opening.check_on(localdate() + timedelta(days=1))
    opening.check_on(localdate())
    plain = record("company.changed", actor=None)
    assert (stamped.stamp, plain.stamp) == ("期初", "")
    assert abs(stamped.recorded_at - timezone.now()) < timedelta(minutes=1)  # the log keeps the server's clock all the same
    with pytest.raises(ValueError, match="names its document"), opening.opening("  "):
        pass


@pytest.mark.django_db(transaction=True)
def test_writers_at_once_leave_one_unbroken_chain(deep: bool) -> None:
    writers, times = (50, 20) if deep else (8, 10)
    actors = [AuditorFactory() for _writer in range(writers)]

    def write(number: int) -> None:
        for turn in range(times):
            record("company.changed", actor=actors[number], after={"turn": turn}, reason=f"第 {turn} 次\n<b>")

    raced = race([lambda number=number: write(number) for number in range(writers)], timeout=120)
    assert raced.errors == []
    entries = list(AuditEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == list(range(1, writers * times + 1))
    assert all(one.recorded_at <= other.recorded_at for one, other in pairwise(entries))
    assert {(entry.actor_id, entry.after) for entry in entries} == {
        (actor.pk, f'{{"turn":{turn}}}') for actor in actors for turn in range(times)
    }
    assert list(chain_problems()) == []
