"""The invented city as plain data: firms with figures, titles and troubles. The same seed and size give the same city."""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from companies.register import uscc
from cultivation.demo.grants import (
    CHAMPION_COUNTS,
    DISTRICTS,
    LITTLE_GIANT_REVIEWS,
    LITTLE_GIANTS,
    SAMPLE_GIANTS_2026,
    SPECIALISED_2024_SECOND,
    SPECIALISED_COUNTS,
    Grant,
)
from cultivation.demo.names import company_name, company_words
from cultivation.demo.places import PLACE, PLACES, Place
from cultivation.demo.shapes import Figures, Kind, Shape, Short, figures_of, forget_some

SEED = 20261124
PUBLISHED_SIZE = 2000  # the size at which batches have their published counts; smaller cities are scaled down


@dataclass(frozen=True, slots=True)
class Trouble:
    """负面信息 of one firm; codes of companies.figures.models."""

    kind: str
    severity: str
    starts_on: date
    ends_on: date | None
    note: str


@dataclass(slots=True)
class InventedCompany:
    """One invented firm. `figures` are audited ones by year in 万元, `statistics` a second source that differs."""

    number: int
    uscc: str
    name: str
    district: str
    town: str
    park: str
    industry: str
    founded_on: date
    kind: Kind
    cohort: int
    shorts: frozenset[Short]
    joins: int
    figures: dict[int, Figures]
    statistics: dict[int, Figures] = field(default_factory=dict)
    conflicts: list[tuple[int, str, float]] = field(default_factory=list)
    former_name: str = ""
    grants: list[Grant] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def size_in(self, year: int) -> str:
        """企业规模 1 to 4 by the thresholds of 国统字〔2017〕213号, from the year's staff and revenue; empty when unknown."""
        figures = self.figures.get(year, {})
        staff, revenue = figures.get("employees"), figures.get("revenue")
        if staff is None or revenue is None:
            return ""
        for code, (people, money) in {"1": (1000, 40000), "2": (300, 2000), "3": (20, 300)}.items():
            if staff >= people and revenue >= money:
                return code
        return "4"

    def is_above_scale_in(self, year: int) -> bool | None:
        """规上: main business revenue of the year at 2,000 万元 or more; None when not reported."""
        revenue = self.figures.get(year, {}).get("main_revenue")
        return None if revenue is None else revenue >= 2000


