"""SF-F1 to F3: every nasty string in every cell is either taken and stays as it is, or refused with a reason; never an error."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.timezone import localdate

from companies.figures.catalogue import CATALOGUE
from companies.imports.checking import import_check
from companies.imports.models import ImportRow, ImportState
from companies.imports.refusals import CellRefused
from companies.imports.services import import_upload
from companies.imports.workbooks.parsing import (
    choice_parser,
    fact_parser,
    parse_date,
    parse_flag,
    parse_uscc,
    parse_year,
    show,
    text_parser,
)
from companies.register import uscc
from companies.register.models import Company
from tests.companies.imports.books import FIRM_HEADS, firm, named, xlsx
from tests.factories import CityClerkFactory, DistrictFactory
from tests.nasty.strings import STRINGS

PARSERS: dict[str, Any] = {
    **{name: fact_parser(fact) for name, fact in CATALOGUE.items()},
    "name": text_parser("企业名称", 200),
    "date": parse_date,
    "year": parse_year,
    "flag": parse_flag,
    "uscc": parse_uscc,
    "choice": choice_parser("区县", {"越城区": 1}),
}


def parsed(name: str, text: str) -> tuple[Any, str]:
    """The value of a cell and "", or None and the reason against it."""
    try:
        return PARSERS[name](text), ""
    except CellRefused as refusal:
        return None, refusal.reason


def test_there_are_at_least_five_hundred_different_strings() -> None:
    assert len(STRINGS) >= 500
    assert len(set(STRINGS)) == len(STRINGS)


@pytest.mark.parametrize("name", PARSERS)
def test_every_string_in_every_kind_of_cell_is_read_or_refused_with_a_sentence(name: str) -> None:
    for text in STRINGS:
        value, reason = parsed(name, text)
        assert not reason or reason.endswith("。"), text[:40]
        assert reason.isprintable(), text[:40]
        assert value is None or isinstance(value, int | str | bool | Decimal | date)
        if isinstance(value, Decimal):
            assert value.is_finite()
        if isinstance(value, str):
            value.encode()
            assert len(value) <= 200


def test_a_shown_value_is_short_printable_and_on_one_line() -> None:
    for text in STRINGS:
        shown = show(text)
        shown.encode()
        assert len(shown) <= 41 * 7
        assert shown.isprintable()


def test_a_credit_code_is_normalised_or_refused_whatever_is_typed() -> None:
    for text in STRINGS:
        code_typed = uscc.normalise(text)
        assert uscc.normalise(code_typed) == code_typed
        problem = uscc.check(text)
        assert (problem is None) == uscc.is_valid(text)


@pytest.mark.django_db
def test_names_that_are_taken_come_out_of_a_workbook_exactly_as_they_went_in() -> None:
    DistrictFactory()
    clerk, today = CityClerkFactory(), localdate()
    writable = [text for text in STRINGS if text.strip() and len(text) < 30_000 and _fits_xml(text)]
    rows = [firm(number, 企业名称=f"绍兴{text}厂") for number, text in enumerate(writable)]
    run = import_upload(file=named(xlsx({"企业": [FIRM_HEADS, *rows]})), source="audit", by=clerk, on=today)
    run = import_check(run_id=run.pk, on=today)
    assert run.state == ImportState.CHECKED
    assert run.totals["new"] + run.totals["refused"] == len(rows)
    assert run.totals["new"] > 300
    for row in ImportRow.objects.filter(run=run):
        text = writable[row.number - 2]
        if row.verdict == "new":
            assert row.values["company"]["name"] == _as_kept(f"绍兴{text}厂"), text
        else:
            assert [bad["column"] for bad in row.errors] == ["B"], text
    assert Company.objects.count() == 0


def _fits_xml(text: str) -> bool:
    """What a workbook can hold at all."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not any((ord(c) < 32 and c not in "\t\n\r") or ord(c) in (0xFFFE, 0xFFFF) for c in text)


def _as_kept(text: str) -> str:
    """Blanks become one, invisible characters go: nothing else changes."""
    return PARSERS["name"](text)
