"""Who was recognised as what, when: invented firms with the published numbers per batch and district.

Little giants and specialised SMEs follow the public lists' counts (per batch year and district); every other title is a
plausible invention. Documents of the demonstration are named 示例, since the lists behind them are invented.
"""

from dataclasses import dataclass
from datetime import date

# order of the published table
DISTRICTS = ("330602", "330603", "330604", "330681", "330683", "330624")

# new little giants per year; the one firm of 2022 whose district is not published stands in the city's own district
LITTLE_GIANTS: dict[int, tuple[int, ...]] = {
    2022: (6, 12, 13, 13, 7, 6),
    2023: (2, 4, 5, 7, 2, 6),
    2024: (5, 2, 9, 4, 1, 1),
    2025: (4, 1, 4, 4, 1, 1),
}
# reviews passed: of the batch three years before (2023: second batch, 2024: third, 2025: mostly fourth)
LITTLE_GIANT_REVIEWS: dict[int, tuple[int, ...]] = {
    2023: (1, 0, 1, 1, 1, 1),
    2024: (6, 0, 4, 3, 2, 3),
    2025: (5, 12, 12, 11, 7, 6),
}
# not published yet: an invented eighth batch and its reviews, so that the current year lives
SAMPLE_GIANTS_2026 = (2, 2, 3, 3, 1, 1)
SAMPLE_REVIEWS_2026 = (2, 4, 5, 6, 2, 6)

SPECIALISED_2024_SECOND = (15, 8, 33, 19, 4, 12)


@dataclass(frozen=True, slots=True)
class List:
    """One published (or sample) list: title, application type, batch name and year, document and its day."""

    key: str
    title: str
    application: str
    batch: str
    year: int
    document: str
    announced_on: date

    @property
    def has_batch(self) -> bool:
        """Whether the seeded batches hold this round: the first-time rounds of little giants since 2022."""
        return self.title == "little_giant" and self.application == "认定" and self.year >= 2022


@dataclass(frozen=True, slots=True)
class Grant:
    """One firm on one list."""

    on: List
    certified_on: date | None = None


def _sample(year: int, number: int) -> str:
    return f"示例公告〔{year}〕{number}号"


def _giant(year: int, batch: str, number: int, month: int, day: int, *, review: bool = False) -> List:
    kind = "复核" if review else "认定"
    key = f"little_giant:{year}:{kind}"
    return List(key, "little_giant", kind, batch, year, _sample(year, number), date(year, month, day))


GIANT_LISTS: dict[int, List] = {
    2020: _giant(2020, "第二批", 11, 11, 13),
    2021: _giant(2021, "第三批", 11, 7, 19),
    2022: _giant(2022, "第四批", 11, 8, 8),
    2023: _giant(2023, "第五批", 11, 7, 14),
    2024: _giant(2024, "第六批", 11, 9, 2),
    2025: _giant(2025, "第七批", 11, 10, 20),
    2026: _giant(2026, "第八批", 11, 10, 26),
}
GIANT_REVIEW_LISTS: dict[int, List] = {
    2023: _giant(2023, "第二批复核", 12, 7, 14, review=True),
    2024: _giant(2024, "第三批复核", 12, 9, 2, review=True),
    2025: _giant(2025, "第四批复核", 12, 7, 28, review=True),
    2026: _giant(2026, "第五批复核", 12, 7, 6, review=True),
}
SPECIALISED_OLD = List("specialised:2021", "specialised_sme", "认定", "2021年度", 2021, _sample(2021, 21), date(2021, 12, 24))
SPECIALISED_LISTS: dict[str, List] = {
    "2022二批": List("specialised:2022b", "specialised_sme", "认定", "2022年第二批", 2022, _sample(2022, 21), date(2022, 12, 28)),
    "2023一批": List("specialised:2023a", "specialised_sme", "认定", "2023年第一批", 2023, _sample(2023, 21), date(2023, 7, 20)),
    "2024二批": List("specialised:2024b", "specialised_sme", "认定", "2024年第二批", 2024, _sample(2024, 21), date(2024, 12, 20)),
    "2025一批": List("specialised:2025a", "specialised_sme", "认定", "2025年第一批", 2025, _sample(2025, 21), date(2025, 7, 10)),
    "2025二批": List("specialised:2025b", "specialised_sme", "认定", "2025年第二批", 2025, _sample(2026, 21), date(2026, 1, 9)),
}
SPECIALISED_COUNTS = {"2022二批": 267, "2023一批": 94, "2024二批": 91, "2025一批": 49, "2025二批": 104}
SPECIALISED_REVIEWS: dict[str, tuple[List, int]] = {
    "2025一批复核": (
        List("specialised:2025a:review", "specialised_sme", "复核", "2025年第一批复核", 2025, _sample(2025, 22), date(2025, 7, 10)),
        11,
    ),
    "2025二批复核": (
        List("specialised:2025b:review", "specialised_sme", "复核", "2025年第二批复核", 2025, _sample(2026, 22), date(2026, 1, 9)),
        238,
    ),
}
CHAMPION_LISTS: dict[int, List] = {
    year: List(f"champion:{year}", "single_champion", "认定", batch, year, _sample(year, 31), day)
    for year, batch, day in (
        (2021, "第六批", date(2021, 11, 22)),
        (2022, "第七批", date(2022, 11, 28)),
        (2023, "第七批增补", date(2023, 3, 20)),
        (2024, "第八批", date(2024, 4, 15)),
        (2025, "第九批", date(2025, 2, 10)),
    )
}
CHAMPION_COUNTS = {2021: 11, 2022: 3, 2023: 3, 2024: 3, 2025: 2}
CHAMPION_REVIEW = List("champion:2024:review", "single_champion", "复核", "第六批复核", 2024, _sample(2024, 32), date(2024, 11, 18))


def yearly(title: str, year: int, *, application: str = "认定") -> List:
    """The one list of a title a year that stands for all its rounds, for titles without published counts."""
    month, day, number = {
        "hidden_champion": (9, 15, 41),
        "provincial_champion": (10, 15, 42),
        "chain_leader": (6, 20, 43),
        "listed": (5, 12, 44),
        "high_tech": (12, 8, 51),
        "tech_sme": (8, 31, 52),
        "provincial_tech_sme": (6, 30, 53),
        "innovative_sme": (6, 15, 54),
    }[title]
    if title == "high_tech" and year == 2026:
        month, day = 10, 30
    name = f"{year}年度" if application == "认定" else f"{year}年度{application}"
    number = number if application == "认定" else number + 40
    return List(f"{title}:{year}:{application}", title, application, name, year, _sample(year, number), date(year, month, day))
