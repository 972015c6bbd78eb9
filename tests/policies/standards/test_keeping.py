"""Evaluating many companies at once gives each the row that evaluating it alone gives; a row that says the same is not written."""

import gc
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companies.figures.models import Incident, IncidentKind
from companies.recognitions.models import Title
from companies.register.models import Company
from policies import engine
from policies.standards import keeping, library, services
from policies.standards.models import Evaluation
from tests.factories import CompanyFactory, YearFiguresFactory
from tests.factories.cultivation import held, ready_company
from tests.factories.cultivation import library as ship

pytestmark = pytest.mark.django_db
MAY_5 = date(2026, 5, 5)
MILLION = Decimal(1_000_000)


@pytest.fixture
def firms() -> list[Company]:
    """Firms near the lines in every way the register knows: without figures, in two sources, estimated, contradicted, barred, judged."""
    ship()
    random = Random(20260505)
    made = [CompanyFactory(), CompanyFactory(founded_on=None, industry=""), ready_company()]
    for number in range(24):
        changes: dict[str, Any] = {
            "revenue": random.choice([None, Decimal("49_999_999.99"), 50 * MILLION, Decimal("100_000_000.5")]),
            "rd_expense": random.choice([None, Decimal(0), 3 * MILLION, 9 * MILLION]),
            "total_liabilities": random.choice([None, 80 * MILLION, 179 * MILLION]),
            "class1_ip": random.choice([None, 0, 1, 2, 6]),
            "market_rank_global": random.choice([None, 1, 3, 4]),
            "market_share_percent": random.choice([None, Decimal("10.0000"), Decimal("9.9999")]),
            "platform_score": random.choice([None, Decimal("59.5"), Decimal(60), Decimal(72)]),
            "is_new_product": random.choice([None, True, False]),
        }
        firm = ready_company(is_judged=number % 3 == 0, **changes)
        if number % 4 == 0:
            YearFiguresFactory(company=firm, year=2025, source="statistics", revenue=70 * MILLION, employees=300)
        if number % 5 == 0:
            YearFiguresFactory(company=firm, year=2026, is_estimate=True, known_on=MAY_5, revenue=160 * MILLION)
        if number % 6 == 0:
            YearFiguresFactory(company=firm, year=2025, stands_beside=True, known_on=MAY_5, revenue=99 * MILLION)
        if number % 7 == 0:
            kind = random.choice(IncidentKind.values)
            Incident.objects.create(company=firm, kind=kind, starts_on=date(2025, 2, 28), known_on=date(2025, 3, 1))
        if number % 8 == 0:
            held(firm, "little_giant")
        made.append(firm)
    return made


def _kept(firms: Sequence[Company]) -> dict[tuple[int, int], dict[str, Any]]:
    rows = Evaluation.objects.filter(company__in=firms).values(*keeping.COLUMNS)
    return {(row["company_id"], row["title_id"]): row for row in rows}


def test_many_at_once_say_what_each_says_alone(firms: list[Company]) -> None:
    standards = library.evaluated(on=MAY_5).values()
    assert services.evaluation_refresh(company_ids=[firm.pk for firm in firms], on=MAY_5) == len(standards) * len(firms)
    together = _kept(firms)
    Evaluation.objects.all().delete()
    for firm in reversed(firms):
        services.evaluation_refresh(company_ids=[firm.pk], on=MAY_5)
    assert _kept(firms) == together
    # a text that asks for the credit code tells any two firms apart
    named = {one.row.title_id for one in standards if "uscc" in one.compiled.attributes_read}
    assert len({row["digest"] for row in together.values() if row["title_id"] in named}) == len(named) * len(firms)
    assert {row["overall"] for row in together.values()} >= {"not_yet", "data_needed", "promising"}


def test_every_kept_column_is_the_sheets_own(firms: list[Company]) -> None:
    services.evaluation_refresh(company_ids=[firm.pk for firm in firms], on=MAY_5)
    standards = library.evaluated(on=MAY_5)
    for (company_id, title_id), row in _kept(firms).items():
        title = Title.objects.get(pk=title_id)
        published = standards[title.code]
        sheet = services.sheet_for(company=Company.objects.get(pk=company_id), title=title, on=MAY_5, published=published)
        assert row == {
            "company_id": company_id,
            "title_id": title_id,
            "standard_id": published.row.pk,
            "application_year": sheet.application_year,
            "overall": sheet.overall.value,
            "met_count": sheet.counts.met,
            "unmet_count": sheet.counts.unmet,
            "unknown_count": sheet.counts.unknown,
            "manual_count": sheet.counts.manual,
            "open_count": sheet.counts.open,
            "open_codes": " ".join(sheet.open_codes),
            "nearest_text": engine.nearest_text(published.compiled, sheet.nearest) if sheet.nearest else "",
            "earliest_year": sheet.earliest_year,
            "digest": sheet.digest,
            "evaluated_on": MAY_5,
            "stale_after": sheet.stale_after,
            "is_stale": False,
        }


