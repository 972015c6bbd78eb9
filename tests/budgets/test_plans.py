"""The pages a city opens most never read a large table from end to end: the databases are asked how they would answer.

Without statistics, as here, SQLite plans as for large tables; PostgreSQL is told not to read a table through where an index can answer.
"""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.access.world import World
from tests.budgets.growth import grow

LARGE = (
    "companies_company",
    "companies_companydistrict",
    "companies_assignment",
    "companies_yearfigures",
    "companies_recognition",
    "companies_evidence",
    "cultivation_track",
    "cultivation_trackevent",
    "policies_evaluation",
    "policies_reach",
    "accounts_auditentry",
)
PAGES = {
    "the register": "/companies/",
    "its next page": "/companies/?page=last",
    "the register by code": "/companies/?sort=-uscc",
    "filtered by three": "/companies/?district={district}&industry=34&size=2",
    "of one officer": "/companies/?officer=me",
    "holding a title": "/companies/?title=little_giant",
    "in a pool": "/companies/?pool=sprint",
    "by conclusion": "/companies/?verdict=little_giant:hopeful",
    "searched by two characters": "/companies/?q=轴承",
    "searched by initials": "/companies/?q=sxzc",
    "search as one types": "/companies/search/?q=轴承",
    "a firm": "/companies/{uscc}/",
    "targets": "/quotas/?year=2026",
    "targets, valid titles": "/quotas/?year=2026&kind=stock",
    "targets, an opened figure": "/quotas/?year=2026&cell=330602,little_giant&figure=sprint",
    "near a title": "/near-misses/?title=single_champion",
    "near any title": "/near-misses/",
    "before the year is over": "/year-end/",
    "before the year is over, one title": "/year-end/?title=single_champion",
    "recognitions": "/recognitions/",
    "the log": "/audit/",
}


def plan_of(sql: str) -> list[str]:
    """The lines of the database's plan for one statement."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN (COSTS off) {sql}")
        return [str(row[-1]) for row in cursor.fetchall()]


def read_through(sql: str) -> list[str]:
    """The lines of the plan that read a large table without an index."""
    tables = "|".join(LARGE)
    aliases = "|".join(re.findall(rf'"(?:{tables})" "?([A-Z]\d+)"?', sql))
    names = f"(?:{tables}{'|' if aliases else ''}{aliases})"
    whole = rf"SCAN {names}$" if connection.vendor == "sqlite" else rf"Seq Scan on (?:{tables})\b"
    return [line for line in plan_of(sql) if re.search(whole, line.strip())]


@pytest.fixture
def asked(world: World, db: None) -> dict[str, list[str]]:
    """The statements of each page, as an approver of the city sends them."""
    grow(world, first=0, last=3)
    client, found = Client(), {}
    client.force_login(world.users["city"])
    for name, address in PAGES.items():
        url = address.format(uscc=world.own.company.uscc, district=world.own.company.district_id)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200, url
        found[name] = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    return found


def test_no_page_reads_a_large_table_through(asked: dict[str, list[str]]) -> None:
    through = [f"{name}: {line} in {sql[:300]}" for name, all_of in asked.items() for sql in all_of for line in read_through(sql)]
    assert not through, "\n".join(through)


@pytest.mark.usefixtures("db")
def test_a_statement_without_an_index_is_noticed() -> None:
    assert read_through('SELECT "id" FROM "companies_company" WHERE "companies_company"."founded_on" = \'2020-01-01\'')
    assert not read_through('SELECT "id" FROM "companies_company" WHERE "companies_company"."uscc" = \'91330602MA2ABCDEXA\'')
