"""The hostile files: each by name, made when it is asked for, with the words its refusal must contain."""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from random import Random

import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

from tests.companies.imports.books import FIRM_HEADS, firm, xls, xlsx
from tests.nasty.archives import Member, changed, good, lying, members_of, overlapping, packed, parts_of, written

KIND, BROKEN, MACRO, LOCKED = "不是 .xlsx 或 .xls 文件", "已损坏", "带有宏", "密码"
BOMB, OUTSIDE, INSIDE, ENTITY = "200 MB", "链接了外部", "内嵌有其他文件", "外部实体"
RATIO = "压缩比"
ROWS, COLUMNS, MISMATCH = "上限 100,000 行", "200 列的上限", "扩展名是"


@dataclass(frozen=True)
class Hostile:
    """One file: `make` gives its bytes, `words` stand in the refusal, `name` is what it calls itself."""

    code: str
    make: Callable[[], bytes]
    words: str
    name: str = "企业.xlsx"
    declared: str = "application/octet-stream"


def _doctype(text: bytes) -> Callable[[bytes], bytes]:
    return lambda part: part.replace(b"?>", b"?>" + text, 1)


def _after(mark: bytes, text: bytes) -> Callable[[bytes], bytes]:
    return lambda part: part.replace(mark, text + mark, 1)


def _encrypted() -> bytes:
    target = BytesIO()
    OOXMLFile(BytesIO(good())).encrypt("secret", target)
    return target.getvalue()


def _relation(kind: str, target: str, *, is_external: bool = True) -> bytes:
    mode = ' TargetMode="External"' if is_external else ""
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId9" Type="{kinds}/{kind}" Target="{target}"{mode}/>'
        "</Relationships>"
    ).encode()


def _add(name: str, content: bytes) -> Callable[[], bytes]:
    return lambda: packed({**parts_of(good()), name: content})


def _types(old: bytes, new: bytes) -> Callable[[], bytes]:
    return lambda: changed(types=lambda part: part.replace(old, new))


def _cells(text: str) -> Callable[[bytes], bytes]:
    return _after(b"</sheetData>", text.encode())


def _old() -> bytes:
    return xls({"企业": [FIRM_HEADS, *(firm(n) for n in range(30))]})


def _old_with(name: str) -> bytes:
    """An .xls with one of its directory entries renamed."""
    old = _old()
    at = old.index("Root Entry".encode("utf-16-le"))
    fake = name.encode("utf-16-le")
    free = old.index(b"\x00" * 128, at + 128) if b"\x00" * 128 in old[at + 128 :] else at + 256
    entry = (
        fake.ljust(64, b"\x00")
        + struct.pack("<HBB", len(fake) + 2, 2, 1)
        + b"\xff" * 12
        + b"\x00" * 36
        + struct.pack("<LLL", 0xFFFFFFFE, 0, 0)
    )
    return old[:free] + entry + old[free + 128 :]


def _record(kind: int, change: Callable[[bytes], bytes]) -> bytes:
    """An .xls with the first record of a kind changed in place (same length)."""
    old = bytearray(_old())
    start = 512
    while start < len(old):
        found, length = struct.unpack_from("<2H", old, start)
        if found == kind:
            old[start + 4 : start + 4 + length] = change(bytes(old[start + 4 : start + 4 + length]))
            return bytes(old)
        start += 4 + length
    raise LookupError(kind)


