"""How an invented firm's years look: what it is at heart, where it falls short, and figures that agree with each other.

Money is 万元 with two decimals, as a workbook states it. Parts never exceed wholes, years follow from each other.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

YEARS = (2021, 2022, 2023, 2024, 2025)
ESTIMATE_YEAR = 2026

Value = float | int | bool | None
Figures = dict[str, Value]


class Kind(StrEnum):
    """What a firm is at heart; decides the range its figures are drawn from."""

    CHAMPION = "champion"
    GIANT = "giant"
    NEAR = "near"
    SPECIALISED = "specialised"
    TECH = "tech"
    PLAIN = "plain"


class Short(StrEnum):
    """One published line a firm near the little-giant standard falls short of."""

    RD_SHARE = "rd_share"  # the finished year is below 3 %: closed
    RD_SUM = "rd_sum"
    PATENTS = "patents"
    PLATFORM = "platform"
    MAIN_SHARE = "main_share"
    GROWTH = "growth"
    DEBT = "debt"
    REVENUE = "revenue"
    MARKET = "market"
    UNKNOWN = "unknown"  # a figure nobody has reported
    BOUNDARY = "boundary"  # exactly on the line: met


@dataclass(frozen=True, slots=True)
class Range:
    """The ranges of one kind: revenue of 2021 in 万元, yearly growth (mean, spread), shares of revenue."""

    revenue: tuple[float, float]
    growth: tuple[float, float]
    main: tuple[float, float]
    rd: tuple[float, float]
    debt: tuple[float, float]
    patents: tuple[int, int]
    margin: tuple[float, float]
    per_head: tuple[float, float]


RANGES: dict[Kind, Range] = {
    Kind.CHAMPION: Range((52000, 240000), (0.08, 0.02), (0.94, 0.99), (0.036, 0.055), (0.25, 0.55), (12, 40), (0.08, 0.17), (95, 150)),
    Kind.GIANT: Range((13000, 60000), (0.09, 0.02), (0.93, 0.99), (0.038, 0.06), (0.22, 0.58), (5, 18), (0.07, 0.16), (75, 125)),
    Kind.NEAR: Range((12500, 42000), (0.085, 0.015), (0.92, 0.98), (0.034, 0.046), (0.3, 0.64), (4, 9), (0.05, 0.12), (70, 120)),
    Kind.SPECIALISED: Range((2600, 22000), (0.055, 0.04), (0.82, 0.97), (0.03, 0.052), (0.28, 0.76), (1, 6), (0.03, 0.11), (65, 115)),
    Kind.TECH: Range((2100, 15000), (0.05, 0.05), (0.8, 0.98), (0.032, 0.068), (0.25, 0.75), (0, 4), (0.02, 0.1), (60, 110)),
    Kind.PLAIN: Range((1500, 11000), (0.03, 0.06), (0.7, 0.99), (0.0, 0.029), (0.3, 0.9), (0, 1), (-0.03, 0.08), (50, 130)),
}
# how the whole economy moved: every firm feels it, the strong ones less
_ECONOMY = {2021: 0.0, 2022: -0.012, 2023: -0.004, 2024: 0.004, 2025: 0.008, 2026: 0.006}
_CRITERIA_FACTS = frozenset({"revenue", "main_revenue", "product_revenue", "rd_expense", "total_assets", "total_liabilities", "class1_ip"})


@dataclass(slots=True)
class Shape:
    """One firm's character, drawn once; `figures_of` turns it into figures."""

    kind: Kind
    founded: int
    random: Random
    tce_per_wan: float = 0.04
    shorts: frozenset[Short] = frozenset()
    constants: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        r, ranges = self.random, RANGES[self.kind]
        c = self.constants
        low, high = ranges.revenue
        c["revenue"] = low * (high / low) ** (r.random() ** 1.35)
        for name in ("main", "rd", "debt", "margin", "per_head"):
            c[name] = r.uniform(*getattr(ranges, name))
        c["patents"] = r.randint(*ranges.patents)
        c["product"] = r.uniform(0.58, 0.9)
        c["export"] = r.choice((0.0, 0.0, r.uniform(0.02, 0.65)))
        c["turnover"] = r.uniform(0.75, 1.3)
        c["per_mu"] = r.uniform(180, 900)
        c["rd_staff"] = r.uniform(0.09, 0.2) if self.kind is not Kind.PLAIN else r.uniform(0.0, 0.08)
        c["segment"] = max(0, 2021 - self.founded - r.choice((0, 0, 1, 2, 3)))
        strong = self.kind in {Kind.CHAMPION, Kind.GIANT}
        c["rank"] = r.randint(1, 3) if strong else r.randint(2, 9)
        c["share"] = r.uniform(12, 38) if strong else r.uniform(10.2, 19)
        c["score"] = r.uniform(64, 82) if strong else r.uniform(60.5, 70) if self.kind is Kind.NEAR else r.uniform(46, 62)
        self._fall_short()

    def _fall_short(self) -> None:
        """Move the constants of a near firm below the lines it is to miss."""
        r, c = self.random, self.constants
        if Short.REVENUE in self.shorts:
            c["revenue"], c["rd"] = r.uniform(3500, 3700), r.uniform(0.034, 0.05)
        elif Short.RD_SUM in self.shorts:
            c["revenue"], c["rd"] = r.uniform(10400, 12600), r.uniform(0.0325, 0.036)
        if Short.PATENTS in self.shorts:
            c["patents"] = r.randint(1, 2)
        if Short.PLATFORM in self.shorts:
            c["score"] = r.uniform(52, 58.5)
        if Short.MAIN_SHARE in self.shorts:
            c["main"] = r.uniform(0.852, 0.893)
        if Short.DEBT in self.shorts:
            c["debt"] = r.uniform(0.757, 0.79)
        if Short.MARKET in self.shorts:
            c["share"], c["rank"] = r.uniform(5.5, 9.6), r.randint(4, 7)


