"""What the cockpit may be asked, read from the address; wrong values are dropped and named."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.users.models import District
from companies.recognitions.models import Title
from cultivation.quotas import selectors
from cultivation.quotas.models import QuotaKind
from cultivation.quotas.selectors import ANNUAL, CITY, Asked

TABS: list[tuple[str, Any]] = [
    (ANNUAL, _("年度目标")),
    (QuotaKind.STOCK, QuotaKind.STOCK.label),
    (QuotaKind.KEPT, QuotaKind.KEPT.label),
    (QuotaKind.CUMULATIVE, QuotaKind.CUMULATIVE.label),
]
NAMES = ("year", "kind", "asof", "known", "cell", "figure", "title")


@dataclass(frozen=True, slots=True)
class Door:
    """One cell opened: its firms are listed below the grid."""

    title: Title
    district: District | None
    figure: str


def _day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date(2000, 1, 1) <= day <= today else None


def asked_of(request: HttpRequest, *, today: date) -> tuple[Asked, list[str]]:
    """The question, and the names that were dropped."""
    given = request.GET
    dropped = [name[:40] for name in given if name not in NAMES]
    year_text, tab, day_text, known_text = (given.get(name, "") for name in ("year", "kind", "asof", "known"))
    year = int(year_text) if year_text.isascii() and year_text.isdigit() and 2000 <= int(year_text[:5]) <= 2100 else None
    if year_text and year is None:
        dropped.append("year")
    if tab and tab not in selectors.KINDS_OF_TAB:
        dropped.append("kind")
        tab = ""
    day = _day(day_text, today) if day_text else None
    if day_text and day is None:
        dropped.append("asof")
    if known_text not in {"", "today"}:
        dropped.append("known")
    on = day or today
    return Asked(year or on.year, tab or ANNUAL, on, today if known_text == "today" else on), dropped


def door_of(request: HttpRequest) -> tuple[Door | None, list[str]]:
    """The cell to open (`cell=330603,little_giant`, `figure=achieved|sprint`), and what was dropped."""
    text, figure = request.GET.get("cell", ""), request.GET.get("figure", "achieved")
    if figure not in selectors.FIGURES:
        return None, ["figure"]
    if not text:
        return None, []
    place, _comma, code = text.partition(",")
    title = Title.objects.filter(code=code[:40]).first()
    district = None if place == CITY else District.objects.filter(code=place[:6]).first()
    if title is None or (district is None and place != CITY):
        return None, ["cell"]
    return Door(title, district, figure), []
