"""Exports: the rows and columns seen, inert, readable again."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.exporting import CELL_LIMIT, Sheet, inert, sheet_name, storable, unquoted, xlsx_file
from core.hooks import hooks
from tests.core.listing import Shop

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", " =1+1", "\u3000=1"]


def first_cell(text: str) -> Any:
    with xlsx_file([Sheet("表", ["头"], [[text]])]) as file:
        return load_workbook(file).active["A2"]


def exported(response: Any, kind: str) -> list[list[Any]]:
    content = b"".join(response.streaming_content)
    response.close()
    if kind == "csv":
        return [list(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]
    return [["" if cell is None else cell for cell in row] for row in load_workbook(io.BytesIO(content)).active.values]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_has_exactly_the_rows_and_columns_seen_in_their_order(client: Client, shops: list[Shop], kind: str) -> None:
    rows = exported(client.post("/shops/?size=small&sort=-name&cols=revenue,name", {"export": kind}), kind)
    assert rows[0] == ["营收（万元）", "名称"]
    assert [row[1] for row in rows[1:]] == [f"店{number:03}" for number in range(59, 0, -2)]
    assert Decimal(str(rows[1][0])) == 59
    assert next(row for row in rows if row[1] == "店055")[0] == ""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_column_made_in_python_is_exported_too(client: Client, shops: list[Shop], kind: str) -> None:
    rows = exported(client.post("/shops/?cols=name,size,note&q=店007", {"export": kind}), kind)
    assert rows[1] == ["店007", "小型", f"注 {shops[6].pk}"]


def test_the_log_is_told_before_the_file_is_sent_and_can_stop_it(client: Client, shops: list[Shop], monkeypatch: Any) -> None:
    told: list[Any] = []
    monkeypatch.setattr(hooks, "exported", lambda request, name, count, columns, kind: told.append((name, count, list(columns), kind)))
    client.post("/shops/?size=small&cols=name", {"export": "csv"})
    assert told == [("shop-list", 30, ["name"], "csv")]

    def broken(*_all: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(hooks, "exported", broken)
    assert client.post("/shops/", {"export": "csv"}).status_code == 500


def test_export_is_never_a_get_and_knows_two_formats(client: Client, shops: list[Shop]) -> None:
    assert "Content-Disposition" not in client.get("/shops/?export=csv")
    assert client.post("/shops/", {"export": "exe"}).status_code == 400


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_cell_that_looks_like_a_formula_is_inert_in_csv(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", [*DANGEROUS, "'", "''", "'=1", "''=1", "'普通", "绍兴恒砺", "", "a=b", "' =1"])
def test_exporting_and_importing_changes_no_text(text: str) -> None:
    assert unquoted(inert(text)) == text


@pytest.mark.parametrize("text", [*DANGEROUS, "http://example.com", "007", "{=1}", "𠮷㐂﨑"])
def test_a_workbook_holds_any_text_as_text(text: str) -> None:
    cell = first_cell(text)
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.value.replace("_x000D_", "\r") == text


@pytest.mark.parametrize("text", ["a\x0bb", "a\ufffeb", "a\x00b", "a\ud800b"])
def test_one_bad_note_does_not_spoil_the_workbook(text: str) -> None:
    assert first_cell(text).value == "a\ufffdb"


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    cut = storable("长" * 40_000)
    assert len(cut) == CELL_LIMIT
    assert cut.endswith("…（原文 40000 字，单元格放不下，已截短）")


def test_a_sheet_is_named_after_what_excel_accepts() -> None:
    assert sheet_name("区县/年度[2026]:*?'" + "长" * 40) == "区县 年度 2026     " + "长" * 16
