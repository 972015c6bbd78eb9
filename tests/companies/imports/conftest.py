"""People and firms of the import tests."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils.timezone import localdate

from accounts.users.models import User
from companies.imports.models import ImportRow, ImportRun
from companies.imports.services import import_check, import_upload
from tests.companies.imports.books import named, xlsx
from tests.factories import CityApproverFactory, CityClerkFactory, ClerkFactory, DistrictFactory, OfficerFactory, TitleFactory

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def today() -> date:
    return localdate()


@pytest.fixture
def city_clerk(db: None) -> User:
    for district in ("330602", "330603"):
        DistrictFactory(code=district)
    TitleFactory()
    return CityClerkFactory()


@pytest.fixture
def clerk(city_clerk: User) -> User:
    return ClerkFactory()


@pytest.fixture
def officer(city_clerk: User) -> User:
    return OfficerFactory()


@pytest.fixture
def signer(city_clerk: User) -> User:
    return CityApproverFactory()


@pytest.fixture
def check(today: date) -> Callable[..., ImportRun]:
    """Upload sheets (or the bytes of a workbook) and check them."""

    def upload_and_check(sheets: Any, *, by: User, source: str = "audit", name: str = "企业数据.xlsx", **more: Any) -> ImportRun:
        content = sheets if isinstance(sheets, bytes) else xlsx(sheets)
        run = import_upload(file=named(content, name), source=source, by=by, on=today, **more)
        return import_check(run_id=run.pk, on=today)

    return upload_and_check


@pytest.fixture
def official_list() -> ContentFile:
    return ContentFile(PDF, name="公告.pdf")


def fresh(run: ImportRun) -> ImportRun:
    """The run as it is stored now."""
    return ImportRun.objects.select_related("decision", "job").get(pk=run.pk)


def reasons(run: ImportRun) -> list[str]:
    """Every reason of the run, in order."""
    return [bad["reason"] for errors in ImportRow.objects.filter(run=run).order_by("pk").values_list("errors", flat=True) for bad in errors]


def verdicts(run: ImportRun) -> list[tuple[str, int, str]]:
    """(sheet, row, verdict) in order."""
    return list(ImportRow.objects.filter(run=run).order_by("pk").values_list("sheet", "number", "verdict"))
