"""Measures what the product costs at a size: a table of figures beside their budgets, never a test.

Runs on a scratch database of its own: an SQLite file under var/, or a PostgreSQL database named tidu_bench when DATABASE_URL is set.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import django_tables2 as tables
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.utils.timezone import localdate

from accounts.audit.models import AuditEntry
from accounts.decisions.services import decision_sign
from accounts.opening import DEMO_STAMP, opening
from accounts.users.models import District, User
from companies.figures.catalogue import CATALOGUE, Source
from companies.imports.checking import import_check
from companies.imports.models import ImportRun, RowVerdict
from companies.imports.services import import_apply, import_submit, import_upload
from companies.imports.workbooks import template
from companies.imports.workbooks.reading import FIGURE_SHEET
from companies.recognitions.models import Title
from companies.register.models import Company
from core.documents import blocks as b
from core.documents.pdf import pdf_bytes
from cultivation.demo.filling import FILLED, Filler
from cultivation.demo.workbooks import heads_of, write
from policies import engine
from policies.standards import library
from policies.standards.models import Evaluation
from policies.standards.services import evaluation_refresh, sheet_for, standard_in_force
from policies.standards.snapshots import snapshots_for

ROUNDS, WARM_UP = 30, 10
IMPORT_ROWS = 5_000
IMPORT_COLUMNS = 40
PDF_ROWS = 500
DOCUMENT = "性能测量"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; times in milliseconds, or seconds where `unit` says so. `best` is what it costs undisturbed."""

    name: str
    best: float
    p50: float
    p95: float
    queries: int | None
    budget: str
    unit: str = "ms"


Say = Callable[[str], None]


@contextmanager
def scratch_database(*, size: int, say: Say) -> Iterator[None]:
    """Point the connection at the scratch database of this size, filled once and kept for the next run."""
    if connection.vendor == "sqlite":
        name = str(Path(settings.VAR_DIR) / f"bench-{size}.sqlite3")
        Path(name).parent.mkdir(parents=True, exist_ok=True)
    else:
        name = f"tidu_bench_{size}"
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
    kept = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        if not _is_filled():
            say(f"filling {name}")
            _empty()
            call_command("migrate", verbosity=0)
            with opening(DOCUMENT, stamp=DEMO_STAMP):
                Filler(size=size, say=say).fill()
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = kept


def _is_filled() -> bool:
    if AuditEntry._meta.db_table not in connection.introspection.table_names():
        return False
    return AuditEntry.objects.filter(action=FILLED).exists()


def _empty() -> None:
    """A filling that was interrupted is thrown away; only ever called on the scratch database."""
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        connection.close()
        for suffix in ("", "-wal", "-shm"):
            name.with_name(name.name + suffix).unlink(missing_ok=True)
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


