"""The log: every kind of tampering at every position is found and named, and the database itself refuses edits."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.audit import chain
from accounts.audit.models import AuditEntry, AuditHead, AuditItem
from accounts.audit.outside import compare_with, write_head
from accounts.audit.services import record, record_refusal
from accounts.audit.verify import chain_problems, items_problems, row_problems
from tests.factories import AuditorFactory, CompanyFactory
from tests.rigs.append_only import guards_lifted

pytestmark = pytest.mark.django_db
LENGTH = 12


@pytest.fixture
def written(db: None) -> int:
    actor = AuditorFactory()
    for number in range(LENGTH):
        record("company.changed", actor=actor, after={"n": number}, reason=f"第 {number} 次")
    return AuditEntry.objects.count()


def _sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_untouched_chain_raises_no_alarm(written: int) -> None:
    assert list(chain_problems()) == []


@pytest.mark.parametrize("position", range(1, LENGTH + 1))
def test_a_changed_field_is_found_and_its_entry_named(written: int, position: int) -> None:
    with guards_lifted(connection):
        _sql("UPDATE accounts_auditentry SET reason = 'x' WHERE number = %s", position)
        assert list(chain_problems()) == [f"audit: entry {position} was changed"]


@pytest.mark.parametrize("position", range(1, LENGTH + 1))
def test_a_deleted_entry_is_found(written: int, position: int) -> None:
    with guards_lifted(connection):
        _sql("DELETE FROM accounts_auditentry WHERE number = %s", position)
        (problem,) = chain_problems()
    assert str(position) in problem
    assert "missing" in problem or "the last entry is" in problem


@pytest.mark.parametrize("position", range(1, LENGTH))
def test_two_swapped_entries_are_found(written: int, position: int) -> None:
    with guards_lifted(connection):
        _sql("UPDATE accounts_auditentry SET number = 1000 WHERE number = %s", position)
        _sql("UPDATE accounts_auditentry SET number = %s WHERE number = %s", position, position + 1)
        _sql("UPDATE accounts_auditentry SET number = %s WHERE number = 1000", position + 1)
        (problem,) = chain_problems()
    assert problem == f"audit: entry {position} does not follow entry {position - 1}"


@pytest.mark.parametrize("position", range(1, LENGTH + 1))
def test_an_inserted_entry_is_found(written: int, position: int) -> None:
    original = AuditEntry.objects.get(number=position)
    with guards_lifted(connection):
        for number in range(LENGTH, position - 1, -1):
            _sql("UPDATE accounts_auditentry SET number = %s WHERE number = %s", number + 1, number)
        original.pk, original.reason = None, "inserted"
        original.save(force_insert=True)
        problems = list(chain_problems())
    assert problems
    assert str(position) in problems[0]


def test_a_cut_tail_is_found_by_the_head(written: int) -> None:
    with guards_lifted(connection):
        _sql("DELETE FROM accounts_auditentry WHERE number > %s", LENGTH - 10)
        assert list(chain_problems()) == [f"audit: the head names entry {LENGTH}, the last entry is {LENGTH - 10}"]


def test_a_full_rewrite_with_recomputed_hashes_is_found_by_the_head_kept_outside(written: int, tmp_path: Any) -> None:
    copy = tmp_path / "heads.txt"
    write_head(copy)
    previous = chain.GENESIS
    with guards_lifted(connection):
        for values in list(AuditEntry.objects.order_by("number").values(*chain.HASHED)):
            values |= {"reason": "rewritten", "previous_hash": previous}
            previous = chain.link_hash(values)
            _sql(
                "UPDATE accounts_auditentry SET reason = 'rewritten', previous_hash = %s, hash = %s WHERE number = %s",
                values["previous_hash"],
                previous,
                values["number"],
            )
    AuditHead.objects.update(hash=previous)
    assert list(chain_problems()) == []
    assert list(compare_with(copy)) == [f"audit: entry {LENGTH} differs from the head kept outside"]


@pytest.mark.parametrize("statement", ["UPDATE accounts_auditentry SET reason = 'x'", "DELETE FROM accounts_auditentry"])
def test_the_database_refuses_to_edit_or_delete_the_log(written: int, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        _sql(statement)
    assert AuditEntry.objects.count() == written


def test_a_row_changed_behind_the_log_is_named() -> None:
    company = CompanyFactory()
    record("company.changed", actor=AuditorFactory(), target=company)
    assert list(row_problems()) == []
    type(company).objects.filter(pk=company.pk).update(name="改名有限公司")
    (problem,) = row_problems()
    assert problem == f"companies.company {company.pk}: the row differs from audit entry 1"


def test_item_rows_are_covered_by_their_entry() -> None:
    record("company.changed", actor=AuditorFactory(), items=[CompanyFactory(), CompanyFactory()])
    assert list(items_problems()) == []
    with guards_lifted(connection):
        _sql("UPDATE accounts_audititem SET target_hash = %s WHERE position = 1", "0" * 64)
        assert list(items_problems()) == ["audit: the items of entry 1 were changed"]
    assert AuditItem.objects.count() == 2


def test_a_rolled_back_change_leaves_no_entry_and_no_gap() -> None:
    actor = AuditorFactory()
    with transaction.atomic():
        record("company.changed", actor=actor)
        transaction.set_rollback(True)
    record("company.changed", actor=actor)
    assert list(AuditEntry.objects.values_list("number", flat=True)) == [1]
    assert list(chain_problems()) == []


def test_hostile_text_stays_on_one_line() -> None:
    entry = record_refusal("door.refused", actor=None, reason="第一行\n\x1b[31m<b>第二行\u2028三")
    assert entry.reason == "第一行  [31m<b>第二行 三"
    assert entry.is_refusal


def test_the_servers_time_in_the_log_never_goes_back() -> None:
    first = record("company.changed", actor=None)
    AuditHead.objects.update(recorded_at=first.recorded_at.replace(year=first.recorded_at.year + 1))
    second = record("company.changed", actor=None)
    assert second.recorded_at > first.recorded_at
    assert list(chain_problems()) == []
