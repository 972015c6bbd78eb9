"""Runs in every state, so that each door of 数据导入 can be tried once with success."""

from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.jobs.models import Job, JobState
from companies.imports import services
from companies.imports.applying import import_carry_out
from companies.imports.checking import import_check
from companies.imports.models import ImportRun
from tests.access.world import World

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def book(world: World, revenue: Any, *, year: int = 2024) -> bytes:
    """A workbook with one figure of the officer's own firm."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        made.set_properties({"created": datetime(2026, 11, 1)})  # the same bytes whenever it is made
        page = made.add_worksheet("年度指标")
        page.write_row(0, 0, ["统一社会信用代码", "年度", "营业收入"])
        page.write_row(1, 0, [world.own.company.uscc, year, revenue])
    return target.getvalue()


def upload(world: World) -> dict[str, Any]:
    """What the form is sent."""
    return {"file": SimpleUploadedFile("企业数据.xlsx", book(world, 11_000), XLSX), "source": "audit"}


def _run(world: World, revenue: Any = 11_000, *, year: int = 2024) -> ImportRun:
    file = ContentFile(book(world, revenue, year=year), name="企业数据.xlsx")
    return services.import_upload(file=file, source="audit", by=world.users["officer"], on=localdate())


def _address(name: str, run: ImportRun) -> str:
    return reverse(f"companies:{name}", args=[run.pk])


def uploaded(name: str) -> Any:
    """The address of a door to a run that was not checked yet."""
    return lambda world: _address(name, _run(world))


def checked(name: str, revenue: Any = 11_000, *, year: int = 2024) -> Any:
    """The address of a door to a checked run; 2025 replaces a stored value, text is refused."""

    def make(world: World) -> str:
        run = _run(world, revenue, year=year)
        return _address(name, import_check(run_id=run.pk, on=localdate()))

    return make


def applied(name: str, *, year: int = 2024) -> Any:
    """The address of a door to an applied run; 2025 replaced a stored value."""

    def make(world: World) -> str:
        run = import_check(run_id=_run(world, year=year).pk, on=localdate())
        return _address(name, import_carry_out(run_id=run.pk, by=world.users["officer"], on=localdate()))

    return make


def interrupted(name: str) -> Any:
    """The address of a door to a run whose worker died."""

    def make(world: World) -> str:
        run = import_check(run_id=_run(world).pk, on=localdate())
        job = Job.objects.create(kind="import.apply", by=world.users["officer"], state=JobState.INTERRUPTED, payload={"run": run.pk})
        run.start()
        run.interrupt()
        run.job = job
        run.save()
        return _address(name, run)

    return make


def official_list(paper: SimpleUploadedFile) -> dict[str, Any]:
    """What the form of the official list is sent."""
    return {"document_number": "浙经信企业〔2026〕8号", "document_on": date(2026, 11, 2).isoformat(), "file": paper}
