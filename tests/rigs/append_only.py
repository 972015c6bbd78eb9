"""Lets the test runner empty tables that refuse UPDATE and DELETE; the product itself has no such door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models import QuerySet


@contextmanager
def guards_lifted(connection: Any) -> Iterator[None]:
    """Triggers off inside, back afterwards, on either database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%append-only%'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        try:
            yield
        finally:
            for _name, sql in triggers:
                cursor.execute(sql)


def written_past_the_guard(rows: QuerySet[Any], **values: Any) -> None:
    """What only somebody with the database in hand could do: change rows that refuse it, or delete them where no values are given."""
    with guards_lifted(connections[rows.db]):
        rows.update(**values) if values else rows.delete()


def _deleted(connection: Any, sql_list: list[str]) -> list[str]:
    """The same emptying by DELETE where PostgreSQL would TRUNCATE: that makes new files for every table and index, filled or not."""
    if connection.vendor != "postgresql" or any("RESTART IDENTITY" in sql for sql in sql_list):
        return sql_list
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]


@pytest.fixture(scope="session", autouse=True)
def flush_append_only_tables() -> Iterator[None]:
    """Tests with real transactions end in a flush; only there the guards are lifted."""
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(operations: Any, sql_list: list[str]) -> None:
        connection = connections[operations.connection.alias]
        with guards_lifted(connection):
            original(operations, _deleted(connection, sql_list))

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]
