"""The invented city: the same every time, published counts, figures that agree with each other, nobody real."""

from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest

from companies.figures.catalogue import CATALOGUE
from companies.register import uscc
from companies.register.industries import INDUSTRIES
from cultivation.demo.lists import lists_fill
from cultivation.demo.names import is_known, person_names
from cultivation.demo.places import PLACE, PLACES
from cultivation.demo.shapes import Kind, Short
from cultivation.demo.world import World, scaled, world_make


@pytest.fixture(scope="module")
def city() -> World:
    world = world_make(size=2000)
    lists_fill(world)
    return world


def on_list(world: World, title: str, batch: str) -> Counter[str]:
    return Counter(firm.district for firm in world.firms for grant in firm.grants if (grant.on.title, grant.on.batch) == (title, batch))


def test_the_same_size_gives_the_same_city() -> None:
    first, second = world_make(size=120), world_make(size=120)
    lists_fill(first)
    lists_fill(second)
    assert first.firms == second.firms


def test_every_credit_code_passes_both_checks_and_is_given_once(city: World) -> None:
    assert len(city.firms) == 2000
    assert {firm.uscc for firm in city.firms if not uscc.is_valid(firm.uscc)} == set()
    assert len({firm.uscc for firm in city.firms}) == 2000


def test_names_are_given_once_and_hold_no_word_of_a_well_known_firm(city: World) -> None:
    assert len({firm.name for firm in city.firms}) == 2000
    assert [firm.name for firm in city.firms if is_known(firm.name)] == []
    assert is_known("三花")


@pytest.mark.parametrize(
    ("batch", "total", "counts"),
    [
        pytest.param("第四批", 57, (6, 12, 13, 13, 7, 6), id="2022"),
        pytest.param("第五批", 26, (2, 4, 5, 7, 2, 6), id="2023"),
        pytest.param("第六批", 22, (5, 2, 9, 4, 1, 1), id="2024"),
        pytest.param("第七批", 15, (4, 1, 4, 4, 1, 1), id="2025"),
        pytest.param("第二批复核", 5, (1, 0, 1, 1, 1, 1), id="review-2023"),
        pytest.param("第三批复核", 18, (6, 0, 4, 3, 2, 3), id="review-2024"),
        pytest.param("第四批复核", 53, (5, 12, 12, 11, 7, 6), id="review-2025"),
    ],
)
def test_little_giants_follow_the_published_counts_per_batch_and_district(
    city: World, batch: str, total: int, counts: tuple[int, ...]
) -> None:
    found = on_list(city, "little_giant", batch)
    assert sum(found.values()) == total
    assert tuple(found[code] for code in ("330602", "330603", "330604", "330681", "330683", "330624")) == counts


@pytest.mark.parametrize(
    ("batch", "total"),
    [("2022年第二批", 267), ("2023年第一批", 94), ("2024年第二批", 91), ("2025年第一批", 49), ("2025年第二批", 104),
     ("2025年第一批复核", 11), ("2025年第二批复核", 238)],
)  # fmt: skip
def test_specialised_smes_follow_the_published_counts(city: World, batch: str, total: int) -> None:
    assert sum(on_list(city, "specialised_sme", batch).values()) == total


def test_the_second_list_of_2024_has_the_published_districts(city: World) -> None:
    assert on_list(city, "specialised_sme", "2024年第二批") == {
        "330602": 15, "330603": 8, "330604": 33, "330681": 19, "330683": 4, "330624": 12,
    }  # fmt: skip


def test_nobody_is_recognised_before_it_was_founded(city: World) -> None:
    assert [firm.name for firm in city.firms for grant in firm.grants if grant.on.announced_on < firm.founded_on] == []


def test_no_firm_is_on_one_list_twice(city: World) -> None:
    for firm in city.firms:
        keys = [grant.on.key for grant in firm.grants]
        assert len(keys) == len(set(keys))


def test_every_place_and_industry_is_one_of_the_lists(city: World) -> None:
    codes = {code for code, _label in INDUSTRIES}
    for firm in city.firms:
        assert firm.town in PLACE[firm.district].towns
        assert firm.park == "" or firm.park in PLACE[firm.district].parks
        assert firm.industry in codes
    assert len(PLACES) == 6


def test_parts_never_exceed_their_wholes_and_figures_stay_within_the_catalogue(city: World) -> None:
    for firm in city.firms:
        for figures in firm.figures.values():
            assert set(figures) <= set(CATALOGUE)
            for code, value in figures.items():
                fact = CATALOGUE[code]
                whole = figures.get(fact.part_of) if fact.part_of else None
                if value is None:
                    continue
                assert whole is None or value <= whole, (firm.name, code)
                assert fact.minimum is None or value >= fact.minimum
                assert fact.maximum is None or value <= fact.maximum


def test_growth_is_plausible_once_a_firm_is_three_years_old(city: World) -> None:
    for firm in city.firms:
        for year in range(2022, 2026):
            now, before = firm.figures.get(year, {}).get("revenue"), firm.figures.get(year - 1, {}).get("revenue")
            if now and before and year - firm.founded_on.year > 2:
                assert 0.75 < now / before < 1.4


def test_about_one_fact_in_twenty_is_missing(city: World) -> None:
    plain = [firm for firm in city.of(Kind.PLAIN) if 2025 in firm.figures]
    asked = [value for firm in plain for code, value in firm.figures[2025].items() if CATALOGUE[code].unit == "万元"]
    assert 0.03 < asked.count(None) / len(asked) < 0.07


def test_near_firms_miss_one_to_three_lines_and_some_stand_exactly_on_them(city: World) -> None:
    near = city.of(Kind.NEAR)
    assert len(near) == 220
    assert {len(firm.shorts) for firm in near} == {1, 2, 3}
    line = next(firm for firm in near if firm.shorts == {Short.BOUNDARY}).figures[2025]
    revenue, rd, debts, assets = (float(line[code] or 0) for code in ("revenue", "rd_expense", "total_liabilities", "total_assets"))
    assert rd == pytest.approx(revenue * 0.03)
    assert debts / assets == 0.75


def test_some_sources_differ_some_contradict_themselves_and_some_firms_have_troubles(city: World) -> None:
    assert 300 < len([firm for firm in city.firms if firm.statistics]) < 480
    assert len([firm for firm in city.firms if firm.conflicts]) == 8
    assert {trouble.kind for firm in city.firms for trouble in firm.troubles} >= {"abnormal_list", "dishonest", "safety", "environment"}
    assert all(trouble.starts_on <= date(2026, 11, 24) for firm in city.firms for trouble in firm.troubles)


@pytest.mark.parametrize("size", [30, 60, 500])
def test_a_small_city_has_its_size_and_every_district(size: int) -> None:
    world = world_make(size=size)
    lists_fill(world)
    assert len(world.firms) == size
    assert len({firm.district for firm in world.firms}) == 6


def test_largest_remainder_keeps_the_sum() -> None:
    assert scaled((6, 12, 13, 13, 7, 6), 0.5) == [3, 6, 6, 6, 4, 3]
    assert scaled((1, 1, 1), 1.0) == [1, 1, 1]


def test_people_have_a_name_of_their_own() -> None:
    names = person_names(random=Random(1))
    some = [next(names) for _ in range(200)]
    assert len(set(some)) == 200
    assert all(2 <= len(name) <= 3 for name in some)


def test_the_demonstration_ships_no_workbook_of_real_firms() -> None:
    folder = Path(__file__).resolve().parents[3] / "cultivation" / "demo"
    assert [path.name for path in folder.rglob("*") if path.suffix in {".xlsx", ".csv", ".json"}] == []
