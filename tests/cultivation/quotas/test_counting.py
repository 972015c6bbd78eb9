"""The counting rules of design §5, told over the same handful of recognitions; expected figures are written out."""

from datetime import date
from typing import Any

import pytest

from accounts.users.models import District
from companies.recognitions.models import Recognition, Title
from companies.register.models import Company, CompanyDistrict
from cultivation.quotas import selectors
from cultivation.quotas.models import Plan, Quota
from cultivation.quotas.seeds import above_scale_by_district, largest_remainder, quotas_divide
from cultivation.quotas.selectors import ANNUAL, Asked
from cultivation.seeding import seed
from cultivation.tracks.models import MoveKind, Track, TrackEvent, TrackState
from tests.factories import AuditorFactory, CompanyFactory, RecognitionFactory
from tests.factories.companies import RecordedRecognitionFactory
from tests.factories.cultivation import TrackFactory

pytestmark = pytest.mark.django_db
JULY = date(2026, 7, 1)
NOV_24 = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def shipped(db: None) -> None:
    seed(on=date(2024, 1, 1))


def _district(code: str) -> District:
    return District.objects.get(code=code)


def _firm(code: str = "330602", **more: Any) -> Company:
    return CompanyFactory(district=_district(code), happened_on=date(2024, 1, 1), known_on=date(2024, 1, 1), **more)


def _recognised(company: Company, on: date = JULY, known: date | None = None, **more: Any) -> Recognition:
    title = Title.objects.get(code=more.pop("code", "little_giant"))
    values = {
        "company": company,
        "title": title,
        "district": more.pop("district", company.district),
        "happened_on": on,
        "announced_on": on,
        "known_on": known or on,
        "valid_from": on,
        "valid_until": date(on.year + 3, on.month, on.day),
        "document_number": f"{title.code} {on} {company.pk}",
    }
    factory = more.pop("factory", RecognitionFactory)
    return factory(**{**values, **more})


def _ask(tab: str = ANNUAL, *, year: int = 2026, on: date = NOV_24, known: date | None = None) -> Asked:
    return Asked(year, tab, on, known or on)


def _achieved(asked: Asked, user: Any = None, code: str = "little_giant") -> dict[str, int | None]:
    grid = selectors.quota_grid(user=user or AuditorFactory(district=None), asked=asked)
    cells = {cell.district.code if cell.district else "city": cell.achieved for cell in grid.cells() if cell.title.code == code}
    return {place: number for place, number in cells.items() if number != 0}


def test_a_first_recognition_counts_in_the_district_of_its_day_and_in_the_city() -> None:
    _recognised(_firm("330602"))
    _recognised(_firm("330681"))
    assert _achieved(_ask()) == {"330602": 1, "330681": 1, "city": 2}


def test_a_firm_that_moved_counts_as_new_where_it_was_and_as_stock_where_it_is() -> None:
    firm = _firm("330602")
    _recognised(firm)
    moved_on = date(2026, 9, 1)
    CompanyDistrict.objects.filter(company=firm).update(ends_on=date(2026, 8, 31))
    CompanyDistrict.objects.create(company=firm, district=_district("330603"), starts_on=moved_on, known_on=moved_on)
    Company.objects.filter(pk=firm.pk).update(district=_district("330603"))
    assert _achieved(_ask()) == {"330602": 1, "city": 1}
    assert _achieved(_ask("stock")) == {"330603": 1, "city": 1}
    assert _achieved(_ask("stock", on=date(2026, 8, 1))) == {"330602": 1, "city": 1}


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        pytest.param({"application_type": "复核"}, {}, id="a review is not new"),
        pytest.param({"application_type": "重新认定"}, {}, id="a 重新认定 is not new"),
        pytest.param({"application_type": "认定"}, {}, id="a regained title is not new"),
    ],
)
def test_only_the_first_recognition_of_a_title_is_new(second: dict[str, Any], expected: dict[str, int]) -> None:
    firm = _firm()
    _recognised(firm, date(2022, 8, 1), known=date(2024, 1, 1))
    _recognised(firm, JULY, **second)
    assert _achieved(_ask()) == expected
    assert _achieved(_ask("stock")) == {"330602": 1, "city": 1}


