"""One compiled parser per column: a cell goes in, the product's value comes out, or CellRefused with reason and remedy.

Blank, `—`, `-`, `无` and the like are None: unknown, never 0. Numbers typed as text, full-width digits, thousands separators and
万 / 亿 are read; exponents, NaN, infinity, error values and more decimals than are stored are refused.
"""

import math
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS, Fact, Kind
from companies.imports.refusals import CellRefused
from companies.imports.workbooks.headers import NOT_COMPUTED, Column
from companies.register import uscc
from core.text import refused_character

type Parser = Callable[[Any], Any]

UNKNOWN = frozenset(
    {"", "-", "--", "---", "—", "——", "–", "−", "/", "\\", "无", "暂无", "缺", "缺数据", "未填", "n/a", "na", "null", "none", "无数据"}
)
YES = frozenset({"是", "有", "y", "yes", "true", "1", "✓", "√", "✔", "☑"})
NO = frozenset({"否", "没有", "n", "no", "false", "0", "✗", "×", "✕", "✘", "x", "☐"})
FIRST_YEAR, LAST_YEAR = 1978, 2098
_SCALES = {"": Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000), "千": Decimal(1_000), "百万": Decimal(1_000_000)}
_NUMBER = re.compile(r"([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?(百万|千|万|亿|)([^0-9.,+\-]{0,8})")
_EXPONENT = re.compile(r"[+-]?[0-9.]+[eE][+-]?[0-9]+")
_DATE = re.compile(r"([0-9]{1,5})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ t][0-9:.]+)?")
_EIGHT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR = re.compile(r"([0-9]{4})(?:年度|年)?")
_INVISIBLE = re.compile("[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff]")
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", NOT_COMPUTED)
_EPOCH = date(1899, 12, 30)
BIGGEST_MONEY = Decimal(10) ** 13
BIGGEST = Decimal(10) ** 10


def show(value: Any) -> str:
    """A cell as a person recognises it, short and without characters that could hide or break the line."""
    if value is None:
        return ""
    if isinstance(value, float):
        value = f"{value:.15g}"
    elif isinstance(value, datetime):
        value = value.date().isoformat()
    text = "".join(c if c.isprintable() and not refused_character(c) else f"U+{ord(c):04X}" for c in str(value)[:41])
    return text if len(text) <= 40 else text[:40] + "…"


def _plain(value: str) -> str:
    if len(value) > 120:
        raise CellRefused(_("内容有 %(length)s 个字，不像一个数或日期，请核对是否填错列。") % {"length": f"{len(value):,}"})
    if code := refused_character(value):
        raise CellRefused(_("含有不能保存的不可见字符（%(code)s），请删除后重填。") % {"code": code})
    # a power or the mark of a footnote would read as one more digit: 5① is no 51
    if mark := next((sign for sign in value if unicodedata.category(sign) == "No"), ""):
        raise CellRefused(_("含有上标、带圈或分数形式的数字“%(mark)s”，请改为普通数字。") % {"mark": mark})
    folded = unicodedata.normalize("NFKC", value).replace("−", "-")
    return _INVISIBLE.sub("", folded).strip().lstrip("'’").strip()


def _not_a_number(value: Any) -> CellRefused:
    return CellRefused(_("“%(value)s”不是数字，请改为如 1,200.0。") % {"value": show(value)})


def _from_text(value: str, units: dict[str, Decimal], factor: Decimal) -> Decimal | None:
    """The number a text means, in the product's unit; a unit in the cell wins over the column's."""
    text = _plain(value)
    if text.lower() in UNKNOWN:
        return None
    if text in _ERRORS:
        raise CellRefused(_("单元格公式出错（%(value)s），请改为数值。") % {"value": text})
    compact = text.replace(" ", "").lstrip("¥")
    match = _NUMBER.fullmatch(compact)
    if match is None:
        if _EXPONENT.fullmatch(compact):
            raise CellRefused(_("“%(value)s”是科学计数法，请写成普通数字。") % {"value": show(value)})
        raise _not_a_number(value)
    sign, whole, decimals, scale, unit = match.groups()
    number = Decimal(f"{sign}{whole.replace(',', '')}.{decimals or 0}") * _SCALES[scale]
    if scale and (unit == "" or unit == "元"):
        return number * units.get("元", Decimal(1))
    if not unit:
        return number * factor
    unit = scale + unit if scale + unit in units else unit
    if unit not in units:
        if unit.isascii():
            raise _not_a_number(value)
        raise CellRefused(_("“%(value)s”的单位不认识，请只写数字。") % {"value": show(value)})
    return number * units[unit]


