"""Reads for the pages of 入库条件."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from companies.recognitions.models import Title
from cultivation.gates.models import GateChange
from cultivation.gates.words import pool_lines
from cultivation.tracks.models import PoolScheme
from cultivation.tracks.pools import Scheme, scheme_read


@dataclass(frozen=True, slots=True)
class GateVersion:
    """One version of a title's gates in words; `state` is current, upcoming or past."""

    row: PoolScheme
    scheme: Scheme
    pools: list[tuple[str, list[str]]]
    state: str


def versions_of(title: Title, *, on: date, names: Mapping[str, str]) -> list[GateVersion]:
    """All versions of a title, latest first."""
    rows = list(PoolScheme.objects.filter(title=title).select_related("change__decision__decider__person").order_by("-in_force_from"))
    return _versions(rows, on, names)


def _versions(rows: list[PoolScheme], on: date, names: Mapping[str, str]) -> list[GateVersion]:
    current = next((row.pk for row in rows if row.in_force_from <= on), None)
    found = []
    for row in rows:
        scheme = scheme_read(row.text)
        state = "upcoming" if row.in_force_from > on else "current" if row.pk == current else "past"
        found.append(GateVersion(row, scheme, pool_lines(scheme, names), state))
    return found


def gates_for_list(*, on: date, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every title with a ladder: the version in force, the next one, and whether a change waits."""
    titles = list(Title.objects.filter(is_tracked=True))
    rows: dict[int, list[PoolScheme]] = defaultdict(list)
    for row in PoolScheme.objects.filter(title__in=titles).order_by("-in_force_from"):
        rows[row.title_id].append(row)
    waiting = {change.title_id: change for change in GateChange.objects.filter(is_open=True)}
    found = []
    for title in titles:
        versions = _versions(rows[title.pk], on, names)
        found.append(
            {
                "title": title,
                "current": next((one for one in versions if one.state == "current"), None),
                "upcoming": next((one for one in reversed(versions) if one.state == "upcoming"), None),
                "waiting": waiting.get(title.pk),
            }
        )
    return found
