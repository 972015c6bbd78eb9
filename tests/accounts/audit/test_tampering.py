"""SF-D1: a chain of 1,000 entries, tampered with in every way at many positions (at every one with --deep). None missed, no false alarm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.audit import chain
from accounts.audit.models import AuditEntry, AuditHead
from accounts.audit.outside import compare_with, write_head
from accounts.audit.services import record
from accounts.audit.verify import chain_problems
from accounts.users.models import District
from tests.factories import AuditorFactory, DistrictFactory
from tests.rigs.append_only import guards_lifted

LENGTH = 1_000
SAMPLE = (1, 2, 3, 250, 499, 500, 501, 777, 990, 991, 998, 999, 1_000)
TABLE = "accounts_auditentry"
OTHER_VALUES: dict[str, Any] = {
    "on": "2025-01-01",
    "actor_id": None,
    "district_id": None,
    "items_count": 7,
    "is_refusal": True,
    "recorded_at": datetime(2030, 1, 1, tzinfo=UTC),
}


@pytest.fixture(scope="module")
def long_chain(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The chain, with its guards lifted, and a copy of its head outside; rolled back with the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        try:
            _write(LENGTH)
            copy = tmp_path_factory.mktemp("outside") / "heads.txt"
            write_head(copy)
            with guards_lifted(connection):
                yield copy
        finally:
            transaction.set_rollback(True)


def _write(length: int) -> None:
    """The first and the last by the service, those between by its own functions, which is quicker."""
    actor, district = AuditorFactory(), DistrictFactory()
    first = record("company.changed", actor=actor, district=district, after={"n": 1}, reason="第 1 次")
    values = AuditEntry.objects.values(*chain.HASHED, "hash").get(pk=first.pk)
    rows = []
    for number in range(2, length):
        moment = values["recorded_at"] + timedelta(milliseconds=1)
        values = values | {"number": number, "recorded_at": moment, "reason": f"第 {number} 次", "previous_hash": values["hash"]}
        values["hash"] = chain.link_hash(values)
        rows.append(AuditEntry(**values))
    AuditEntry.objects.bulk_create(rows)
    AuditHead.objects.update(number=length - 1, hash=values["hash"], recorded_at=values["recorded_at"])
    record("company.changed", actor=actor, district=district, after={"n": length}, reason=f"第 {length} 次")


@pytest.fixture
def positions(deep: bool) -> tuple[int, ...]:
    return tuple(range(1, LENGTH + 1)) if deep else SAMPLE


@contextmanager
def tampered() -> Iterator[None]:
    """What is done inside is taken back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def shift(first: int, by: int) -> None:
    """Entries from `first` on take numbers `by` higher, without ever meeting."""
    sql(f"UPDATE {TABLE} SET number = -number - %s WHERE number >= %s", by, first)
    sql(f"UPDATE {TABLE} SET number = -number WHERE number < 0")


def values_of(number: int) -> dict[str, Any]:
    return AuditEntry.objects.values(*chain.HASHED, "hash").get(number=number)


def put_head(number: int, hash_: str) -> None:
    AuditHead.objects.update(number=number, hash=hash_)


def rewrite_from(first: int) -> None:
    """Everything from `first` on with another reason, every hash recomputed, the head with it."""
    rows = list(AuditEntry.objects.filter(number__gte=first).order_by("number"))
    previous = rows[0].previous_hash
    for row in rows:
        row.reason, row.previous_hash = "改写", previous
        row.hash = previous = chain.link_hash({name: getattr(row, name) for name in chain.HASHED})
    AuditEntry.objects.bulk_update(rows, ["reason", "previous_hash", "hash"], batch_size=200)
    put_head(rows[-1].number, previous)


def test_the_untouched_chain_raises_no_alarm(long_chain: Path, db: None) -> None:
    assert AuditEntry.objects.count() == LENGTH
    assert list(chain_problems()) == []
    assert list(compare_with(long_chain)) == []


@pytest.mark.parametrize("column", [*chain.HASHED, "hash"])
def test_a_change_of_any_column_is_found(long_chain: Path, db: None, column: str) -> None:
    with tampered():
        if column == "number":
            sql(f"UPDATE {TABLE} SET number = %s WHERE number = 500", LENGTH + 1)
            assert list(chain_problems()) == ["audit: entry 500 is missing, 501 follows 499"]
            return
        value = OTHER_VALUES.get(column, "x" * 64 if "hash" in column else "x")
        if column == "district_id":
            value = District.objects.create(code="330999", name="外地区", name_en="Elsewhere", kind="区", position=99).pk
        sql(f'UPDATE {TABLE} SET "{column}" = %s WHERE number = 500', value)
        said = "audit: entry 500 does not follow entry 499" if column == "previous_hash" else "audit: entry 500 was changed"
        assert list(chain_problems()) == [said]
    assert list(chain_problems()) == []


