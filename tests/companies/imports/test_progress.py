"""Progress of an import that is still one open transaction."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from accounts.jobs.models import Job
from accounts.users.models import User
from companies.imports import applying, progress
from companies.imports.models import ImportState
from companies.imports.services import import_apply
from tests.companies.imports.books import FIRM_HEADS, firm
from tests.companies.imports.conftest import fresh

pytestmark = pytest.mark.django_db(transaction=True)


def test_rows_done_are_seen_from_outside_while_the_import_is_open_and_it_ends(
    city_clerk: User, check: Any, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "postgresql":  # what cannot get its lock shall fail and not hang
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", {**connection.settings_dict["OPTIONS"], "options": "-c lock_timeout=3s"})
    run, seen = check({"企业": [FIRM_HEADS, firm(1), firm(2)]}, by=city_clerk), list[int]()

    def look(point: str) -> None:
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT id, done FROM accounts_job")
                job, done = cursor.fetchone()
        finally:
            other.close()
        seen.append(progress.done_of(Job(pk=job, done=done)))

    monkeypatch.setattr(applying.faults, "point", look)
    import_apply(run_id=run.pk, by=city_clerk, on=today)
    assert seen == [2]
    assert fresh(run).state == ImportState.APPLIED