class Counter:
    """Counts statements without keeping them, so that counting costs no memory."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., object], sql: str, params: object, many: bool, context: dict[str, object]) -> object:
        self.count += 1
        return execute(sql, params, many, context)


def counted(call: Callable[[], object]) -> int:
    """How many statements one call sends."""
    counter = Counter()
    with connection.execute_wrapper(counter):
        call()
    return counter.count


def measured(name: str, call: Callable[[], object], *, budget: str, rounds: int = ROUNDS) -> Figure:
    """Best, p50 and p95 of `rounds` calls after some that warm up, the last of which counts the queries."""
    for _time in range(WARM_UP):
        call()
    queries = counted(call)
    times = []
    for _round in range(rounds):
        began = time.perf_counter()
        call()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    return Figure(name, times[0], statistics.median(times), times[int(len(times) * 0.95) - 1], queries, budget)


def yardstick() -> Figure:
    """How fast this machine is now: 25 rows × 8 as django-tables2 draws them by itself, 15 ms where the budgets were set."""
    codes = [f"c{n}" for n in range(8)]
    plain = type("Plain", (tables.Table,), {code: tables.Column() for code in codes})
    rows = [dict.fromkeys(codes, f"绍兴恒砺精密传动有限公司 {n}") for n in range(25)]
    request = RequestFactory().get("/")
    return measured(
        "yardstick: django-tables2's own 25 × 8",
        lambda: plain(rows, template_name="django_tables2/table.html").as_html(request),
        budget="15 ms on the machine of the budgets",
    )


def pages(*, today: date) -> Iterator[Figure]:
    """The pages a city auditor opens."""
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.get(username="auditor"))
    district = District.objects.get(code="330603")
    firm = Company.objects.filter(tracks__isnull=False).order_by("pk")[0]

    def get(address: str) -> Callable[[], object]:
        def call() -> object:
            response = client.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address}: {response.status_code}")
            return response.getvalue()

        return call

    for name, address, budget in (
        ("firm list, 25 rows", "/companies/", "p50 ≤ 18 ms"),
        ("firm list, 50 rows", "/companies/?per_page=50", "p50 ≤ 30 ms"),
        ("firm list, filtered by 3", f"/companies/?district={district.pk}&industry=17&size=3", "p50 ≤ 25 ms"),
        ("firm list, searched 轴承", "/companies/?q=轴承", "p50 ≤ 25 ms"),
        ("firm list, searched by initials sxyk", "/companies/?q=sxyk", "p50 ≤ 25 ms"),
        ("search as you type 印染", "/companies/search/?q=印染", "p50 ≤ 50 ms"),
        ("firm page", f"/companies/{firm.uscc}/", "p50 ≤ 23 ms"),
        ("quota page", f"/quotas/?year={today.year}", "p50 ≤ 30 ms"),
    ):
        yield measured(name, get(address), budget=budget)


def evaluation(*, today: date) -> Iterator[Figure]:
    """One firm against one standard and against all of them; every firm against the two titles with pools, and against all."""
    title = Title.objects.get(code="little_giant")
    firm = Company.objects.filter(tracks__isnull=False).order_by("pk")[0]
    published = standard_in_force(title=title, on=today)
    every = library.evaluated(on=today)
    (subject,) = snapshots_for([firm.pk], on=today)
    yield measured(
        "evaluate one firm (engine)", lambda: engine.evaluate(published.compiled, subject.snapshot, on=today), budget="p50 ≤ 2 ms"
    )
    yield measured(
        f"evaluate one firm × {len(every)} titles (engine)",
        lambda: [engine.evaluate(one.compiled, subject.snapshot, on=today) for one in every.values()],
        budget="p50 ≤ 5 ms",
    )
    yield measured("gap sheet of one firm (with reading)", lambda: sheet_for(company=firm, title=title, on=today), budget="")
    ids = list(Company.objects.order_by("pk").values_list("pk", flat=True))
    pooled = {code: one for code, one in every.items() if one.row.title.is_tracked}
    for standards, is_followed, what, budget in (
        (pooled, False, "evaluate all", "≤ 30 s (SQL for 500)"),
        (every, False, "evaluate all", f"bare comparisons: {_bare(len(ids)):.2f} s"),
        (every, True, "… and what firms within reach lack", ""),
    ):
        refresh = partial(evaluation_refresh, on=today, standards=standards, is_followed=is_followed)
        queries = counted(partial(refresh, company_ids=ids[:500]))
        Evaluation.objects.update(is_stale=True, digest="")  # every row is written anew, whatever an earlier run left
        took = _seconds(partial(refresh, company_ids=ids))
        yield _once(f"{what}, {len(ids):,} firms × {len(standards)} titles", took, queries, budget, "s")
    yield _once("evaluate all, peak memory of the process", _peak(), None, "", "MB")


def _bare(firms: int) -> float:
    """Seconds that Python alone needs for 40 comparisons of whole numbers per firm: the floor beside which evaluation stands."""
    values, lines = [list(range(40)) for _ in range(1_000)], list(range(40))
    took = _seconds(lambda: [[value >= line for value, line in zip(row, lines, strict=True)] for row in values])
    return took * firms / len(values)


def documents(*, today: date) -> Iterator[Figure]:
    """A list of 500 rows × 8 as a PDF."""
    columns = [
        b.Column("企业", weight=3),
        b.Column("统一社会信用代码", fixed=True),
        *[b.Column(f"指标{n}", align="right") for n in range(6)],
    ]
    figures = ["1,205.4", "2.70", "5.40", "差 1 项", "12", "3.0"]
    rows = [[company.name, company.uscc, *figures] for company in Company.objects.order_by("pk")[:PDF_ROWS]]
    imprint = b.Imprint("测量", "测量", datetime.now(UTC), today, "当时所知", "0" * 64, "测量", landscape=True)
    yield measured("PDF, 500 rows × 8", lambda: pdf_bytes([b.Table(columns, rows)], imprint=imprint), budget="p50 ≤ 700 ms", rounds=5)


def import_measured(*, size: int) -> Iterator[Figure]:
    """Check and apply of 5,000 rows × 40, in a process of its own so that its peak memory is its own."""
    command = [sys.executable, "manage.py", "bench", "--companies", str(size), "--part", "import"]
    answer = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)  # noqa: S603 (own command)
    if answer.returncode:
        raise RuntimeError(answer.stderr.strip().splitlines()[-1] if answer.stderr.strip() else "the import ended without a word")
    found = json.loads(answer.stdout.strip().splitlines()[-1])
    for name, queries in (("check", found["check_queries"]), ("apply", found["apply_queries"])):
        yield _once(f"import {found['rows']:,} × {found['columns']}, {name}", found[name], queries, "", "s")
    both = found["check"] + found["apply"]
    yield _once("import, check + apply", both, None, "≤ 8 s", "s")
    yield _once("import, peak memory of the process", found["peak"], None, f"≤ 200 MB (starts at {found['start']:.0f})", "MB")


def _once(name: str, value: float, queries: int | None, budget: str, unit: str) -> Figure:
    return Figure(name, value, value, value, queries, budget, unit)


def import_once(*, today: date, folder: Path) -> dict[str, float]:
    """Write a workbook of new figures for 5,000 firms, check it, have it signed, apply it; figures for `import_measured`.

    Every run brings the figures of another year, so that it never meets its own rows.
    """
    year = 2020 - ImportRun.objects.count()
    codes = [code for code in CATALOGUE if code not in {"high_tech_revenue", "platform_score", "rd_institution_level", "digital_level"}]
    codes = codes[: IMPORT_COLUMNS - 3]
    firms = list(Company.objects.order_by("pk").values_list("uscc", "name")[:IMPORT_ROWS])
    columns = heads_of(template.figure_heads(), {"uscc", "name", "year", *codes})
    rows = ({"uscc": code, "name": name, "year": year, **_invented(codes, number)} for number, (code, name) in enumerate(firms))
    path = folder / "bench-import.xlsx"
    write(path, {FIGURE_SHEET: (columns, rows)})
    clerk, approver = User.objects.get(username="clerk"), User.objects.get(username="approver")
    file = ContentFile(path.read_bytes(), name=path.name)
    start = _peak()
    with opening(DOCUMENT, stamp=DEMO_STAMP):
        run = import_upload(file=file, source=Source.AUDIT, by=clerk, on=today, confirm_jumps=True)
        found: dict[str, float] = {"rows": len(firms), "columns": len(columns), "start": start}
        for part, step in (
            ("check", lambda: import_check(run_id=run.pk, on=today)),
            ("apply", lambda: _applied(run.pk, clerk=clerk, approver=approver, today=today)),
        ):
            counter = Counter()
            with connection.execute_wrapper(counter):
                found[part] = _seconds(step)
            found[f"{part}_queries"] = counter.count
    found["peak"] = _peak()
    return found


def _applied(run_id: int, *, clerk: User, approver: User, today: date) -> None:
    """The signature of the second person carries the run out; a small run needs none."""
    run = ImportRun.objects.get(pk=run_id)
    if run.totals.get("refused"):
        first = run.rows.filter(verdict=RowVerdict.REFUSED).first()
        raise RuntimeError(f"{run.totals['refused']} rows of the measured workbook were refused: {first and first.errors}")
    if IMPORT_ROWS > 1_000 and run.totals.get("new", 0) > 1_000:
        decision = import_submit(run_id=run_id, by=clerk, on=today)
        decision_sign(decision_id=decision.pk, signer=approver, on=today)
    else:
        import_apply(run_id=run_id, by=clerk, on=today)


def _invented(codes: Sequence[str], number: int) -> dict[str, object]:
    """Figures that agree with each other: every part is smaller than its whole."""
    base = 2_000 + number % 9_000
    parts = {
        "revenue": base,
        "main_revenue": base * 0.9,
        "sales_revenue": base,
        "product_revenue": base * 0.6,
        "employees": 100 + number % 800,
    }
    parts |= {"rd_expense": base * 0.04, "rd_expense_domestic": base * 0.039, "rd_staff": 12, "tech_staff": 15}
    parts |= {"total_assets": base * 1.1, "total_liabilities": base * 0.5, "net_assets": base * 0.6}
    found: dict[str, object] = {}
    for code in codes:
        unit = CATALOGUE[code].unit
        found[code] = round(parts[code], 2) if code in parts else True if unit == "是/否" else 7
    return found


def _seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def _peak() -> float:
    """The process's peak resident memory in MB; Linux lets a child begin with its parent's peak elsewhere, so its own is read."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """The lines of the table."""
    yield f"{'figure':<42}{'best':>12}{'p50':>12}{'p95':>12}{'SQL':>7}  budget"
    for one in figures:
        queries = "" if one.queries is None else str(one.queries)
        times = "".join(f"{value:>9.1f} {one.unit:<2}" for value in (one.best, one.p50, one.p95))
        yield f"{one.name:<42}{times}{queries:>7}  {one.budget}"


def run(*, size: int, say: Say) -> list[Figure]:
    """Every figure at one size."""
    today = localdate()
    found = [yardstick(), *pages(today=today), *evaluation(today=today), *documents(today=today)]
    say("import …")
    found += import_measured(size=size)
    return found
