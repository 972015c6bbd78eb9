"""What a form did, in rows: tables of the business, without the log, sessions and other bookkeeping of the door itself."""

from collections import Counter

from django.apps import apps

BOOKKEEPING = {"accounts.auditentry", "accounts.audititem", "accounts.audithead", "sessions.session", "axes.accessattempt"}


def rows_by_table() -> Counter[str]:
    """Number of rows of every business table."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.label_lower not in BOOKKEEPING]
    return Counter({model._meta.label: model._base_manager.count() for model in models})
