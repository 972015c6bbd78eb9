"""What firms within reach lack is written with their evaluation: those kept before are due once more."""

from django.db import migrations


def mark_stale(apps, schema_editor):
    """The next daily run evaluates them, and says the same of each firm as before."""
    apps.get_model("policies", "Evaluation").objects.filter(is_stale=False).update(is_stale=True)


class Migration(migrations.Migration):
    dependencies = [("policies", "0004_reach")]

    operations = [migrations.RunPython(mark_stale, migrations.RunPython.noop)]
