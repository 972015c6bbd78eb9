"""SF-I1: a check that dies on the way leaves nothing that could be applied by half."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accounts.audit.verify import row_problems
from accounts.users.models import User
from companies.imports import checking, services
from companies.imports.models import ImportRow, ImportRun, ImportState
from companies.imports.refusals import NotNow
from tests.companies.imports.books import FIGURE_HEADS, FIRM_HEADS, code, firm
from tests.companies.imports.conftest import fresh
from tests.factories import CompanyFactory

Check = Callable[..., ImportRun]
FILE = {"企业": [FIRM_HEADS, firm(1), firm(2)], "年度指标": [FIGURE_HEADS, [code(9), 2025, 1_000, 100, 88]]}


@pytest.mark.parametrize("state", [ImportState.CHECKED, ImportState.FAILED])
def test_a_second_check_that_dies_takes_the_first_ones_result_with_it(
    city_clerk: User, check: Check, today: date, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    CompanyFactory(uscc=code(9))
    run = check(FILE, by=city_clerk)
    if state == ImportState.FAILED:
        run.fail()
        run.save()
    judged = checking.Judge.judge

    def dies_at_the_second_sheet(self: Any, batch: Any) -> Any:
        if any(row.sheet == "年度指标" for row in batch):
            raise SystemExit(9)
        return judged(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(checking.Judge, "judge", dies_at_the_second_sheet)
        with pytest.raises(SystemExit):
            checking.import_check(run_id=run.pk, on=today)
    assert ImportRow.objects.filter(run=run).count() == 2
    assert (fresh(run).state, fresh(run).totals) == (ImportState.UPLOADED, {"rows": 3})
    for order in (services.import_apply, services.import_submit):
        with pytest.raises(NotNow):
            order(run_id=run.pk, by=city_clerk, on=today)
    if state == ImportState.CHECKED:
        assert list(row_problems()) == []

    again = checking.import_check(run_id=run.pk, on=today)
    assert (again.state, again.totals["new"], ImportRow.objects.filter(run=run).count()) == (ImportState.CHECKED, 3, 3)
    assert list(row_problems()) == []


@pytest.mark.parametrize("is_refused", [False, True], ids=["rows judged", "workbook refused"])
def test_of_two_checks_at_once_the_later_one_counts(
    city_clerk: User, check: Check, today: date, monkeypatch: pytest.MonkeyPatch, is_refused: bool
) -> None:
    CompanyFactory(uscc=code(9))
    run = check(FILE, by=city_clerk)
    judged, later = checking.Judge.judge, []

    def meanwhile_another(self: Any, batch: Any) -> Any:
        if not later:
            later.append(run.pk)
            later.append(checking.import_check(run_id=run.pk, on=today))
            if is_refused:
                raise checking.WorkbookRefused("读不下去。")
        return judged(self, batch)

    monkeypatch.setattr(checking.Judge, "judge", meanwhile_another)
    with pytest.raises(NotNow):
        checking.import_check(run_id=run.pk, on=today)
    assert later[1].state == ImportState.CHECKED
    assert (fresh(run).state, fresh(run).totals["new"], fresh(run).message) == (ImportState.CHECKED, 3, "")
    assert ImportRow.objects.filter(run=run).count() == 3
    assert list(row_problems()) == []


def test_a_large_workbook_is_checked_in_the_background_the_second_time_as_well(
    city_clerk: User, check: Check, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    CompanyFactory(uscc=code(9))
    run = check(FILE, by=city_clerk)
    monkeypatch.setattr(services, "CHECKED_AT_ONCE", 2)
    assert services.import_start_check(run_id=run.pk, by=city_clerk, on=today).job is not None
    monkeypatch.setattr(services, "CHECKED_AT_ONCE", 3)
    other = check(FILE, by=city_clerk)
    assert services.import_start_check(run_id=other.pk, by=city_clerk, on=today).job is None
