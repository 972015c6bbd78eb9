"""The first look at an upload: its name, its first bytes and its content must agree, and nothing in it may be dangerous.

Nothing is written, no other file or network address is opened; memory stays within a few chunks beside the file itself.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from companies.imports.refusals import WorkbookRefused
from companies.imports.workbooks.compounds import MAGIC, inspect_compound
from companies.imports.workbooks.packages import inspect_package
from companies.imports.workbooks.structure import Extent

DECLARED_TYPES = {
    "xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    "xls": {"application/vnd.ms-excel", "application/msexcel", "application/x-msexcel"},
}
_VAGUE_TYPES = {"", "application/octet-stream", "application/x-download", "binary/octet-stream"}
DENSE_CELLS = 4_000_000
DENSE_ROWS = 50_000
DENSE_COLUMNS = 77
SHARED_BYTES = 96 << 20


@dataclass(slots=True)
class Intake:
    """A workbook that passed: its kind, digest and size, what is in it, and which reader holds memory within bounds."""

    kind: str
    sha256: str
    size: int
    is_light: bool
    rows: int = 0
    sheets: list[tuple[str, str]] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    extents: dict[str, Extent] = field(default_factory=dict)
    old_faults: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)
    has_escapes: bool = False

    def faults_of(self, position: int, name: str) -> dict[tuple[int, int], str]:
        """Cells of a sheet whose formula has no value, by (row, column), 0-based."""
        if self.kind == "xls":
            return self.old_faults.get(position, {})
        part = next((part for sheet, part in self.sheets if sheet == name), "")
        return self.extents[part].faults if part in self.extents else {}


def wrong_kind() -> WorkbookRefused:
    """The one sentence for a file that is no workbook."""
    return WorkbookRefused(_("不是 .xlsx 或 .xls 文件。请用 Excel 打开后另存为 .xlsx 再上传。"))


def inspect(file: BinaryIO, *, name: str, declared_type: str = "") -> Intake:
    """Check an uploaded workbook before it is stored or parsed. Raises WorkbookRefused with one clear sentence."""
    size = _size_within_limit(file)
    kind = PurePosixPath(name.lower().strip()).suffix.lstrip(".")
    _refuse_extension(kind)
    file.seek(0)
    start = file.read(8)
    _refuse_mismatch(kind, start)
    if declared_type.split(";")[0].strip().lower() not in _VAGUE_TYPES | DECLARED_TYPES["xlsx"] | DECLARED_TYPES["xls"]:
        raise wrong_kind()
    digest = _digest(file)
    limits = settings.LIMITS
    if kind == "xls":
        file.seek(0)
        old = inspect_compound(file.read(), rows_limit=limits["workbook_rows"], columns_limit=limits["workbook_columns"])
        if old.rows * old.columns * old.sheets > 2 * DENSE_CELLS or old.text_cells * old.longest_text * 2 > SHARED_BYTES:
            raise WorkbookRefused(_("这个 .xls 工作簿内容过大，读不下。请另存为 .xlsx 再上传。"))
        return Intake("xls", digest, size, True, old.rows * old.sheets, old_faults=old.faults)
    package = inspect_package(
        file,
        size=size,
        unpacked_limit=limits["workbook_unpacked_bytes"],
        rows_limit=limits["workbook_rows"],
        columns_limit=limits["workbook_columns"],
    )
    if not package.sheets:
        raise WorkbookRefused(_("工作簿里没有可见的工作表。请取消隐藏后再上传。"))
    extents = package.extents
    rows = sum(extent.rows for extent in extents.values())
    text = sum(extent.text_cells for extent in extents.values()) * package.longest_text
    is_light = rows <= DENSE_ROWS and text <= SHARED_BYTES and not any(e.is_broad for e in extents.values())
    return Intake("xlsx", digest, size, is_light, rows, package.sheets, package.hidden, extents, has_escapes=package.has_escapes)


def _size_within_limit(file: BinaryIO) -> int:
    size, limit = file.seek(0, 2), settings.LIMITS["upload_bytes"]
    if size > limit:
        raise WorkbookRefused(
            _("文件有 %(size)s MB，上限 %(limit)s MB。请删去图片和空行，或分成几个文件再上传。")
            % {"size": f"{size / (1 << 20):.1f}", "limit": limit >> 20}
        )
    if not size:
        raise WorkbookRefused(_("文件是空的（0 字节）。请检查后再上传。"))
    return size


def _refuse_extension(kind: str) -> None:
    if kind in ("xlsm", "xltm", "xlam", "xla"):
        raise WorkbookRefused(_("工作簿带有宏，不能导入。请另存为不带宏的 .xlsx 再上传。"))
    if kind not in ("xlsx", "xls"):
        raise wrong_kind()


def _refuse_mismatch(kind: str, start: bytes) -> None:
    if start.startswith(MAGIC):
        if kind == "xlsx":
            raise WorkbookRefused(_("扩展名是 .xlsx，内容却是加了密码的或旧格式的文件。请去掉密码，用 Excel 另存为 .xlsx 再上传。"))
    elif start.startswith(b"PK\x03\x04"):
        if kind == "xls":
            raise WorkbookRefused(_("扩展名是 .xls，内容却不是旧格式工作簿。请用 Excel 打开后另存为 .xlsx 再上传。"))
    else:
        raise wrong_kind()


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()
