"""Looks inside a workbook that is kept as evidence: one reading of the archive only, no macros, nothing embedded, no outside links.

Nobody here parses it; whoever downloads it opens it in a program that does.
"""

import io
import re
import struct
import zipfile

from django.conf import settings
from django.utils.translation import gettext as _

from companies.evidence.refusals import FileRefused, disagrees

ZIP_END, ZIP_START, OLE = b"PK\x05\x06", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_PARTS = 2_000
_END = struct.Struct("<4s4H2LH")
_FOREIGN = (ZIP_START, OLE[:4], b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF", b"#!")
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["'](?!utf-8["']|utf8["']|us-ascii["'])""", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACRO = re.compile(r"vbaproject|\.vba$|/macrosheets/")
_INSIDE = re.compile(r"/embeddings/|/activex/|\.(?:zip|7z|rar|gz|docx?|xls[xmb]?|exe|dll|js|vbs|html?|svg)$")
_OUTSIDE = re.compile(r"/externallinks/|/connections\.xml$|/querytables/")
_NEEDED = {"[content_types].xml", "_rels/.rels", "xl/workbook.xml"}


def look_inside(content: bytes, accepted: tuple[str, ...]) -> None:
    """Raise FileRefused unless it is a plain spreadsheet package, not larger unpacked than the limit."""
    if not content.startswith(ZIP_START):
        raise disagrees(accepted)
    most = settings.LIMITS["workbook_unpacked_bytes"]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
                raise FileRefused(_("工作簿解压后超过 %(most)s MB 的上限，请删减后再上传。") % {"most": most // 1_048_576})
            if any(part.flag_bits & 1 for part in parts):
                raise FileRefused(_("工作簿有密码，请去掉密码后再上传。"))
            if not _reads_one_way(content, parts):
                raise disagrees(accepted)
            _look_at_names(parts, accepted)
            types = _read(package, "[Content_Types].xml")
            if b"spreadsheetml.sheet.main+xml" not in types or b"macroEnabled" in types or b"vbaProject" in types:
                raise disagrees(accepted)
            left = most
            for part in parts:
                left -= _look(package, part, left, accepted)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise disagrees(accepted) from error


def _reads_one_way(content: bytes, parts: list[zipfile.ZipInfo]) -> bool:
    """Nothing before the first member, after the directory or in a comment: programs disagree about which archive such a file is."""
    magic, _disk, _start_disk, here, total, length, start, comment = _END.unpack(content[-_END.size :])
    whole = magic == ZIP_END and not comment and start + length == len(content) - _END.size
    return whole and here == total == len(parts) and min(part.header_offset for part in parts) == 0


def _look_at_names(parts: list[zipfile.ZipInfo], accepted: tuple[str, ...]) -> None:
    names = [part.orig_filename.lower() for part in parts]
    odd = [name for name in names if re.search(r"[\x00\\:]|^/|(?:^|/)\.\.(?:/|$)", name)]
    if odd or len(set(names)) < len(names) or not set(names) >= _NEEDED:
        raise disagrees(accepted)
    if any(_MACRO.search(name) or _INSIDE.search(name) for name in names):
        raise FileRefused(_("工作簿带有宏或内嵌了其他文件，请另存为只含数据的 .xlsx 再上传。"))
    if any(_OUTSIDE.search(name) for name in names):
        raise _linked()


def _linked() -> FileRefused:
    return FileRefused(_("工作簿链接了外部文件或数据源，请在 Excel“数据”中断开链接后再上传。"))


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(1_048_576)


def _look(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, accepted: tuple[str, ...]) -> int:
    """Read one part in pieces and refuse what has no place in a workbook; the number of bytes it really holds."""
    name, size, links, before = part.filename.lower(), 0, b"", b""
    is_links, is_xml = name.endswith(".rels"), name.endswith((".xml", ".rels", ".vml"))
    with package.open(part) as stream:
        while piece := stream.read(262_144):
            if size == 0 and piece.startswith(_FOREIGN):
                raise disagrees(accepted)
            # in UTF-16 or another encoding nothing below would be seen; no spreadsheet program writes one
            if is_xml and (b"\x00" in piece or (size == 0 and _ENCODING.match(piece))):
                raise disagrees(accepted)
            seen = before + piece  # a word may lie across two pieces
            if is_xml and _DOCTYPE.search(seen):
                raise FileRefused(_("工作簿的 XML 带有外部实体或文档类型声明，请用 Excel 另存为 .xlsx 再上传。"))
            before = seen[-16:]
            size += len(piece)
            if size > left:
                raise FileRefused(_("工作簿解压后超过上限，请删减后再上传。"))
            if is_links and size <= 4_194_304:
                links += piece
    if any(b"/hyperlink" not in tag for tag in re.findall(rb"<Relationship\b[^>]*TargetMode=[\"']External[\"'][^>]*>", links)):
        raise _linked()
    return size
