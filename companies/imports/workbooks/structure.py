"""What an .xlsx says of itself: its kind, its sheets and where they lie, and that it leads nowhere outside."""

from dataclasses import dataclass, field
from posixpath import normpath
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.imports.refusals import WorkbookRefused, broken

_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_OTHER_KINDS = (
    ("macroEnabled", gettext_lazy("带宏的工作簿（.xlsm）")),
    ("ms-excel.sheet.binary", gettext_lazy("二进制工作簿（.xlsb）")),
    ("wordprocessingml", gettext_lazy("Word 文档")),
    ("presentationml", gettext_lazy("演示文稿")),
    ("spreadsheetml.template", gettext_lazy("Excel 模板")),
)
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(slots=True)
class Extent:
    """How far one sheet part reaches: last row, whether beyond 77 columns, cells with shared text, merged heads (0-based).

    `faults` holds cells whose formula failed or was never computed, by (row, column): readers show them as blank.
    """

    rows: int = 0
    is_broad: bool = False
    text_cells: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass(slots=True)
class Package:
    """What the reader needs to know: extent by part name, visible sheets as (name, part), longest shared text in bytes.

    `has_escapes`: some text spells a character as `_x000D_`, which readers hand over as it stands.
    """

    extents: dict[str, Extent] = field(default_factory=dict)
    sheets: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    longest_text: int = 0
    has_escapes: bool = False


def read_structure(package: Package, small: dict[str, bytes]) -> None:
    """Fill visible and hidden sheets; raises for another kind of document and for outside links."""
    types = small.get("[Content_Types].xml")
    if types is None:
        raise WorkbookRefused(_("不是 .xlsx 或 .xls 文件（只是改了扩展名的压缩包）。请上传 Excel 工作簿。"))
    if _MAIN.encode() not in types:
        for mark, kind in _OTHER_KINDS:
            if mark.encode() in types:
                raise WorkbookRefused(_("这是%(kind)s，不是 .xlsx 或 .xls 文件。请另存为 .xlsx 再上传。") % {"kind": kind})
        raise broken()
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise WorkbookRefused(_("工作簿带有宏，不能导入。请另存为不带宏的 .xlsx 再上传。"))
    try:
        for name, text in small.items():
            if name.lower().endswith(".rels"):
                _refuse_outside(text)
        _list_sheets(package, small)
    except (ParseError, DefusedXmlException, ValueError, KeyError, StopIteration) as error:
        raise broken() from error


def _refuse_outside(text: bytes) -> None:
    for relation in fromstring(text, forbid_dtd=True):
        kind = relation.get("Type", "").rsplit("/", 1)[-1].lower()
        if relation.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise WorkbookRefused(_("工作簿链接了外部文件或数据源，不能导入。请在 Excel“数据”中断开链接，另存后再上传。"))


def _list_sheets(package: Package, small: dict[str, bytes]) -> None:
    root = fromstring(small["_rels/.rels"], forbid_dtd=True)
    main = next(r.get("Target", "") for r in root if r.get("Type", "").endswith("/officeDocument")).lstrip("/")
    folder, _slash, file_name = main.rpartition("/")
    relations = fromstring(small[f"{folder}/_rels/{file_name}.rels".lstrip("/")], forbid_dtd=True)
    targets = {}
    for relation in relations:
        target = relation.get("Target", "")
        targets[relation.get("Id", "")] = target.lstrip("/") if target.startswith("/") else normpath(f"{folder}/{target}")
    for element in fromstring(small[main], forbid_dtd=True).iter():
        if element.tag.rsplit("}", 1)[-1] != "sheet":
            continue
        identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        name, part = element.get("name", ""), targets.get(identity, "")
        if element.get("state", "visible") != "visible":
            package.hidden.append(name)
        elif part in package.extents:
            package.sheets.append((name, part))
