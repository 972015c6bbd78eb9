"""A prepared statement answers as the queryset it was written from, for every value, and refuses what it could not replace."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, models
from django.db.models import Count, OuterRef, Q, Subquery
from django.test.utils import CaptureQueriesContext

from companies.register.models import Company
from core.prepared import MOST_OF_A_LIST, NotPrepared, Prepared
from tests.factories import CompanyFactory
from tests.factories.companies import IncidentFactory

pytestmark = pytest.mark.django_db

DAYS = (date(2024, 1, 1), date(2024, 5, 1), date(2026, 11, 25))


def of_district(*, district: int, on: date) -> models.QuerySet[Company]:
    return Company.objects.filter(Q(founded_on__isnull=True) | Q(founded_on__lte=on), district=district, known_on__lte=on).order_by("pk")


def in_full(*, uscc: str) -> models.QuerySet[Company]:
    return (
        Company.objects.select_related("district", "town")
        .defer("search_tokens")
        .annotate(incident_count=Count("incidents"))
        .filter(uscc=uscc)
    )


def tuples(name: str, *, ids: list[int], on: date) -> models.QuerySet[Company, tuple[Any, ...]]:
    district = Company.objects.filter(pk=OuterRef("pk"), known_on__lte=on).values("district__code")[:1]
    return Company.objects.filter(pk__in=ids).annotate(then=Subquery(district)).order_by("pk").values_list("pk", name, "then", "founded_on")


def test_it_answers_as_written_for_one_value_after_the_other() -> None:
    firms = [CompanyFactory(founded_on=date(2024, 3, 1)), CompanyFactory(), CompanyFactory(founded_on=date(2025, 6, 30))]
    prepared = Prepared(of_district)
    for firm in firms:
        for on in DAYS:
            values = {"district": firm.district_id, "on": on}
            assert prepared(**values) == list(of_district(**values))
    assert prepared(district=firms[0].district_id, on=DAYS[1])


def test_related_rows_deferred_columns_and_sums_come_with_the_rows() -> None:
    firm = CompanyFactory()
    IncidentFactory.create_batch(2, company=firm)
    prepared = Prepared(in_full)
    prepared(uscc="of nobody")
    with CaptureQueriesContext(connection) as captured:
        (found,) = prepared(uscc=firm.uscc)
        assert (found.district.name, found.town, found.incident_count) == (firm.district.name, None, 2)
    assert len(captured) == 1
    assert "search_tokens" in found.get_deferred_fields()


@pytest.mark.parametrize("name", ["name", "uscc"])
def test_lists_and_what_changes_the_statement_make_statements_of_their_own(name: str) -> None:
    keys = [firm.pk for firm in CompanyFactory.create_batch(4)]
    prepared = Prepared(tuples)
    for ids in ([], keys[:1], keys[1:3], keys, [keys[0]] * (MOST_OF_A_LIST + 1), keys[2:]):
        assert prepared(name, ids=ids, on=DAYS[2]) == list(tuples(name, ids=ids, on=DAYS[2])), ids
        assert len(prepared(name, ids=ids, on=DAYS[2])) == len(set(ids))


def test_it_is_put_together_once_for_all_threads() -> None:
    asked: list[int] = []

    def make(*, pk: int) -> models.QuerySet[Company]:
        asked.append(pk)
        return Company.objects.filter(pk=pk)

    prepared = Prepared(make)
    prepared(pk=1)
    written = len(asked)

    def ask() -> None:
        try:
            prepared(pk=2)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    prepared(pk=3)
    assert len(asked) == written


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda on: Company.objects.filter(founded_on__year__lte=on.year), id="the year of a day"),
        pytest.param(lambda on: Company.objects.filter(known_on__isnull=False), id="a value that stands nowhere"),
        pytest.param(lambda on: Company.objects.filter(known_on=on) if on.year > 1000 else Company.objects.all(), id="another statement"),
        pytest.param(lambda on: Company.objects.filter(known_on=on, name=on.isoformat()[:4]), id="part of a value"),
    ],
)
def test_what_is_worked_out_from_a_value_is_refused(make: Callable[..., models.QuerySet[Company]]) -> None:
    with pytest.raises(NotPrepared):
        Prepared(make)(on=DAYS[0])


def test_a_question_without_an_answer_has_none() -> None:
    assert Prepared(lambda pk: Company.objects.filter(pk=pk, pk__in=[]))(pk=1) == []
