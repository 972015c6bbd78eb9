"""From cells to values: every row of a table parsed, every bad cell kept with its address, value and reason."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.users.models import District, Park, Town
from companies.figures.catalogue import CATALOGUE, Kind
from companies.imports.refusals import CellRefused
from companies.imports.workbooks.headers import Column
from companies.imports.workbooks.parsing import (
    SOURCE_VALUES,
    Parser,
    choice_parser,
    parse_date,
    parse_flag,
    parse_uscc,
    parse_year,
    parsers_for,
    show,
    text_parser,
)
from companies.imports.workbooks.reading import Table, TableKind
from companies.recognitions.models import ApplicationType, Title
from companies.register.industries import INDUSTRIES
from companies.register.models import Size

LONGEST_NAME = 200
LONGEST_NUMBER = 100
LONGEST_BATCH = 60


@dataclass(slots=True)
class YearPart:
    """What a row says about one year: `values` holds only what was filled in."""

    year: int
    source: str
    is_estimate: bool
    values: dict[str, Any]
    columns: dict[str, Column]


@dataclass(slots=True)
class Row:
    """One parsed row. `company` and `recognition` hold parsed fields by name; `errors` every bad cell."""

    sheet: str
    number: int
    uscc: str = ""
    company: dict[str, Any] = field(default_factory=dict)
    years: list[YearPart] = field(default_factory=list)
    recognition: dict[str, Any] = field(default_factory=dict)
    is_checked_by_hand: bool = False
    brings_company: bool = False
    errors: list[dict[str, str]] = field(default_factory=list)
    cells: dict[str, tuple[Column, Any]] = field(default_factory=dict)

    def refuse(self, name: str, reason: str) -> None:
        """Keep a reason at the cell of field `name`, or at the row when that column is not there."""
        column, value = self.cells.get(name, (None, ""))
        self.errors.append(error(column, value, reason))

    def is_refused_at(self, name: str) -> bool:
        """Whether the cell of field `name` has a reason against it already."""
        column = self.cells[name][0].letter if name in self.cells else None
        return any(bad["column"] == column for bad in self.errors)


def error(column: Column | None, value: Any, reason: str) -> dict[str, str]:
    """One bad cell as it is stored and shown."""
    return {"column": column.letter if column else "", "header": column.header if column else "", "value": show(value), "reason": reason}


@dataclass(slots=True)
class Codes:
    """The code lists a file may use, read once per run."""

    districts: dict[str, int]
    towns: dict[str, list[tuple[int, int]]]
    parks: dict[str, list[tuple[int, int]]]
    titles: dict[str, int]

    @classmethod
    def load(cls) -> "Codes":
        """Names and codes of districts, towns, parks and titles."""
        districts: dict[str, int] = {}
        for key, code, name in District.objects.values_list("pk", "code", "name"):
            districts |= {code: key, name: key}
            if len(name) > 2 and name[-1] in "区县市":
                districts.setdefault(name[:-1], key)
        titles: dict[str, int] = {}
        for key, code, name, short in Title.objects.recognisable().values_list("pk", "code", "name", "short_name"):
            titles |= {
                code: key,
                name: key,
                short: key,
                name.replace("“", '"').replace("”", '"'): key,
                name.replace("“", "").replace("”", ""): key,
            }
        return cls(districts, _places(Town), _places(Park), titles)


def _places(model: Any) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for key, name, district in model.objects.values_list("pk", "name", "district_id"):
        found.setdefault(name, []).append((district, key))
    return found


class RowReader:
    """Parses the rows of one table; parsers are built once."""

    def __init__(self, table: Table, codes: Codes, *, source: str) -> None:
        self.table, self.source = table, source
        own = {column.field: column for column in table.columns if column.field not in CATALOGUE}
        self.uscc = own.pop("uscc")
        self.parsers = [(column, _PARSERS.get(name) or _code_parser(name, codes)) for name, column in own.items()]
        self.years: dict[int | None, list[tuple[int, Column, Parser]]] = {}
        for column, parser in parsers_for(table.columns):
            self.years.setdefault(column.year, []).append((column.index, column, parser))
        self.is_recognition = table.kind is TableKind.RECOGNITIONS
        self.brings_company = table.kind in {TableKind.COMPANIES, TableKind.MIXED}

    def rows(self) -> Iterator[Row]:
        """The table's rows in order."""
        for number, cells in self.table.rows:
            yield self._row(number, cells)

    def _row(self, number: int, cells: Any) -> Row:
        row = Row(self.table.sheet[:60], number, brings_company=self.brings_company)
        width = len(cells)
        value = cells[self.uscc.index] if self.uscc.index < width else None
        row.cells["uscc"] = (self.uscc, value)
        try:
            row.uscc = parse_uscc(value)
        except CellRefused as refusal:
            row.refuse("uscc", refusal.reason)
            row.uscc = show(value)[:40]
        fields: dict[str, Any] = {}
        for column, parser in self.parsers:
            value = cells[column.index] if column.index < width else None
            if value is None or value == "":
                continue
            row.cells[column.field] = (column, value)
            try:
                fields[column.field] = parser(value)
            except CellRefused as refusal:
                row.errors.append(error(column, value, refusal.reason))
        self._sort(row, fields)
        if self.years:
            self._figures(row, fields, cells, width)
        return row

    def _sort(self, row: Row, fields: dict[str, Any]) -> None:
        row.is_checked_by_hand = bool(fields.get("confirm_jumps"))
        if self.is_recognition:
            row.recognition = {name: fields[name] for name in _RECOGNITION if fields.get(name) is not None and fields[name] != ""}
            row.company = {"name": fields["name"]} if fields.get("name") else {}
        else:
            row.company = {name: fields[name] for name in _COMPANY if fields.get(name) is not None and fields[name] != ""}

    def _figures(self, row: Row, fields: dict[str, Any], cells: Any, width: int) -> None:
        errors = row.errors
        for year, columns in self.years.items():
            values: dict[str, Any] = {}
            for index, column, parser in columns:
                value = cells[index] if index < width else None
                if value is None or value == "":
                    continue
                try:
                    parsed = parser(value)
                except CellRefused as refusal:
                    errors.append(error(column, value, refusal.reason))
                    continue
                if parsed is not None:
                    values[column.field] = parsed
            own_year = fields.get("year") if year is None else year
            if own_year is None:
                if values and "year" not in row.cells:
                    errors.append({"column": "", "header": "", "value": "", "reason": missing_year()})
                continue
            part = YearPart(own_year, fields.get("source") or self.source, bool(fields.get("is_estimate")), values, {})
            part.columns = {column.field: column for _at, column, _how in columns}
            if values or year is None:
                row.years.append(part)


