"""Exports of lists: the rows and columns seen, streamed to xlsx or csv, every cell inert.

A cell that a spreadsheet would read as a formula gets a leading apostrophe in csv; importers take it off again with `unquoted`, so that
exporting and importing changes nothing. In xlsx such a cell is written as text. Characters XML cannot hold become U+FFFD; a text longer
than a cell says that it was cut.
"""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from core.tables import Table, getter, head_text

FORMATS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}
DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")
CELL_LIMIT = 32_767
CHUNK = 2_000
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def inert(text: str) -> str:
    """`text` as a csv cell no spreadsheet runs: an apostrophe before a formula sign, and before one that is already quoted."""
    return f"'{text}" if _looks_dangerous(text) or (text.startswith("'") and _is_quotable(text[1:])) else text


def unquoted(text: str) -> str:
    """The text `inert` was given."""
    return text[1:] if text.startswith("'") and _is_quotable(text[1:]) else text


def _looks_dangerous(text: str) -> bool:
    return text[:1] in DANGEROUS or text.lstrip()[:1] in DANGEROUS


def _is_quotable(rest: str) -> bool:
    return _looks_dangerous(rest) or rest.startswith("'")


def storable(text: str) -> str:
    """`text` as one cell of a workbook: without characters XML cannot hold, and saying so where it is cut."""
    clean = _NOT_XML.sub("\ufffd", text)
    if len(clean) <= CELL_LIMIT:
        return clean
    note = _("…（原文 %(length)s 字，单元格放不下，已截短）") % {"length": len(clean)}
    return clean[: CELL_LIMIT - len(note)] + note


def sheet_name(text: str) -> str:
    """`text` as a sheet's name: at most 31 characters, none of those Excel refuses."""
    return _NOT_A_SHEET_NAME.sub(" ", _NOT_XML.sub("", text)).strip()[:31] or "1"


@dataclass(frozen=True)
class Sheet:
    """One table to write: its name, heads and rows of plain values (text, numbers, days, None)."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]

    @classmethod
    def of_list(cls, name: str, table: Table, columns: Sequence[str], queryset: QuerySet[Any]) -> "Sheet":
        """The columns of a list over `queryset` in its order, read in chunks; plain fields through values_list."""
        bounds = [table.columns.columns[column] for column in columns]
        heads = [head_text(bound) for bound in bounds]
        paths = [_database_path(queryset, bound) for bound in bounds]
        if all(paths):
            return cls(name, heads, _from_values(queryset, [str(path) for path in paths], [_finisher(queryset, bound) for bound in bounds]))
        return cls(name, heads, _from_rows(queryset, table, bounds))


def _database_path(queryset: QuerySet[Any], bound: Any) -> str:
    """The field path a column's value can be read by without its row, or "" where Python makes it."""
    path = getattr(bound.column, "export", "") or (bound.accessor if isinstance(bound.accessor, str) else "")
    if hasattr(bound._table, f"value_{bound.name}") or not path:
        return ""
    path = path.replace(".", "__")
    if path in queryset.query.annotations:
        return path
    model = queryset.model
    try:
        for part in path.split("__"):
            field = model._meta.pk if part == "pk" else model._meta.get_field(part)
            if field.is_relation and (field.one_to_many or field.many_to_many):
                return ""
            model = field.related_model or model
    except (FieldDoesNotExist, AttributeError):
        return ""
    return "" if field.is_relation else path


def _finisher(queryset: QuerySet[Any], bound: Any) -> Callable[[Any], Any]:
    """Stored value → exported value: labels of choices, then the column's own unit."""
    path = (getattr(bound.column, "export", "") or bound.accessor).replace(".", "__")
    finish = getattr(bound.column, "export_value", lambda value: value)
    if path in queryset.query.annotations:
        return finish
    model = queryset.model
    for part in path.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        model = field.related_model or model
    labels = {key: str(label) for key, label in field.flatchoices} if getattr(field, "choices", None) else None
    return (lambda value: labels.get(value, value)) if labels else finish


def _from_values(queryset: QuerySet[Any], paths: Sequence[str], finishers: Sequence[Callable[[Any], Any]]) -> Iterator[list[Any]]:
    for values in queryset.values_list(*paths).iterator(chunk_size=CHUNK):
        yield [finish(value) for finish, value in zip(finishers, values, strict=True)]


def _from_rows(queryset: QuerySet[Any], table: Table, bounds: Sequence[Any]) -> Iterator[list[Any]]:
    readers: list[Callable[[Any], Any]] | None = None
    for record in queryset.iterator(chunk_size=CHUNK):
        readers = readers or [_reader(table, bound, record) for bound in bounds]
        yield [read(record) for read in readers]


def _reader(table: Table, bound: Any, sample: Any) -> Callable[[Any], Any]:
    custom = getattr(table, f"value_{bound.name}", None)
    if custom:
        return lambda record: custom(record)
    read = getter(bound.accessor, sample)
    finish = getattr(bound.column, "export_value", lambda value: value)
    return lambda record: finish(read(record))


def export_response(sheet: Sheet, kind: str) -> HttpResponseBase:
    """The file as an attachment; csv while it is read, xlsx from a temporary file that ends with the answer."""
    response: HttpResponseBase
    if kind == "csv":
        response = StreamingHttpResponse(csv_lines(sheet), content_type=FORMATS["csv"])
    else:
        response = FileResponse(xlsx_file([sheet]), content_type=FORMATS["xlsx"])
    name = f"{sheet.name}-{timezone.localdate().isoformat()}.{kind}"
    response["Content-Disposition"] = f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class _Line:
    def write(self, text: str) -> str:
        return text


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The csv line by line, with the mark that makes spreadsheets read it as UTF-8."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([inert(head) for head in sheet.heads])
    for row in sheet.rows:
        yield writer.writerow([_csv_cell(value) for value in row])


def _csv_cell(value: Any) -> Any:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None or isinstance(value, int | float | Decimal):
        return value
    return inert(_NOT_XML.sub("\ufffd", _plain(value)))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def xlsx_file(sheets: Sequence[Sheet]) -> Any:
    """A workbook written row by row in constant memory, as an open temporary file at its start."""
    target = tempfile.TemporaryFile()  # noqa: SIM115  closed by the response that sends it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            page = book.add_worksheet(sheet_name(sheet.name))
            page.freeze_panes(1, 1)
            for column, head in enumerate(sheet.heads):
                page.set_column(column, column, min(40, max(10, 2 * len(head) + 2)))
                page.write_string(0, column, storable(head), bold)
            for number, row in enumerate(sheet.rows, start=1):
                for column, value in enumerate(row):
                    _write_cell(page, number, column, value, day)
    target.seek(0)
    return target


def _write_cell(page: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(row, column, _("是") if value else _("否"))
    elif isinstance(value, Decimal | float) or (isinstance(value, int) and abs(value) < 10**15):
        page.write_number(row, column, value)
    elif isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
        page.write_datetime(row, column, value, day)
    else:
        page.write_string(row, column, storable(_plain(value)))
