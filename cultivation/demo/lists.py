"""Puts the firms of the invented city on the lists: who was recognised as what, with the published counts."""

from collections.abc import Iterator
from random import Random

from cultivation.demo.grants import (
    CHAMPION_LISTS,
    CHAMPION_REVIEW,
    DISTRICTS,
    GIANT_LISTS,
    GIANT_REVIEW_LISTS,
    LITTLE_GIANT_REVIEWS,
    SAMPLE_REVIEWS_2026,
    SPECIALISED_LISTS,
    SPECIALISED_OLD,
    SPECIALISED_REVIEWS,
    Grant,
    List,
    yearly,
)
from cultivation.demo.shapes import Kind
from cultivation.demo.world import (
    PUBLISHED_SIZE,
    SEED,
    InventedCompany,
    World,
    scaled,
    specialised_counts,
)

LAST_YEAR = 2026


def lists_fill(world: World, *, seed: int = SEED) -> None:
    """Give every firm its recognitions, in the order of their days."""
    random = Random(f"lists:{seed}")  # noqa: S311 (repeatable, guards nothing)
    factor = min(1.0, world.size / PUBLISHED_SIZE)
    _giants(world, factor=factor)
    _champions(world)
    _specialised(world, factor=factor, random=random)
    _high_tech(world, random=random)
    _technology(world, random=random)
    _others(world, factor=factor, random=random)
    for firm in world.firms:
        firm.grants.sort(key=lambda grant: (grant.on.announced_on, grant.on.key))


def _give(firm: InventedCompany, on: List) -> None:
    firm.grants.append(Grant(on, on.announced_on if on.title == "high_tech" else None))


def _giants(world: World, *, factor: float) -> None:
    """First titles by cohort; then the reviews three years later, as many per district as were published."""
    for firm in world.of(Kind.GIANT):
        _give(firm, GIANT_LISTS[firm.cohort])
    passed = {year: dict(zip(DISTRICTS, scaled(table, factor), strict=True)) for year, table in LITTLE_GIANT_REVIEWS.items()}
    passed[2026] = dict(zip(DISTRICTS, scaled(SAMPLE_REVIEWS_2026, factor), strict=True))
    for year, table in passed.items():
        for district, count in table.items():
            due = [firm for firm in world.of(Kind.GIANT, district=district) if firm.cohort == year - 3]
            for firm in due[:count]:
                _give(firm, GIANT_REVIEW_LISTS[year])


def _champions(world: World) -> None:
    for firm in world.of(Kind.CHAMPION):
        if firm.cohort:
            _give(firm, CHAMPION_LISTS[firm.cohort])
        if firm.cohort == 2021:
            _give(firm, CHAMPION_REVIEW)


def _specialised(world: World, *, factor: float, random: Random) -> None:
    """The published lists, firms of a later little-giant cohort first; older giants held the title from before."""
    for firm in world.of(Kind.GIANT):
        if firm.cohort <= 2022:
            _give(firm, SPECIALISED_OLD)
    first_giant_cohorts = {"2022二批": {2023, 2024}, "2023一批": {2025}, "2024二批": {2026}}
    waiting: dict[str, list[InventedCompany]] = {}
    for district in DISTRICTS:
        near = world.of(Kind.NEAR, district=district)
        others = world.of(Kind.SPECIALISED, district=district)
        mixed = near + others
        random.shuffle(mixed)
        waiting[district] = mixed
    members: dict[str, list[InventedCompany]] = {}
    for key, table in specialised_counts(factor=factor).items():
        for district, count in table.items():
            giants = [f for f in world.of(Kind.GIANT, district=district) if f.cohort in first_giant_cohorts.get(key, set())]
            chosen = giants[:count]
            while len(chosen) < count and waiting[district]:
                chosen.append(waiting[district].pop())
            for firm in chosen:
                _give(firm, SPECIALISED_LISTS[key])
            members.setdefault(key, []).extend(chosen)
    old = [firm for firm in world.of(Kind.GIANT) if firm.cohort <= 2022]
    for key, base in (("2025一批复核", old), ("2025二批复核", members["2022二批"])):
        on, count = SPECIALISED_REVIEWS[key]
        for firm in base[: max(1, round(count * factor))]:
            _give(firm, on)