def missing_year() -> str:
    """A row of figures without its year."""
    return _("缺年度，请填四位数字，如 2025。")


_COMPANY = ("name", "former_name", "district", "town", "park", "industry", "size", "is_above_scale", "founded_on")
_RECOGNITION = (
    "title", "application_type", "batch", "document_number", "announced_on", "certified_on", "valid_from", "valid_until", "district",
)  # fmt: skip
_INDUSTRY_CODES = {
    key: code for code, name in INDUSTRIES for key in (code, name, f"{code} {name}", f"{code}{name}", f"C{code}", code.lstrip("0"))
}
_SIZES = {key: code for code, label in Size.choices for key in (code, str(label), str(label).removesuffix("型"))}
_TYPES = {value: value for value in ApplicationType.values} | {"新申报": "认定", "新认定": "认定", "首次认定": "认定"}
_PARSERS: dict[str, Parser] = {
    "name": text_parser("企业名称", LONGEST_NAME),
    "former_name": text_parser("曾用名", LONGEST_NAME),
    "industry": choice_parser("行业代码", _INDUSTRY_CODES),
    "size": choice_parser("规模", _SIZES),
    "is_above_scale": parse_flag,
    "founded_on": parse_date,
    "year": parse_year,
    "is_estimate": parse_flag,
    "confirm_jumps": parse_flag,
    "source": choice_parser("口径", SOURCE_VALUES),
    "application_type": choice_parser("申请类型", _TYPES),
    "batch": text_parser("批次", LONGEST_BATCH),
    "document_number": text_parser("公告文号", LONGEST_NUMBER),
    "announced_on": parse_date,
    "certified_on": parse_date,
    "valid_from": parse_date,
    "valid_until": parse_date,
}


def _code_parser(name: str, codes: Codes) -> Parser:
    if name == "district":
        return choice_parser("区县", codes.districts)
    if name == "title":
        return choice_parser("称号", codes.titles)
    return choice_parser("镇街" if name == "town" else "园区", codes.towns if name == "town" else codes.parks)


def to_json(value: Any) -> Any:
    """A parsed value as a row keeps it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def figure_from_json(code: str, value: Any) -> Any:
    """A kept figure as the product holds it."""
    if value is None or CATALOGUE[code].kind in {Kind.FLAG, Kind.COUNT}:
        return value
    return Decimal(value)
