"""SF-F3: the form of figures and the importer give one verdict on one text; where the importer reads more, it is written here.

Both are plain Python: what they let through fits the columns of either database, which SQLite alone would not say.
"""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from companies.figures.catalogue import CATALOGUE, Fact, Kind
from companies.figures.checks import contradictions
from companies.figures.forms import fact_field
from companies.figures.models import YearFigures
from companies.imports.refusals import CellRefused
from companies.imports.workbooks.parsing import fact_parser, parse_date, parse_year
from core.forms import DateField, YearField
from tests.factories import YearFiguresFactory
from tests.nasty.strings import STRINGS

REFUSED = "refused"
MARKED = ["100²", "5①", "10²⁰", "1½", "㊿", "3⁴", "12③万"]
TEXTS = [text for text in [*STRINGS, *MARKED, "2024", "１９９９"] if len(text) <= 500]
# spellings of workbooks: units in the cell, blanks between digits, whole numbers with .0, dates in characters
READ_BY_THE_IMPORTER_ALONE = {
    "1万", "1亿", "1元", "1%", "1‰", "¥1", "$1", "1.0", "1 000", "1\u00a0000", "1\u2009000", "1\u200b1", "2024年3月1日", "2024年2月29日",
    "20240301",
    "202403", "2024-03-01 24:00", "2024-03-01T00:00:00Z", "45352",
}  # fmt: skip
NUMBERS = [fact for fact in CATALOGUE.values() if fact.kind is not Kind.FLAG]


def by_form(field: Any, text: str, fact: Fact | None = None) -> Any:
    try:
        value = field.clean(text)
    except ValidationError:
        return REFUSED
    return REFUSED if fact and value is not None and contradictions({fact.code: value}) else value


def by_import(parser: Any, text: str) -> Any:
    try:
        return parser(text)
    except CellRefused:
        return REFUSED


def _agree(field: Any, parser: Any, fact: Fact | None = None) -> int:
    taken = 0
    for text in TEXTS:
        typed, read = by_form(field, text, fact), by_import(parser, text)
        if read is None:  # a blank, a dash or 无 in a cell says that there is no figure
            assert typed in (None, REFUSED), text
        elif typed != REFUSED:
            assert read == typed, text
            taken += 1
        elif read != REFUSED:
            assert text in READ_BY_THE_IMPORTER_ALONE, (text, read)
    return taken


@pytest.mark.parametrize("fact", NUMBERS, ids=lambda fact: fact.code)
def test_form_and_importer_agree_on_every_number(fact: Fact) -> None:
    assert _agree(fact_field(fact), fact_parser(fact), fact) >= 3


@pytest.mark.parametrize("text", MARKED)
def test_a_raised_or_circled_digit_is_no_digit(text: str) -> None:
    parser = fact_parser(CATALOGUE["revenue"])
    with pytest.raises(CellRefused):
        parser(text)
    assert parser("100") == Decimal(1_000_000)


def test_form_and_importer_agree_on_days_and_years() -> None:
    later = {"2099-01-01"}  # a form's own service names a day to come, a cell is told at once
    for text in TEXTS:
        typed, read = by_form(DateField(required=False), text), by_import(parse_date, text)
        assert read in (None, typed) or text in READ_BY_THE_IMPORTER_ALONE | later or typed == read, text
    assert _agree(YearField(required=False), parse_year) >= 1


@pytest.mark.django_db
@pytest.mark.parametrize("fact", NUMBERS, ids=lambda fact: fact.code)
def test_whatever_a_door_lets_through_the_column_keeps_exactly(fact: Fact) -> None:
    """On whichever database the suite runs."""
    column = YearFigures._meta.get_field(fact.code)
    row = YearFiguresFactory()
    for text in TEXTS:
        value = by_form(fact_field(fact), text, fact)
        if value in (None, REFUSED):
            continue
        YearFigures.objects.filter(pk=row.pk).update(**{fact.code: value})
        kept = YearFigures.objects.values_list(fact.code, flat=True).get(pk=row.pk)
        assert kept == value, (text, column)
        assert YearFigures.objects.filter(pk=row.pk, **{f"{fact.code}__gte": value}).exists()
