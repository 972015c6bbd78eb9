"""The embedded Chinese faces, and the check that no character is printed as a silent blank."""

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from core.errors import Refusal

REGULAR = "NotoSansSC"
BOLD = "NotoSansSC-Bold"
_FILES = {REGULAR: "NotoSansSC_400Regular.ttf", BOLD: "NotoSansSC_700Bold.ttf"}
_BEYOND_16_BITS = re.compile(r"<([0-9A-F]{5,6})>")
# control, format, surrogate, private and unassigned characters have no picture, even where a face lists them
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class FontMissing(Refusal):
    """The faces are not where the start command puts them."""


class _SelectableFont(TTFont):
    """A face whose characters beyond 16 bits can be selected and copied too: the library writes them as bare numbers."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 (the library's name)
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if str(name).startswith("toUnicodeCMap:"):
                stream.content = _BEYOND_16_BITS.sub(_as_utf16, stream.content)


def _as_utf16(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


class _Printable(dict[int, str | int]):
    """A table for str.translate: a character the face lacks becomes its code point in brackets."""

    def __init__(self, known: set[int]) -> None:
        super().__init__()
        self.known = known

    def __missing__(self, code: int) -> str | int:
        if code in self.known and unicodedata.category(chr(code)) not in _INVISIBLE:
            shown: str | int = code
        elif unicodedata.category(chr(code)) == "Zs":
            shown = " "
        else:
            shown = f"〔U+{code:04X}〕"
        self[code] = shown
        return shown


def font_folder() -> Path:
    """Where the two faces and their licence lie."""
    return Path(settings.BASE_DIR) / "var" / "vendor" / "fonts"


@cache
def fonts_register() -> _Printable:
    """Register both faces as one family, once per process; return the table of what can be printed.

    Raises FontMissing, naming the command that fetches the faces.
    """
    known: set[int] | None = None
    for name, file in _FILES.items():
        path = font_folder() / file
        if not path.is_file():
            raise FontMissing(_("缺少字体文件 %(file)s，无法生成 PDF。请在项目目录运行 ./run demo 取得字体。") % {"file": file})
        font = _SelectableFont(name, str(path))
        pdfmetrics.registerFont(font)
        glyphs = set(font.face.charToGlyph)
        known = glyphs if known is None else known & glyphs
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return _Printable(known or set())


def printable(text: str) -> str:
    """`text` with every character the faces cannot draw shown as 〔U+XXXX〕; line breaks are kept, tabs become spaces."""
    table = fonts_register()
    if "\n" not in text and "\t" not in text and "\r" not in text:
        return text.translate(table)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
    return "\n".join(line.translate(table) for line in lines)
