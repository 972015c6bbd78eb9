"""Looks inside an old binary .xls before anybody parses it: chains, encryption, macros, extents, claimed counts.

A lying count or a looped sector chain makes a parser reserve memory without bound, so both are checked here first.
Format: [MS-CFB] compound files, [MS-XLS] workbook streams.
"""

import struct
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from companies.imports.refusals import WorkbookRefused, broken
from companies.imports.workbooks.packages import FORMULA_ERROR

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA
_HEADER = struct.Struct("<8s16s5H6x9L")
_CELL = struct.Struct("<2H")
BOF, SHARED, CONTINUE, SHEET, LOCKED, AREA = 0x0809, 0x00FC, 0x003C, 0x0085, 0x002F, 0x0200
_CELLS = frozenset((0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x0006, 0x0205, 0x0201, 0x00BE))
_TEXT_CELL = 0x00FD


@dataclass(slots=True)
class OldWorkbook:
    """Sheets of an .xls: how many, the last row, columns, cells with shared text, and the longest shared text in characters.

    `faults` holds cells with a failed formula, by sheet position and (row, column).
    """

    rows: int = 0
    columns: int = 0
    text_cells: int = 0
    longest_text: int = 0
    sheets: int = 0
    faults: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)


class _Compound:
    """The parts of a compound file that name its streams."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 1536 or not data.startswith(MAGIC):
            raise broken()
        (_magic, _class, _minor, _major, order, shift, mini_shift, *numbers) = _HEADER.unpack_from(data)
        _dirs, fats, first, _transaction, cutoff, mini, _minis, more, mores = numbers
        if order != 0xFFFE or shift not in (9, 12) or mini_shift != 6 or cutoff != 4096:
            raise broken()
        self.data, self.sector = data, 1 << shift
        self.count = (len(data) - 1) // self.sector
        self.fat = self._allocation(fats, more, mores)
        self.directory = self._chain(first)
        self.minis = self._table(self._chain(mini)) if mini < _LAST else []
        self.cutoff = cutoff

    def _at(self, number: int) -> bytes:
        if number >= self.count:
            raise broken()
        start = (number + 1) * self.sector
        return self.data[start : start + self.sector]

    def _table(self, data: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(data) // 4}L", data[: len(data) // 4 * 4]))

    def _allocation(self, fats: int, more: int, mores: int) -> list[int]:
        numbers = self._table(self.data[76:512])
        seen: set[int] = set()
        while more < _LAST:
            if more in seen or len(seen) > mores:
                raise broken()
            seen.add(more)
            page = self._table(self._at(more))
            numbers += page[:-1]
            more = page[-1]
        numbers = [number for number in numbers if number < _LAST]
        if len(numbers) != fats or len(set(numbers)) != len(numbers):
            raise broken()
        table: list[int] = []
        for number in numbers:
            table += self._table(self._at(number))
        return table

    def _chain(self, number: int) -> bytes:
        pieces, seen = [], set()
        while number < _LAST:
            if number in seen or number >= len(self.fat):
                raise broken()
            seen.add(number)
            pieces.append(self._at(number))
            number = self.fat[number]
        return b"".join(pieces)

    def entries(self) -> dict[str, tuple[int, int, int]]:
        """(kind, first sector, size) by name."""
        found = {}
        for start in range(0, len(self.directory) - 127, 128):
            raw = self.directory[start : start + 128]
            length, kind = struct.unpack_from("<HB", raw, 64)
            if kind and 2 <= length <= 64:
                name = raw[: length - 2].decode("utf-16-le", "replace")
                found[name] = (kind, *struct.unpack_from("<2L", raw, 116))
        return found

    def stream(self, first: int, size: int) -> bytes:
        """Content of an ordinary (not mini) stream; workbooks are never mini streams unless broken."""
        if size < self.cutoff:
            return b""
        data = self._chain(first)
        if len(data) < size:
            raise broken()
        return data[:size]


def inspect_compound(data: bytes, *, rows_limit: int, columns_limit: int) -> OldWorkbook:
    """Check an .xls given whole (its size is limited before); raises WorkbookRefused."""
    try:
        compound = _Compound(data)
        entries = compound.entries()
    except struct.error as error:
        raise broken() from error
    _refuse_kinds(set(entries))
    name = "Workbook" if "Workbook" in entries else "Book"
    if name not in entries:
        raise WorkbookRefused(_("不是 .xlsx 或 .xls 文件（是其他程序的旧格式文档）。请上传 Excel 工作簿。"))
    for _kind, first, _size in (entry for key, entry in entries.items() if key.startswith("Root")):
        if first < _LAST:
            compound.stream(first, 0x1000)
    _kind, first, size = entries[name]
    if size < compound.cutoff:
        raise broken()
    return _measure(compound.stream(first, size), rows_limit=rows_limit, columns_limit=columns_limit)


def _refuse_kinds(names: set[str]) -> None:
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise WorkbookRefused(_("工作簿加了打开密码，读不出来。请去掉密码后再上传。"))
    if names & {"_VBA_PROJECT_CUR", "VBA", "_VBA_PROJECT", "Macros"}:
        raise WorkbookRefused(_("工作簿带有宏，不能导入。请另存为不带宏的 .xlsx 再上传。"))
    if "WordDocument" in names:
        raise WorkbookRefused(_("这是 Word 文档，不是 .xlsx 或 .xls 文件。请另存为 .xlsx 再上传。"))
    if any(name.startswith("MBD") or name == "\x01Ole10Native" for name in names):
        raise WorkbookRefused(_("工作簿内嵌有其他文件，不能导入。请删去内嵌对象，另存后再上传。"))


def _measure(stream: bytes, *, rows_limit: int, columns_limit: int) -> OldWorkbook:
    """Walk the records once."""
    book, position, end = OldWorkbook(), 0, len(stream)
    if len(stream) < 8 or stream[:2] not in (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00"):
        raise broken()
    shared: list[bytes] = []
    starts: dict[int, int] = {}
    last, sheet = -1, -1
    while position + 4 <= end:
        kind, length = _CELL.unpack_from(stream, position)
        start = position + 4
        position = start + length
        if position > end:
            raise broken()
        if kind in _CELLS and length >= 4:
            row, column = _CELL.unpack_from(stream, start)
            book.rows, book.columns = max(book.rows, row + 1), max(book.columns, column + 1)
            book.text_cells += kind == _TEXT_CELL
            if _has_failed(kind, stream, start, length):
                book.faults.setdefault(sheet, {})[row, column] = FORMULA_ERROR
        elif kind == LOCKED:
            raise WorkbookRefused(_("工作簿加了打开密码，读不出来。请去掉密码后再上传。"))
        elif kind == SHARED or (kind == CONTINUE and last == SHARED):
            shared.append(stream[start:position])
            kind = SHARED
        elif kind == AREA and length >= 12:
            first, final = struct.unpack_from("<2L", stream, start)
            if final > 65_536 or first > final:
                raise broken()
        elif kind == SHEET and length >= 4:
            starts[struct.unpack_from("<L", stream, start)[0]] = book.sheets
            book.sheets += 1
        elif kind == BOF:
            sheet = starts.get(start - 4, -1)
        last = kind
    if book.columns > columns_limit:
        raise WorkbookRefused(_("工作表超过 %(limit)s 列的上限（含只有格式的空列）。请删去多余的列再上传。") % {"limit": columns_limit})
    if book.rows > rows_limit + 20:
        raise WorkbookRefused(
            _("工作表有 %(rows)s 行（含只有格式的空行），上限 %(limit)s 行。请删去空行，或分成几个文件再上传。")
            % {"rows": f"{book.rows:,}", "limit": f"{rows_limit:,}"}
        )
    if shared:
        book.longest_text = _longest_shared(shared)
    return book


def _has_failed(kind: int, stream: bytes, start: int, length: int) -> bool:
    """A cell that holds an error value, or a formula whose result is one."""
    if kind == 0x0205 and length >= 8:
        return stream[start + 7] == 1
    return kind == 0x0006 and length >= 14 and stream[start + 12 : start + 14] == b"\xff\xff" and stream[start + 6] == 2


def _longest_shared(blocks: list[bytes]) -> int:
    """Characters of the longest string of a shared table that may run over several records; raises when its count lies."""
    if len(blocks[0]) < 8:
        raise broken()
    claimed = struct.unpack_from("<L", blocks[0], 4)[0]
    if claimed > sum(map(len, blocks)) // 3 + 1:
        raise broken()
    index, at, longest = 0, 8, 0
    for _number in range(claimed):
        while index < len(blocks) and at >= len(blocks[index]):
            index, at = index + 1, 0
        if index >= len(blocks) or len(blocks[index]) - at < 3:
            raise broken()
        length, flags = struct.unpack_from("<HB", blocks[index], at)
        at += 3
        runs = extra = 0
        if flags & 8:
            runs = int.from_bytes(blocks[index][at : at + 2], "little")
            at += 2
        if flags & 4:
            extra = int.from_bytes(blocks[index][at : at + 4], "little")
            at += 4
        longest = max(longest, length)
        index, at = _skip_characters(blocks, index, at, length, flags)
        index, at = _skip_bytes(blocks, index, at, runs * 4 + extra)
    return longest


def _skip_characters(blocks: list[bytes], index: int, at: int, left: int, flags: int) -> tuple[int, int]:
    while left:
        if index >= len(blocks):
            raise broken()
        width = 2 if flags & 1 else 1
        here = min(left, (len(blocks[index]) - at) // width)
        left, at = left - here, at + here * width
        if left:
            index, at = index + 1, 1
            if index >= len(blocks) or not blocks[index]:
                raise broken()
            flags = blocks[index][0]
    return index, at


def _skip_bytes(blocks: list[bytes], index: int, at: int, left: int) -> tuple[int, int]:
    while left:
        if index >= len(blocks):
            raise broken()
        here = min(left, len(blocks[index]) - at)
        left, at = left - here, at + here
        if left:
            index, at = index + 1, 0
    return index, at
