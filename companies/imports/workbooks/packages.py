"""Looks inside an .xlsx before anybody parses it: structure, unpacked size, entities, macros, outside links.

Parsers disagree about damaged archives, so only archives that can be read in one way pass: no bytes before the first
member or after the directory, no second directory, no overlapping members, sizes that are true.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from companies.imports.refusals import WorkbookRefused, broken
from companies.imports.workbooks.headers import NOT_COMPUTED, column_index
from companies.imports.workbooks.structure import Extent, Package, read_structure

CHUNK = 1 << 18
MAX_PARTS = 1_000
MAX_SMALL_PART = 4 << 20
MAX_RATIO = 500
MAX_SHARED_STRING = 1 << 18  # bytes of one text: Excel allows 32,767 characters
MAX_FAULTS = 10_000
FORMULA_ERROR = "#VALUE!"
EXECUTABLE = (b"MZ", b"\x7fELF", b"#!")

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["'](\d+)["']""")
_WIDE = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{3,}|[H-Z][A-Z]|G[S-Z])\d""")
_BROAD = re.compile(rb"""\sr\s*=\s*["'](?:[A-Z]{3,}|[B-Z][Z]|[C-Z][A-Z])\d""")
_TALL = re.compile(rb"""\sr\s*=\s*["'][A-Z]+(\d{6,})["']""")
_STRING_END = re.compile(rb"</(?:\w+:)?si\s*>|<(?:\w+:)?si\s*/>")
_FORMULA_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?r\s*=\s*["']([A-Z]+)(\d+)["'][^>]*?\st\s*=\s*["']e["']""")
_NOT_COMPUTED = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?r\s*=\s*["']([A-Z]+)(\d+)["'][^>]*><f(?:\s[^>]*)?(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>"""
)
_ESCAPE = re.compile(rb"_x[0-9A-Fa-f]{4}_")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*["']([A-Z]+)(\d+):([A-Z]+)(\d+)["']""")


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    method: int
    packed: int
    unpacked: int
    checksum: int
    offset: int


def _bomb(limit: int) -> WorkbookRefused:
    return WorkbookRefused(
        _("工作簿解压后超过 %(limit)s MB 的上限。请删去图片、空行和空列，或分成几个文件再上传。") % {"limit": limit >> 20}
    )


def inspect_package(file: BinaryIO, *, size: int, unpacked_limit: int, rows_limit: int, columns_limit: int) -> Package:
    """Check an .xlsx of `size` bytes without writing or opening anything else; raises WorkbookRefused."""
    parts = _directory(file, size)
    if sum(part.unpacked for part in parts) > unpacked_limit:
        raise _bomb(unpacked_limit)
    for part in parts:
        if part.unpacked > 10 << 20 and part.unpacked > MAX_RATIO * part.packed:
            raise WorkbookRefused(
                _("工作簿有一个部件的压缩比超过 %(limit)s 倍，不能导入。请只保留数据，另存后再上传。") % {"limit": MAX_RATIO}
            )
    _refuse_names(parts)
    package, small, left = Package(), {}, unpacked_limit
    for part in parts:
        scanner = _Scanner(part.name, package, rows_limit, columns_limit)
        for piece in _inflate(file, part, left, unpacked_limit):
            left -= len(piece)
            scanner.feed(piece)
        scanner.close()
        if scanner.text is not None:
            small[part.name] = scanner.text
    read_structure(package, small)
    return package


def _directory(file: BinaryIO, size: int) -> list[_Part]:
    """Members from the central directory; raises when a second reading of the archive would be possible."""
    if size < _END.size:
        raise broken()
    file.seek(size - _END.size)
    magic, disk, start_disk, here, total, length, start, comment = _END.unpack(file.read(_END.size))
    if magic != b"PK\x05\x06" or comment or disk or start_disk or here != total or start + length != size - _END.size:
        raise broken()
    if total > MAX_PARTS:
        raise WorkbookRefused(
            _("工作簿内有 %(count)s 个部件，上限 %(limit)s 个。请另存为只含数据的 .xlsx 再上传。") % {"count": total, "limit": MAX_PARTS}
        )
    file.seek(start)
    raw, position, parts = file.read(length), 0, []
    for _index in range(total):
        if len(raw) < position + _ENTRY.size:
            raise broken()
        entry = _ENTRY.unpack_from(raw, position)
        if entry[0] != b"PK\x01\x02":
            raise broken()
        flags, method, checksum, packed, unpacked = entry[3], entry[4], entry[7], entry[8], entry[9]
        name_length, extra, note, offset = entry[10], entry[11], entry[12], entry[16]
        name = raw[position + _ENTRY.size : position + _ENTRY.size + name_length]
        position += _ENTRY.size + name_length + extra + note
        if flags & 0x2041 or method not in (0, 8) or 0xFFFFFFFF in (packed, unpacked, offset):
            raise broken()
        try:
            parts.append(_Part(name.decode("utf-8" if flags & 0x800 else "cp437"), method, packed, unpacked, checksum, offset))
        except UnicodeDecodeError as error:
            raise broken() from error
    if position != length:
        raise broken()
    _refuse_overlap(parts, start)
    return parts


def _refuse_overlap(parts: list[_Part], directory_start: int) -> None:
    end = 0
    for part in sorted(parts, key=lambda part: part.offset):
        if part.offset < end or (end == 0 and part.offset):
            raise broken()
        end = part.offset + _LOCAL.size + part.packed
    if end > directory_start:
        raise broken()


def _refuse_names(parts: list[_Part]) -> None:
    seen: set[str] = set()
    for part in parts:
        name = part.name.lower()
        if name in seen or "\x00" in name or "\\" in name or name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise broken()
        seen.add(name)
        if "vbaproject" in name or name.endswith(".vba") or "/macrosheets/" in name:
            raise WorkbookRefused(_("工作簿带有宏，不能导入。请另存为不带宏的 .xlsx 再上传。"))
        if "/externallinks/" in name or name.endswith("/connections.xml") or "/querytables/" in name:
            raise WorkbookRefused(_("工作簿链接了外部文件或数据源，不能导入。请在 Excel“数据”中断开链接，另存后再上传。"))
        if name.endswith((".zip", ".7z", ".rar", ".gz", ".docx", ".xlsx", ".xlsm", ".exe", ".dll", ".js", ".html", ".htm")):
            raise WorkbookRefused(_("工作簿内嵌有其他文件，不能导入。请删去内嵌对象，另存后再上传。"))
        if "/embeddings/" in name or "/activex/" in name:
            raise WorkbookRefused(_("工作簿内嵌有其他文件，不能导入。请删去内嵌对象，另存后再上传。"))
    if "encryptedpackage" in seen:
        raise WorkbookRefused(_("工作簿加了打开密码，读不出来。请去掉密码后再上传。"))


def _inflate(file: BinaryIO, part: _Part, left: int, limit: int) -> Iterator[bytes]:
    """The part's content piece by piece; stops at the declared size, so that a false size is found before memory fills."""
    file.seek(part.offset)
    header = file.read(_LOCAL.size)
    if len(header) < _LOCAL.size:
        raise broken()
    magic, _version, flags, method, _time, _date, _crc, _packed, _unpacked, name_length, extra = _LOCAL.unpack(header)
    if magic != b"PK\x03\x04" or method != part.method or flags & 0x2041:
        raise broken()
    if file.read(name_length) not in (part.name.encode(), part.name.encode("cp437", "replace")):
        raise broken()
    file.seek(extra, 1)
    engine = zlib.decompressobj(-15) if part.method == 8 else None
    packed_left, produced, checksum = part.packed, 0, 0
    while packed_left or (engine and engine.unconsumed_tail):
        piece = engine.unconsumed_tail if engine and engine.unconsumed_tail else b""
        if not piece:
            piece = file.read(min(CHUNK, packed_left))
            packed_left -= len(piece)
            if not piece:
                raise broken()
        try:
            out = engine.decompress(piece, CHUNK) if engine else piece
        except zlib.error as error:
            raise broken() from error
        produced += len(out)
        if produced > left:
            raise _bomb(limit)
        if produced > part.unpacked or (engine and engine.unused_data):
            raise broken()
        checksum = zlib.crc32(out, checksum)
        if out:
            yield out
        if engine and engine.eof and (packed_left or engine.unconsumed_tail):
            raise broken()
    if engine and not engine.eof:
        tail = engine.flush(CHUNK)
        produced, checksum = produced + len(tail), zlib.crc32(tail, checksum)
        if tail:
            yield tail
    if produced != part.unpacked or checksum != part.checksum:
        raise broken()


class _Scanner:
    """Reads one part as it unpacks: looks for what is not allowed and keeps small structural parts whole."""

    def __init__(self, name: str, package: Package, rows_limit: int, columns_limit: int) -> None:
        lower = name.lower()
        self.name, self.package, self.rows_limit, self.columns_limit = name, package, rows_limit, columns_limit
        self.is_xml = lower.endswith((".xml", ".rels", ".vml"))
        self.is_sheet = "/worksheets/" in lower and lower.endswith(".xml")
        self.is_strings = lower.endswith("sharedstrings.xml")
        keep = lower.endswith((".rels", "workbook.xml")) or lower == "[content_types].xml"
        self.kept: bytearray | None = bytearray() if keep else None
        self.extent = Extent()
        self.tail, self.seen, self.first = b"", 0, True
        self.string_start = self.counted_rows = 0

    @property
    def text(self) -> bytes | None:
        """The whole part when it is one the structure is read from."""
        return None if self.kept is None else bytes(self.kept)

    def feed(self, piece: bytes) -> None:
        """Look at the next piece."""
        if self.first:
            self._look_at_start(piece)
        if self.kept is not None:
            self.kept += piece
            if len(self.kept) > MAX_SMALL_PART:
                raise broken()
        window = self.tail + piece
        if self.is_xml:
            if b"\x00" in piece:
                raise broken()
            if b"<!" in window and _DOCTYPE.search(window):
                raise WorkbookRefused(_("工作簿的 XML 带有外部实体或文档类型声明，不能导入。请用 Excel 另存为 .xlsx 再上传。"))
        if (self.is_sheet or self.is_strings) and b"_x" in window and _ESCAPE.search(window):
            self.package.has_escapes = True
        if self.is_sheet:
            self._measure(window)
        if self.is_strings:
            self._measure_strings(window)
        self.seen += len(piece)
        self.tail = window[-200:]

    def _look_at_start(self, piece: bytes) -> None:
        self.first = False
        if piece.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", *EXECUTABLE)):
            raise WorkbookRefused(_("工作簿内嵌有其他文件，不能导入。请删去内嵌对象，另存后再上传。"))
        if self.is_xml:
            encoding = _ENCODING.match(piece.removeprefix(b"\xef\xbb\xbf"))
            if encoding and encoding.group(1).lower() not in (b"utf-8", b"utf8", b"us-ascii"):
                raise broken()
            if piece.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise broken()

    def _measure(self, window: bytes) -> None:
        extent = self.extent
        if _WIDE.search(window):
            raise WorkbookRefused(
                _("工作表超过 %(limit)s 列的上限（含只有格式的空列）。请删去多余的列再上传。") % {"limit": self.columns_limit}
            )
        extent.is_broad = extent.is_broad or _BROAD.search(window) is not None
        self.counted_rows += window.count(b"<row", len(self.tail))
        rows = max((int(row) for row in _ROW.findall(window)), default=0)
        tall = _TALL.search(window)
        extent.rows = max(extent.rows, rows, self.counted_rows, int(tall.group(1)) if tall else 0)
        if extent.rows > self.rows_limit + 20:
            raise WorkbookRefused(
                _("工作表有 %(rows)s 行（含只有格式的空行），上限 %(limit)s 行。请删去空行，或分成几个文件再上传。")
                % {"rows": f"{extent.rows:,}", "limit": f"{self.rows_limit:,}"}
            )
        extent.text_cells += window.count(b'="s"', len(self.tail)) + window.count(b"='s'", len(self.tail))
        self._find_faults(window)
        if b"mergeCell" in window and len(extent.merges) < 2_000:
            for left, top, right, bottom in _MERGE.findall(window):
                if int(top) <= 40:
                    merge = (int(top) - 1, column_index(left.decode()), int(bottom) - 1, column_index(right.decode()))
                    if merge not in extent.merges:
                        extent.merges.append(merge)

    def _find_faults(self, window: bytes) -> None:
        faults = self.extent.faults
        if b'"e"' in window or b"'e'" in window:
            for column, row in _FORMULA_ERROR.findall(window):
                faults[int(row) - 1, column_index(column.decode())] = FORMULA_ERROR
        if b"<f" in window:
            for column, row in _NOT_COMPUTED.findall(window):
                faults[int(row) - 1, column_index(column.decode())] = NOT_COMPUTED
        if len(faults) > MAX_FAULTS:
            raise WorkbookRefused(
                _("工作表有超过 %(limit)s 格公式出错或没有算出结果。请粘贴为数值，另存后再上传。") % {"limit": f"{MAX_FAULTS:,}"}
            )

    def _measure_strings(self, window: bytes) -> None:
        base = self.seen - len(self.tail)
        for match in _STRING_END.finditer(window):
            end = base + match.end()
            if end > self.string_start:
                self._note_string(end - self.string_start)
                self.string_start = end
        self._note_string(base + len(window) - self.string_start - CHUNK)

    def _note_string(self, length: int) -> None:
        self.package.longest_text = max(self.package.longest_text, length)
        if length > MAX_SHARED_STRING:
            raise WorkbookRefused(_("工作簿里有一格文字过长，一格最多 32,767 字。请删短后再上传。"))

    def close(self) -> None:
        """The part is at its end."""
        if self.is_sheet:
            self.package.extents[self.name] = self.extent
