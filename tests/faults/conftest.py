"""What the fault tests start from: a city with its library, people, and workbooks that wait."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.timezone import localdate

from accounts.users.models import User
from companies.imports.models import ImportRun
from companies.imports.services import import_check, import_upload
from tests.companies.imports.books import FIGURE_HEADS, FIRM_HEADS, code, firm, named, xlsx
from tests.factories import CityApproverFactory, CityClerkFactory, DistrictFactory
from tests.factories.cultivation import library


@pytest.fixture
def clerk(transactional_db: None) -> User:
    """A clerk of the city, in a city with its library."""
    library()
    DistrictFactory()
    return CityClerkFactory()


@pytest.fixture
def signer(clerk: User) -> User:
    """An approver of the city."""
    return CityApproverFactory()


@pytest.fixture
def checked_run(clerk: User) -> Callable[..., ImportRun]:
    """A checked workbook of so many new firms, each with one year of figures."""

    def make(firms: int, *, first: int = 1) -> ImportRun:
        serials = range(first, first + firms)
        sheets: dict[str, Any] = {
            "企业": [FIRM_HEADS, *(firm(serial) for serial in serials)],
            "年度指标": [FIGURE_HEADS, *([code(serial), 2025, 1_000 + serial, 60, 80] for serial in serials)],
        }
        run = import_upload(file=named(xlsx(sheets), f"企业数据{first}.xlsx"), source="audit", by=clerk, on=localdate())
        return import_check(run_id=run.pk, on=localdate())

    return make
