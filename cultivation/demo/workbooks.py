"""Writes the invented city as the workbooks a bureau would really send round: a register, three years, other sources, and a messy one."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from companies.figures.catalogue import CATALOGUE, Source
from companies.imports.workbooks import template
from companies.imports.workbooks.headers import ALIASES, plain
from companies.imports.workbooks.reading import COMPANY_SHEET, FIGURE_SHEET, RECOGNITION_SHEET
from companies.recognitions.seeds import TITLES
from cultivation.demo.grants import Grant
from cultivation.demo.places import PLACE
from cultivation.demo.shapes import ESTIMATE_YEAR, Figures
from cultivation.demo.shapes import Kind as FirmKind
from cultivation.demo.world import InventedCompany, World

# titles whose recognitions the replay records one by one from the day the demonstration begins
RECORDED_SINGLY = frozenset({"little_giant", "single_champion"})
SINCE = date(2023, 12, 29)
PLATFORM_FACT = "platform_score"

Row = dict[str, Any]
Sheet = tuple[Sequence[tuple[str, str]], Iterable[Row]]  # (key, header) of every column, and the rows

_SIZES = {"1": "大型", "2": "中型", "3": "小型", "4": "微型"}


def heads_of(heads: Sequence[template.Head], keep: Collection[str] = ()) -> list[tuple[str, str]]:
    """(field, header) as the template heads them; with `keep` only those fields."""
    found = [(ALIASES[plain(head.text.split("（")[0])], head.text) for head in heads]
    return [column for column in found if not keep or column[0] in keep]


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook to import: file, the business day, its 口径, and the paper its recognitions rest on."""

    path: Path
    on: date
    source: Source
    document: str = ""
    document_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Issue:
    name: str
    on: date
    joins: int
    years: tuple[int, ...]
    known_from: date
    document: str


_ISSUES = (
    _Issue("2023-企业名册.xlsx", SINCE, 2023, (), date(1990, 1, 1), "示例汇总〔2023〕1号"),
    _Issue("2024.xlsx", date(2024, 4, 26), 2024, (2021, 2022, 2023), SINCE, "示例汇总〔2024〕1号"),
    _Issue("2025.xlsx", date(2025, 4, 25), 2025, (2024,), date(2024, 4, 26), "示例汇总〔2025〕1号"),
    _Issue("2026.xlsx", date(2026, 4, 24), 2026, (2025, ESTIMATE_YEAR), date(2025, 4, 25), "示例汇总〔2026〕1号"),
    _Issue("2026-秋季名单.xlsx", date(2026, 11, 10), 0, (), date(2026, 4, 24), "示例汇总〔2026〕2号"),
)


def books_write(world: World, *, folder: Path) -> list[Book]:
    """Write every workbook of the replay into `folder`; returned in the order of their days."""
    folder.mkdir(parents=True, exist_ok=True)
    books = [_issue_write(world, issue, folder=folder) for issue in _ISSUES]
    for year in (2025, 2026):
        day = date(year, 4, 28)
        rows = _score_rows(world, year)
        path = folder / f"{year}-平台得分.xlsx"
        write(path, {FIGURE_SHEET: (_figure_columns((PLATFORM_FACT,)), rows)})
        books.append(Book(path, day, Source.PLATFORM))
    path = folder / "2025-统计年报.xlsx"
    codes = ("revenue", "main_revenue", "rd_expense", "employees", "value_added", "energy_tce")
    write(path, {FIGURE_SHEET: (_figure_columns(codes), _statistics_rows(world))})
    books.append(Book(path, date(2026, 4, 29), Source.STATISTICS))
    return sorted(books, key=lambda book: (book.on, book.path.name))


def _issue_write(world: World, issue: _Issue, *, folder: Path) -> Book:
    path = folder / issue.name
    sheets: dict[str, Sheet] = {}
    firms = [firm for firm in world.firms if firm.joins == issue.joins]
    if firms:
        sheets[COMPANY_SHEET] = (heads_of(template.company_heads()), (_company_row(firm, year=issue.on.year - 1) for firm in firms))
    if issue.years:
        codes = tuple(code for code in CATALOGUE if code != PLATFORM_FACT)
        sheets[FIGURE_SHEET] = (_figure_columns(codes), _figure_rows(world, issue))
    sheets[RECOGNITION_SHEET] = (heads_of(template.recognition_heads()), _grant_rows(world, issue))
    write(path, sheets)
    return Book(path, issue.on, Source.AUDIT, issue.document, issue.on)


def _company_row(firm: InventedCompany, *, year: int) -> Row:
    above = firm.is_above_scale_in(min(max(year, 2023), 2025))
    return {
        "uscc": firm.uscc,
        "name": firm.name,
        "former_name": firm.former_name,
        "district": PLACE[firm.district].name,
        "town": firm.town,
        "park": firm.park,
        "industry": firm.industry,
        "size": _SIZES.get(firm.size_in(min(max(year, 2023), 2025)), ""),
        "is_above_scale": above,
        "founded_on": firm.founded_on,
    }


def _figure_rows(world: World, issue: _Issue) -> Iterable[Row]:
    for firm in world.firms:
        if firm.joins > issue.on.year:
            continue
        # a firm that joins later brings its earlier years with it; the first year asks only firms on their way for three years
        first = 2021 if firm.joins == issue.joins and issue.joins > 2024 else issue.years[0]
        if firm.kind in {FirmKind.PLAIN, FirmKind.TECH}:
            first = max(first, 2023)
        for year, figures in sorted(firm.figures.items()):
            if first <= year <= issue.years[-1]:
                yield _figure_row(firm, year, {code: value for code, value in figures.items() if code != PLATFORM_FACT})