def _wide_old() -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("企业")
    for column in range(220):
        page.write(0, column, "统一社会信用代码" if column == 0 else f"列{column}")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _sparse_old() -> bytes:
    book = xlwt.Workbook()
    for sheet in range(4):
        page = book.add_sheet(f"{sheet}")
        page.write(0, 0, "统一社会信用代码")
        page.write(65_535, 150, "x")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _repeated_text(times: int, length: int) -> bytes:
    """Few bytes that name the same long text in very many cells."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, times + 2))
    long = f"<si><t>{'字' * length}</t></si>".encode()
    return changed(sheet=_cells(cells), strings=lambda part: part.replace(b"<si>", long + b"<si>", 1))


_ZERO = b"0" * (1 << 20)
_LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY a "ha">'
    + b"".join(
        b'<!ENTITY a%d "&a%s;&a%s;">' % (n, b"" if n == 1 else b"%d" % (n - 1), b"" if n == 1 else b"%d" % (n - 1)) for n in range(1, 30)
    )
    + b"]>"
)
_EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_NET = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'
_PARAMETER = b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]>'

FILES: tuple[Hostile, ...] = (
    # not what it says it is
    Hostile("empty", lambda: b"", "空的"),
    Hostile("one-byte", lambda: b"P", KIND),
    Hostile("text", lambda: "企业名称,区县".encode(), KIND),
    Hostile("csv", lambda: b"a,b\n1,2\n", KIND, "a.csv", "text/csv"),
    Hostile("html-as-xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>", KIND, "a.xls", "application/vnd.ms-excel"),
    Hostile("svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", KIND, "a.svg", "image/svg+xml"),
    Hostile("executable", lambda: b"MZ" + b"\x00" * 600, KIND),
    Hostile("elf-as-xls", lambda: b"\x7fELF" + b"\x00" * 600, KIND, "a.xls"),
    Hostile("pdf", lambda: b"%PDF-1.4\n%%EOF", KIND),
    Hostile("png", lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, KIND),
    Hostile("gzip", lambda: b"\x1f\x8b\x08" + b"\x00" * 60, KIND),
    Hostile("rar", lambda: b"Rar!\x1a\x07\x00" + b"\x00" * 60, KIND),
    Hostile("xlsx-as-xls", good, MISMATCH, "a.xls"),
    Hostile("xls-as-xlsx", _old, MISMATCH),
    Hostile("xlsx-as-xlsm", good, MACRO, "a.xlsm"),
    Hostile("xlsx-without-extension", good, KIND, "企业"),
    Hostile("xlsx-as-zip", good, KIND, "a.zip"),
    Hostile("double-extension", good, KIND, "a.xlsx.exe"),
    Hostile("declared-html", good, KIND, declared="text/html"),
    Hostile("declared-picture", good, KIND, declared="image/png"),
    Hostile("docx-as-xlsx", _types(b"spreadsheetml.sheet.main+xml", b"wordprocessingml.document.main+xml"), "Word 文档"),
    Hostile("pptx-as-xlsx", _types(b"spreadsheetml.sheet.main+xml", b"presentationml.presentation.main+xml"), "演示文稿"),
    Hostile(
        "xlsb-as-xlsx",
        _types(b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml", b"vnd.ms-excel.sheet.binary.macroEnabled.main"),
        "不是 .xlsx",
    ),
    Hostile("template-as-xlsx", _types(b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml"), "Excel 模板"),
    Hostile("plain-zip", lambda: packed({"a.txt": b"1"}), KIND),
    Hostile("ods", lambda: packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}), KIND),
    # macros, passwords, things inside
    Hostile("vba-part", _add("xl/vbaProject.bin", b"x"), MACRO),
    Hostile(
        "macro-content-type",
        _types(b"</Types>", b'<Override PartName="/x" ContentType="application/vnd.ms-office.vbaProject"/></Types>'),
        MACRO,
    ),
    Hostile("macro-sheet", _add("xl/macrosheets/sheet1.xml", b"<a/>"), MACRO),
    Hostile("encrypted-xlsx", _encrypted, LOCKED),
    Hostile("encrypted-as-xls", _encrypted, LOCKED, "a.xls"),
    Hostile("zip-password-flag", lambda: lying(flags=1), BROKEN),
    Hostile("nested-zip", _add("xl/media/a.zip", packed({"b": _ZERO})), INSIDE),
    Hostile("nested-zip-as-picture", _add("xl/media/a.png", packed({"b": b"1"})), INSIDE),
    Hostile("nested-office", _add("xl/embeddings/a.docx", b"PK"), INSIDE),
    Hostile("ole-object", _add("xl/embeddings/oleObject1.bin", b"x"), INSIDE),
    Hostile("ole-as-picture", _add("xl/media/a.emf", b"\xd0\xcf\x11\xe0" + b"\x00" * 20), INSIDE),
    Hostile("executable-inside", _add("xl/media/a.png", b"MZ\x90\x00"), INSIDE),
    Hostile("script-inside", _add("xl/a.js", b"alert(1)"), INSIDE),
    Hostile("activex", _add("xl/activeX/activeX1.xml", b"<a/>"), INSIDE),
    # bombs
    Hostile("bomb-sheet", lambda: changed(sheet=_after(b"</worksheet>", b" " * (201 << 20))), BOMB),
    Hostile("bomb-unused-part", _add("xl/media/a.png", _ZERO * 60), RATIO),
    Hostile("bomb-many-parts", lambda: packed({**parts_of(good()), **{f"xl/media/{n}.png": b"1" for n in range(1_100)}}), "上限 1000 个"),
    Hostile("bomb-spread", lambda: packed({**parts_of(good()), **{f"xl/media/{n}.png": _ZERO * 7 for n in range(30)}}), BOMB),
    Hostile("bomb-small-size-told", lambda: lying(content=b"<worksheet>" + _ZERO * 30, told_size=100), BROKEN),
    Hostile("bomb-large-size-told", lambda: lying(told_size=300 << 20), BOMB),
    Hostile("bomb-overlapping", overlapping, BROKEN),
    Hostile("bomb-one-text", lambda: changed(strings=_after(b"</sst>", b"<si><t>" + _ZERO * 20 + b"</t></si>")), RATIO),
    Hostile(
        "long-text",
        lambda: changed(strings=_after(b"</sst>", b"<si><t>" + Random(1).randbytes(400_000).hex().encode() + b"</t></si>")),
        "32,767",
    ),
    Hostile(
        "bomb-rich-text", lambda: changed(strings=_after(b"</sst>", b"<si>" + b"<r><t>0123456789</t></r>" * 60_000 + b"</si>")), "32,767"
    ),
    Hostile("million-formatted-rows", lambda: changed(sheet=_cells("".join(f'<row r="{n}"/>' for n in range(2, 1_048_577, 9)))), ROWS),
    Hostile("last-cell", lambda: changed(sheet=_cells('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')), ROWS),
    Hostile("last-cell-without-row", lambda: changed(sheet=_cells('<row><c r="A1048576"><v>1</v></c></row>')), ROWS),
    Hostile("rows-without-numbers", lambda: changed(sheet=_cells("<row/>" * 150_000)), ROWS),
    Hostile("last-column", lambda: changed(sheet=_cells('<row r="3"><c r="XFD3"><v>1</v></c></row>')), COLUMNS),
    Hostile("column-201", lambda: changed(sheet=_cells("<row r='3'><c r='GS3'><v>1</v></c></row>")), COLUMNS),
    Hostile("too-large", lambda: good() + b"\x00" * (21 << 20), "上限 20 MB"),
    # XML attacks
    Hostile("billion-laughs", lambda: changed(sheet=_doctype(_LAUGHS)), ENTITY),
    Hostile("external-entity", lambda: changed(strings=_doctype(_EXTERNAL)), ENTITY),
    Hostile("external-dtd", lambda: changed(styles=_doctype(_NET)), ENTITY),
    Hostile("parameter-entity", lambda: changed(book=_doctype(_PARAMETER)), ENTITY),
    Hostile("entity-in-types", lambda: changed(types=_doctype(_EXTERNAL)), ENTITY),
    Hostile("entity-in-relations", lambda: changed(root=_doctype(_EXTERNAL)), ENTITY),
    Hostile("lower-case-doctype", lambda: changed(sheet=_doctype(_EXTERNAL.lower())), ENTITY),
    Hostile("utf-16-entity", lambda: changed(sheet=lambda part: part.decode().replace("UTF-8", "UTF-16").encode("utf-16")), BROKEN),
    Hostile("utf-7-declared", lambda: changed(sheet=lambda part: part.replace(b"UTF-8", b"utf-7")), BROKEN),
    Hostile("external-link-part", _add("xl/externalLinks/externalLink1.xml", b"<a/>"), OUTSIDE),
    Hostile("external-link", lambda: changed(sheet_rels=_relation("externalLinkPath", "file:///etc/passwd")), OUTSIDE),
    Hostile("remote-template", lambda: changed(sheet_rels=_relation("attachedTemplate", "http://127.0.0.1:9/a.dotm")), OUTSIDE),
    Hostile("remote-picture", lambda: changed(sheet_rels=_relation("image", "http://127.0.0.1:9/a.png")), OUTSIDE),
    Hostile("data-connection", _add("xl/connections.xml", b"<a/>"), OUTSIDE),
    Hostile("query-table", _add("xl/queryTables/queryTable1.xml", b"<a/>"), OUTSIDE),
    # broken and ambiguous archives
    Hostile("cut-in-half", lambda: good()[: len(good()) // 2], BROKEN),
    Hostile("cut-by-one", lambda: good()[:-1], BROKEN),
    Hostile("only-magic", lambda: b"PK\x03\x04" + b"\x00" * 300, BROKEN),
    Hostile("bytes-before", lambda: written(members_of(good()), before=b"PK\x03\x04junk"), BROKEN),
    Hostile("bytes-after", lambda: written(members_of(good()), after=b"junk"), BROKEN),
    Hostile("comment", lambda: written(members_of(good()), comment=b"hidden"), BROKEN),
    Hostile("two-archives", lambda: good() + good(), BROKEN),
    Hostile("count-lies", lambda: written(members_of(good()), told_count=1), BROKEN),
    Hostile("wrong-checksum", lambda: lying(told_crc=1), BROKEN),
    Hostile("other-local-name", lambda: lying(local_name=b"xl/worksheets/sheet9.xml"), BROKEN),
    Hostile("unknown-method", lambda: lying(method=99), BROKEN),
    Hostile("same-name-twice", lambda: written([*members_of(good()), members_of(good())[-1]]), BROKEN),
    Hostile("same-name-other-case", lambda: written([*members_of(good()), Member(b"XL/WORKBOOK.XML", b"<a/>")]), BROKEN),
    Hostile("path-upwards", _add("../../etc/cron.d/x", b"x"), BROKEN),
    Hostile("absolute-path", _add("/etc/passwd", b"x"), BROKEN),
    Hostile("drive-path", _add("C:/x", b"x"), BROKEN),
    Hostile("backslash-path", lambda: written([*members_of(good()), Member(b"xl\\..\\x", b"x")]), BROKEN),
    Hostile("nul-in-name", lambda: written([*members_of(good()), Member(b"xl/a\x00.xml", b"x")]), BROKEN),
    Hostile(
        "broken-deflate",
        lambda: written([replace(m, method=8, told_packed=3) if b"sheet1" in m.name else m for m in members_of(good())]),
        BROKEN,
    ),
    Hostile("no-workbook", lambda: changed(book=None), BROKEN),
    Hostile("no-relations", lambda: changed(root=None), BROKEN),
    Hostile("no-types", lambda: changed(types=None), KIND),
    Hostile("workbook-not-xml", lambda: changed(book=b"no xml"), BROKEN),
    Hostile(
        "only-hidden-sheets", lambda: changed(book=lambda part: part.replace(b"<sheet ", b'<sheet state="hidden" ')), "没有可见的工作表"
    ),
    Hostile("nul-in-sheet", lambda: changed(sheet=_cells("<row r='3'><c r='A3' t='str'><v>a\x00b</v></c></row>")), BROKEN),
    # old workbooks
    Hostile("old-cut", lambda: _old()[:2_000], BROKEN, "a.xls"),
    Hostile("old-zeros", lambda: _old()[:8] + b"\x00" * 4_000, BROKEN, "a.xls"),
    Hostile("old-loop", lambda: _old()[:76] + b"\x00\x00\x00\x00" * 109 + _old()[512:], BROKEN, "a.xls"),
    Hostile("old-macro", lambda: _old_with("_VBA_PROJECT_CUR"), MACRO, "a.xls"),
    Hostile("old-word", lambda: _old_with("WordDocument"), "Word 文档", "a.xls"),
    Hostile("old-embedded", lambda: _old_with("MBD00012345"), INSIDE, "a.xls"),
    Hostile("old-text-count-lies", lambda: _record(0x00FC, lambda data: data[:4] + b"\xff\xff\xff\x7f" + data[8:]), BROKEN, "a.xls"),
    Hostile("old-area-lies", lambda: _record(0x0200, lambda data: data[:4] + b"\xff\xff\xff\x7f" + data[8:]), BROKEN, "a.xls"),
    Hostile("old-too-wide", _wide_old, COLUMNS, "a.xls"),
    Hostile("old-sparse", _sparse_old, "内容过大", "a.xls"),
)

# files that pass the first look and must still neither crash nor fill memory
HEAVY: tuple[Hostile, ...] = (
    Hostile("repeated-long-text", lambda: _repeated_text(60_000, 20_000), ""),
    Hostile("sparse-corners", lambda: changed(sheet=_cells('<row r="49000"><c r="GR49000"><v>1</v></c></row>')), ""),
    Hostile(
        "huge-merge",
        lambda: changed(sheet=_after(b"</worksheet>", b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
        "",
    ),
    Hostile("hyperlink-is-allowed", lambda: changed(sheet_rels=_relation("hyperlink", "https://example.invalid/")), ""),
    Hostile(
        "dimension-lies",
        lambda: changed(sheet=lambda part: part.replace(b'<dimension ref="A1:G2"/>', b'<dimension ref="A1:XFD1048576"/>')),
        "",
    ),
    Hostile("string-index-beyond", lambda: changed(sheet=_cells('<row r="3"><c r="A3" t="s"><v>99999999</v></c></row>')), ""),
    Hostile("cell-of-unknown-type", lambda: changed(sheet=_cells('<row r="3"><c r="A3" t="zz"><v>1</v></c></row>')), ""),
    Hostile(
        "rows-backwards",
        lambda: changed(sheet=_cells('<row r="9"><c r="A9"><v>1</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>')),
        "",
    ),
    Hostile("no-cells", lambda: xlsx({"企业": []}), ""),
)