@dataclass(slots=True)
class World:
    """All firms, in the order they were made."""

    size: int
    firms: list[InventedCompany]

    def of(self, *kinds: Kind, district: str = "") -> list[InventedCompany]:
        """Firms of these kinds, of one district or all."""
        return [firm for firm in self.firms if firm.kind in kinds and district in {"", firm.district}]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How many firms of which kind a district has; giants and champions by the year of their first title (0: not yet)."""

    place: Place
    count: int
    giants: dict[int, int]
    champions: dict[int, int]
    near: int
    specialised: int


def scaled(counts: Sequence[int], factor: float) -> list[int]:
    """`counts` times `factor` as whole numbers of the same sum (at least 1), by largest remainder."""
    total = max(1, round(sum(counts) * factor))
    exact = [count * total / sum(counts) for count in counts]
    whole = [int(one) for one in exact]
    order = sorted(range(len(counts)), key=lambda i: (whole[i] - exact[i], i))
    for index in order[: total - sum(whole)]:
        whole[index] += 1
    return whole


def by_share(total: int) -> dict[str, int]:
    """`total` firms over the districts by their share."""
    return dict(zip([p.code for p in PLACES], scaled([round(p.share * 1000) for p in PLACES], total / 1000), strict=True))


def specialised_counts(*, factor: float) -> dict[str, dict[str, int]]:
    """New specialised SMEs by list and district: the published totals, and the published districts where they are known."""
    result = {}
    for key, total in SPECIALISED_COUNTS.items():
        if key == "2024二批":
            result[key] = dict(zip(DISTRICTS, scaled(SPECIALISED_2024_SECOND, factor), strict=True))
        else:
            result[key] = by_share(max(1, round(total * factor)))
    return result


def giant_counts(*, factor: float) -> dict[int, dict[str, int]]:
    """First-time little giants by year and district. The cohorts of 2020 and 2021 are those that passed review in 2023 and 2024."""
    tables = {
        2020: LITTLE_GIANT_REVIEWS[2023],
        2021: LITTLE_GIANT_REVIEWS[2024],
        **LITTLE_GIANTS,
        2026: SAMPLE_GIANTS_2026,
    }
    return {year: dict(zip(DISTRICTS, scaled(table, factor), strict=True)) for year, table in tables.items()}


def _plans(size: int, *, is_published: bool = True) -> list[_Plan]:
    factor = size / PUBLISHED_SIZE
    if is_published:
        factor = min(1.0, factor)
    firms, giants = by_share(size), giant_counts(factor=factor)
    lists = specialised_counts(factor=factor)
    champions = {year: by_share(max(1, round(count * factor))) for year, count in CHAMPION_COUNTS.items()}
    champions[0] = by_share(max(1, round(10 * factor)))
    near = by_share(round(220 * factor))
    plans = []
    for place in PLACES:
        code = place.code
        own = {year: table[code] for year, table in giants.items() if table[code]}
        listed = sum(table[code] for table in lists.values())
        later = sum(count for year, count in own.items() if year >= 2023)
        specialised = max(0, listed - later - near[code])
        plans.append(_Plan(place, firms[code], own, {y: t[code] for y, t in champions.items() if t[code]}, near[code], specialised))
    return plans


def world_make(*, size: int = PUBLISHED_SIZE, seed: int = SEED) -> World:
    """An invented city of `size` firms over the six districts; nothing but seed and size decides what comes out."""
    random = Random(seed)  # noqa: S311 (repeatable, guards nothing)
    firms = list(companies_make(size=size, seed=seed, random=random))
    world = World(size, firms)
    _differ(world, random=random)
    _trouble(world, random=random)
    return world


def companies_make(*, size: int, seed: int, random: Random, is_published: bool = True) -> Iterator[InventedCompany]:
    """The firms one by one, district after district; without `is_published` every kind grows with the size of the city."""
    words = company_words(random=random)
    number = 0
    for plan in _plans(size, is_published=is_published):
        slots = [(Kind.GIANT, year) for year, count in sorted(plan.giants.items()) for _ in range(count)]
        slots += [(Kind.CHAMPION, year) for year, count in sorted(plan.champions.items()) for _ in range(count)]
        slots += [(Kind.NEAR, 0)] * plan.near + [(Kind.SPECIALISED, 0)] * plan.specialised
        slots = slots[: plan.count]
        rest = plan.count - len(slots)
        slots += [(Kind.TECH, 0)] * round(rest * 0.4) + [(Kind.PLAIN, 0)] * (rest - round(rest * 0.4))
        for kind, cohort in slots:
            own = Random(f"{seed}:{number}")  # noqa: S311 (repeatable, guards nothing)
            number += 1
            yield _company(number, plan.place, kind, cohort, next(words), random=own)


def _company(number: int, place: Place, kind: Kind, cohort: int, word: str, *, random: Random) -> InventedCompany:
    trade = random.choices(place.trades, [trade.weight for trade in place.trades])[0]
    prefix = random.choice(place.prefixes)
    founded = _founded(kind, random)
    joins = random.choices((2023, 2024, 2025, 2026), (91, 3, 3, 3))[0] if kind in {Kind.PLAIN, Kind.TECH} else 2023
    if joins > 2023 and random.random() < 0.5:
        founded = date(joins - 2, random.randint(1, 12), random.randint(1, 28))
    shorts = _shorts(random) if kind is Kind.NEAR else frozenset()
    shape = Shape(kind, founded.year, random, trade.tce_per_wan, shorts)
    figures = figures_of(shape)
    forget_some(figures, shape=shape)
    if kind not in {Kind.CHAMPION, Kind.GIANT, Kind.NEAR} and random.random() > 0.1:
        figures.pop(2026, None)
    former = f"{prefix}{word}{trade.word}厂" if random.random() < 0.06 else ""
    return InventedCompany(
        number=number,
        uscc=uscc.make("91", place.registrar, 10_000 + number * 7),
        name=company_name(prefix=prefix, word=word, trade=trade.word, random=random),
        district=place.code,
        town=random.choice(place.towns),
        park=random.choice(place.parks) if random.random() < 0.45 else "",
        industry=trade.industry,
        founded_on=founded,
        kind=kind,
        cohort=cohort,
        shorts=shorts,
        joins=joins,
        figures=figures,
        former_name=former,
    )


def _founded(kind: Kind, random: Random) -> date:
    first, last = {
        Kind.CHAMPION: (1992, 2007),
        Kind.GIANT: (1995, 2014),
        Kind.NEAR: (1996, 2016),
        Kind.SPECIALISED: (1996, 2018),
    }.get(kind, (1994, 2022))
    year, month = random.randint(first, last), random.randint(1, 12)
    return date(year, month, random.randint(1, calendar.monthrange(year, month)[1]))


def _shorts(random: Random) -> frozenset[Short]:
    """One to three lines a near firm misses; one in nine misses none but stands exactly on some of them."""
    if random.random() < 0.11:
        return frozenset({Short.BOUNDARY})
    if random.random() < 0.08:
        return frozenset({Short.REVENUE})  # so small a firm misses the R&D sum as well
    choices = [short for short in Short if short not in {Short.BOUNDARY, Short.REVENUE}]
    weights = {Short.RD_SHARE: 5, Short.RD_SUM: 4, Short.PATENTS: 7, Short.PLATFORM: 5, Short.UNKNOWN: 4}
    count = random.choices((1, 2, 3), (55, 30, 15))[0]
    chosen: set[Short] = set()
    while len(chosen) < count:
        chosen.add(random.choices(choices, [weights.get(short, 2) for short in choices])[0])
    return frozenset(chosen)


def _differ(world: World, *, random: Random) -> None:
    """A fifth of the firms stand differently in the yearbook of 2025; in eight firms one source contradicts itself."""
    for firm in world.firms:
        audited = firm.figures.get(2025)
        if audited is None or random.random() > 0.2:
            continue
        other: Figures = {}
        for code in ("revenue", "main_revenue", "rd_expense", "employees", "value_added", "energy_tce"):
            value = audited[code]
            if value is not None:
                moved = value * random.uniform(0.97, 1.0)
                other[code] = round(moved) if code == "employees" else round(moved, 2)
        main, revenue = other.get("main_revenue"), other.get("revenue")
        if main is not None and revenue is not None and main > revenue:
            other["main_revenue"] = revenue
        firm.statistics[2025] = other
    pool = [firm for firm in world.of(Kind.NEAR, Kind.SPECIALISED) if firm.figures[2025].get("rd_expense")]
    for firm in random.sample(pool, min(8, len(pool))):
        value = firm.figures[2025]["rd_expense"]
        firm.conflicts.append((2025, "rd_expense", round(float(value or 0) * 0.82, 2)))


_TROUBLES = (
    Trouble("abnormal_list", "general", date(2026, 8, 2), None, "未按规定公示年度报告"),
    Trouble("abnormal_list", "general", date(2025, 7, 10), date(2025, 9, 18), "通过登记的住所无法联系，已移出"),
    Trouble("safety", "general", date(2025, 5, 6), date(2025, 5, 6), "一般生产安全事故"),
    Trouble("safety", "larger", date(2024, 11, 12), date(2024, 11, 12), "较大生产安全事故"),
    Trouble("environment", "general", date(2025, 3, 18), date(2025, 6, 30), "废水超标排放，已整改"),
    Trouble("dishonest", "general", date(2026, 3, 5), None, "列入严重失信主体名单"),
    Trouble("quality", "general", date(2024, 6, 3), date(2024, 8, 30), "产品质量监督抽查不合格，已整改"),
    Trouble("tax", "general", date(2025, 9, 9), date(2025, 12, 20), "补缴税款"),
)


def _trouble(world: World, *, random: Random) -> None:
    """Every kind of trouble reaches two or three firms, strong ones among them."""
    pool = world.of(Kind.NEAR, Kind.SPECIALISED, Kind.PLAIN)
    pool = [firm for firm in pool if firm.joins == 2023]
    many = min(len(pool), len(_TROUBLES) * 3)
    for index, firm in enumerate(random.sample(pool, many)):
        firm.troubles.append(_TROUBLES[index % len(_TROUBLES)])


def place_of(firm: InventedCompany) -> Place:
    """The district a firm is in."""
    return PLACE[firm.district]