def figures_of(shape: Shape) -> dict[int, Figures]:
    """Figures of every year from the founding on, 2021 to 2025 and an estimate of 2026, from one source."""
    result: dict[int, Figures] = {}
    revenue = shape.constants["revenue"]
    for year in (*YEARS, ESTIMATE_YEAR):
        if year > YEARS[0]:
            revenue *= 1 + _growth(shape, year)
        if year >= shape.founded:
            young = 0.35 if year == shape.founded else 0.7 if year == shape.founded + 1 and shape.founded > 2020 else 1.0
            result[year] = _year(shape, year, revenue * young)
    if Short.BOUNDARY in shape.shorts:
        _put_on_the_line(result)
    return result


def _growth(shape: Shape, year: int) -> float:
    mean, spread = RANGES[shape.kind].growth
    if Short.GROWTH in shape.shorts:
        return shape.random.uniform(0.008, 0.03)
    growth = shape.random.gauss(mean, spread) + _ECONOMY[year] * (0.3 if mean > 0.07 else 1.0)
    lowest = 0.057 if shape.kind in {Kind.CHAMPION, Kind.GIANT, Kind.NEAR} else -0.18
    return min(max(growth, lowest), 0.32)


def _year(shape: Shape, year: int, revenue: float) -> Figures:
    r, c = shape.random, shape.constants
    revenue = _two(revenue)
    figures: Figures = {"revenue": revenue, "sales_revenue": revenue}
    figures["main_revenue"] = main = _two(revenue * min(c["main"] + r.uniform(-0.003, 0.003), 1))
    figures["product_revenue"] = _two(main * c["product"])
    figures["export_revenue"] = _two(revenue * c["export"] * r.uniform(0.9, 1.1)) if c["export"] else 0
    profit = _two(revenue * (c["margin"] + r.uniform(-0.015, 0.015)))
    figures["net_profit"] = profit
    figures["total_assets"] = assets = _two(revenue * c["turnover"])
    figures["total_liabilities"] = debts = _two(assets * (c["debt"] + r.uniform(-0.002, 0.002)))
    figures["net_assets"] = _two(assets - debts)
    figures["rd_expense"] = rd = _two(revenue * _rd_share(shape, year))
    figures["rd_expense_domestic"] = _two(rd * r.uniform(0.97, 1))
    figures["cost_expense"] = _two(max(revenue - max(profit, 0) * 1.18, revenue * 0.6))
    financed = shape.kind in {Kind.GIANT, Kind.NEAR} and r.random() < 0.05
    figures["equity_financing"] = _two(r.uniform(800, 5000)) if financed else 0
    figures["tax_paid"] = _two(revenue * r.uniform(0.028, 0.06))
    figures["value_added"] = _two(revenue * r.uniform(0.18, 0.28))
    figures["high_tech_revenue"] = _two(revenue * r.uniform(0.61, 0.9)) if shape.kind is not Kind.PLAIN else 0
    figures["land_mu"] = round(max(2.0, c["revenue"] / c["per_mu"]), 2)
    figures["energy_tce"] = round(revenue * shape.tce_per_wan * r.uniform(0.85, 1.15), 2)
    figures["electricity_mwh"] = round(revenue * shape.tce_per_wan * r.uniform(3.0, 4.2), 2)
    figures.update(_people_and_ideas(shape, year, revenue))
    figures.update(_of_other_titles(shape, year, figures))
    return figures


