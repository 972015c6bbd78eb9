"""Builds the demonstration: an empty database, the shipped data, invented people and firms, then three years replayed in date order.

On SQLite everything happens in a file of its own that takes the database's place at the very end, so an interrupted run leaves
nothing behind; on PostgreSQL the log says whether a run was finished.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.utils.timezone import localdate

from accounts.audit import services as audit
from accounts.audit.models import AuditEntry
from accounts.audit.outside import forget_heads
from accounts.jobs.services import job_start
from accounts.opening import DEMO_STAMP, opening
from accounts.users.models import District
from companies.register.models import Company
from core.errors import Refusal
from cultivation.demo.ladder import Ladder
from cultivation.demo.lists import lists_fill
from cultivation.demo.papers import Papers
from cultivation.demo.people import people_make
from cultivation.demo.shapes import Kind
from cultivation.demo.story import Story
from cultivation.demo.workbooks import SINCE, books_write, messy_write
from cultivation.demo.world import World, by_share, world_make
from cultivation.seeding import seed
from policies.standards.models import Standard

DOCUMENT = "演示数据（企业、人员和名单均为虚构）"
FINISHED = "demo.finished"
Say = Callable[[str], None]


class NotADemo(Refusal):
    """The database holds something that the demonstration did not make; it is left alone."""


def _has_table(model: type[Model]) -> bool:
    """Whether the database is there and holds the model's table; looking does not create a file."""
    if connection.vendor == "sqlite" and connection.connection is None and not Path(str(connection.settings_dict["NAME"])).exists():
        return False
    return model._meta.db_table in connection.introspection.table_names()


def is_finished() -> bool:
    """Whether the database holds a demonstration that was built to its end."""
    if not _has_table(AuditEntry):
        return False
    return AuditEntry.objects.filter(action=FINISHED).exists()


def demo_update(*, say: Say) -> bool:
    """Bring a demonstration of an earlier version up to this one: its tables, the shipped data, what is due; whether it was behind."""
    executor = MigrationExecutor(connection)
    is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if is_behind:
        say("演示数据由较早的版本建立，正在更新……")
        call_command("migrate", verbosity=0, interactive=False)
    texts = Standard.objects.count()
    seed(on=localdate())
    if is_behind or Standard.objects.count() != texts:
        job_start(kind="evaluate", by=None, payload={"on": localdate().isoformat()}, total=Company.objects.count())
        return True
    return False


def is_foreign() -> bool:
    """Whether the database holds tables that are not the product's, or firms without the demonstration's stamp."""
    if not _has_table(Company):
        is_new_file = connection.vendor == "sqlite" and not Path(str(connection.settings_dict["NAME"])).exists()
        return not is_new_file and bool(connection.introspection.table_names())
    return Company.objects.exclude(stamp=DEMO_STAMP).exists()


def demo_build(*, size: int, say: Say) -> int:
    """Build the demonstration with `size` firms in place of whatever demonstration was there; returns the number of firms.

    Raises NotADemo when the database holds other data.
    """
    if is_foreign():
        raise NotADemo(f"数据库里有非演示数据，演示不会改动它：{settings.DATABASES['default']['NAME']}")
    with _fresh_database(say):
        return demo_fill(size=size, say=say)


@contextmanager
def _fresh_database(say: Say) -> Iterator[None]:
    """An empty, migrated database to build in; on SQLite a new file that replaces the old one when all went well."""
    shutil.rmtree(workbook_folder(), ignore_errors=True)
    forget_heads()
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        call_command("migrate", verbosity=0)
        yield
        return
    final = Path(str(connection.settings_dict["NAME"]))
    building = final.with_name(f"{final.name}.building")
    final.parent.mkdir(parents=True, exist_ok=True)
    _remove(building)
    connection.close()
    connection.settings_dict["NAME"] = str(building)
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # a file that is thrown away when the machine stops needs no flushing
        call_command("migrate", verbosity=0)
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(final)
    _remove(final)
    os.replace(building, final)
    _remove(building)
    say(f"数据库：{final}")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def workbook_folder() -> Path:
    """Where the demonstration's workbooks are kept, for whoever wants to try the import by hand."""
    return Path(settings.VAR_DIR) / "demo"


def demo_fill(*, size: int, say: Say) -> int:
    """Play the whole story into an empty, migrated database; returns the number of firms."""
    started = time.monotonic()
    world = world_make(size=size)
    lists_fill(world)
    books = books_write(world, folder=workbook_folder())
    messy = messy_write(world, path=workbook_folder() / "试一试-各处要来的表.xlsx")
    say(f"工作簿 {len(books)} 本，{time.monotonic() - started:.1f} 秒")
    with opening(DOCUMENT, stamp=DEMO_STAMP):
        ladder = _people_and_rules(world)
        papers = Papers(people=ladder.people)
        story = Story(world, ladder=ladder, papers=papers, books=books, messy=messy, today=localdate())
        for scene in story.scenes():
            began = time.monotonic()
            scene.play(scene.on)
            say(f"{scene.on:%Y-%m-%d} {scene.name}，{time.monotonic() - began:.1f} 秒")
        papers.enterprise_join(world, ladder=ladder, on=localdate())
        audit.record(FINISHED, actor=None, after={"companies": len(ladder.companies), **ladder.counts}, on=localdate())
    return len(ladder.companies)


def _people_and_rules(world: World) -> Ladder:
    """Places, titles, batches, standards, gates, plans and people: everything that stands before the first import."""
    on: date = SINCE
    seed(on=on)
    kept = dict.fromkeys(by_share(world.size), 0)
    for firm in world.of(Kind.CHAMPION, Kind.GIANT, Kind.NEAR, Kind.SPECIALISED, Kind.TECH):
        kept[firm.district] += 1 if firm.kind is not Kind.TECH else firm.number % 2
    return Ladder(people_make(districts={one.code: one for one in District.objects.all()}, firms=kept, on=on))
