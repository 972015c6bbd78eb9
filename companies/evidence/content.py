"""Is a file what it says it is? Extension, declared type and content must agree; pictures come back re-encoded, without metadata."""

import io
import re
import unicodedata
import warnings
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from companies.evidence.packages import OLE, ZIP_END, ZIP_START, look_inside
from companies.evidence.refusals import FileRefused, disagrees, kinds_named
from core.text import refused_character

# two copies at four bytes a pixel stay below 256 MiB, whatever the file's own size
MOST_PIXELS = 30_000_000
MOST_NAME = 200
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
TYPES = {"pdf": PDF, "png": PNG, "jpg": JPEG, "jpeg": JPEG, "xlsx": XLSX, "xls": XLS}
PAPERS = ("pdf", "png", "jpg", "jpeg", "xlsx")
WORKBOOKS = ("xlsx", "xls")
_ANY_TYPE = {"", "application/octet-stream"}
_SEPARATORS = re.compile(r"[/\\:*?\"<>|]")
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))}


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
        raise FileRefused(_("不接受这种文件，请上传 %(kinds)s。") % {"kinds": kinds_named(accepted)})
    expected = TYPES[extension]
    if not content:
        raise FileRefused(_("文件是空的，请重新选择。"))
    if declared.split(";")[0].strip().lower() not in {expected, *_ANY_TYPE}:
        raise disagrees(accepted)
    if expected == PDF:
        return Checked(_pdf(content, accepted), PDF, "pdf")
    if expected in {PNG, JPEG}:
        return Checked(_picture(content, expected, accepted), expected, "png" if expected == PNG else "jpg")
    if expected == XLS:
        if not content.startswith(OLE):
            raise disagrees(accepted)
        return Checked(content, XLS, "xls")
    look_inside(content, accepted)
    return Checked(content, XLSX, "xlsx")


def _sizes(size: int, most: int) -> dict[str, str]:
    return {"size": f"{size / 1_048_576:,.1f}", "most": f"{most / 1_048_576:,.0f}"}


def _pdf(content: bytes, accepted: tuple[str, ...]) -> bytes:
    tail = content[-66_000:]
    if not content.startswith(b"%PDF-") or b"%%EOF" not in tail[-2_048:] or ZIP_END in tail or ZIP_START in content[:1_024]:
        raise disagrees(accepted)
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
                ImageOps.exif_transpose(picture, in_place=True)
                target = io.BytesIO()
                _without_metadata(picture, wanted).save(target, wanted, **({"quality": 90} if wanted == "JPEG" else {}))
    except Image.DecompressionBombError as error:
        raise FileRefused(
            _("图片像素太多，超过 %(most)s 万像素的上限，请缩小后再上传。") % {"most": f"{MOST_PIXELS // 10_000:,}"}
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise disagrees(accepted) from error
    return target.getvalue()


def _without_metadata(picture: Image.Image, wanted: str) -> Image.Image:
    """The same pixels, knowing nothing else: no place, no camera, no text. A copy only where the mode must change."""
    picture.load()
    mode = "RGB" if wanted == "JPEG" else picture.mode if picture.mode in {"1", "L", "RGB", "RGBA"} else "RGBA"
    plain = picture if picture.mode == mode else picture.convert(mode)
    plain.info = {}
    return plain