_MONEY_UNITS = {"元": Decimal(1)}
_PLAIN_UNITS: dict[str, dict[str, Decimal]] = {
    "人": {"人": Decimal(1), "名": Decimal(1)},
    "项": {"项": Decimal(1), "件": Decimal(1), "个": Decimal(1)},
    "年": {"年": Decimal(1)},
    "位": {"位": Decimal(1), "名": Decimal(1)},
    "分": {"分": Decimal(1)},
    "%": {"%": Decimal(1)},
    "亩": {"亩": Decimal(1)},
    "吨标煤": {"吨标煤": Decimal(1), "吨标准煤": Decimal(1)},
    "千千瓦时": {"千千瓦时": Decimal(1), "兆瓦时": Decimal(1)},
}


def _number_parser(fact: Fact, factor: Decimal) -> Parser:
    """Parser of money, counts, numbers and percentages of one fact."""
    is_money, is_count = fact.kind is Kind.MONEY, fact.kind is Kind.COUNT
    units = _MONEY_UNITS if is_money else _PLAIN_UNITS.get(fact.unit, {})
    step = Decimal(1).scaleb(-fact.places) if not is_count else Decimal(1)
    lowest = None if fact.minimum is None else Decimal(fact.minimum)
    highest = _highest(fact)
    is_percent = fact.kind is Kind.PERCENT
    one = factor == 1

    def parse(value: Any) -> Any:
        kind = type(value)
        if kind is float:
            if value != value or value in (math.inf, -math.inf):
                raise _not_a_number(value)
            if abs(value) > 1e18:
                raise CellRefused(_too_big(value, highest, fact))
            number = Decimal(format(value, ".15g"))
            if not one:
                number *= factor
        elif kind is str:
            parsed = _from_text(value, units, factor)
            if parsed is None:
                return None
            number = parsed
        elif value is None:
            return None
        elif kind is int:
            number = Decimal(value) if one else value * factor
        else:
            raise _not_a_number(value)
        if is_percent and kind is not str and 0 < number < 1:
            raise CellRefused(
                _("%(value)s 是 %(low)s%% 还是 %(high)s%%？请写成带 %% 的文字，如 2.7%%。")
                % {"value": show(value), "low": show(value), "high": f"{number * 100:f}"}
            )
        if lowest is not None and number < lowest:
            raise CellRefused(_("%(value)s 不能为负，请核对；不清楚的留空。") % {"value": show(value)})
        if number > highest or (lowest is None and number < -highest):
            raise CellRefused(_too_big(value, highest, fact))
        if number % step:
            raise CellRefused(_too_precise(value, fact, factor))
        return int(number) if is_count else number

    return parse


def _highest(fact: Fact) -> Decimal:
    """The largest value a fact's column holds."""
    if fact.kind is Kind.MONEY:
        return BIGGEST_MONEY
    if fact.maximum is not None:
        return Decimal(fact.maximum)
    return Decimal(2_147_483_647) if fact.kind is Kind.COUNT else BIGGEST


def _too_big(value: Any, highest: Decimal, fact: Fact) -> str:
    shown = highest / 10_000 if fact.kind is Kind.MONEY else highest
    return _("%(value)s 超出范围，最大 %(highest)s %(unit)s，请核对单位。") % {
        "value": show(value),
        "highest": f"{shown:,.0f}",
        "unit": fact.unit,
    }


def _too_precise(value: Any, fact: Fact, factor: Decimal) -> str:
    if fact.kind is Kind.COUNT:
        return _("%(value)s 须为整数，请改为整数。") % {"value": show(value)}
    if fact.kind is Kind.MONEY:
        return _("%(value)s 小数位过多，金额最多到分，请四舍五入后重填。") % {"value": show(value)}
    return _("%(value)s 小数位过多，最多 %(places)s 位，请四舍五入后重填。") % {"value": show(value), "places": fact.places}


def parse_flag(value: Any) -> bool | None:
    """是 / 否 and the signs people use for them."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float | int):
        text = f"{value:.15g}"
    elif isinstance(value, str):
        text = _plain(value).lower()
    else:
        text = "?"
    if text in UNKNOWN:
        return None
    if text in YES:
        return True
    if text in NO:
        return False
    raise CellRefused(_("“%(value)s”看不出是或否，请填“是”或“否”。") % {"value": show(value)})


def parse_date(value: Any) -> date | None:
    """A date cell, an Excel serial number, or text in the forms people write; two-digit years are refused."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return _in_range(value.date(), value)
    if isinstance(value, date):
        return _in_range(value, value)
    if isinstance(value, str):
        text = _plain(value).lower()
        if text in UNKNOWN:
            return None
        if match := _DATE.fullmatch(text):
            return _day(match.groups(), value)
        if match := _EIGHT.fullmatch(text):
            return _day(match.groups(), value)
        raise _not_a_date(value)
    if isinstance(value, bool) or not isinstance(value, float | int) or value != value or abs(value) > 99_999_999:
        raise _not_a_date(value)
    if match := _EIGHT.fullmatch(f"{value:.15g}"):
        return _day(match.groups(), value)
    if 61 <= value < 73_051:
        return _in_range(_EPOCH + timedelta(days=int(value)), value)
    raise _not_a_date(value)