def test_a_revoked_recognition_stops_counting_from_its_date_as_known_on_the_day_asked() -> None:
    recognition = _recognised(_firm())
    recognition.revoke(ended_on=date(2026, 9, 1), known_on=date(2026, 10, 1), document_number="取消〔2026〕1号")
    recognition.save()
    assert _achieved(_ask(on=date(2026, 8, 31))) == {"330602": 1, "city": 1}
    assert _achieved(_ask(on=date(2026, 9, 15))) == {"330602": 1, "city": 1}
    assert _achieved(_ask(on=date(2026, 9, 15), known=NOV_24)) == {}
    assert _achieved(_ask(on=date(2026, 10, 1))) == {}


def test_a_late_entry_is_missing_as_known_then_and_offered_as_known_now() -> None:
    late = _recognised(_firm(), JULY, known=date(2026, 10, 8))
    then, now = _ask(on=date(2026, 9, 1)), _ask(on=date(2026, 9, 1), known=NOV_24)
    assert _achieved(then) == {}
    assert _achieved(now) == {"330602": 1, "city": 1}
    user = AuditorFactory(district=None)
    grid = selectors.quota_grid(user=user, asked=then)
    assert grid.late_count == 1
    assert list(selectors.late_rows(user=user, asked=then, title_ids=[late.title_id])) == [late]


def test_what_is_only_recorded_does_not_count() -> None:
    _recognised(_firm(), factory=RecordedRecognitionFactory)
    assert _achieved(_ask()) == {}
    assert _achieved(_ask("stock")) == {}


def test_every_figure_equals_the_length_of_the_list_it_opens() -> None:
    for code in ("330602", "330602", "330603", "330681"):
        _recognised(_firm(code))
    track = TrackFactory(company=_firm("330602"), title=Title.objects.get(code="little_giant"), state=TrackState.SPRINT)
    for user in (AuditorFactory(district=None), AuditorFactory(district=_district("330602"))):
        for tab in selectors.KINDS_OF_TAB:
            asked = _ask(tab)
            for cell in selectors.quota_grid(user=user, asked=asked).cells():
                for figure in selectors.FIGURES:
                    rows = selectors.members(user=user, asked=asked, title=cell.title, district=cell.district, figure=figure)
                    assert len(rows) == getattr(cell, figure), (tab, cell.code, figure)
    assert track.state == TrackState.SPRINT


def test_a_track_that_came_back_into_the_sprint_pool_is_counted_once() -> None:
    track = TrackFactory(company=_firm(), title=Title.objects.get(code="little_giant"), state=TrackState.SPRINT, entered_pool_on=JULY)
    track.recognise(on=JULY)
    track.save()
    _moved(track, MoveKind.RECOGNISE, TrackState.SPRINT)
    track.lapse(on=NOV_24)
    track.save()
    _moved(track, MoveKind.LAPSE, TrackState.RECOGNISED)
    user = AuditorFactory(district=None)
    for day, expected in ((NOV_24, 1), (date(2026, 11, 23), 0)):
        asked = _ask(on=day)
        sprint = {cell.code: cell.sprint for cell in selectors.quota_grid(user=user, asked=asked).cells() if cell.sprint}
        assert sprint == ({"330602,little_giant": 1, "city,little_giant": 1} if expected else {})
        assert len(selectors.members(user=user, asked=asked, title=track.title, district=None, figure="sprint")) == expected


def _moved(track: Track, kind: str, before: str) -> None:
    TrackEvent.objects.create(
        track=track,
        kind=kind,
        from_state=before,
        to_state=track.state,
        district=track.company.district,
        happened_on=track.entered_pool_on,
        known_on=track.entered_pool_on,
    )


def test_the_districts_add_up_to_the_city() -> None:
    for code in ("330602", "330603", "330604", "330624", "330681", "330683", "330683"):
        _recognised(_firm(code))
    for tab in selectors.KINDS_OF_TAB:
        grid = selectors.quota_grid(user=AuditorFactory(district=None), asked=_ask(tab))
        for place, city in enumerate(grid.city):
            assert sum(cells[place].achieved or 0 for _district, cells in grid.rows) == city.achieved
            assert sum(cells[place].sprint or 0 for _district, cells in grid.rows) == city.sprint


def test_a_district_auditor_sees_only_the_own_row_and_no_city_total() -> None:
    _recognised(_firm("330602"))
    _recognised(_firm("330603"))
    user = AuditorFactory(district=_district("330602"))
    assert _achieved(_ask(), user=user) == {"330602": 1}
    title = Title.objects.get(code="little_giant")
    assert not selectors.members(user=user, asked=_ask(), title=title, district=_district("330603"), figure="achieved").exists()
    assert not selectors.members(user=user, asked=_ask(), title=title, district=None, figure="achieved").exists()


