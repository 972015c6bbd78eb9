"""What a header cell means: which field, which year, in which unit. Headers come with spaces, line breaks, brackets and aliases."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from companies.figures.catalogue import CATALOGUE, Fact, Kind
from companies.imports.refusals import WorkbookRefused
from core.text import refused_character

REASON_HEADER = "拒绝原因"
NOT_COMPUTED = "#公式未计算"  # stands in a cell whose formula was never computed
YEAR_MARK = "年"
COMPANY_FIELDS: dict[str, tuple[str, ...]] = {
    "uscc": ("统一社会信用代码", "社会信用代码", "统一信用代码", "信用代码"),
    "name": ("企业名称", "单位名称", "公司名称", "企业", "名称"),
    "former_name": ("曾用名", "企业曾用名"),
    "district": ("区县", "区、县(市)", "区县(市)", "所属区县", "所在区县", "属地", "县市区", "区、县"),
    "town": ("镇街", "所属镇街", "乡镇街道", "镇(街道)", "街道"),
    "park": ("园区", "开发区(园区)", "开发区", "所属园区", "所在园区"),
    "industry": ("行业代码", "行业", "所属行业", "国民经济行业代码", "国民经济行业"),
    "size": ("规模", "企业规模"),
    "is_above_scale": ("是否规上", "规上", "是否规上企业"),
    "founded_on": ("成立日期", "成立时间", "注册日期"),
}
FIGURE_FIELDS: dict[str, tuple[str, ...]] = {
    "year": ("年度", "年份", "数据年度", "会计年度"),
    "is_estimate": ("是否预计", "预计"),
    "source": ("口径", "数据来源", "数据口径"),
    "confirm_jumps": ("已核对数量级",),
}
RECOGNITION_FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("称号", "称号名称", "认定称号", "荣誉称号"),
    "application_type": ("申请类型", "认定类型"),
    "batch": ("批次", "认定批次"),
    "document_number": ("公告文号", "文号", "认定文号"),
    "announced_on": ("公告日期", "公告日", "认定日期", "发文日期"),
    "certified_on": ("证书日期", "发证日期"),
    "valid_from": ("有效期起", "有效期自"),
    "valid_until": ("有效期至", "有效期止", "到期日期"),
}
DETAIL_FIELDS = frozenset(COMPANY_FIELDS) - {"uscc", "name"}

_UNITS: dict[str, dict[str, Decimal]] = {
    "万元": {
        "万元": Decimal(10_000), "元": Decimal(1), "千元": Decimal(1_000), "百万元": Decimal(1_000_000), "亿元": Decimal(100_000_000),
        "万": Decimal(10_000), "亿": Decimal(100_000_000), "人民币万元": Decimal(10_000), "人民币元": Decimal(1),
    },
    "人": {"人": Decimal(1), "名": Decimal(1)},
    "项": {"项": Decimal(1), "件": Decimal(1), "个": Decimal(1)},
    "年": {"年": Decimal(1)},
    "位": {"位": Decimal(1), "名": Decimal(1)},
    "分": {"分": Decimal(1)},
    "%": {"%": Decimal(1)},
    "亩": {"亩": Decimal(1)},
    "吨标煤": {"吨标煤": Decimal(1), "吨标准煤": Decimal(1), "万吨标煤": Decimal(10_000), "万吨标准煤": Decimal(10_000)},
    "千千瓦时": {
        "千千瓦时": Decimal(1), "兆瓦时": Decimal(1), "mwh": Decimal(1), "万千瓦时": Decimal(10), "万度": Decimal(10),
        "千瓦时": Decimal("0.001"), "度": Decimal("0.001"), "kwh": Decimal("0.001"),
    },
    "是/否": {"是/否": Decimal(1)},
}  # fmt: skip
_ANY_UNIT = frozenset(unit for units in _UNITS.values() for unit in units) | {"万美元", "美元", "平方米", "公顷", "千万元"}
_LEFT_YEAR = re.compile(r"^((?:19|20)\d\d)(?:年度|年)?[/\-_·:]?(.+)$")
_RIGHT_YEAR = re.compile(r"^(.+?)[/\-_·:]?((?:19|20)\d\d)(?:年度|年)?$")
_ONLY_YEAR = re.compile(r"^((?:19|20)\d\d)(?:年度|年)?$")
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_UNIT_LINE = re.compile(r"(?:金额)?单位:(?:人民币)?(万元|千元|百万元|亿元|元)")


@dataclass(frozen=True, slots=True)
class Column:
    """One recognised column: `index` from 0, the header as the person wrote it, the field, its year (wide tables) and unit factor."""

    index: int
    letter: str
    header: str
    field: str
    year: int | None = None
    factor: Decimal | None = None

    @property
    def fact(self) -> Fact | None:
        """The catalogue's fact when the column holds one."""
        return CATALOGUE.get(self.field)


def letter_of(index: int) -> str:
    """0 → `A`, 26 → `AA`."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """`A` → 0, `AA` → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def plain(text: object) -> str:
    """A header without spaces, line breaks, required-marks and full-width forms."""
    if not isinstance(text, str):
        if isinstance(text, float) and text.is_integer():
            text = int(text)
        text = "" if text is None or isinstance(text, bool) else str(text)
    folded = unicodedata.normalize("NFKC", text[:200])
    return re.sub(r"[\s\u200b-\u200f\u2060\ufeff*★]+", "", folded).lower()


