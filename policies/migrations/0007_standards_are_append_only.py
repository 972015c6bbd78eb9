"""Triggers that refuse UPDATE and DELETE on published standards, on SQLite and PostgreSQL."""

from django.db import migrations

TABLE = "policies_standard"


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
                "BEGIN SELECT RAISE(ABORT, 'published standards are append-only'); END"
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
    dependencies = [("policies", "0006_company_plans"), ("accounts", "0002_audit_is_append_only")]

    operations = [migrations.RunPython(guard, unguard)]
