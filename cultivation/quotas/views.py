"""目标进度: the grid of a year, any past day in both readings, and the firms behind each figure; as a page and as a PDF."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.roles import Role, roles_required
from accounts.scope import covers
from companies.recognitions.models import Title
from cultivation.quotas import selectors
from cultivation.quotas.forms import TABS, Door, asked_of, door_of
from cultivation.quotas.selectors import Asked, Grid

READERS = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)
MEMBERS_PER_PAGE = 200


def _address(asked: Asked, **changes: Any) -> str:
    query = {
        "year": asked.year,
        "kind": asked.tab,
        "asof": asked.on.isoformat(),
        "known": "today" if asked.known != asked.on else "",
        **changes,
    }
    return "?" + urlencode({name: value for name, value in query.items() if value})


def _is_open_to(user: Any, door: Door) -> bool:
    return user.is_city if door.district is None else covers(user, door.district.pk)


def _members(request: HttpRequest, grid: Grid, door: Door) -> dict[str, Any]:
    rows = selectors.members(
        user=request.user,  # type: ignore[arg-type]
        asked=grid.asked,
        title=door.title,
        district=door.district,
        figure=door.figure,
        grid=grid,
    )
    number = request.GET.get("page", "1")
    page = Paginator(rows, MEMBERS_PER_PAGE).get_page(number if number.isascii() and number.isdigit() and len(number) < 6 else 1)
    user_district = request.user.district_id  # type: ignore[union-attr]
    return {"door": door, "page": page, "count": page.paginator.count, "own_district": user_district}


WHOLE = "all"


def _narrow(request: HttpRequest, titles: list[Title], door: Door | None) -> str:
    """The title a phone shows: `title=`, else that of the opened cell, else the first; `all` for the whole matrix."""
    codes = [title.code for title in titles]
    wanted = [request.GET.get("title", ""), door.title.code if door else "", *codes[:1]]
    return next((code for code in wanted if code == WHOLE or code in codes), WHOLE)


def _narrow_choices(asked: Asked, titles: list[Title], narrow: str) -> list[dict[str, Any]]:
    pairs = [*((title.code, title.short) for title in titles), (WHOLE, _("全部称号"))]
    return [{"label": label, "url": _address(asked, title=code) + "#h-grid", "current": code == narrow} for code, label in pairs]


@require_safe
@roles_required(*READERS)
def quota_overview(request: HttpRequest) -> HttpResponse:
    """The grid, and below it the opened cell's firms."""
    today = localdate()
    asked, dropped = asked_of(request, today=today)
    door, wrong = door_of(request)
    if door and not _is_open_to(request.user, door):
        door, wrong = None, ["cell"]
    grid = selectors.quota_grid(user=request.user, asked=asked, kept=True)  # type: ignore[arg-type]
    late = request.GET.get("figure") == "late"
    narrow = _narrow(request, grid.titles, door)
    context = {
        "grid": grid,
        "asked": asked,
        "today": today,
        "years": sorted({*grid.years, asked.year}),
        "tabs": [(code, label, _address(asked, kind=code)) for code, label in TABS],
        "base": _address(asked),
        "narrow": narrow,
        "narrow_choices": _narrow_choices(asked, grid.titles, narrow),
        "dropped": [name for name in [*dropped, *wrong] if not (late and name == "figure")],
        "members": _members(request, grid, door) if door else None,
        "late": selectors.late_rows(user=request.user, asked=asked, title_ids=[title.pk for title in grid.titles]) if late else None,  # type: ignore[arg-type]
        "late_url": _address(asked, figure="late"),
        "begins": grid.begins,
    }
    return render(request, "cultivation/quotas/overview.html", context)
