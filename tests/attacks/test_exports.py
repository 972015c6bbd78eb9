"""SF-A7 for exports: readable by the requester only, checked again at download, gone after seven days, each step in the log."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.jobs import exports
from accounts.jobs.models import Job, JobState
from accounts.jobs.services import job_run
from accounts.users.models import District, User
from companies.register.models import Company
from tests.factories import CompanyFactory, OfficerFactory

pytestmark = pytest.mark.django_db
COLUMNS = ["name", "uscc", "district"]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(client: Client, url: str) -> int:
    """The status; the file, if there is one, read and closed."""
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return int(response.status_code)


def after(action: str) -> dict[str, Any]:
    return dict(json.loads(AuditEntry.objects.get(action=action).after))


@pytest.fixture
def job(company: Company, officer: User, settings: Any, django_capture_on_commit_callbacks: Any) -> Job:
    """A finished background export of three firms, filtered and with chosen columns."""
    settings.LIMITS = {**settings.LIMITS, "export_rows_at_once": 1}
    CompanyFactory.create_batch(2)
    CompanyFactory(industry="26")
    with django_capture_on_commit_callbacks(execute=True):
        signed_in(officer).post(f"/companies/?industry=34&cols={','.join(COLUMNS)}", {"export": "csv"})
    made = Job.objects.get(kind=exports.KIND)
    assert made.state == JobState.DONE
    return made


def test_every_export_and_every_download_is_logged_with_filter_rows_and_columns(job: Job, officer: User, company: Company) -> None:
    assert (after("list.exported")["rows"], after("list.exported")["columns"]) == (3, COLUMNS)
    assert "industry=34" in after("list.exported")["query"]
    response = signed_in(officer).get(f"/jobs/{job.pk}/file/")
    assert b"".join(response.streaming_content).decode().count("\n") == 4  # type: ignore[attr-defined]
    logged = after("export.downloaded")
    assert (logged["rows"], logged["columns"], logged["format"]) == (3, COLUMNS, "csv")
    assert "industry=34" in logged["query"]


def test_nobody_but_the_requester_gets_the_file(job: Job, officer: User) -> None:
    urls = [f"/jobs/{job.pk}/", f"/jobs/{job.pk}/file/"]
    never = [f"/jobs/{job.pk + 1000}/", f"/jobs/{job.pk + 1000}/file/"]
    colleague = signed_in(OfficerFactory())
    assert [asked(colleague, url) for url in [*urls, *never]] == [404] * 4
    assert colleague.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    key = job.result["key"]
    for guess in (f"/{key}", f"/media/{key}", f"/files/{key}", f"/static/{key}", f"/static/../var/files/{key}"):
        assert asked(colleague, guess) == 404
    assert [asked(signed_in(officer), url) for url in urls] == [200, 200]


@pytest.mark.parametrize("change", [{"role": "clerk"}, {"role": "auditor", "district": None}], ids=["another role", "another scope"])
def test_a_file_of_another_role_or_scope_is_not_handed_out(job: Job, officer: User, change: dict[str, Any]) -> None:
    client, url = signed_in(officer), f"/jobs/{job.pk}/file/"
    User.objects.filter(pk=officer.pk).update(office=None, **change)
    assert asked(client, url) == 404
    User.objects.filter(pk=officer.pk).update(role="officer", district=officer.district_id)
    assert asked(client, url) == 200


def test_who_left_the_district_gets_no_file_of_it(job: Job, officer: User, elsewhere: District) -> None:
    User.objects.filter(pk=officer.pk).update(district=elsewhere, office=None)
    assert asked(signed_in(officer), f"/jobs/{job.pk}/file/") == 404


def test_a_file_expires_after_seven_days_and_is_removed(job: Job, officer: User, today: date, monkeypatch: pytest.MonkeyPatch) -> None:
    client, url, now = signed_in(officer), f"/jobs/{job.pk}/file/", timezone.now()
    assert settings.LIMITS["export_kept_days"] == 7
    Job.objects.update(ended_at=now - timedelta(days=7) + timedelta(minutes=1))
    assert exports.exports_expire(today) == {"removed": 0}
    assert asked(client, url) == 200
    Job.objects.update(ended_at=now - timedelta(days=7, minutes=1))
    assert asked(client, url) == 404
    assert exports.exports_expire(today) == {"removed": 1}
    assert not default_storage.exists(job.result["key"])


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "clerk"}], ids=["switched off", "another role"])
def test_an_export_that_waits_is_not_written_for_who_may_no_longer_read_it(
    company: Company, officer: User, settings: Any, change: dict[str, Any]
) -> None:
    """SF-G2: deactivating an account stops pending exports."""
    settings.LIMITS = {**settings.LIMITS, "export_rows_at_once": 0}
    signed_in(officer).post("/companies/", {"export": "csv"})  # the commit that would start it does not come in a test
    job = Job.objects.get(kind=exports.KIND)
    assert job.state == JobState.QUEUED
    User.objects.filter(pk=officer.pk).update(**change)
    done = job_run(job.pk)
    assert done is not None
    assert (done.state, done.result) == (JobState.FAILED, {})
    User.objects.filter(pk=officer.pk).update(is_active=True, role="officer")
    signed_in(officer).post("/companies/", {"export": "csv"})
    again = job_run(Job.objects.filter(state=JobState.QUEUED).get().pk)
    assert again is not None
    assert again.state == JobState.DONE
