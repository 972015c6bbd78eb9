"""Facts of a company from a JSON file: exact, closed, and the same as those of the register to the last digit."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from companies.figures.catalogue import CATALOGUE
from policies.engine import (
    FactsError,
    FigureRow,
    HeldTitle,
    IncidentFact,
    JudgementFact,
    Outcome,
    Snapshot,
    Standard,
    evaluate,
    facts_listed,
    facts_written,
    lines_listed,
    read_facts,
)
from policies.engine.facts_file import ATTRIBUTES
from tests.policies.engine_cases import BY_ID, USCC
from tests.policies.test_engine_promises import ON, snapshots, standards


def read(**plain: Any) -> Snapshot:
    """A file with these keys, read."""
    return read_facts(json.dumps(plain, ensure_ascii=False), on=ON)


def problems(text: str) -> list[tuple[str, str]]:
    with pytest.raises(FactsError) as refusal:
        read_facts(text, on=ON)
    return list(refusal.value.problems)


def figures(**values: Any) -> list[dict[str, Any]]:
    return [{"year": 2025, "source": "审计报告", "values": values}]


def test_a_file_says_everything_a_snapshot_holds() -> None:
    shot = read(
        uscc=USCC,
        district="330603",
        attributes={"industry": "C3441", "founded_on": "2012-05-18", "is_above_scale": True, "town": "柯岩街道", "park": None},
        figures=[{"year": 2025, "source": "audit", "version": 7, "estimate": True, "values": {"employees": 412, "has_own_brand": "是"}}],
        titles=[{"title": "专精特新中小企业", "from": "2024-12-31", "until": None, "application": "复核", "id": 3}],
        incidents=[{"kind": "安全生产事故", "severity": "较大", "from": "2024-05-01", "id": "a"}],
        judgements=[{"criterion": "L-6", "outcome": "达标", "note": "属于", "on": "2026-01-01", "evidence_sha": "aa", "id": 9}],
    )
    assert shot == Snapshot(
        uscc=USCC,
        on=ON,
        district="330603",
        attributes={"industry": "C3441", "founded_on": date(2012, 5, 18), "is_above_scale": True, "town": "柯岩街道"},
        figures=(FigureRow(2025, "audit", 7, {"employees": 412, "has_own_brand": True}, True),),
        titles=(HeldTitle("specialised_sme", date(2024, 12, 31), None, 3, "复核"),),
        incidents=(IncidentFact("safety", "larger", date(2024, 5, 1), None, "a"),),
        judgements=(JudgementFact("L-6", "met", "属于", date(2026, 1, 1), 9, "aa"),),
    )


def test_an_empty_file_knows_nothing_and_is_not_read_as_nothing_there() -> None:
    shot = read()
    assert (shot.uscc, shot.district, shot.titles, shot.incidents) == ("", "", None, None)
    sheet = evaluate(BY_ID["little_giant-2026"], shot, on=ON)
    assert {verdict.outcome for verdict in sheet.verdicts} == {Outcome.UNKNOWN, Outcome.MANUAL}
    assert read(titles=[], incidents=[]).titles == ()


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        pytest.param('"136800000"', "136800000", id="yuan"),
        pytest.param("136800000", "136800000", id="a whole number of yuan"),
        pytest.param('"13680 万元"', "136800000", id="万元"),
        pytest.param('"13680万元"', "136800000", id="without a blank"),
        pytest.param('"1.368 亿元"', "136800000", id="亿元"),
        pytest.param('"136800000.01 元"', "136800000.01", id="分"),
        pytest.param("0.1", "0.1", id="a decimal as written"),
        pytest.param("123456789012.35", "123456789012.35", id="more digits than floating point keeps"),
        pytest.param("0", "0", id="zero is a figure"),
    ],
)
def test_money_is_exact(written: str, yuan: str) -> None:
    text = '{"figures": [{"year": 2025, "source": "audit", "values": {"revenue": WRITTEN}}]}'.replace("WRITTEN", written)
    (row,) = read_facts(text, on=ON).figures
    assert isinstance(row, FigureRow)
    assert row.values["revenue"] == Decimal(yuan)


@pytest.mark.parametrize(
    ("plain", "path", "reason"),
    [
        pytest.param({"colour": 1}, "colour", "不认识的键", id="unknown key"),
        pytest.param({"figures": {}}, "figures", "须是列表", id="figures no list"),
        pytest.param({"figures": [7]}, "figures[0]", "须是一组", id="a row that is a number"),
        pytest.param({"figures": [{"source": "审计报告", "values": {}}]}, "figures[0].year", "须是年份", id="no year"),
        pytest.param({"figures": [{"year": "2025", "source": "审计报告", "values": {}}]}, "figures[0].year", "须是年份", id="year as text"),
        pytest.param({"figures": [{"year": 2025, "values": {}}]}, "figures[0].source", "缺少", id="no source"),
        pytest.param({"figures": [{"year": 2025, "source": "审计", "values": {}}]}, "figures[0].source", "“审计”不在", id="unknown source"),
        pytest.param({"figures": [{"year": 2025, "source": "平台"}]}, "figures[0].values", "须是一组", id="no values"),
        pytest.param({"figures": figures(revenu="1 元")}, "figures[0].values.revenu", "指标目录里没有", id="unknown fact"),
        pytest.param({"figures": figures(revenue="5000 项")}, "figures[0].values.revenue", "单位应为", id="wrong unit"),
        pytest.param({"figures": figures(revenue="很多")}, "figures[0].values.revenue", "不是数", id="no number"),
        pytest.param({"figures": figures(revenue="1e5")}, "figures[0].values.revenue", "单位应为", id="scientific"),
        pytest.param({"figures": figures(revenue="9" * 30)}, "figures[0].values.revenue", "位数过多", id="too many digits"),
        pytest.param({"figures": figures(revenue="-1 元")}, "figures[0].values.revenue", "不能小于 0", id="below the least"),
        pytest.param({"figures": figures(revenue="0.001 元")}, "figures[0].values.revenue", "最多 2 位小数", id="less than a 分"),
        pytest.param({"figures": figures(revenue=True)}, "figures[0].values.revenue", "须是数", id="a flag for money"),
        pytest.param({"figures": figures(employees=4.5)}, "figures[0].values.employees", "须是整数", id="half a person"),
        pytest.param({"figures": figures(market_share_percent=101)}, "figures[0].values.market_share_percent", "不能大于", id="over 100 %"),
        pytest.param({"figures": figures(has_own_brand=1)}, "figures[0].values.has_own_brand", "true 或 false", id="a number for a flag"),
        pytest.param({"district": "3306"}, "district", "6 位数字", id="short district"),
        pytest.param({"attributes": {"founded_on": "2012"}}, "attributes.founded_on", "须是日期", id="no date"),
        pytest.param({"attributes": {"founded_on": "2012-02-30"}}, "attributes.founded_on", "须是日期", id="a day that is not"),
        pytest.param({"attributes": {"colour": "red"}}, "attributes.colour", "不认识的键", id="unknown attribute"),
        pytest.param({"attributes": {"is_above_scale": "是"}}, "attributes.is_above_scale", "true 或 false", id="text for a flag"),
        pytest.param({"titles": [{"title": "gold", "from": "2024-01-01"}]}, "titles[0].title", "“gold”不在", id="unknown title"),
        pytest.param({"titles": [{"title": "high_tech"}]}, "titles[0].from", "缺少日期", id="title without a day"),
        pytest.param(
            {"titles": [{"title": "high_tech", "from": "2024-01-01", "id": -1}]}, "titles[0].id", "须是正整数", id="negative number"
        ),
        pytest.param({"incidents": [{"kind": "火灾", "from": "2024-01-01"}]}, "incidents[0].kind", "“火灾”不在", id="unknown incident"),
        pytest.param(
            {"judgements": [{"criterion": "L-6", "outcome": "缺数据", "on": "2026-01-01"}]},
            "judgements[0].outcome",
            "“缺数据”不在 达标、未达标",
            id="a judgement that decides nothing",
        ),
        pytest.param({"judgements": [{"outcome": "met", "on": "2026-01-01"}]}, "judgements[0].criterion", "缺少", id="of no criterion"),
    ],
)
def test_what_is_wrong_is_named_with_its_path(plain: dict[str, Any], path: str, reason: str) -> None:
    found = problems(json.dumps(plain, ensure_ascii=False))
    assert [one for one, _ in found] == [path]
    assert reason in found[0][1]


def test_all_that_is_wrong_is_named_at_once() -> None:
    found = problems(
        '{"colour": 1, "district": 5, "figures": [{"year": 2025, "source": "audit", "values": {"revenue": "x", "revenue": 1}}]}'
    )
    assert [path for path, _ in found] == ["colour", "district", "figures[0].values.revenue"]
    assert found[2][1] == "这个键出现两次"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a list"),
        pytest.param("{", id="cut off"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param('{"figures": [{"year": NaN, "source": "audit", "values": {}}]}', id="not a number as year"),
        pytest.param('{"figures": [{"year": 1e999999999, "source": "audit", "values": {}}]}', id="an endless year"),
        pytest.param('{"figures": [{"year": 2025, "source": "audit", "values": {"revenue": NaN}}]}', id="not a number"),
        pytest.param('{"figures": [{"year": 2025, "source": "audit", "values": {"revenue": 1e999999999}}]}', id="an endless number"),
        pytest.param('{"figures": [{"year": 2025, "source": "audit", "values": {"land_mu": -Infinity}}]}', id="infinity"),
        pytest.param('{"titles": [{"title": "high_tech", "from": "2024-01-01", "id": 1e999999999}]}', id="an endless identity"),
        pytest.param(" " * 5_000_001, id="too long"),
    ],
)
def test_what_is_no_file_of_facts_is_refused(text: str) -> None:
    assert problems(text)


@settings(max_examples=200, deadline=None)
@given(standards, snapshots)
def test_written_and_read_again_the_answer_is_the_same(standard: Standard, snapshot: Snapshot) -> None:
    text = json.dumps(facts_written(snapshot), ensure_ascii=False)
    again = read_facts(text, on=ON)
    assert evaluate(standard, again, on=ON) == evaluate(standard, snapshot, on=ON)
    assert json.dumps(facts_written(again), ensure_ascii=False) == text


def test_the_list_of_facts_holds_the_whole_catalogue_and_can_be_read() -> None:
    listed = facts_listed()
    assert {one["code"] for one in listed["figures"]} == set(CATALOGUE)
    assert {one["code"] for one in listed["attributes"]} == set(ATTRIBUTES)
    assert all(one["type"] and one["unit"] and one["written"] for one in listed["figures"])
    lines = "\n".join(lines_listed())
    assert all(code in lines for code in (*CATALOGUE, *ATTRIBUTES, *listed["titles"], *listed["incidents"]))
    assert json.loads(json.dumps(listed)) == listed
