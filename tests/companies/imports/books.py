"""Workbooks as people write them, made in memory for tests."""

from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
import xlwt
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from companies.register.uscc import make

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
type Rows = Sequence[Sequence[Any]]


def code(serial: int) -> str:
    """A valid credit code of 越城区."""
    return make("91", "330602", 1_000_000 + serial)


def xlsx(sheets: dict[str, Rows], *, then: Callable[[Any, dict[str, Any]], None] | None = None) -> bytes:
    """An .xlsx with these sheets; `then(book, pages)` adds merges and the like."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        pages = {}
        for name, rows in sheets.items():
            pages[name] = page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, date):
                        page.write_datetime(number, column, value, day)
                    elif value is not None:
                        page.write(number, column, value)
        if then:
            then(book, pages)
    return target.getvalue()


def xls(sheets: dict[str, Rows]) -> bytes:
    """An old .xls with these sheets."""
    book = xlwt.Workbook(encoding="utf-8")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, rows in sheets.items():
        page = book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    page.write(number, column, value, *((style,) if isinstance(value, date) else ()))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def named(content: bytes, name: str = "企业数据.xlsx") -> ContentFile:
    """As a service is given it."""
    return ContentFile(content, name=name)


def uploaded(content: bytes, name: str = "企业数据.xlsx", content_type: str = XLSX) -> SimpleUploadedFile:
    """As a browser sends it."""
    return SimpleUploadedFile(name, content, content_type)


FIRM_HEADS = ["统一社会信用代码", "企业名称", "区县", "行业代码", "规模", "是否规上", "成立日期"]
FIGURE_HEADS = ["统一社会信用代码", "年度", "营业收入（万元）", "研发费用（万元）", "职工人数（人）"]
RECOGNITION_HEADS = ["统一社会信用代码", "称号", "申请类型", "公告文号", "公告日期"]


def firm(serial: int, **changes: Any) -> list[Any]:
    """A row under FIRM_HEADS; `changes` by header."""
    row = dict(zip(FIRM_HEADS, [code(serial), f"绍兴鉴湖精密第{serial}有限公司", "越城区", "34", "中型", "是", "2012-05-08"], strict=True))
    return [*(row | changes).values()]
