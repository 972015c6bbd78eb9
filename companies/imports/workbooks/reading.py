"""Reads the tables out of a workbook that passed intake: finds sheets and headers, keeps every address.

Up to 50,000 rows calamine reads (fast, the whole sheet in memory); above, openpyxl row by row (slow, flat).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import chain, islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from companies.figures.catalogue import CATALOGUE
from companies.imports.refusals import WorkbookRefused, broken
from companies.imports.workbooks.headers import DETAIL_FIELDS, Column, is_known, is_uscc_header, plain, read_columns, unit_of_lines, year_in
from companies.imports.workbooks.intake import Intake

HEAD_ROWS = 20
MOST_COLUMNS = 200
COMPANY_SHEET, FIGURE_SHEET, RECOGNITION_SHEET = "企业", "年度指标", "获得认定"
OUR_SHEETS = (COMPANY_SHEET, FIGURE_SHEET, RECOGNITION_SHEET)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
type Cells = Sequence[Any]
type Merge = tuple[int, int, int, int]


class TableKind(StrEnum):
    """What the rows of a table bring; a flat table may bring firms and figures at once."""

    COMPANIES = "companies"
    FIGURES = "figures"
    MIXED = "mixed"
    RECOGNITIONS = "recognitions"


@dataclass(slots=True)
class Table:
    """One sheet's table. `rows` yields (row number as in Excel, cells) once; blank rows are left out."""

    sheet: str
    kind: TableKind
    columns: list[Column]
    rows: Iterator[tuple[int, Cells]]
    head: list[Cells]
    merges: list[Merge] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether a column of this field is there."""
        return any(column.field == name for column in self.columns)


@dataclass(slots=True)
class _Sheet:
    name: str
    rows: Iterator[Cells]
    merges: list[Merge] | None


def read_tables(file: BinaryIO, intake: Intake) -> list[Table]:
    """The tables of all visible sheets in order, lazily; raises WorkbookRefused when none or an unusable one is found."""
    tables, skipped = [], []
    for sheet in _sheets(file, intake):
        table = _table(sheet)
        if table is not None:
            tables.append(table)
        elif sheet.name in OUR_SHEETS:
            raise WorkbookRefused(_("工作表“%(sheet)s”没有找到表头，需要“统一社会信用代码”列。请按模板补上表头。") % {"sheet": sheet.name})
        else:
            skipped.append(sheet.name)
    if not tables:
        raise WorkbookRefused(_("没有找到表头，需要“统一社会信用代码”列。请按模板整理后再上传。"))
    order = {TableKind.COMPANIES: 0, TableKind.MIXED: 0, TableKind.FIGURES: 1, TableKind.RECOGNITIONS: 2}
    return sorted(tables, key=lambda table: order[table.kind])


def guarded[T](items: Iterator[T]) -> Iterator[T]:
    """Pass items on; whatever a parser raises or panics with becomes the one sentence about a broken workbook."""
    while True:
        try:
            item = next(items)
        except StopIteration:
            return
        except (WorkbookRefused, KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException as error:  # a panic of the reader is no Exception
            raise broken() from error
        yield item


def _sheets(file: BinaryIO, intake: Intake) -> Iterator[_Sheet]:
    file.seek(0)
    sheets = guarded(_light_sheets(file, intake) if intake.is_light else _heavy_sheets(file, intake))
    return (replace(sheet, rows=_unescaped(sheet.rows)) for sheet in sheets) if intake.has_escapes else sheets


def _unescaped(rows: Iterator[Cells]) -> Iterator[Cells]:
    """`_x000D_` in a text of an .xlsx is the character it names (ECMA-376, 22.4.2.4); a lone surrogate stays as it is spelt."""
    for row in rows:
        yield [_ESCAPED.sub(_character, cell) if isinstance(cell, str) and "_x" in cell else cell for cell in row]


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


def _light_sheets(file: BinaryIO, intake: Intake) -> Iterator[_Sheet]:
    book = CalamineWorkbook.from_filelike(file)
    for position, info in enumerate(book.sheets_metadata):
        if info.visible is not SheetVisibleEnum.Visible or info.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_name(info.name)
        merges = [(a, b, c, d) for (a, b), (c, d) in islice(sheet.merged_cell_ranges or (), 5_000) if a <= 40]
        if sheet.start is not None:
            rows = _at_their_place(sheet.iter_rows(), sheet.start[1], intake.faults_of(position, info.name))
            yield _Sheet(info.name, guarded(rows), merges)


def _at_their_place(rows: Iterator[Cells], offset: int, faults: dict[tuple[int, int], str]) -> Iterator[Cells]:
    """Rows from column A on, with failed formulas visible: the reader drops empty columns on the left and shows errors as blank."""
    if not offset and not faults:
        yield from rows
        return
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), fault in faults.items():
        by_row.setdefault(row, []).append((column, fault))
    for number, cells_read in enumerate(rows):
        cells = [""] * offset + list(cells_read)
        for column, fault in by_row.get(number, ()):
            cells += [""] * (column + 1 - len(cells))
            cells[column] = fault
        yield cells


def _heavy_sheets(file: BinaryIO, intake: Intake) -> Iterator[_Sheet]:
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    merges = {name: intake.extents[part].merges for name, part in intake.sheets}
    for position, sheet in enumerate(book.worksheets):
        if sheet.sheet_state == "visible" and sheet.title in merges:
            sheet.reset_dimensions()
            rows = _at_their_place(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 0, intake.faults_of(position, sheet.title))
            yield _Sheet(sheet.title, guarded(rows), merges[sheet.title])


def _table(sheet: _Sheet) -> Table | None:
    top: list[Cells] = [list(row) for row in islice(sheet.rows, HEAD_ROWS)]
    found = next((n for n, row in enumerate(top) if any(is_uscc_header(cell) for cell in row)), None)
    if found is None:
        return None
    first, last = _head_span(top, found, sheet.merges or [])
    heads = _heads(top, first, last, sheet.merges or [])
    columns, ignored = read_columns(sheet.name, heads, unit_of_lines(top[:first]))
    names = {column.field for column in columns}
    kind = _kind(sheet.name, columns, names)
    rows = _numbered(chain(top[last + 1 :], sheet.rows), last + 2)
    merges = [merge for merge in sheet.merges or [] if merge[2] <= last]
    return Table(sheet.name, kind, columns, rows, top[: last + 1], merges, ignored)


def _numbered(rows: Iterator[Cells], first: int) -> Iterator[tuple[int, Cells]]:
    for number, row in enumerate(rows, start=first):
        for cell in row:
            if cell is not None and cell != "" and (not isinstance(cell, str) or cell.strip()):
                yield number, row
                break


def _is_blank(row: Cells, index: int) -> bool:
    return index >= len(row) or row[index] is None or not str(row[index]).strip()


def _head_span(top: Sequence[Cells], found: int, merges: list[Merge]) -> tuple[int, int]:
    """First and last row of the header (0-based): one row, or two with group heads above."""
    column = next(n for n, cell in enumerate(top[found]) if is_uscc_header(cell))
    below = found + 1
    if any(a == found and c == below and b <= column <= d for a, b, c, d in merges):
        return found, below
    if below < len(top) and _is_blank(top[below], column):
        texts = [cell for cell in top[below] if cell is not None and str(cell).strip()]
        heads = [cell for cell in texts if is_known(cell) or year_in(cell)]
        if texts and len(heads) * 2 >= len(texts) and len(heads) >= 1:
            return found, below
    if found and any(year_in(cell) for cell in top[found - 1]):
        return found - 1, found
    return found, found


def _heads(top: Sequence[Cells], first: int, last: int, merges: list[Merge]) -> list[tuple[object, object]]:
    """(group, header) per column."""
    width = max(len(row) for row in top[first : last + 1])
    if first == last:
        return [(None, cell) for cell in top[last]]
    groups, current = [], None
    for index in range(width):
        if not _is_blank(top[first], index):
            current = top[first][index]
        elif merges and not any(a <= first <= c and b < index <= d for a, b, c, d in merges):
            current = None
        groups.append(current)
    heads: list[tuple[object, object]] = []
    for index in range(width):
        if _is_blank(top[last], index):
            own = None if _is_blank(top[first], index) else top[first][index]
            heads.append((None, own))
        else:
            heads.append((groups[index], top[last][index]))
    return heads


def _kind(sheet: str, columns: list[Column], names: set[str]) -> TableKind:
    facts = [column for column in columns if column.field in CATALOGUE]
    if "title" in names or plain(sheet) == RECOGNITION_SHEET:
        if "title" not in names:
            raise WorkbookRefused(_("工作表“%(sheet)s”没有“称号”列，请按模板补上。") % {"sheet": sheet})
        return TableKind.RECOGNITIONS
    if facts or plain(sheet) == FIGURE_SHEET:
        if "year" not in names and any(column.year is None for column in facts):
            bare = next(column for column in facts if column.year is None)
            raise WorkbookRefused(
                _("工作表“%(sheet)s”的 %(column)s 列“%(header)s”不知是哪一年，请加“年度”列，或把年份写进表头，如“2025营业收入”。")
                % {"sheet": sheet, "column": bare.letter, "header": bare.header}
            )
        return TableKind.MIXED if names & DETAIL_FIELDS else TableKind.FIGURES
    return TableKind.COMPANIES