def test_years_before_the_data_begin_show_missing_and_never_nought() -> None:
    _recognised(_firm(), date(2022, 8, 1), known=date(2024, 1, 1))
    grid = selectors.quota_grid(user=AuditorFactory(district=None), asked=_ask(year=2022))
    assert not grid.has_data
    assert {cell.achieved for cell in grid.cells()} == {None}
    assert {cell.remaining for cell in grid.cells()} == {None}


def test_a_past_day_asked_again_gives_the_same_figures() -> None:
    _recognised(_firm(), JULY)
    asked = _ask(on=date(2026, 8, 1))
    before = _achieved(asked)
    _recognised(_firm("330603"), date(2026, 7, 15), known=NOV_24)
    assert _achieved(asked) == before == {"330602": 1, "city": 1}


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        pytest.param(10, {"a": 1, "b": 1, "c": 1}, {"a": 4, "b": 3, "c": 3}, id="ties go to the earlier"),
        pytest.param(2, {"a": 50, "b": 30, "c": 20}, {"a": 1, "b": 1, "c": 0}, id="largest remainders get the rest"),
        pytest.param(350, {"a": 7, "b": 0, "c": 3}, {"a": 245, "b": 0, "c": 105}, id="exact shares"),
        pytest.param(0, {"a": 7, "b": 3}, {"a": 0, "b": 0}, id="nothing to divide"),
    ],
)
def test_targets_are_divided_by_largest_remainder(total: int, weights: dict[str, int], parts: dict[str, int]) -> None:
    assert largest_remainder(total, weights) == parts


def test_nothing_can_be_divided_by_no_firms() -> None:
    with pytest.raises(ValueError, match="nothing"):
        largest_remainder(10, {"a": 0})


def test_district_targets_follow_the_above_scale_firms_of_1_january_and_add_up() -> None:
    for code, many in (("330602", 3), ("330603", 1)):
        for _number in range(many):
            _firm(code, is_above_scale=True)
    _firm("330604", is_above_scale=False)
    CompanyFactory(district=_district("330604"), happened_on=date(2026, 3, 1), is_above_scale=True)
    assert {District.objects.get(pk=pk).code: n for pk, n in above_scale_by_district(date(2026, 1, 1)).items() if n} == {
        "330602": 3,
        "330603": 1,
    }
    plan = Plan.objects.get(code="sample-2024-2026")
    assert quotas_divide(plan=plan, year=2026, on=date(2024, 1, 1)) == 36
    assert quotas_divide(plan=plan, year=2026, on=date(2024, 1, 1)) == 0
    rows = Quota.objects.filter(plan=plan, year=2026, title__code="little_giant", district__isnull=False)
    assert {row.district.code: row.value for row in rows if row.value} == {"330602": 8, "330603": 2}
    assert all(row.is_local and row.clause == "三（三）3" for row in rows)


def test_the_published_plan_is_stored_as_published_with_its_contradictions() -> None:
    plan = Plan.objects.get(code="plan-2021-2023")
    figures = Quota.objects.filter(plan=plan, year=2023, district__isnull=True).values_list("title__code", "kind", "value", "verb")
    assert sorted(figures) == [
        ("chain_leader", "kept", 10, "动态培育"),
        ("hidden_champion", "cultivated", 4, "培育"),
        ("high_tech", "new", 350, "新增"),
        ("little_giant", "cultivated", 10, "培育"),
        ("little_giant", "stock", 50, "达到"),
        ("single_champion", "cultivated", 2, "培育"),
        ("single_champion", "stock", 17, "达到"),
        ("tech_sme", "new", 1000, "新增"),
    ]
    conflict = plan.conflicts.get(title__code="little_giant")
    assert [(one["value"], one["clause"]) for one in conflict.figures] == [(50, "指标体系 11"), (57, "三（三）3 每年10家")]
    assert plan.counting_rules.get(title__code="tech_sme").is_local


def test_the_grid_costs_the_same_for_few_and_many_firms(django_assert_num_queries: Any) -> None:
    user = AuditorFactory(district=None)
    _recognised(_firm())
    with django_assert_num_queries(9):
        selectors.quota_grid(user=user, asked=_ask())
    for _number in range(12):
        _recognised(_firm())
    with django_assert_num_queries(9):
        selectors.quota_grid(user=user, asked=_ask())
