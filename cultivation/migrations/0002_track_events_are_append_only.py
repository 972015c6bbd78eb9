"""Triggers that refuse UPDATE and DELETE on TrackEvent, on SQLite and PostgreSQL."""

from django.db import migrations

TABLE = "cultivation_trackevent"


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                "BEGIN SELECT RAISE(ABORT, 'track events are append-only'); END"
            )
    else:
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tidu_append_only()"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{verb}")
    else:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_append_only ON {TABLE}")


class Migration(migrations.Migration):
    # the function tidu_append_only() comes with the audit log
    dependencies = [("cultivation", "0001_initial"), ("accounts", "0002_audit_is_append_only")]

    operations = [migrations.RunPython(guard, unguard)]
