"""Rule 7 of the fault tests, SF-D1: the worker verifies every night and keeps the head outside; who should know is told."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.timezone import localdate

from accounts.audit.models import AuditEntry, AuditHead
from accounts.audit.outside import forget_heads, heads_file
from accounts.audit.services import record
from accounts.inbox.models import Notice
from accounts.jobs.models import ScheduleRun
from accounts.jobs.schedules import run_due
from tests.factories import AdministratorFactory, AuditorFactory, CompanyFactory
from tests.rigs.append_only import guards_lifted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path


def test_a_night_without_a_break_disturbs_nobody_and_keeps_the_head() -> None:
    AdministratorFactory()
    entry = record("company.changed", actor=None, target=CompanyFactory())
    run_due(localdate())
    assert ScheduleRun.objects.get(name="verify").result == {"broken": 0, "rows": []}
    assert not Notice.objects.filter(matter="verify").exists()
    assert heads_file().read_text("ascii").endswith(f" {entry.number}:{entry.hash}\n")
    assert str(connection.settings_dict["NAME"]).rpartition("/")[2] in heads_file().name
    call_command("verify", verbosity=0)


def test_what_is_broken_at_night_reaches_administrators_and_the_citys_auditors() -> None:
    told = {AdministratorFactory(), AuditorFactory(district=None)}
    AuditorFactory()
    company = CompanyFactory()
    record("company.changed", actor=None, target=company)
    type(company).objects.filter(pk=company.pk).update(name="改名有限公司")
    run_due(localdate())
    said = f"companies.company {company.pk}: the row differs from audit entry 1"
    assert ScheduleRun.objects.get(name="verify").result == {"broken": 1, "rows": [said]}
    assert {notice.user for notice in Notice.objects.filter(matter="verify")} == told
    assert Notice.objects.filter(matter="verify")[0].text == "夜间核验发现 1 处不一致，请管理员运行 ./run manage verify 逐条查看。"


def test_a_tail_cut_together_with_the_head_is_seen_by_the_head_kept_the_night_before() -> None:
    first, last = (record("company.changed", actor=None) for _time in range(2))
    run_due(localdate())
    with guards_lifted(connection):
        AuditEntry.objects.filter(pk=last.pk)._raw_delete(using="default")
        AuditHead.objects.update(number=first.number, hash=first.hash)
        with pytest.raises(CommandError, match="1 broken rows"):
            call_command("verify", verbosity=0)
    with pytest.raises(CommandError, match="is not there"):
        call_command("verify", "--head-file", "no such file", verbosity=0)
    forget_heads()
    call_command("verify", verbosity=0)