def _figure_row(firm: InventedCompany, year: int, figures: Figures, *, is_final: bool = False) -> Row:
    return {"uscc": firm.uscc, "name": firm.name, "year": year, "is_estimate": year == ESTIMATE_YEAR and not is_final, **figures}


def _score_rows(world: World, year: int) -> Iterable[Row]:
    for firm in world.firms:
        score = firm.figures.get(year, {}).get(PLATFORM_FACT)
        if score is not None and firm.joins <= year:
            yield _figure_row(firm, year, {PLATFORM_FACT: score}, is_final=True)


def _statistics_rows(world: World) -> Iterable[Row]:
    for firm in world.firms:
        for year, figures in firm.statistics.items():
            yield _figure_row(firm, year, figures)


def _grant_rows(world: World, issue: _Issue) -> Iterable[Row]:
    titles = {line["code"]: line["name"] for line in yaml.safe_load(TITLES.read_text("utf-8"))["titles"]}
    for firm in world.firms:
        if firm.joins > issue.on.year:
            continue
        since = date(1990, 1, 1) if firm.joins == issue.joins else issue.known_from
        for grant in firm.grants:
            if since < grant.on.announced_on <= issue.on and not recorded_singly(grant):
                yield _grant_row(firm, grant, titles)


def recorded_singly(grant: Grant) -> bool:
    """Whether the replay records it through the recognition service instead of a workbook."""
    return grant.on.title in RECORDED_SINGLY and grant.on.announced_on > SINCE


def _grant_row(firm: InventedCompany, grant: Grant, titles: dict[str, str]) -> Row:
    return {
        "uscc": firm.uscc,
        "name": firm.name,
        "title": titles[grant.on.title],
        "application_type": grant.on.application,
        "batch": grant.on.batch if grant.on.has_batch else "",
        "document_number": grant.on.document,
        "announced_on": grant.on.announced_on,
        "certified_on": grant.certified_on,
    }


def _figure_columns(codes: Collection[str]) -> list[tuple[str, str]]:
    """Identity, year and the facts named, as the template heads them."""
    return heads_of(template.figure_heads(), {"uscc", "name", "year", "is_estimate", *codes})


def write(path: Path, sheets: dict[str, Sheet]) -> None:
    """Write the sheets row by row, text as text, so that memory stays flat whatever the size."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, (columns, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 2)
            sheet.set_column(0, 1, 26)
            for index, (_key, header) in enumerate(columns):
                sheet.write_string(0, index, header)
            for number, row in enumerate(rows, start=1):
                for index, (key, _header) in enumerate(columns):
                    _cell(sheet, number, index, row.get(key), day)


def _cell(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否")
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    else:
        sheet.write_string(row, column, value)


def messy_write(world: World, *, path: Path, count: int = 24) -> Path:
    """A workbook as people really have them: title line, two-row merged head, wide years, numbers as text, gaps, other order."""
    path.parent.mkdir(parents=True, exist_ok=True)
    firms = [firm for firm in world.of(FirmKind.NEAR, FirmKind.SPECIALISED) if 2024 in firm.figures][:count]
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Sheet1")
        middle = book.add_format({"align": "center", "bold": True})
        sheet.merge_range(0, 0, 0, 9, "绍兴市重点培育企业基本情况表（单位：万元）", middle)
        sheet.merge_range(1, 0, 2, 0, "序号", middle)
        sheet.merge_range(1, 1, 2, 1, " 企业 名称 ", middle)
        sheet.merge_range(1, 2, 2, 2, "统一社会信用代码", middle)
        sheet.merge_range(1, 3, 1, 4, "营业收入（万元）", middle)
        sheet.merge_range(1, 5, 1, 6, "研发费用(万元)", middle)
        sheet.merge_range(1, 7, 2, 7, "联系人", middle)
        sheet.merge_range(1, 8, 1, 9, "从业人员", middle)
        for column, year in ((3, 2024), (4, 2025), (5, 2024), (6, 2025), (8, 2024), (9, 2025)):
            sheet.write_string(2, column, f"{year}年", middle)
        line = 3
        for index, firm in enumerate(firms, start=1):
            line += 1 if index % 9 == 0 else 0  # a blank row now and then
            _messy_row(sheet, line, index, firm)
            line += 1
    return path


def _messy_row(sheet: Any, line: int, index: int, firm: InventedCompany) -> None:
    sheet.write_number(line, 0, index)
    sheet.write_string(line, 1, f" {firm.name} " if index % 4 == 0 else firm.name)
    sheet.write_string(line, 2, firm.uscc.lower() if index % 5 == 0 else firm.uscc)
    for column, year, code in ((3, 2024, "revenue"), (4, 2025, "revenue"), (5, 2024, "rd_expense"), (6, 2025, "rd_expense"),
                               (8, 2024, "employees"), (9, 2025, "employees")):  # fmt: skip
        value = firm.figures.get(year, {}).get(code)
        if value is not None:
            sheet.write_string(line, column, _MESSY[index % len(_MESSY)](value))
    sheet.write_string(line, 7, "办公室")


_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_MESSY: tuple[Callable[[float], str], ...] = (
    lambda value: f"{value:,}",
    lambda value: str(value).translate(_WIDE_DIGITS),
    lambda value: f" {value} ",
    str,
)
