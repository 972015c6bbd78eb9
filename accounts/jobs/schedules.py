"""Daily work: each schedule runs once per local day, also after nights the worker slept through."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from accounts.jobs import registry
from accounts.jobs.models import ScheduleRun


def run_due(day: date) -> dict[str, Any]:
    """Run what has not run for `day`; two workers at once run each schedule once. Returns results by name."""
    results: dict[str, Any] = {}
    for name, daily in registry.dailies().items():
        if ScheduleRun.objects.filter(name=name, day=day).exists():
            continue
        try:
            with transaction.atomic():
                run = ScheduleRun.objects.create(name=name, day=day)
        except IntegrityError:
            continue
        run.result = results[name] = daily(day)
        run.save(update_fields=["result"])
    return results
