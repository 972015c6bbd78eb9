"""A wrong standard is refused whole, with the file, the line and the reason."""

from pathlib import Path

import pytest

from policies.engine import StandardError, canonical_text, load_folder, load_standard

GOOD = """\
standard: sample-2026
name: 样例
title: little_giant
application: 认定
jurisdiction: national
grade: B2
in_force: {from: 2026-04-01, until: null}
document: {number: 某〔2026〕1号, annex: 附件1}
criteria:
  - code: A-1
    text: 上年度营业收入
    clause: 一
    source: 审计报告
    fact: revenue
    period: 上年度
    at_least: 5000 万元
  - code: A-2
    text: 属于六基
    clause: 二
    question: 属于其一
"""


def test_a_right_file_loads_with_its_identity() -> None:
    standard = load_standard(GOOD, name="sample.yaml")
    assert (standard.id, standard.document.citation, len(standard.criteria)) == ("sample-2026", "某〔2026〕1号 附件1", 2)
    assert [criterion.judged_by for criterion in standard.criteria] == ["figures", "officer"]


def test_the_hash_does_not_depend_on_line_ends_or_trailing_blanks() -> None:
    other = "\ufeff" + GOOD.replace("\n", "  \r\n") + "\r\n\r\n"
    assert canonical_text(other) == GOOD
    assert load_standard(other).sha256 == load_standard(GOOD).sha256
    assert load_standard(GOOD.replace("5000", "5001")).sha256 != load_standard(GOOD).sha256


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        pytest.param("fact: revenue", "fact: revenu", 14, "指标目录里没有“revenu”", id="unknown fact"),
        pytest.param("at_least: 5000 万元", "at_least: 5000", 16, "门槛“5000”的单位应为“万元”", id="no unit"),
        pytest.param("at_least: 5000 万元", "at_least: 5000 项", 16, "门槛“5000 项”的单位应为“万元”", id="wrong unit"),
        pytest.param("at_least: 5000 万元", "at_least: 很多", 16, "门槛“很多”不是“数值 单位”", id="not a number"),
        pytest.param("at_least: 5000 万元", "at_least: 1e400 万元", 16, "门槛“1e400 万元”", id="scientific"),
        pytest.param("    at_least: 5000 万元\n", "", 10, "须有且只有一个门槛", id="no threshold"),
        pytest.param(
            "    at_least: 5000 万元", "    at_least: 5000 万元\n    at_most: 6000 万元", 10, "须有且只有一个门槛", id="two thresholds"
        ),
        pytest.param("period: 上年度", "period: 去年", 15, "不认识的期间“去年”", id="unknown period"),
        pytest.param("period: 上年度", "period: 近两年", 15, "只用于 growth", id="growth period"),
        pytest.param("source: 审计报告", "source: 审计", 13, "口径“审计”不在", id="unknown source"),
        pytest.param("    source: 审计报告\n", "", 13, "没有写明口径", id="no source"),
        pytest.param("code: A-2", "code: A-1", 17, "条件代码“A-1”出现两次", id="code twice"),
        pytest.param("question: 属于其一", "question: 属于其一\n    fact: class1_ip", 17, "有且只有一种判断", id="two tests"),
        pytest.param("    question: 属于其一\n", "", 17, "有且只有一种判断", id="no test"),
        pytest.param("question: 属于其一", "question: 属于其一\n    judged_by: figures", 21, "judged_by 应为 officer", id="wrong judge"),
        pytest.param("clause: 二", "clause: 二\n    colour: red", 20, "不认识的键“colour”", id="unknown key"),
        pytest.param("clause: 二", "clause: 二\n    clause: 三", 20, "键“clause”出现两次", id="key twice"),
        pytest.param("clause: 二", "clause: 二\n    grade: Z", 20, "证据等级“Z”不在", id="unknown grade"),
        pytest.param("application: 认定", "application: 申请", 4, "“application: 申请”不在", id="unknown application"),
        pytest.param("title: little_giant", "title: giant", 3, "“title: giant”不在", id="unknown title"),
        pytest.param("from: 2026-04-01", "from: 今天", 7, "须是日期", id="not a date"),
        pytest.param("until: null", "until: 2026-03-31", 7, "“until”早于“from”", id="ends before it begins"),
        pytest.param("clause: 二", "clause: *x", 19, "不能使用锚点和引用", id="alias"),
        pytest.param("clause: 二", "clause: [二", 20, "YAML 写法有误", id="broken yaml"),
        pytest.param("clause: 二", "clause: !!python/name:os.system 二", 19, "YAML 写法有误", id="a tag that runs code"),
        pytest.param("question: 属于其一", "any: [{text: 甲, question: 甲}]", 20, "至少要两个分支", id="choice of one"),
        pytest.param("question: 属于其一", "holds: [gold_medal]", 20, "没有称号“gold_medal”", id="title that is not"),
        pytest.param(
            "question: 属于其一", "no_incident: [{kinds: [火灾]}]\n    within: 近三年", 20, "负面信息没有“火灾”", id="unknown incident"
        ),
        pytest.param(
            "question: 属于其一", "no_incident: [{kinds: [安全生产事故]}]\n    within: 申请日", 21, "须写近几年", id="accident on the day"
        ),
        pytest.param("question: 属于其一", "attribute: colour\n    is: 是", 20, "没有企业属性“colour”", id="unknown attribute"),
    ],
)
def test_a_wrong_file_names_its_line_and_reason(old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(StandardError) as refusal:
        load_standard(GOOD.replace(old, new, 1), name="sample.yaml")
    assert (refusal.value.name, refusal.value.line) == ("sample.yaml", line), refusal.value.reason
    assert reason in refusal.value.reason
    assert str(refusal.value).startswith(f"sample.yaml 第 {line} 行：")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "\x00", "a: " + "[" * 3000], ids=["empty", "a list", "NUL", "deep"])
def test_what_is_not_a_standard_at_all_is_refused(text: str) -> None:
    with pytest.raises(StandardError):
        load_standard(text, name="sample.yaml")


def test_one_wrong_file_and_nothing_of_the_folder_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD.replace("sample-2026", "other").replace("revenue", "revenu"), encoding="utf-8")
    with pytest.raises(StandardError, match=r"b\.yaml 第 14 行"):
        load_folder(tmp_path)


def test_an_identity_used_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(StandardError, match="已被另一文件使用"):
        load_folder(tmp_path)


def test_published_amounts_are_read_in_any_published_unit() -> None:
    in_wan, in_yi = (load_standard(GOOD.replace("5000 万元", text)) for text in ("40000 万元", "4 亿元"))
    lines = [standard.criteria[0].condition.threshold_text for standard in (in_wan, in_yi)]
    assert lines == ["≥ 40,000 万元", "≥ 4 亿元"]
