"""The index over Company.search_tokens: FTS5 kept by triggers on SQLite, GIN on PostgreSQL.

Django remakes a SQLite table to change its columns and loses triggers on the way: a later migration that changes Company must
repeat `make_search_index` (a test asks for the triggers).
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    (
        "CREATE VIRTUAL TABLE companies_search USING fts5("
        "search_tokens, content='companies_company', content_rowid='id', tokenize='ascii', detail='none', columnsize=0)"
    ),
    (
        "CREATE TRIGGER companies_search_added AFTER INSERT ON companies_company BEGIN "
        "INSERT INTO companies_search(rowid, search_tokens) VALUES (new.id, new.search_tokens); END"
    ),
    (
        "CREATE TRIGGER companies_search_removed AFTER DELETE ON companies_company BEGIN "
        "INSERT INTO companies_search(companies_search, rowid, search_tokens) VALUES ('delete', old.id, old.search_tokens); END"
    ),
    (
        "CREATE TRIGGER companies_search_changed AFTER UPDATE OF search_tokens ON companies_company "
        "WHEN old.search_tokens IS NOT new.search_tokens BEGIN "
        "INSERT INTO companies_search(companies_search, rowid, search_tokens) VALUES ('delete', old.id, old.search_tokens); "
        "INSERT INTO companies_search(rowid, search_tokens) VALUES (new.id, new.search_tokens); END"
    ),
    "INSERT INTO companies_search(companies_search) VALUES ('rebuild')",
)
SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS companies_search_added",
    "DROP TRIGGER IF EXISTS companies_search_removed",
    "DROP TRIGGER IF EXISTS companies_search_changed",
    "DROP TABLE IF EXISTS companies_search",
)
POSTGRESQL = ("CREATE INDEX companies_search ON companies_company USING gin (array_to_tsvector(string_to_array(search_tokens, ' ')))",)
POSTGRESQL_BACK = ("DROP INDEX IF EXISTS companies_search",)


def make_search_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create index and triggers, and fill them from the rows there are."""
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_search_index(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take both away again."""
    for statement in SQLITE_BACK if schema_editor.connection.vendor == "sqlite" else POSTGRESQL_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """See the module's docstring."""

    dependencies = [("companies", "0001_initial")]
    operations = [migrations.RunPython(make_search_index, drop_search_index)]
