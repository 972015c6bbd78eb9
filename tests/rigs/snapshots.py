"""A committed database put back as it was, row for row, on either database: for tests that must really commit."""

from collections.abc import Callable

from django.apps import apps
from django.db import connection, transaction

from tests.rigs.append_only import guards_lifted


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy]


def kept() -> Callable[[], None]:
    """Remember every row; the function that comes back puts all of them back."""
    tables = _tables()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'CREATE TEMPORARY TABLE "kept_{table}" AS SELECT * FROM "{table}"')

    def put_back() -> None:
        # on SQLite references are looked at when the transaction ends, on PostgreSQL not at all while guards are lifted
        with transaction.atomic(), guards_lifted(connection), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA defer_foreign_keys = ON")
            for table in tables:
                cursor.execute(f'DELETE FROM "{table}"')
            for table in tables:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "kept_{table}"')

    return put_back
