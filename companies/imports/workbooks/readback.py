"""The refused rows as a workbook in the shape they came in, with the reasons in one more column; it can be corrected and uploaded again."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, Any, BinaryIO

import xlsxwriter

from companies.imports.workbooks.headers import REASON_HEADER
from companies.imports.workbooks.intake import Intake
from companies.imports.workbooks.reading import Table, read_tables
from core.exporting import sheet_name, storable

OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def refused_workbook(file: BinaryIO, intake: Intake, reasons: Mapping[str, Mapping[int, str]]) -> IO[bytes]:
    """An open temporary file: the header rows of each table and its rows named in `reasons` (sheet → row number → text)."""
    target = tempfile.TemporaryFile()  # noqa: SIM115  closed by the response that sends it
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "text": book.add_format({"num_format": "@"}),
            "reason": book.add_format({"text_wrap": True, "font_color": "#AD241C"}),
        }
        for table in read_tables(file, intake):
            refused = reasons.get(table.sheet, {})
            if refused:
                _write_table(book.add_worksheet(sheet_name(table.sheet)), table, refused, formats)
        if not book.worksheets():
            book.add_worksheet(REASON_HEADER)
    target.seek(0)
    return target


def _write_table(sheet: Any, table: Table, refused: Mapping[int, str], formats: dict[str, Any]) -> None:
    heads = table.head
    last = len(heads) - 1
    width = max((index + 1 for row in heads for index, cell in enumerate(row) if cell not in (None, "")), default=1)
    reason_at = next((n for n, cell in enumerate(heads[last]) if cell == REASON_HEADER), width)
    sheet.set_column(0, max(0, reason_at - 1), 16)
    sheet.set_column(reason_at, reason_at, 60)
    sheet.freeze_panes(len(heads), 0)
    filled = _filled(heads, table.merges)
    for number, row in enumerate(filled):
        for column, cell in enumerate(row[:reason_at]):
            _write(sheet, number, column, cell, formats, formats["head"])
    sheet.write_string(last, reason_at, REASON_HEADER, formats["head"])
    at = len(heads)
    for number, cells in table.rows:
        if number not in refused:
            continue
        for column, cell in enumerate(cells[:reason_at]):
            _write(sheet, at, column, cell, formats, None)
        sheet.write_string(at, reason_at, storable(refused[number]), formats["reason"])
        at += 1


def _filled(heads: Sequence[Sequence[Any]], merges: Sequence[tuple[int, int, int, int]]) -> list[list[Any]]:
    """Header rows with the group head repeated over its columns, so that the shape survives without merged cells."""
    rows = [list(row) for row in heads]
    last = len(rows) - 1
    for top, left, bottom, right in merges:
        # titles above the header stay as they are; a group head covers several columns of one row
        if top == bottom == last - 1 and right > left and left < len(rows[top]):
            for column in range(left, min(right + 1, len(rows[top]))):
                rows[top][column] = rows[top][left]
    return rows


def _write(sheet: Any, row: int, column: int, cell: Any, formats: dict[str, Any], style: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, style)
    elif isinstance(cell, float | int) and cell == cell and abs(cell) < 1e300:
        sheet.write_number(row, column, cell, style)
    elif isinstance(cell, datetime | date) and cell.year >= 1900:
        sheet.write_datetime(row, column, cell, style or formats["day"])
    else:
        sheet.write_string(row, column, storable(str(cell)), style or formats["text"])
