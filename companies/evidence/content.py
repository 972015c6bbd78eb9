"""Is a file what it says it is? Extension, declared type and content must agree; pictures come back re-encoded, without metadata."""

import io
import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from core.errors import Refusal
from core.text import refused_character

MOST_PIXELS = 50_000_000
MOST_PARTS = 2_000
MOST_NAME = 200
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
TYPES = {"pdf": PDF, "png": PNG, "jpg": JPEG, "jpeg": JPEG, "xlsx": XLSX, "xls": XLS}
PAPERS = ("pdf", "png", "jpg", "jpeg", "xlsx")
WORKBOOKS = ("xlsx", "xls")
_ANY_TYPE = {"", "application/octet-stream"}
_ZIP_END, _ZIP_START, _OLE = b"PK\x05\x06", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SEPARATORS = re.compile(r"[/\\:*?\"<>|]")
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}


class FileRefused(Refusal):
    """The file is not taken; `message` names the reason and the kinds that are."""

    status = 422
    code = "file_refused"


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that is what it says: bytes to store, its type and the extension of its key."""

    content: bytes
    content_type: str
    extension: str


def clean_name(name: str) -> str:
    """A file name to show and to offer for download: no path, control or direction characters, no device name, at most 200 characters."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C" and not refused_character(c))
    plain = _SEPARATORS.sub("_", plain).strip(" ").rstrip(".")
    stem, dot, extension = plain.rpartition(".")
    if not dot:
        stem, extension = plain, ""
    if not stem or stem.split(".")[0].upper() in _RESERVED:
        stem = f"{_('文件')}_{stem}".rstrip("_")
    return f"{stem[: MOST_NAME - len(extension) - 1]}.{extension}" if extension else stem[:MOST_NAME]


def check_file(*, name: str, declared: str, content: bytes, accepted: tuple[str, ...] = PAPERS) -> Checked:
    """The file as it is stored. Raises FileRefused naming what is wrong and what is accepted."""
    most = settings.LIMITS["upload_bytes"]
    if len(content) > most:
        raise FileRefused(_("文件 %(size)s MB，超过 %(most)s MB 的上限，请压缩或拆分后再上传。") % _sizes(len(content), most))
    extension = clean_name(name).rpartition(".")[2].lower()
    if extension not in accepted:
        raise FileRefused(_("不接受这种文件，请上传 %(kinds)s。") % {"kinds": _kinds(accepted)})
    expected = TYPES[extension]
    if not content:
        raise FileRefused(_("文件是空的，请重新选择。"))
    if declared.split(";")[0].strip().lower() not in {expected, *_ANY_TYPE}:
        raise _disagrees(accepted)
    if expected == PDF:
        return Checked(_pdf(content, accepted), PDF, "pdf")
    if expected in {PNG, JPEG}:
        return Checked(_picture(content, expected, accepted), expected, "png" if expected == PNG else "jpg")
    if expected == XLS:
        if not content.startswith(_OLE):
            raise _disagrees(accepted)
        return Checked(content, XLS, "xls")
    _workbook(content, accepted)
    return Checked(content, XLSX, "xlsx")


def _sizes(size: int, most: int) -> dict[str, str]:
    return {"size": f"{size / 1_048_576:,.1f}", "most": f"{most / 1_048_576:,.0f}"}


def _kinds(accepted: tuple[str, ...]) -> str:
    return "、".join(f".{extension}" for extension in accepted if extension != "jpeg")


def _disagrees(accepted: tuple[str, ...]) -> FileRefused:
    return FileRefused(_("文件内容与扩展名不符或已损坏，请上传真实的 %(kinds)s 文件。") % {"kinds": _kinds(accepted)})


def _pdf(content: bytes, accepted: tuple[str, ...]) -> bytes:
    tail = content[-66_000:]
    if not content.startswith(b"%PDF-") or b"%%EOF" not in tail[-2_048:] or _ZIP_END in tail or _ZIP_START in content[:1_024]:
        raise _disagrees(accepted)
    return content


def _picture(content: bytes, expected: str, accepted: tuple[str, ...]) -> bytes:
    wanted = "PNG" if expected == PNG else "JPEG"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[wanted]) as picture:
                width, height = picture.size
                if width * height > MOST_PIXELS:
                    raise FileRefused(
                        _("图片 %(width)s×%(height)s 像素，超过 %(most)s 万像素的上限，请缩小后再上传。")
                        % {"width": width, "height": height, "most": f"{MOST_PIXELS // 10_000:,}"}
                    )
                plain = ImageOps.exif_transpose(picture)
                target = io.BytesIO()
                if wanted == "PNG":
                    _without_metadata(plain).save(target, "PNG")
                else:
                    _without_metadata(plain.convert("RGB")).save(target, "JPEG", quality=90)
    except Image.DecompressionBombError as error:
        raise FileRefused(
            _("图片像素太多，超过 %(most)s 万像素的上限，请缩小后再上传。") % {"most": f"{MOST_PIXELS // 10_000:,}"}
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _disagrees(accepted) from error
    return target.getvalue()


def _without_metadata(picture: Image.Image) -> Image.Image:
    """A picture of the same pixels that knows nothing else: no place, no camera, no text."""
    mode = picture.mode if picture.mode in {"1", "L", "RGB", "RGBA"} else "RGBA"
    same = picture.convert(mode)
    clean = Image.new(mode, same.size)
    clean.paste(same)
    return clean


def _workbook(content: bytes, accepted: tuple[str, ...]) -> None:
    """A spreadsheet package: no macros, no other archive inside, no outside links, not larger unpacked than the limit."""
    if not content.startswith(_ZIP_START):
        raise _disagrees(accepted)
    most = settings.LIMITS["workbook_unpacked_bytes"]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
                raise FileRefused(_("工作簿解压后超过 %(most)s MB 的上限，请删减后再上传。") % {"most": most // 1_048_576})
            if any(part.flag_bits & 1 for part in parts):
                raise FileRefused(_("工作簿有密码，请去掉密码后再上传。"))
            types = _read(package, "[Content_Types].xml")
            if b"spreadsheetml.sheet.main+xml" not in types or b"macroEnabled" in types or b"vbaProject" in types:
                raise _disagrees(accepted)
            left = most
            for part in parts:
                left -= _look(package, part, left, accepted)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, OSError, EOFError, RuntimeError) as error:
        raise _disagrees(accepted) from error


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        return part.read(1_048_576)


def _look(package: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, accepted: tuple[str, ...]) -> int:
    """Read one part in pieces and refuse what has no place in a workbook; the number of bytes it really holds."""
    size, is_links, links = 0, part.filename.lower().endswith(".rels"), b""
    is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
    with package.open(part) as stream:
        while piece := stream.read(262_144):
            if size == 0 and piece.startswith((_ZIP_START, _OLE[:4], b"Rar!", b"7z\xbc\xaf", b"MZ", b"\x7fELF")):
                raise _disagrees(accepted)
            if is_xml and (b"<!DOCTYPE" in piece or b"<!ENTITY" in piece):
                raise FileRefused(_("工作簿的 XML 带有外部实体或文档类型声明，请用 Excel 另存为 .xlsx 再上传。"))
            size += len(piece)
            if size > left:
                raise FileRefused(_("工作簿解压后超过上限，请删减后再上传。"))
            if is_links and size <= 4_194_304:
                links += piece
    if any(b"/hyperlink" not in tag for tag in re.findall(rb"<Relationship\b[^>]*TargetMode=[\"']External[\"'][^>]*>", links)):
        raise FileRefused(_("工作簿链接了外部文件或数据源，请在 Excel“数据”中断开链接后再上传。"))
    return size