def _high_tech(world: World, *, random: Random) -> None:
    """First certificate, then a new recognition every third year; most firms pass each time."""
    first_years = {
        Kind.CHAMPION: (2014, 2020, 1.0),
        Kind.GIANT: (2014, 2021, 1.0),
        Kind.NEAR: (2017, 2023, 0.9),
        Kind.SPECIALISED: (2018, 2025, 0.8),
        Kind.TECH: (2019, LAST_YEAR, 0.9),
    }
    for firm in world.firms:
        first, last, chance = first_years.get(firm.kind, (0, 0, 0.0))
        if random.random() >= chance:
            continue
        year = max(random.randint(first, last), firm.founded_on.year + 2)
        application = "认定"
        while year <= LAST_YEAR:
            _give(firm, yearly("high_tech", year, application=application))
            application = "重新认定"
            year += 3
            if random.random() < 0.07:
                break


def _technology(world: World, *, random: Random) -> None:
    """科小 every year anew, as the small firms file for it; 省科小 once."""
    for firm in world.of(Kind.NEAR, Kind.SPECIALISED, Kind.TECH, Kind.PLAIN):
        chance = {Kind.PLAIN: 0.22, Kind.TECH: 0.85}.get(firm.kind, 0.6)
        founded = firm.founded_on.year + 1
        if random.random() < chance * 0.7:
            _give(firm, yearly("provincial_tech_sme", max(founded, random.randint(2016, LAST_YEAR))))
        revenue = firm.figures.get(2023, {}).get("revenue")
        if random.random() >= chance or (revenue is not None and revenue > 20000):
            continue
        first = max(founded, random.randint(2020, LAST_YEAR))
        for year in range(first, LAST_YEAR + 1):
            if year == first or random.random() < 0.72:
                _give(firm, yearly("tech_sme", year))


def _others(world: World, *, factor: float, random: Random) -> None:
    for firm in world.of(Kind.NEAR, Kind.SPECIALISED, Kind.TECH):
        if random.random() < (0.35 if firm.kind is Kind.TECH else 0.7):
            year = max(random.randint(2022, LAST_YEAR), firm.founded_on.year + 1)
            _give(firm, yearly("innovative_sme", year))
            if year + 3 <= LAST_YEAR and random.random() < 0.8:
                _give(firm, yearly("innovative_sme", year + 3, application="复核"))
    near = world.of(Kind.NEAR, Kind.SPECIALISED)
    random.shuffle(near)
    strong = world.of(Kind.CHAMPION, Kind.GIANT)
    random.shuffle(strong)
    taken = iter(near)
    for year, count in {2021: 8, 2022: 9, 2023: 10, 2024: 6, 2025: 5, 2026: 4}.items():
        for _ in range(max(1, round(count * factor))):
            _give_next(taken, yearly("hidden_champion", year))
    taken = iter(strong)
    for title, years in (
        ("chain_leader", {2023: 10}),
        ("provincial_champion", {2025: 8, 2026: 6}),
        ("listed", {2017: 9, 2020: 12, 2022: 6, 2023: 4, 2024: 2, 2025: 2, 2026: 1}),
    ):
        for year, count in years.items():
            for _ in range(max(1, round(count * factor))):
                _give_next(taken, yearly(title, year))


def _give_next(firms: Iterator[InventedCompany], on: List) -> None:
    firm = next(firms, None)
    if firm is None:
        return
    _give(firm, on)
    if on.title == "listed" and "股份" not in firm.name:
        firm.name = firm.name.replace("科技有限公司", "有限公司").replace("制造有限公司", "有限公司").replace("有限公司", "股份有限公司")
