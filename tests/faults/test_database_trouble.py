"""SF-I2: the database is busy, away or lets another transaction pass. Nothing is lost, nothing happens twice, and a person can go on."""

import threading
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.audit.models import AuditEntry
from accounts.jobs.models import Job, JobState
from accounts.users.models import User
from companies.figures import services as figures_services
from companies.figures.models import YearFigures
from companies.imports.models import ImportRun, ImportState
from companies.imports.services import import_apply
from companies.register.models import Company
from core import faults
from core.caches import HostCache
from core.retrying import MOST, retried
from tests.factories import AssignmentFactory, CompanyFactory, OfficerFactory
from tests.rigs.faultrig import Rig, verified, wait_for
from tests.rigs.racer import race

WRITERS = 8
postgresql = pytest.mark.skipif("sqlite" in connections.settings[DEFAULT_DB_ALIAS]["ENGINE"], reason="PostgreSQL's own trouble")


@pytest.fixture
def officer(clerk: User) -> User:
    return OfficerFactory()


@pytest.fixture
def company(officer: User) -> Company:
    company = CompanyFactory()
    AssignmentFactory(company=company, officer=officer)
    return company


@pytest.fixture
def signed_in(officer: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(officer)
    return client


FIGURES = {"year": "2025", "source": "audit", "revenue": "11,000", "employees": "300", "note": "按审计报告\n第 3 页“附注”"}


def test_eight_writers_and_a_long_reader_lose_nothing_and_nobody_is_told_of_a_lock(officer: User, deep: bool) -> None:
    times = 40 if deep else 6
    companies = [CompanyFactory() for _writer in range(WRITERS)]
    for company in companies:
        AssignmentFactory(company=company, officer=officer)
    done = threading.Event()

    def read() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM companies_yearfigures")
            before = cursor.fetchone()[0]
            done.wait(60)
            return int(before)

    def read_without_lock() -> int:
        """On SQLite our transactions write; a reader is a query that is not read to its end."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT a.id FROM companies_company a, companies_company b")
            cursor.fetchone()
            done.wait(60)
            return len(cursor.fetchall())

    def write(company: Company) -> None:
        client = Client()
        client.force_login(officer)
        for turn in range(times):
            sent = FIGURES | {"year": str(2010 + turn % 15), "revenue": str(5_000 + turn), "is_unit_checked": "on"}
            response = client.post(reverse("companies:figures-new", args=[company.uscc]), sent)
            assert response.status_code == 302, unescape(response.content.decode())

    writing = [threading.Event() for _company in companies]

    def writer(place: int) -> None:
        try:
            write(companies[place])
        finally:
            writing[place].set()
            if all(one.is_set() for one in writing):
                done.set()

    reader = read if connection.vendor == "postgresql" else read_without_lock
    raced = race([reader, *(lambda place=place: writer(place) for place in range(WRITERS))], timeout=120)
    assert raced.errors == []
    assert YearFigures.objects.count() == AuditEntry.objects.filter(action="figures.added").count() == WRITERS * times
    verified()


@pytest.fixture
def cut(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The connection breaks in the middle of the next services, so many times."""

    def cut_next(times: int) -> None:
        left = [times]

        def broken(*args: Any, **kwargs: Any) -> Any:
            if left[0]:
                left[0] -= 1
                _break_connection()
            return original(*args, **kwargs)

        original = figures_services.record
        monkeypatch.setattr(figures_services, "record", broken)

    return cut_next


def _break_connection() -> None:
    """As a restart of PostgreSQL does it; SQLite has no connection to cut, a lock held for too long says the same."""
    if connection.vendor != "postgresql":
        raise OperationalError("database is locked")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()


def test_a_connection_cut_in_the_middle_gives_a_page_that_keeps_the_input_and_works_again_at_once(
    company: Company, signed_in: Client, cut: Callable[[int], None]
) -> None:
    cut(1)
    address = reverse("companies:figures-new", args=[company.uscc])
    response = signed_in.post(address, FIGURES | {"idempotency_key": "a" * 32})
    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "数据库正忙或暂时连不上，这次操作没有完成" in page
    for name, value in FIGURES.items():
        assert f'<textarea name="{name}" hidden>\n{value}</textarea>' in unescape(page)
    assert f'action="{address}"' in page
    assert 'name="csrfmiddlewaretoken"' in page
    assert not YearFigures.objects.exists()

    assert signed_in.post(address, FIGURES | {"idempotency_key": "a" * 32}).status_code == 302
    assert YearFigures.objects.count() == AuditEntry.objects.filter(action="figures.added").count() == 1
    verified()


def test_htmx_hears_the_same_and_its_form_stays(company: Company, signed_in: Client, cut: Callable[[int], None]) -> None:
    cut(1)
    response = signed_in.post(reverse("companies:figures-new", args=[company.uscc]), FIGURES, headers={"hx-request": "true"})
    assert response.status_code == 503
    assert "您填写的内容还在" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_a_page_that_was_only_opened_offers_to_be_opened_again(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("django.contrib.auth.middleware.get_user", _away)
        response = signed_in.get("/companies/?size=2&page=1")
    assert response.status_code == 503
    assert 'href="/companies/?size=2&amp;page=1"' in response.content.decode()
    assert signed_in.get("/companies/?size=2&page=1").status_code == 200


def _away(*args: Any, **kwargs: Any) -> Any:
    raise OperationalError("the server closed the connection unexpectedly")


def test_a_password_is_never_written_into_the_page_and_a_file_is_asked_for_again(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", _away)
    response = signed_in.post(
        reverse("accounts:password-change"), {"current": "旧密码旧密码", "new": "新密码新密码", "again": "新密码新密码"}
    )
    assert response.status_code == 503
    assert "密码" not in response.content.decode()
    assert "重新填写" in response.content.decode()
    response = signed_in.post(reverse("companies:import-new"), {"file": SimpleUploadedFile("a.xlsx", b"PK"), "source": "audit"})
    assert response.status_code == 503
    assert "重新选择文件再提交" in response.content.decode()


def test_other_errors_keep_their_own_page(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("something else")

    monkeypatch.setattr("django.contrib.auth.middleware.get_user", broken)
    assert signed_in.get("/companies/").status_code == 500


@postgresql
def test_a_worker_whose_connection_is_cut_says_so_on_the_run_and_goes_on(
    rig: Rig, clerk: User, checked_run: Callable[..., ImportRun]
) -> None:
    """Runs on PostgreSQL only: SQLite has no connection to cut."""
    first, second = checked_run(300), checked_run(30, first=301)
    import_apply(run_id=first.pk, by=clerk, on=localdate())
    rig.worker()
    wait_for(lambda: ImportRun.objects.get(pk=first.pk).state == ImportState.APPLYING)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    import_apply(run_id=second.pk, by=clerk, on=localdate())
    wait_for(lambda: ImportRun.objects.get(pk=second.pk).state == ImportState.APPLIED)
    run = ImportRun.objects.get(pk=first.pk)
    assert run.state in {ImportState.FAILED, ImportState.INTERRUPTED, ImportState.APPLIED}
    assert Company.objects.count() == (330 if run.state == ImportState.APPLIED else 30)
    assert run.state == ImportState.APPLIED or "数据未改动" in run.message
    wait_for(lambda: not Job.objects.filter(state__in=[JobState.RUNNING, JobState.QUEUED]).exists())
    verified()


@postgresql
def test_of_two_transactions_in_a_deadlock_one_is_begun_again(clerk: User) -> None:
    """Runs on PostgreSQL only: SQLite has one writer."""
    companies = [CompanyFactory(), CompanyFactory()]
    barrier, tries = threading.Barrier(2), [0, 0]

    @retried
    @transaction.atomic
    def both(place: int) -> int:
        tries[place] += 1
        order = companies if place == 0 else companies[::-1]
        for number, company in enumerate(order):
            Company.objects.select_for_update().get(pk=company.pk)
            if number == 0 and sum(tries) <= 2:
                barrier.wait(20)
        Company.objects.filter(pk=companies[place].pk).update(version=100 + place)
        return place

    raced = race([lambda: both(0), lambda: both(1)])
    assert sorted(raced.results) == [0, 1], raced.outcomes
    assert sorted(tries) == [1, 2]
    assert set(Company.objects.values_list("version", flat=True)) == {100, 101}


class _LetGo(Exception):
    sqlstate = "40P01"


@pytest.mark.parametrize(("failures", "is_done"), [(MOST, True), (MOST + 1, False)], ids=["three times", "a fourth time"])
def test_what_is_let_go_is_tried_again_at_most_three_times_and_as_a_whole(clerk: User, failures: int, is_done: bool) -> None:
    tries: list[int] = []

    @retried
    @transaction.atomic
    def service() -> int:
        tries.append(CompanyFactory().pk)
        if len(tries) <= failures:
            raise OperationalError("deadlock detected") from _LetGo()
        return tries[-1]

    if is_done:
        assert service() == Company.objects.get().pk
    else:
        with pytest.raises(OperationalError):
            service()
        assert not Company.objects.exists()
    assert len(tries) == 1 + MOST


def test_an_import_that_is_let_go_at_its_last_step_is_written_again_and_once(
    clerk: User, checked_run: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def let_go(name: str) -> None:
        tries.append(name)
        if len(tries) < 3:
            raise OperationalError("deadlock detected") from _LetGo()

    monkeypatch.setattr(faults, "point", let_go)
    run = import_apply(run_id=checked_run(30).pk, by=clerk, on=localdate())
    run = ImportRun.objects.get(pk=run.pk)
    assert (run.state, run.message, tries) == (ImportState.APPLIED, "", ["import.apply"] * 3)
    assert Company.objects.count() == YearFigures.objects.count() == 30
    assert AuditEntry.objects.filter(action="import.applied").count() == 1
    assert run.job.done == run.job.total == 60  # type: ignore[union-attr]
    verified()


def test_other_trouble_and_what_stands_in_another_transaction_is_not_tried_again(clerk: User) -> None:
    tries = []

    @retried
    def service(cause: Exception | None) -> None:
        tries.append(1)
        raise OperationalError("no") from cause

    with pytest.raises(OperationalError):
        service(None)
    with pytest.raises(OperationalError), transaction.atomic():
        service(_LetGo())
    assert len(tries) == 2


def test_of_many_who_add_a_key_at_once_one_succeeds(tmp_path: Path, clerk: User) -> None:
    """SF-B5: what the processes of one host rest on when a form is sent twice at the same moment."""
    for number in range(20):
        caches = [HostCache(str(tmp_path), {}) for _one in range(WRITERS)]
        raced = race([lambda cache=cache, number=number: cache.add(f"key-{number}", "", 60) for cache in caches])
        assert raced.errors == []
        assert sorted(raced.results) == [False] * (WRITERS - 1) + [True]
        assert caches[0].get(f"key-{number}") == ""
