"""Draws the plain blocks of a document as an A4 PDF with embedded Chinese type and selectable text.

Cells are drawn as plain strings wherever they fit on one line, since a wrapping cell costs about three times as much.
Everything is black, grey and white, so that nothing is lost on a grey-scale printer.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from reportlab.lib.colors import Color, black, white
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    LongTable,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import PageBreak as NewPage
from reportlab.platypus import Paragraph as TextFlow

from core.documents import blocks as b
from core.documents.fonts import BOLD, REGULAR, fonts_register, printable

_GREY = Color(0.38, 0.38, 0.38)
_RULE = Color(0.72, 0.72, 0.72)
_SHADE = Color(0.93, 0.93, 0.93)
_SIDE, _TOP, _BOTTOM = 16 * mm, 16 * mm, 20 * mm
_SIZES = (8.5, 8.0, 7.5, 7.0, 6.5)  # type of table cells, in points, the first that fits
_PAD, _NARROWEST = 4.0, 64.0
_LONG = 11.0  # ems: 20 digits and letters
_ROWS_PER_PIECE = 400  # a longer table is laid out in pieces: splitting one costs its whole rest at every page
_ALIGN = {"left": TA_LEFT, "right": TA_RIGHT, "center": TA_CENTER}


def pdf_bytes(content: Sequence[b.Block], *, imprint: b.Imprint) -> bytes:
    """The drawn document; see pdf_write."""
    buffer = BytesIO()
    pdf_write(content, imprint=imprint, to=buffer)
    return buffer.getvalue()


def pdf_write(content: Sequence[b.Block], *, imprint: b.Imprint, to: BinaryIO) -> None:
    """Draw `content` into `to`, with the imprint as metadata and in the foot of every page.

    Raises FontMissing when the faces have not been fetched.
    """
    fonts_register()
    size = landscape(A4) if imprint.landscape else A4
    document = SimpleDocTemplate(
        to,
        pagesize=size,
        leftMargin=_SIDE,
        rightMargin=_SIDE,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=printable(imprint.title),
        author=printable(imprint.author),
        subject=_stand(imprint),
        creator="Tidu",
        lang=get_language() or "zh-hans",
        initialFontName=REGULAR,
        displayDocTitle=1,
    )
    width = size[0] - 2 * _SIDE - 12  # the frame keeps 6 pt free on each side
    flow: list[Flowable] = []
    for number, block in enumerate(content):
        flow.extend(_drawn(block, width=width, key=f"part-{number}"))
    document.build(flow or [Spacer(1, 1)], canvasmaker=_canvas_class(imprint))


def _stand(imprint: b.Imprint) -> str:
    text = _("数据截至 %(as_of)s（%(reading)s） · 日志链头 %(head)s")
    return printable(text % {"as_of": imprint.as_of.isoformat(), "reading": imprint.reading, "head": imprint.chain_head})


def _made(imprint: b.Imprint) -> str:
    text = _("打印人 %(who)s · 打印时间 %(when)s")
    when = localtime(imprint.generated_at).strftime("%Y-%m-%d %H:%M")
    return printable(text % {"who": imprint.requester, "when": when})


def _canvas_class(imprint: b.Imprint) -> type[Canvas]:
    """A canvas that draws the feet at the end, when the number of pages is known."""
    lines = (_stand(imprint), _made(imprint))
    title = printable(imprint.title)
    of_pages = _("第 %(page)s 页 / 共 %(pages)s 页")

    class FootedCanvas(Canvas):
        """Keeps every finished page until the last one is known."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.pages_kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 (the library's name)
            self.pages_kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            total = len(self.pages_kept)
            for number, page in enumerate(self.pages_kept, start=1):
                self.__dict__.update(page)
                _foot_draw(self, lines=(title, *lines), number=of_pages % {"page": number, "pages": total})
                super().showPage()
            super().save()

    return FootedCanvas


def _foot_draw(canvas: Canvas, *, lines: Sequence[str], number: str) -> None:
    right = canvas._pagesize[0] - _SIDE
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.5)
    canvas.line(_SIDE, _BOTTOM - 4, right, _BOTTOM - 4)
    canvas.setFillColor(_GREY)
    canvas.setFont(REGULAR, 7.5)
    room = right - _SIDE - 90
    y = _BOTTOM - 14
    for line in lines:
        for piece in _folded(line, room=room, size=7.5):
            canvas.drawString(_SIDE, y, piece)
            y -= 10
    canvas.drawRightString(right, _BOTTOM - 14, number)


def _folded(text: str, *, room: float, size: float) -> Iterator[str]:
    """`text` in pieces that fit into `room` points."""
    start = 0
    for end in range(1, len(text) + 1):
        if stringWidth(text[start:end], REGULAR, size) > room:
            yield text[start : end - 1]
            start = end - 1
    yield text[start:]


def _drawn(block: b.Block, *, width: float, key: str) -> list[Flowable]:
    match block:
        case b.Heading():
            return _heading(block, key=key)
        case b.Paragraph(text):
            return [_text(text, _style(10, leading=16, after=6))]
        case b.Note(text):
            return [_text(text, _style(8.5, leading=13, after=6, color=_GREY, border=True))]
        case b.KeyValue(pairs):
            return _pairs(pairs, width=width)
        case b.Table():
            return _table(block, width=width)
        case b.PageBreak():
            return [NewPage()]


def _style(
    size: float,
    *,
    leading: float = 0,
    after: float = 0,
    before: float = 0,
    bold: bool = False,
    color: Color = black,
    align: b.Align = "left",
    border: bool = False,
) -> ParagraphStyle:
    return ParagraphStyle(
        "plain",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=leading or size * 1.45,
        spaceAfter=after,
        spaceBefore=before,
        textColor=color,
        alignment=_ALIGN[align],
        wordWrap="CJK",
        leftIndent=8 if border else 0,
        borderWidth=0,
    )