def year_in(text: object) -> int | None:
    """The year a group head stands for: `2024`, `2024年`, `2024年度`."""
    match = _ONLY_YEAR.match(plain(text))
    return int(match.group(1)) if match else None


def unit_of_lines(lines: Sequence[Sequence[object]]) -> str:
    """The money unit stated above the header (`单位：元`), or an empty string."""
    for line in lines:
        for cell in line:
            match = _UNIT_LINE.search(plain(cell)) if isinstance(cell, str) else None
            if match:
                return match.group(1)
    return ""


def _aliases() -> dict[str, str]:
    table = {}
    for fields in (COMPANY_FIELDS, FIGURE_FIELDS, RECOGNITION_FIELDS):
        for field, names in fields.items():
            table.update({plain(name): field for name in names})
    for fact in CATALOGUE.values():
        table.update({plain(name): fact.code for name in (fact.label, *fact.aliases)})
    return table


ALIASES = _aliases()


def is_uscc_header(text: object) -> bool:
    """Whether this cell heads the column of credit codes."""
    return isinstance(text, str) and ALIASES.get(_BRACKETS.sub("", plain(text))) == "uscc"


def is_known(text: object) -> bool:
    """Whether a cell reads like a header of ours."""
    return isinstance(text, str) and read_header(text, "")[0] != ""


def read_header(text: object, group: object) -> tuple[str, int | None, str]:
    """(field or "", year or None, unit or "") of a header cell under its group head."""
    key, year, unit = plain(text), None, ""
    for inner in _BRACKETS.findall(key):
        part = inner.removeprefix("单位:").removeprefix("单位")
        if part in _ANY_UNIT:
            unit = part
        elif found := _ONLY_YEAR.match(part):
            year = int(found.group(1))
    stripped = _BRACKETS.sub("", key)
    for candidate in (key, stripped):
        if field := ALIASES.get(candidate):
            return field, year or year_in(group), unit
    for pattern, name_at, year_at in ((_LEFT_YEAR, 2, 1), (_RIGHT_YEAR, 1, 2)):
        match = pattern.match(stripped)
        if match and (field := ALIASES.get(match.group(name_at))):
            return field, int(match.group(year_at)), unit
    if year_in(text) and (field := ALIASES.get(_BRACKETS.sub("", plain(group)))):
        return field, year_in(text), _unit_in(group)
    return "", None, unit


def _unit_in(text: object) -> str:
    return next((unit for unit in _BRACKETS.findall(plain(text)) if unit in _ANY_UNIT), "")


def factor_for(fact: Fact, unit: str, *, column: str, header: str) -> Decimal:
    """What a number of this column is multiplied by to become the product's unit; an unknown unit refuses the file."""
    units = _UNITS.get(fact.unit, {fact.unit: Decimal(1)})
    if not unit:
        return units[fact.unit]
    if unit not in units:
        raise WorkbookRefused(
            _("%(column)s 列“%(header)s”的单位“%(unit)s”不能换算，请改用“%(wanted)s”。")
            % {"column": column, "header": header, "unit": unit, "wanted": fact.unit}
        )
    return units[unit]


def read_columns(sheet: str, heads: list[tuple[object, object]], money_unit: str) -> tuple[list[Column], list[dict[str, str]]]:
    """Recognised columns and the ignored ones (`{"sheet", "column", "header"}`) from (group, header) per column.

    Raises WorkbookRefused when two columns mean the same, naming both.
    """
    columns: list[Column] = []
    ignored: list[dict[str, str]] = []
    taken: dict[tuple[str, int | None], Column] = {}
    for index, (group, text) in enumerate(heads):
        shown = shown_header(group, text)
        if not shown or plain(text) == REASON_HEADER:
            continue
        letter = letter_of(index)
        field, year, unit = read_header(text, group)
        fact = CATALOGUE.get(field)
        if fact is None:
            year = None
        if not field:
            ignored.append({"sheet": sheet, "column": letter, "header": shown[:100]})
            continue
        factor = None
        if fact is not None:
            unit = unit or _unit_in(group) or (money_unit if fact.kind is Kind.MONEY else "")
            factor = factor_for(fact, unit, column=letter, header=shown)
        column = Column(index, letter, shown, field, year, factor)
        if other := taken.get((field, year)):
            raise WorkbookRefused(
                _("工作表“%(sheet)s”的 %(first)s 列“%(first_header)s”和 %(second)s 列“%(second_header)s”是同一项，请只留一列。")
                % {"sheet": sheet, "first": other.letter, "first_header": other.header, "second": letter, "second_header": shown}
            )
        taken[field, year] = column
        columns.append(column)
    return columns, ignored


def shown_header(group: object, text: object) -> str:
    """The header as a person recognises it: `2024年 / 营业收入`; a character that no database keeps is shown by its name."""
    parts = [" ".join(str(part).split()) for part in (group, text) if part is not None and str(part).strip()]
    return "".join(refused_character(c) or c for c in " / ".join(dict.fromkeys(parts))[:120])[:120]