def test_a_row_that_says_the_same_is_left_alone_and_one_that_does_not_is_written(firms: list[Company]) -> None:
    ids = [firm.pk for firm in firms]
    services.evaluation_refresh(company_ids=ids, on=MAY_5)
    before = _kept(firms)
    with CaptureQueriesContext(connection) as queries:
        services.evaluation_refresh(company_ids=ids, on=date(2026, 5, 6))
    assert not [query for query in queries if query["sql"].startswith("INSERT")]
    assert _kept(firms) == before
    changed, stale = firms[2], firms[3]
    YearFiguresFactory(company=changed, year=2025, known_on=date(2026, 5, 6), revenue=Decimal("77_000_000"))
    Evaluation.objects.filter(company=stale).update(is_stale=True)
    services.evaluation_refresh(company_ids=ids, on=date(2026, 5, 6))
    after = _kept(firms)
    written = {key for key, row in after.items() if row != before[key]}
    assert {company for company, _title in written} == {changed.pk, stale.pk}
    assert written >= {key for key in after if key[0] == stale.pk}
    assert (changed.pk, Title.objects.get(code="little_giant").pk) in written
    assert not any(row["is_stale"] for row in after.values())


def test_a_stale_row_whose_answer_is_the_same_is_only_marked_current(firms: list[Company]) -> None:
    ids = [firm.pk for firm in firms]
    services.evaluation_refresh(company_ids=ids, on=MAY_5)
    before = _kept(firms)
    Evaluation.objects.filter(company__in=firms[:4]).update(is_stale=True)
    day = date(2026, 5, 6)
    with CaptureQueriesContext(connection) as queries:
        services.evaluation_refresh(company_ids=ids, on=day)
    assert not [query for query in queries if query["sql"].startswith("INSERT")]
    again = {firm.pk for firm in firms[:4]}
    assert _kept(firms) == {key: row | {"evaluated_on": day} if key[0] in again else row for key, row in before.items()}


def test_figures_and_titles_no_standard_reads_are_not_read(firms: list[Company]) -> None:
    held(firms[3], "listed")
    YearFiguresFactory(company=firms[3], year=2016)
    reading = services.reading_of(library.evaluated(on=MAY_5).values(), on=MAY_5)
    (whole,) = services.snapshots_for([firms[3].pk], on=MAY_5)
    (part,) = services.snapshots_for([firms[3].pk], on=MAY_5, reading=reading)
    assert {row.year for row in whole.snapshot.figures} - {row.year for row in part.snapshot.figures} == {2016}
    assert {one.title for one in whole.snapshot.titles or ()} - {one.title for one in part.snapshot.titles or ()} == {"listed"}
    assert {one.title for one in part.snapshot.titles or ()}


def test_cycles_are_looked_for_again_after_a_refresh_and_after_one_that_fails(
    firms: list[Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    keep = services.keep
    monkeypatch.setattr(services, "keep", lambda rows, on: (seen.append(gc.isenabled()), keep(rows, on=on)))
    services.evaluation_refresh(company_ids=[firms[0].pk], on=MAY_5)
    assert seen == [False]
    assert gc.isenabled()
    monkeypatch.setattr(services, "keep", lambda rows, on: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.evaluation_refresh(company_ids=[firms[0].pk], on=MAY_5)
    assert gc.isenabled()


def test_a_new_year_is_written_even_where_nothing_was_reported() -> None:
    ship()
    firm = CompanyFactory()
    services.evaluation_refresh(company_ids=[firm.pk], on=MAY_5)
    assert services.evaluations_due(on=date(2027, 1, 1)) == [firm.pk]
    services.evaluation_refresh(company_ids=[firm.pk], on=date(2027, 1, 1))
    until = dict(Evaluation.objects.filter(company=firm).values_list("title__code", "stale_after"))
    # the year turns, or before it the filing closes that the answer names as the earliest
    planned = {"little_giant": date(2027, 5, 26), "single_champion": date(2027, 10, 28), "tech_sme": date(2027, 9, 1)}
    assert until == dict.fromkeys(until, date(2028, 1, 1)) | planned
    assert services.evaluations_due(on=date(2027, 1, 1)) == []
