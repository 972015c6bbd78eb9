"""取消认定 as a proposal of its own, carried by its decision."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_is_append_only"),
        ("companies", "0002_search_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ended_on", models.DateField(verbose_name="终止日")),
                ("document_number", models.CharField(max_length=100, verbose_name="终止文号")),
                ("is_open", models.BooleanField(default=True)),
                (
                    "decision",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="revocation", to="accounts.decision"),
                ),
                ("document", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="companies.evidence")),
                (
                    "recognition",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="revocations", to="companies.recognition"),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_open", True)), fields=("recognition",), name="one_open_revocation_per_recognition"
                    )
                ],
            },
        ),
    ]