def _rd_share(shape: Shape, year: int) -> float:
    r, c = shape.random, shape.constants
    if Short.RD_SHARE in shape.shorts and year in {2025, 2024}:
        return r.uniform(0.0255, 0.0297) if year == 2025 else r.uniform(0.0302, 0.032)
    if shape.kind is Kind.PLAIN:
        return max(0.0, c["rd"] + r.uniform(-0.003, 0.003))
    return max(c["rd"] + r.uniform(-0.0015, 0.002), 0.0303)


def _people_and_ideas(shape: Shape, year: int, revenue: float) -> Figures:
    r, c, kind = shape.random, shape.constants, shape.kind
    staff = max(8, round(revenue / c["per_head"]))
    researchers = round(staff * c["rd_staff"])
    grown = year - YEARS[0]
    patents = int(c["patents"]) + (0 if Short.PATENTS in shape.shorts else grown // 2 if kind is not Kind.PLAIN else 0)
    known = kind not in {Kind.PLAIN, Kind.TECH}
    scored = known and year >= 2024
    return {
        "employees": staff,
        "rd_staff": researchers,
        "tech_staff": min(staff, round(researchers * 1.25)),
        "class1_ip": patents,
        "class2_ip": patents * 3 + (r.randint(0, 6) if kind is not Kind.PLAIN else r.randint(0, 3)),
        "invention_patents": patents + (r.randint(0, 2) if patents else 0),
        "standards_led": r.randint(1, 4) if kind in {Kind.CHAMPION, Kind.GIANT} else r.randint(0, 1),
        "segment_years": int(c["segment"]) + grown,
        "product_years": int(c["segment"]) + grown if known else None,
        "market_rank_national": int(c["rank"]) if known else None,
        "market_rank_global": (r.randint(1, 3) if kind is Kind.CHAMPION else int(c["rank"]) + 6)
        if kind in {Kind.CHAMPION, Kind.GIANT}
        else None,
        "market_share_percent": round(c["share"] + 0.2 * grown, 2)
        if known and Short.MARKET not in shape.shorts
        else _share_below(shape, known),
        "platform_score": round(c["score"] + 0.3 * (year - 2026), 2) if scored else None,
        "has_info_system": kind is not Kind.PLAIN or bool(c["patents"]),
        "has_certification": kind is not Kind.PLAIN or c["margin"] > 0.02,
        "has_own_brand": kind is not Kind.PLAIN or c["product"] > 0.7,
        "has_rd_institution": kind in {Kind.CHAMPION, Kind.GIANT, Kind.NEAR, Kind.SPECIALISED},
        "state_award_top3": False,
        "maker_china_top50": False,
        "is_new_product": False,
    }


def _of_other_titles(shape: Shape, year: int, figures: Figures) -> Figures:
    """What the standards below and beside the two main titles ask for; drawn apart, so that the rest stays as it was."""
    c, kind = shape.constants, shape.kind
    r = Random(f"{c['revenue']}{year}")  # noqa: S311 (invented firms)
    firm = Random(f"{c['revenue']}")  # noqa: S311 (the same every year)
    known = kind is not Kind.PLAIN
    class1, researchers, staff = (int(figures[code] or 0) for code in ("class1_ip", "rd_staff", "employees"))
    own = min(class1, round(class1 * firm.uniform(0.6, 1)))
    level = {Kind.CHAMPION: (3, 4), Kind.GIANT: (2, 3), Kind.NEAR: (2, 3), Kind.SPECIALISED: (1, 2), Kind.TECH: (0, 1), Kind.PLAIN: (0, 0)}
    return {
        "total_income": _two(float(figures["sales_revenue"] or 0) * r.uniform(1, 1.02)),
        "rd_equipment": _two(float(figures["rd_expense"] or 0) * firm.uniform(0.4, 2.2)),
        "rd_area_m2": round(researchers * firm.uniform(8, 30), 1),
        "rd_staff_qualified": round(researchers * firm.uniform(0.45, 0.95)),
        "average_employees": staff,
        "pollutant_tons": round(float(figures["energy_tce"] or 0) * firm.uniform(0.0004, 0.0016), 2),
        "class1_ip_held": class1 + firm.randint(0, 1),
        "class1_ip_own": own,
        "class1_ip_high_value": min(own, firm.choice((0, 0, 0, 1, 2))),
        "utility_patents": int(figures["class2_ip"] or 0),
        "class1_granted": r.choice((0, 0, 1, 2)) if known and class1 else 0,
        "class2_granted": r.randint(0, 4) if known else r.choice((0, 0, 1)),
        "conversions": r.randint(2, 7) if known else r.choice((0, 0, 1)),
        "standards_drafted": firm.choice((0, 1)) if kind is Kind.CHAMPION else 0,
        "leading_products": firm.randint(1, 3),
        "rd_institution_level": firm.choice(level[kind]),
        "digital_level": firm.choice((1, 2, 2, 3)) if known else None,
        "has_international_certification": known and firm.random() < 0.7,
        "has_quality_award": kind is Kind.CHAMPION and firm.random() < 0.4,
        "has_good_credit": firm.random() < 0.95,
        "in_strategic_industry": firm.random() < (0.6 if known else 0.15),
        "has_science_award": False,
        "provincial_award_top3": False,
        "state_award_top5": False,
        "maker_china_top500": False,
        "is_innovation_model": kind is Kind.CHAMPION and firm.random() < 0.3,
    }


def _share_below(shape: Shape, known: bool) -> float | None:
    return round(shape.constants["share"], 2) if known else None


def _put_on_the_line(years: dict[int, Figures]) -> None:
    """Exactly 3 % R&D, 75 % debt and 90 % main business in 2025: a boundary value counts as the text says."""
    figures = years[2025]
    revenue = round(float(figures["revenue"] or 0) / 100) * 100.0
    rd = revenue * 0.03
    figures.update(
        revenue=revenue,
        sales_revenue=revenue,
        main_revenue=revenue * 0.9,
        product_revenue=_two(revenue * 0.6),
        rd_expense=rd,
        rd_expense_domestic=rd,
        high_tech_revenue=_two(revenue * 0.7),
        total_assets=revenue,
        total_liabilities=revenue * 0.75,
        net_assets=revenue * 0.25,
    )


def forget_some(years: dict[int, Figures], *, shape: Shape) -> None:
    """About one fact in twenty was never reported; what the titles of strong firms rest on is kept."""
    r = shape.random
    strong = shape.kind in {Kind.CHAMPION, Kind.GIANT, Kind.NEAR}
    for figures in years.values():
        for code in figures:
            keep = code == "revenue" or (strong and code in _KEPT)
            if not keep and r.random() < 0.05:
                figures[code] = None
    if Short.UNKNOWN in shape.shorts and 2025 in years:
        years[2025][r.choice(("total_liabilities", "class1_ip", "main_revenue"))] = None


_KEPT = _CRITERIA_FACTS | {
    "segment_years", "product_years", "market_rank_national", "market_rank_global", "market_share_percent", "platform_score",
    "employees", "has_info_system", "has_certification", "has_own_brand", "has_rd_institution",
}  # fmt: skip


def _two(value: float) -> float:
    return round(value, 2)