def change(position: int) -> str:
    sql(f"UPDATE {TABLE} SET reason = 'x' WHERE number = %s", position)
    return f"audit: entry {position} was changed"


def change_with_its_own_hash(position: int) -> str:
    values = values_of(position) | {"reason": "x"}
    sql(f"UPDATE {TABLE} SET reason = 'x', hash = %s WHERE number = %s", chain.link_hash(values), position)
    if position == LENGTH:
        return f"audit: the head names entry {LENGTH}, the last entry is {LENGTH}"
    return f"audit: entry {position + 1} does not follow entry {position}"


def delete(position: int) -> str:
    sql(f"DELETE FROM {TABLE} WHERE number = %s", position)
    if position == LENGTH:
        return f"audit: the head names entry {LENGTH}, the last entry is {LENGTH - 1}"
    return f"audit: entry {position} is missing, {position + 1} follows {position - 1}"


def delete_and_close_the_gap(position: int) -> str:
    sql(f"DELETE FROM {TABLE} WHERE number = %s", position)
    shift(position + 1, -1)
    if position == LENGTH:
        return f"audit: the head names entry {LENGTH}, the last entry is {LENGTH - 1}"
    return f"audit: entry {position} does not follow entry {position - 1}"


def insert(position: int) -> str:
    """A new entry, rightly linked to the one before it and rightly hashed."""
    copy = values_of(position)
    previous = copy["previous_hash"]
    shift(position, 1)
    copy |= {"reason": "插入", "previous_hash": previous}
    copy["hash"] = chain.link_hash(copy)
    AuditEntry.objects.create(**copy)
    return f"audit: entry {position + 1} does not follow entry {position}"


def swap(position: int) -> str:
    other = position - 1 if position == LENGTH else position + 1
    low, high = sorted((position, other))
    sql(f"UPDATE {TABLE} SET number = 0 WHERE number = %s", low)
    sql(f"UPDATE {TABLE} SET number = %s WHERE number = %s", low, high)
    sql(f"UPDATE {TABLE} SET number = %s WHERE number = 0", high)
    return f"audit: entry {low} does not follow entry {low - 1}"


@pytest.mark.parametrize("tamper", [change, change_with_its_own_hash, delete, delete_and_close_the_gap, insert, swap])
def test_tampering_with_one_entry_is_found_and_the_first_broken_one_named(
    long_chain: Path, db: None, positions: tuple[int, ...], tamper: Callable[[int], str]
) -> None:
    for position in positions:
        with tampered():
            said = tamper(position)
            assert list(chain_problems()) == [said]
    assert list(chain_problems()) == []


def test_a_cut_tail_is_found_by_the_head_and_with_the_head_cut_as_well_by_the_copy_outside(long_chain: Path, db: None) -> None:
    with tampered():
        sql(f"DELETE FROM {TABLE} WHERE number > %s", LENGTH - 10)
        assert list(chain_problems()) == [f"audit: the head names entry {LENGTH}, the last entry is {LENGTH - 10}"]
        put_head(LENGTH - 10, values_of(LENGTH - 10)["hash"])
        assert list(chain_problems()) == []
        assert list(compare_with(long_chain)) == [f"audit: entry {LENGTH}, known outside, is missing"]


def test_a_lost_head_is_found(long_chain: Path, db: None) -> None:
    with tampered():
        AuditHead.objects.all().delete()
        assert list(chain_problems()) == ["audit: the head is missing"]
    with tampered():
        sql(f"DELETE FROM {TABLE}")
        assert list(chain_problems()) == [f"audit: the head names entry {LENGTH}, the last entry is 0"]


def test_a_rewrite_with_recomputed_hashes_from_any_entry_on_is_found_by_the_copy_outside(
    long_chain: Path, db: None, positions: tuple[int, ...]
) -> None:
    for position in positions:
        with tampered():
            rewrite_from(position)
            assert list(chain_problems()) == []
            assert list(compare_with(long_chain)) == [f"audit: entry {LENGTH} differs from the head kept outside"]


def test_verify_exits_with_one_and_names_what_it_found(long_chain: Path, db: None) -> None:
    def verify() -> str:
        printed = StringIO()
        try:
            call_command("verify", "--only", "audit chain", "--head-file", str(long_chain), stdout=printed)
        except CommandError as error:
            return f"{printed.getvalue()}exit {error.returncode}: {error}"
        return f"{printed.getvalue()}exit 0"

    assert verify().endswith("exit 0")
    with tampered():
        change(321)
        assert "audit: entry 321 was changed" in verify()
        assert verify().endswith("exit 1: 1 broken rows")
    with tampered():
        rewrite_from(900)
        assert f"audit: entry {LENGTH} differs from the head kept outside" in verify()
        assert verify().endswith("exit 1: 1 broken rows")
