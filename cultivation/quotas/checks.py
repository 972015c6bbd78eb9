"""What `verify` asks of the figures: districts add up to their city's target, and each figure counted again in plain SQL."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db import connection
from django.utils.timezone import localdate

from companies.recognitions.models import ApplicationType, Title
from cultivation.quotas.models import Plan, Quota
from cultivation.quotas.selectors import ANNUAL, Asked, achieved_rows, counted_by, sprint_rows

Counts = dict[tuple[int, int], int]

_NEW = """
SELECT one.title_id, one.district_id, count(*) FROM companies_recognition one
WHERE one.state IN ('confirmed', 'revoked', 'voided') AND one.withdrawn_on IS NULL AND one.application_type = %s
AND one.happened_on BETWEEN %s AND %s AND one.known_on <= %s
AND (one.ended_on IS NULL OR one.ended_on > %s OR one.end_known_on IS NULL OR one.end_known_on > %s)
AND NOT EXISTS (
    SELECT 1 FROM companies_recognition other
    WHERE other.company_id = one.company_id AND other.title_id = one.title_id AND other.withdrawn_on IS NULL
    AND other.state IN ('confirmed', 'revoked', 'voided') AND other.known_on <= %s
    AND (other.happened_on < one.happened_on OR (other.happened_on = one.happened_on AND other.id < one.id))
) GROUP BY one.title_id, one.district_id
"""
_SPRINT = """
SELECT track.title_id, company.district_id, count(*) FROM cultivation_track track
JOIN companies_company company ON company.id = track.company_id
WHERE track.state = 'sprint' AND company.withdrawn_on IS NULL GROUP BY track.title_id, company.district_id
"""


def target_problems() -> Iterator[str]:
    """Targets of a year and title whose districts, newest versions, do not add up to the city's."""
    newest: dict[tuple[int, int, int, str, int | None], int] = {}
    columns = ("plan_id", "year", "title_id", "kind", "district_id", "value")
    for *key, value in Quota.objects.order_by("version").values_list(*columns):
        newest[tuple(key)] = value
    sums: dict[tuple[int, int, int, str], int] = defaultdict(int)
    for (*key, district), value in newest.items():
        if district is not None:
            sums[tuple(key)] += value
    for (plan, year, title, kind), value in sorted(sums.items()):
        city = newest.get((plan, year, title, kind, None))
        if city != value:
            yield f"quota plan {plan}, {year}, title {title}, {kind}: the districts add up to {value}, the city's target is {city}"


def figure_problems() -> Iterator[str]:
    """Figures of today, by district and title, that differ from a count in plain SQL."""
    today = localdate()
    titles = sorted(Title.objects.values_list("pk", flat=True))
    for year in sorted({min(plan.last_year, today.year) for plan in Plan.objects.filter(first_year__lte=today.year)} | {today.year}):
        asked = Asked(year, ANNUAL, today, today)
        shown = counted_by(achieved_rows(asked, title_ids=titles, plan=None))
        yield from _differing(
            f"new {year}", shown, _counted(_NEW, ApplicationType.NEW.value, date(year, 1, 1), asked.day, today, asked.day, today, today)
        )
    shown = counted_by(sprint_rows(Asked(today.year, ANNUAL, today, today), title_ids=titles))
    yield from _differing("sprint pool", shown, _counted(_SPRINT))


def _counted(statement: str, *values: date | str) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(title, district): number for title, district, number in cursor.fetchall()}


def _differing(what: str, shown: Counts, counted: Counts) -> Iterator[str]:
    for title, district in sorted({*shown, *counted}):
        one, other = shown.get((title, district), 0), counted.get((title, district), 0)
        if one != other:
            yield f"figure {what}, title {title}, district {district}: the page shows {one}, there are {other}"
