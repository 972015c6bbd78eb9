"""The template workbook: three sheets, drop-downs from hidden code lists, a comment on every header, no example row."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_col_to_name

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Fact, Kind
from companies.imports.workbooks.reading import COMPANY_SHEET, FIGURE_SHEET, RECOGNITION_SHEET
from companies.recognitions.models import ApplicationType, Title
from companies.register.industries import INDUSTRIES
from companies.register.models import Size

ROWS = 5_000
LIST_SHEET = "代码表"
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Lists:
    """Names a person may choose in their scope; the other lists are the same for everybody."""

    districts: Sequence[str]
    towns: Sequence[str]
    parks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Head:
    """One header: its text, the comment, the code list it chooses from, whether its cells are text, whether it must be filled."""

    text: str
    comment: str
    choices: str = ""
    is_text: bool = False
    is_required: bool = False
    width: int = 12


def _uscc() -> Head:
    return Head("统一社会信用代码", _("18 位，按营业执照填写，文本格式。企业按此代码对应。"), is_text=True, is_required=True, width=22)


def _name(is_required: bool) -> Head:
    return Head("企业名称", _("营业执照上的全称。"), is_text=True, is_required=is_required, width=32)


def company_heads() -> list[Head]:
    """Headers of 企业."""
    return [
        _uscc(),
        _name(True),
        Head("曾用名", _("用过的名称，没有则留空。"), is_text=True, width=28),
        Head("区县", _("从下拉框选择；以现在的属地为准，不看信用代码里的区划。"), "districts", is_required=True),
        Head("镇街", _("从下拉框选择，须属于所填区县。"), "towns"),
        Head("园区", _("从下拉框选择，不在园区的留空。"), "parks", width=20),
        Head("行业代码", _("国民经济行业分类 GB/T 4754-2017 两位代码，从下拉框选择。"), "industries", is_text=True, width=24),
        Head("规模", _("大型、中型、小型、微型，从下拉框选择。"), "sizes"),
        Head("是否规上", _("是或否；不清楚的留空。"), "flags"),
        Head("成立日期", _("如 2012-05-08。"), width=14),
    ]


def figure_heads() -> list[Head]:
    """Headers of 年度指标: one column per fact of the catalogue."""
    return [
        _uscc(),
        _name(False),
        Head("年度", _("四位数字，如 2025。"), is_required=True, width=8),
        Head("是否预计", _("年度未结束的预计数填“是”，否则留空。"), "flags", width=10),
        Head("口径", _("这一行数据的来源；留空按上传时所选的口径。"), "sources"),
        Head("已核对数量级", _("与上年相差约一万倍的数，核对无误后填“是”。"), "flags", width=14),
        *(Head(fact_header(fact), fact_comment(fact), "flags" if fact.kind is Kind.FLAG else "", width=14) for fact in CATALOGUE.values()),
    ]


def recognition_heads() -> list[Head]:
    """Headers of 获得认定."""
    return [
        _uscc(),
        _name(False),
        Head("称号", _("从下拉框选择。"), "titles", is_required=True, width=26),
        Head("申请类型", _("认定、复核或重新认定，从下拉框选择；留空为认定。"), "types"),
        Head("批次", _("如 第七批，没有则留空。"), is_text=True),
        Head("公告文号", _("如 工信部企业函〔2025〕1号；留空按上传时所填的文号。"), is_text=True, width=26),
        Head("公告日期", _("如 2025-10-20；留空按上传时所填的日期。"), width=14),
        Head("证书日期", _("证书上的日期；高新技术企业必填。"), width=14),
        Head("有效期起", _("留空则为证书日期或公告日期。"), width=14),
        Head("有效期至", _("留空则按称号公布的有效年限计算。"), width=14),
        Head("区县", _("可留空；系统按认定当日的属地记录，填了则用来核对。"), "districts"),
    ]


def fact_header(fact: Fact) -> str:
    """The label with its unit: `营业收入（万元）`."""
    return fact.label if fact.kind is Kind.FLAG else f"{fact.label}（{fact.unit}）"


def fact_comment(fact: Fact) -> str:
    """Unit, meaning, and that blank means unknown."""
    parts = [_("单位：%(unit)s。") % {"unit": fact.unit}]
    if fact.note:
        parts.append(_("%(note)s。") % {"note": fact.note})
    if fact.kind is Kind.PERCENT:
        parts.append(_("小于 1 的请写成带 % 的文字，如 0.5%。"))
    if fact.minimum is None and fact.kind is not Kind.FLAG:
        parts.append(_("可为负数。"))
    parts.append(_("没有数据请留空，不要填 0。"))
    return "".join(parts)


def template_workbook(lists: Lists) -> bytes:
    """The workbook as bytes; codes are text, headers are frozen, choices come from a hidden sheet by defined names."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties({"title": _("企业数据导入模板"), "author": "Tidu"})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}),
            "required": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8F0F8"}),
            "text": book.add_format({"num_format": "@"}),
        }
        pages = [(COMPANY_SHEET, company_heads()), (FIGURE_SHEET, figure_heads()), (RECOGNITION_SHEET, recognition_heads())]
        sheets = [book.add_worksheet(name) for name, _heads in pages]
        _write_lists(book, lists)
        for sheet, (_sheet_name, heads) in zip(sheets, pages, strict=True):
            _write_heads(sheet, heads, formats)
    return target.getvalue()


def _write_lists(book: Any, lists: Lists) -> None:
    sheet = book.add_worksheet(LIST_SHEET)
    sheet.hide()
    columns = {
        "districts": lists.districts,
        "towns": lists.towns,
        "parks": lists.parks,
        "industries": [f"{code} {name}" for code, name in INDUSTRIES],
        "sizes": [str(label) for _code, label in Size.choices],
        "flags": ["是", "否"],
        "titles": list(Title.objects.recognisable().values_list("name", flat=True)),
        "types": [str(label) for _code, label in ApplicationType.choices],
        "sources": list(SOURCE_LABELS.values()),
    }
    for index, (name, values) in enumerate(columns.items()):
        sheet.write_column(0, index, list(values) or [""])
        letter = xl_col_to_name(index)
        book.define_name(f"list_{name}", f"='{LIST_SHEET}'!${letter}$1:${letter}${max(1, len(values))}")


def _write_heads(sheet: Any, heads: Sequence[Head], formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_row(0, 34)
    for column, head in enumerate(heads):
        sheet.set_column(column, column, head.width, formats["text"] if head.is_text else None)
        sheet.write_string(0, column, head.text, formats["required" if head.is_required else "head"])
        sheet.write_comment(0, column, head.comment, {"author": "Tidu", "x_scale": 1.6})
        if head.choices:
            rule = {
                "validate": "list",
                "source": f"=list_{head.choices}",
                "error_type": "stop",
                "error_title": head.text,
                "error_message": _("请从下拉框选择。"),
            }
            sheet.data_validation(1, column, ROWS, column, rule)
        elif head.text == "统一社会信用代码":
            letter = xl_col_to_name(column)
            rule = {
                "validate": "custom",
                "value": f"=LEN({letter}2)=18",
                "error_type": "warning",
                "error_title": head.text,
                "error_message": _("统一社会信用代码应为 18 位。"),
            }
            sheet.data_validation(1, column, ROWS, column, rule)
