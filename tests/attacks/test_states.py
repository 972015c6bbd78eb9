"""SF-B6: no state is set but by its transitions: not by form, import column or code; what SQL forces in, `verify` names."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.test import Client
from django_fsm import FSMField

from accounts.audit.checks import registered
from accounts.decisions.models import Decision
from accounts.users.models import User
from companies.imports.models import ImportRow, ImportRun
from companies.recognitions.models import Recognition
from companies.register.models import Company
from cultivation.tracks.models import Track, TrackState
from tests.attacks import proposals
from tests.companies.imports.books import XLSX, xlsx
from tests.factories.cultivation import TrackFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]
Make = Callable[[User, date], models.Model]

ROWS: dict[type[models.Model], Make] = {
    Track: lambda by, on: TrackFactory(company=proposals.ready_company(by), state="starting"),
    Decision: lambda by, on: proposals.a_move(by, on).decision,
    Recognition: lambda by, on: proposals.a_recognition(by, on).subject,
    ImportRun: lambda by, on: proposals.an_import(by, on).subject,
}


def states_of(model: type[models.Model]) -> list[str]:
    return [str(value) for value, _label in model._meta.get_field("state").choices]


def problems() -> set[str]:
    """What `verify` says."""
    return {line for check in registered().values() for line in check()}


def stored(row: models.Model) -> Any:
    return type(row)._base_manager.values_list("state", flat=True).get(pk=row.pk)


EACH = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)


def test_every_model_with_a_protected_state_is_tried() -> None:
    with_state = {model for model in apps.get_models() if any(isinstance(field, FSMField) for field in model._meta.get_fields())}
    assert with_state == set(ROWS)
    assert all(field.protected for model in with_state for field in model._meta.get_fields() if isinstance(field, FSMField))


@EACH
def test_no_state_is_written_in_code_but_by_a_transition(model: type[models.Model], officer: User, today: date) -> None:
    row: Any = ROWS[model](officer, today)
    before, objects = stored(row), model._default_manager
    for state in states_of(model):
        with pytest.raises(AttributeError):
            row.state = state
        with pytest.raises(TypeError, match="transitions"):
            objects.filter(pk=row.pk).update(state=state)
        with pytest.raises(TypeError, match="transitions"):
            objects.bulk_update([row], ["state"])
    row.save()
    assert stored(row) == before
    objects.filter(pk=row.pk).update(stamp="")  # other columns are written that way
    assert stored(row) == before


@EACH
def test_a_state_forced_in_by_sql_is_named_by_verify(model: type[models.Model], officer: User, today: date) -> None:
    row = ROWS[model](officer, today)
    model._default_manager.filter(pk=row.pk).update(stamp="")
    before = problems()
    for state in [state for state in states_of(model) if state != stored(row)]:
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET state = %s WHERE id = %s", [state, row.pk])
        found = problems() - before
        assert [line for line in found if str(row.pk) in line], (state, found)


@pytest.mark.parametrize("to", TrackState.values)
def test_no_pool_is_skipped_by_the_page_whatever_it_asks_for(to: str, officer: User) -> None:
    track = TrackFactory(company=proposals.ready_company(officer), state="starting")
    client = Client()
    client.force_login(officer)
    response = client.post(
        f"/tracks/{track.pk}/moves/new/?to={to}", {"to": to, "state": to, "pool": to, "reason": "试", "reason_code": "own_wish"}
    )
    assert stored(track) == "starting"
    is_a_step = to in {TrackState.ACCELERATING, TrackState.REMOVED}
    assert (response.status_code == 302) is is_a_step, response.status_code
    assert response.status_code in {302, 409, 422}


def test_columns_of_states_in_a_workbook_are_reported_and_ignored(company: Company, officer: User) -> None:
    track = TrackFactory(company=company, state="starting")
    columns = ["所在库", "培育库", "state", "pool", "审批状态", "认定状态", "专管员", "知悉日"]
    sheet = [["统一社会信用代码", "年度", "职工人数（人）", *columns], [company.uscc, 2024, 300, *["冲刺库"] * len(columns)]]
    client = Client()
    client.force_login(officer)
    client.post("/imports/new/", {"file": SimpleUploadedFile("数据.xlsx", xlsx({"年度指标": sheet}), XLSX), "source": "audit"})
    run = ImportRun.objects.get()
    assert [row.verdict for row in ImportRow.objects.filter(run=run)] == ["new"]
    assert all(any(column in str(ignored) for ignored in run.ignored_columns) for column in columns)
    client.post(f"/imports/{run.pk}/apply/")
    assert stored(track) == "starting"
    assert company.assignments.get(ends_on=None).officer == officer