def _not_a_date(value: Any) -> CellRefused:
    return CellRefused(_("“%(value)s”不是日期，请写成如 2024-03-01（四位年份）。") % {"value": show(value)})


def _day(parts: tuple[str | Any, ...], value: Any) -> date:
    if len(parts[0]) != 4:
        raise _not_a_date(value)
    try:
        found = date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError as error:
        raise CellRefused(_("“%(value)s”没有这一天，请改正。") % {"value": show(value)}) from error
    return _in_range(found, value)


def _in_range(found: date, value: Any) -> date:
    if not 1900 <= found.year <= LAST_YEAR:
        raise CellRefused(_("“%(value)s”的年份超出 1900—2098，请改正。") % {"value": show(value)})
    return found


def parse_year(value: Any) -> int | None:
    """A year as number or text; 1978 to 2098."""
    if isinstance(value, str):
        text = _plain(value)
        if text.lower() in UNKNOWN:
            return None
        match = _YEAR.fullmatch(text)
        if match is None:
            raise CellRefused(_("“%(value)s”不是年度，请写成四位数字，如 2025。") % {"value": show(value)})
        year = int(match.group(1))
    elif value is None:
        return None
    elif isinstance(value, date):
        raise CellRefused(_("“%(value)s”是日期，不是年度，请写成四位数字，如 2025。") % {"value": show(value)})
    elif isinstance(value, bool) or value != value or abs(value) > 99_999 or value != int(value):
        raise CellRefused(_("“%(value)s”不是年度，请写成四位数字，如 2025。") % {"value": show(value)})
    else:
        year = int(value)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CellRefused(_("年度 %(value)s 超出 1978—2098，请改正。") % {"value": year})
    return year


def text_parser(label: str, longest: int) -> Parser:
    """Parser of a name or number in words: invisible characters around are dropped, harmful ones refused, length limited."""

    def parse(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, float | int) and not isinstance(value, bool):
            value = f"{value:.15g}"
        elif isinstance(value, date):
            value = value.isoformat()
        text = str(value)
        if code := refused_character(text):
            raise CellRefused(_("%(label)s含有不能保存的不可见字符（%(code)s），请删除后重填。") % {"label": label, "code": code})
        clean = " ".join(_INVISIBLE.sub("", text).split()) if not text.isalnum() else text
        if text.strip() and not clean:
            raise CellRefused(_("%(label)s只有不可见字符，请重填。") % {"label": label})
        if clean in _ERRORS:
            raise CellRefused(_("单元格公式出错（%(value)s），请改为文字。") % {"value": clean})
        if len(clean) > longest:
            raise CellRefused(
                _("%(label)s有 %(length)s 个字，最多 %(longest)s 个字，请删短。")
                % {"label": label, "length": f"{len(clean):,}", "longest": longest}
            )
        return "" if clean in ("-", "--", "—", "——", "/", "无") else clean

    return parse


def parse_uscc(value: Any) -> str:
    """A valid credit code in its one spelling."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise CellRefused(_("缺统一社会信用代码，请按营业执照补上。"))
    if isinstance(value, float | int):
        raise CellRefused(_("统一社会信用代码存成了数字，末位已丢失，请把该列设为文本后重填。"))
    if problem := uscc.check(value):
        raise CellRefused(f"{problem}")
    return uscc.normalise(value)


def choice_parser(label: str, values: dict[str, Any]) -> Parser:
    """Parser of a code list: by code or name, half or full width; blank is None."""
    table = {unicodedata.normalize("NFKC", key).strip().lower(): value for key, value in values.items()}

    def parse(value: Any) -> Any:
        if value is None:
            return None
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
        plain = _plain(text).lower()
        if plain in UNKNOWN:
            return None
        if plain in table:
            return table[plain]
        first = plain.split()[0]
        if first in table:
            return table[first]
        raise CellRefused(_("%(label)s“%(value)s”不在代码表里，请从下拉框选择。") % {"label": label, "value": show(value)})

    return parse


SOURCE_VALUES = {
    **{label: source.value for source, label in SOURCE_LABELS.items()},
    **{source.value: source.value for source in SOURCE_LABELS},
}


def fact_parser(fact: Fact, factor: Decimal | None = None) -> Parser:
    """The compiled parser of one catalogue fact; `factor` turns the column's unit into the product's."""
    if fact.kind is Kind.FLAG:
        return parse_flag
    if factor is None:
        factor = Decimal(10_000) if fact.kind is Kind.MONEY else Decimal(1)
    return _number_parser(fact, factor)


def parsers_for(columns: list[Column]) -> list[tuple[Column, Parser]]:
    """One parser per figure column, built once per table."""
    return [(column, fact_parser(CATALOGUE[column.field], column.factor)) for column in columns if column.field in CATALOGUE]