def _text(text: str, style: ParagraphStyle) -> TextFlow:
    return TextFlow(escape(printable(text)).replace("\n", "<br/>"), style)


class _Bookmark(Flowable):
    """Takes no room; puts the heading that follows into the reader's list of contents."""

    width = height = 0

    def __init__(self, text: str, *, level: int, key: str) -> None:
        super().__init__()
        self.text, self.level, self.key = text, level, key

    def draw(self) -> None:
        self.canv.bookmarkPage(self.key)
        self.canv.addOutlineEntry(self.text, self.key, level=0)


def _heading(block: b.Heading, *, key: str) -> list[Flowable]:
    size = {1: 17.0, 2: 12.5}.get(block.level, 10.5)
    style = _style(size, bold=True, before=4 if block.level == 1 else 10, after=6)
    # room for the heading, a table head and two rows, else a new page
    return [CondPageBreak(70), _Bookmark(printable(block.text), level=block.level, key=key), _text(block.text, style)]


def _pairs(pairs: Sequence[tuple[str, str]], *, width: float) -> list[Flowable]:
    if not pairs:
        return []
    labels = [printable(label) for label, _value in pairs]
    first = min(max(stringWidth(label, BOLD, 9.5) for label in labels) + 14, width / 3)
    rows = [[_text(label, _style(9.5, bold=True)), _text(value, _style(9.5))] for label, (_label, value) in zip(labels, pairs, strict=True)]
    table = LongTable(rows, colWidths=[first, width - first], hAlign="LEFT", spaceAfter=8)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return [table]


def _table(block: b.Table, *, width: float) -> list[Flowable]:
    columns = block.columns
    head = [_column_title(column) for column in columns]
    rows = [[printable(cell) for cell in row] for row in block.rows]
    widths, size = _widths(columns, head, rows, width=width)
    styles = [_style(size, align=column.align) for column in columns]
    for row in rows:
        for index, cell in enumerate(row):
            # a plain string where one line is enough
            if "\n" in cell or stringWidth(cell, REGULAR, size) > widths[index] - 2 * _PAD + 0.01:
                row[index] = _text(cell, styles[index])
    top = [_text(title, _style(size, bold=True, align=column.align)) for title, column in zip(head, columns, strict=True)]
    drawn: list[Flowable] = []
    for start in range(0, len(rows), _ROWS_PER_PIECE) or [0]:
        piece = rows[start : start + _ROWS_PER_PIECE]
        table = LongTable(
            [top, *piece], colWidths=widths, repeatRows=1, hAlign="LEFT", spaceAfter=8 if start + len(piece) == len(rows) else 0
        )
        table.setStyle(_table_style(columns, size=size))
        drawn.append(table)
    if not rows and block.empty:
        drawn.append(_text(block.empty, _style(9, before=4, color=_GREY)))
    return drawn


def _column_title(column: b.Column) -> str:
    if not column.unit:
        return printable(column.title)
    titled = pgettext("column with its unit", "%(title)s\n（%(unit)s）")
    return printable(titled % {"title": column.title, "unit": column.unit})


def _widths(columns: Sequence[b.Column], head: Sequence[str], rows: Sequence[Sequence[str]], *, width: float) -> tuple[list[float], float]:
    """Points per column, all together at most `width`, and the type size they are meant for.

    Fixed columns are as wide as their widest cell, the others share the rest by weight. Where that does not fit, the type
    becomes smaller first; then cells of more than 20 characters give way and wrap. A code is never broken.
    """
    at_one = [_natural(head[i], [row[i] for row in rows]) if column.fixed else 0.0 for i, column in enumerate(columns)]
    weights = [0.0 if column.fixed else column.weight for column in columns]
    least = _NARROWEST * sum(1 for weight in weights if weight)
    size = next((s for s in _SIZES if _taken(at_one, s) + least <= width), _SIZES[-1])
    widths = [one * size + 2 * _PAD + 0.5 if one else 0.0 for one in at_one]
    longest = _LONG * size + 2 * _PAD
    if sum(widths) + least > width:
        spare = width - least - sum(w for w in widths if w <= longest)
        wide = sum(w for w in widths if w > longest)
        widths = [max(w * spare / wide, longest) if w > longest else w for w in widths]
    room = max(width - sum(widths), least)
    if least:
        widths = [room * weight / sum(weights) if weight else w for w, weight in zip(widths, weights, strict=True)]
    total = sum(widths)
    return ([w * width / total for w in widths] if total > width + 1 else widths), size


def _natural(title: str, cells: Sequence[str]) -> float:
    """The width a fixed column wants at a type size of 1 point; its title may break after six characters."""
    longest = sorted(set(cells), key=len)[-40:]
    widest = max((stringWidth(cell, REGULAR, 1) for cell in longest), default=0.0)
    return max(widest, min(max(stringWidth(line, BOLD, 1) for line in title.split("\n")), 6.2))


def _taken(at_one: Sequence[float], size: float) -> float:
    return sum(one * size + 2 * _PAD + 0.5 for one in at_one if one)


def _table_style(columns: Sequence[b.Column], *, size: float) -> TableStyle:
    commands: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, size, size * 1.45),
        ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
        ("BACKGROUND", (0, 1), (-1, -1), white),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, black),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, _RULE),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("VALIGN", (0, 1), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    for index, column in enumerate(columns):
        commands.append(("ALIGN", (index, 0), (index, -1), column.align.upper()))
    return TableStyle(commands)
