"""Documents: the text reads back, heads repeat, nothing is a silent blank, codes stay whole."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from core.documents import fonts
from core.documents.blocks import (
    Block,
    Column,
    Heading,
    Imprint,
    KeyValue,
    Note,
    PageBreak,
    Paragraph,
    Table,
)
from core.documents.fonts import FontMissing, printable
from core.documents.pdf import pdf_bytes

HEAD = "9f3c" * 16
CODE = "91330600MA2ABCDEXA"
COLUMNS = (
    Column("企业", weight=2),
    Column("统一社会信用代码", fixed=True),
    Column("营业收入", unit="万元", align="right", fixed=True),
    Column("说明"),
)


def imprint(**changes: Any) -> Imprint:
    stated: dict[str, Any] = {
        "title": "目标进度",
        "author": "绍兴市经济和信息化局",
        "generated_at": datetime(2026, 11, 24, 6, 20, tzinfo=UTC),
        "as_of": date(2026, 11, 20),
        "reading": "当时所知",
        "chain_head": HEAD,
        "requester": "沈雨桐",
    }
    return Imprint(**(stated | changes))


def plain(found: Any) -> Any:
    """What the reader found, without its types."""
    return found


def read(content: Sequence[Block], **changes: Any) -> PdfReader:
    return PdfReader(BytesIO(pdf_bytes(content, imprint=imprint(**changes))))


def rows(count: int) -> list[tuple[str, ...]]:
    return [(f"绍兴恒砺第{i}轴承有限公司", CODE, "1,205.4", "无") for i in range(count)]


def text_of(reader: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in reader.pages)


def test_chinese_text_of_every_block_reads_back() -> None:
    text = text_of(
        read(
            [
                Heading("绍兴市培育目标", 1),
                Paragraph("国家专精特新“小巨人”企业 ≥ 3%。"),
                Note("分项已四舍五入"),
                KeyValue([("年度", "2026")]),
                Table(COLUMNS, rows(1)),
            ]
        )
    )
    for wanted in (
        "绍兴市培育目标",
        "国家专精特新“小巨人”企业 ≥ 3%。",
        "分项已四舍五入",
        "年度",
        "2026",
        "绍兴恒砺第0轴承有限公司",
        "1,205.4",
        "（万元）",
    ):
        assert wanted in text


def test_the_title_author_and_language_are_stated_in_the_file() -> None:
    reader = read([Heading("甲", 1)])
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("目标进度", "绍兴市经济和信息化局")
    assert HEAD in (reader.metadata.subject or "")
    assert plain(reader.trailer["/Root"])["/Lang"] == "zh-hans"


def test_headings_are_listed_as_bookmarks() -> None:
    assert [plain(entry).title for entry in read([Heading("甲"), Heading("乙")]).outline] == ["甲", "乙"]


def test_every_page_repeats_the_table_head_and_states_page_stand_head_and_requester() -> None:
    reader = read([Table(COLUMNS, rows(120))])
    count = len(reader.pages)
    assert count > 2
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert "统一社会信用代码" in text
        assert f"第 {number} 页 / 共 {count} 页" in text
        assert "数据截至 2026-11-20（当时所知）" in text
        assert HEAD in text
        assert "打印人 沈雨桐 · 打印时间 2026-11-24 14:20" in text


def test_two_thousand_rows_are_all_printed_with_whole_codes() -> None:
    text = text_of(read([Table(COLUMNS, rows(2000))]))
    assert text.count(CODE) == 2000
    assert "绍兴恒砺第1999轴承有限公司" in text


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        pytest.param("䶮", "䶮", id="rare-but-in-the-face"),
        pytest.param("𬭎", "𬭎", id="beyond-16-bits-in-the-face"),
        pytest.param("𠮷", "〔U+20BB7〕", id="beyond-16-bits-not-in-the-face"),
        pytest.param("🏆", "〔U+1F3C6〕", id="picture"),
        pytest.param("\x00", "〔U+0000〕", id="nul"),
        pytest.param("\u202e", "〔U+202E〕", id="right-to-left-override"),
        pytest.param("\u200b", "〔U+200B〕", id="no-width-space"),
        pytest.param("\ud800", "〔U+D800〕", id="lone-surrogate"),
        pytest.param("\t", " ", id="tab"),
    ],
)
def test_a_character_the_face_lacks_is_shown_as_its_code_point_never_as_a_blank(character: str, shown: str) -> None:
    assert printable(f"甲{character}乙") == f"甲{shown}乙"
    assert f"甲{shown}乙" in text_of(read([Paragraph(f"甲{character}乙")]))


def test_the_requester_and_the_title_are_checked_for_missing_characters_too() -> None:
    reader = read([Paragraph("甲")], requester="𠮷某", title="报表🏆")
    assert "打印人 〔U+20BB7〕某" in text_of(reader)
    assert reader.metadata is not None
    assert reader.metadata.title == "报表〔U+1F3C6〕"


def test_markup_in_a_cell_is_printed_and_not_obeyed() -> None:
    name = "<b>甲</b>&<img src='x'/>" * 4
    text = text_of(read([Table(COLUMNS, [(name, CODE, "1", "无")]), Paragraph("<b>乙</b>")]))
    assert "<b>乙</b>" in text
    assert text.replace("\n", "").count("<b>甲</b>") == 4


def test_a_long_name_wraps_and_loses_nothing() -> None:
    name = "绍兴" * 400
    assert text_of(read([Table(COLUMNS, [(name, CODE, "1", "无")])])).replace("\n", "").count("绍兴") >= 400


def test_a_code_stays_whole_beside_many_other_fixed_columns() -> None:
    columns = [Column("企业"), Column("信用代码", fixed=True), *[Column(f"列{i}", fixed=True, align="right") for i in range(7)]]
    text = text_of(read([Table(columns, [("绍兴恒砺轴承有限公司", CODE, *["12,345.6"] * 7)] * 3)]))
    assert text.count(CODE) == 3


def test_an_empty_table_says_so() -> None:
    text = text_of(read([Table(COLUMNS, [], empty="没有企业。")]))
    assert "没有企业。" in text
    assert "统一社会信用代码" in text.replace("\n", "")


def test_a_page_break_starts_a_new_page() -> None:
    assert len(read([Paragraph("甲"), PageBreak(), Paragraph("乙")]).pages) == 2


def test_a_document_without_blocks_is_one_page_with_its_foot() -> None:
    assert "第 1 页 / 共 1 页" in text_of(read([]))


def test_a_landscape_document_lies_on_its_side() -> None:
    box = read([Paragraph("甲")], landscape=True).pages[0].mediabox
    assert box.width > box.height


def test_missing_faces_are_refused_with_the_command_that_fetches_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(fonts, "font_folder", lambda: tmp_path)
    fonts.fonts_register.cache_clear()
    try:
        with pytest.raises(FontMissing, match=r"\./run demo"):
            printable("甲")
    finally:
        fonts.fonts_register.cache_clear()


def test_only_the_embedded_faces_carry_text() -> None:
    page = read([Heading("甲"), Paragraph("乙")]).pages[0]
    used = {
        font["/BaseFont"]
        for font in plain(page["/Resources"])["/Font"].get_object().values()
        if "/DescendantFonts" in font or "/FontDescriptor" in font
    }
    assert used
    assert all("NotoSansSC" in name for name in used)
