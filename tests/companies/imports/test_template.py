"""The template: three sheets, drop-downs, a comment on every header; and the refused rows come back in their own shape."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from companies.figures.catalogue import CATALOGUE
from companies.imports.workbooks.intake import inspect
from companies.imports.workbooks.readback import refused_workbook
from companies.imports.workbooks.reading import TableKind, read_tables
from companies.imports.workbooks.template import Lists, template_workbook
from tests.companies.imports.books import code, firm, xlsx
from tests.companies.imports.test_reading import meaning, tables_of, two_rows

pytestmark = pytest.mark.django_db


def template() -> bytes:
    return template_workbook(Lists(["越城区", "柯桥区"], ["斗门街道"], []))


def test_every_header_has_a_comment_with_unit_and_meaning_and_code_lists_are_hidden() -> None:
    book = load_workbook(BytesIO(template()))
    assert book.sheetnames == ["企业", "年度指标", "获得认定", "代码表"]
    assert book["代码表"].sheet_state == "hidden"
    for sheet in book.worksheets[:3]:
        assert sheet.freeze_panes == "C2"
        assert sheet.max_row == 1, "no example row"
        assert all(cell.comment is not None and cell.comment.text for cell in sheet[1])
    revenue = next(cell for cell in book["年度指标"][1] if cell.value == "营业收入（万元）")
    assert "单位：万元" in revenue.comment.text
    assert "不要填 0" in revenue.comment.text
    rules = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in book["企业"].data_validations.dataValidation}
    assert rules["D2"] == "list_districts"
    assert rules["G2"] == "list_industries"
    assert "list_titles" in [rule.formula1 for rule in book["获得认定"].data_validations.dataValidation]


def test_the_import_understands_every_column_of_its_own_template() -> None:
    tables = tables_of(template())
    assert [table.kind for table in tables] == [TableKind.COMPANIES, TableKind.FIGURES, TableKind.RECOGNITIONS]
    assert all(table.ignored == [] for table in tables)
    assert set(CATALOGUE) <= {column.field for column in tables[1].columns}


def test_refused_rows_come_back_in_their_own_shape_with_the_reason_and_read_again() -> None:
    content = xlsx({"汇总": []}, then=two_rows)
    intake = inspect(BytesIO(content), name="a.xlsx")
    with refused_workbook(BytesIO(content), intake, {"汇总": {8: "信用代码不在库"}}) as book:
        back = book.read()
    (table,) = tables_of(back)
    assert meaning(table) == meaning(tables_of(content)[0])
    assert table.ignored == []
    assert [cells[1] for _number, cells in table.rows] == [code(2)]
    sheet = load_workbook(BytesIO(back)).active
    assert [cell.value for cell in sheet["H"] if cell.value] == ["拒绝原因", "信用代码不在库"]


def test_a_cell_that_looks_like_a_formula_comes_back_as_text() -> None:
    content = xlsx({"企业": [["统一社会信用代码", "企业名称", "拒绝原因"], [firm(1)[0], "=1+1", "旧原因"]]})
    intake = inspect(BytesIO(content), name="a.xlsx")
    with refused_workbook(BytesIO(content), intake, {"企业": {2: "新原因"}}) as book:
        sheet = load_workbook(BytesIO(book.read())).active
    assert [cell.value for cell in sheet[2]] == [firm(1)[0], "=1+1", "新原因"]
    assert sheet["B2"].data_type == "s"
    assert len(read_tables(BytesIO(content), intake)) == 1
