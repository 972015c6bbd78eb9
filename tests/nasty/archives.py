"""Builds .xlsx archives by hand, so that each part of their structure can lie."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from tests.companies.imports.books import FIRM_HEADS, firm, xlsx


def good() -> bytes:
    """A workbook that is taken."""
    return xlsx({"企业": [FIRM_HEADS, firm(1)]})


def parts_of(content: bytes) -> dict[str, bytes]:
    """Name → content of a workbook's parts."""
    with ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive of these parts."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def changed(**changes: bytes | Callable[[bytes], bytes] | None) -> bytes:
    """The good workbook with parts replaced (bytes or a function), added, or left out (None). Keys name parts, see PLACES."""
    parts = parts_of(good())
    for key, change in changes.items():
        name = PLACES.get(key, key)
        if change is None:
            parts.pop(name)
        else:
            parts[name] = change(parts[name]) if callable(change) else change
    return packed(parts)


PLACES = {
    "types": "[Content_Types].xml",
    "root": "_rels/.rels",
    "book": "xl/workbook.xml",
    "book_rels": "xl/_rels/workbook.xml.rels",
    "sheet": "xl/worksheets/sheet1.xml",
    "sheet_rels": "xl/worksheets/_rels/sheet1.xml.rels",
    "strings": "xl/sharedStrings.xml",
    "styles": "xl/styles.xml",
}


@dataclass(frozen=True)
class Member:
    """One member of a hand-made archive; what is None is told truly."""

    name: bytes
    content: bytes
    method: int = 8
    flags: int = 0
    told_size: int | None = None
    told_packed: int | None = None
    told_crc: int | None = None
    local_name: bytes | None = None
    trailing: bytes = b""


def members_of(content: bytes) -> list[Member]:
    """The members of a good archive, ready to be changed."""
    return [Member(name.encode(), data) for name, data in parts_of(content).items()]


def lying(*, which: str = "xl/worksheets/sheet1.xml", **changes: object) -> bytes:
    """The good workbook with one member telling something else."""
    return written([replace(m, **changes) if m.name == which.encode() else m for m in members_of(good())])  # type: ignore[arg-type]


def written(
    members: list[Member],
    *,
    before: bytes = b"",
    after: bytes = b"",
    comment: bytes = b"",
    told_count: int | None = None,
    between: bytes = b"",
) -> bytes:
    """The archive's bytes. `before` and `after` are put around it, `between` before the directory."""
    body, directory = bytearray(before), bytearray()
    for member in members:
        data = member.content
        if member.method == 8:
            engine = zlib.compressobj(9, zlib.DEFLATED, -15)
            data = engine.compress(data) + engine.flush()
        size = len(member.content) if member.told_size is None else member.told_size
        packed_size = len(data) if member.told_packed is None else member.told_packed
        crc = zlib.crc32(member.content) if member.told_crc is None else member.told_crc
        local = member.name if member.local_name is None else member.local_name
        offset = len(body)
        body += (
            struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, member.flags, member.method, 0, 33, crc, packed_size, size, len(local), 0) + local
        )
        body += data + member.trailing
        directory += struct.pack(
            "<4s6H3L5H2L",
            b"PK\x01\x02",
            20,
            20,
            member.flags,
            member.method,
            0,
            33,
            crc,
            packed_size,
            size,
            len(member.name),
            0,
            0,
            0,
            0,
            0,
            offset,
        )
        directory += member.name
    body += between
    start, count = len(body), len(members) if told_count is None else told_count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, len(comment))
    return bytes(body + directory + end + comment + after)


def overlapping(copies: int = 200) -> bytes:
    """Many names for the same bytes: small on the wire, large when unpacked."""
    content = b"0" * (1 << 20)
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = engine.compress(content) + engine.flush()
    crc, name = zlib.crc32(content), b"xl/media/a"
    body = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(data), len(content), len(name), 0) + name + data
    directory = b""
    for n in range(copies):
        own = b"xl/media/%03d" % n
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(data), len(content), len(own), 0, 0, 0, 0, 0, 0
        )
        directory += own
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), len(body), 0)
    return body + directory + end
