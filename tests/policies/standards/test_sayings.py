"""The engine's sentences said again in English, from the finished Chinese text alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from companies.figures.catalogue import CATALOGUE, SOURCE_LABELS
from companies.figures.words import NOTES, QUANTITIES, SOURCES
from policies.engine import facts, wording
from policies.standards import sayings

# what the engine joins sentences with, and words that only stand inside another sentence
PIECES = {
    "JOIN",
    "YEARS_JOIN",
    "TITLE_OR",
    "MUST",
    "SHOWN_BESIDE",
    "ATTRIBUTE_THRESHOLD_ONE_OF",
    "NEAREST",
    "CLOSE_NEXT_YEAR",
    "SCORE_POINTS",
    "SCORE_GROUP_LINE",
}
ENGLISH = {
    "%(open)s 年%(label)s达到 %(need)s，即可于 %(apply)s 年申报（%(closed)s 年已有 %(have)s）": (
        "%(label)s of %(open)s must reach %(need)s to file in %(apply)s (%(closed)s gives %(have)s)"
    ),
    "%(failed)s 年已关账，不能再改；自 %(first)s 年起%(label)s须%(threshold)s，最早 %(earliest)s 年申报": (
        "%(failed)s is closed; from %(first)s %(label)s must be %(threshold)s; earliest %(earliest)s"
    ),
    "%(label)s再增加 %(gap)s": "%(label)s must grow by %(gap)s",
    "或取得免除条件：%(waiver)s": "or a waiver: %(waiver)s",
    "%(over)s占%(under)s": "%(over)s / %(under)s",
    "%(criterion)s：差 %(gap)s（%(kind)s）": "%(criterion)s: short by %(gap)s (%(kind)s)",
    "%(title)s，有效期至 %(until)s": "%(title)s, valid until %(until)s",
    "%(number)s 万元": "%(number)s 10k yuan",
    "%(number)s 项": "%(number)s items",
    "专精特新中小企业": "Specialised SME",
    "可补": "can be made up",
    "合计 %(threshold)s": "total %(threshold)s",
    "%(text)s（预计）": "%(text)s (estimated)",
    "满足其一即可：%(ways)s": "any one is enough: %(ways)s",
    "%(criterion)s（%(kind)s）": "%(criterion)s (%(kind)s)",
    "%(year)s 年%(over)s再 %(sign)s %(gap)s（按%(under)s %(base)s 计，%(upper)s为 %(have)s）": (
        "%(over)s of %(year)s must still grow by %(sign)s %(gap)s (at %(under)s of %(base)s; %(upper)s is %(have)s)"
    ),
    "%(year)s 年%(label)s为 %(have)s，已够，须落实到年底": "%(label)s of %(year)s is %(have)s: enough, if it comes true",
}


@pytest.fixture
def in_english(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """`said` with a small catalogue of its own."""

    def told(text: str) -> str:
        with translation.override("en"):
            return sayings.said(text)

    monkeypatch.setattr(sayings, "gettext", lambda text: ENGLISH.get(text, text))
    return told


def templates_of_the_engine() -> dict[str, str]:
    """Every sentence of `wording`, by the name of its constant."""
    found: dict[str, str] = {}
    for name, value in vars(wording).items():
        if name.isupper() and isinstance(value, str):
            found[name] = value
        elif name.isupper() and isinstance(value, dict) and name != "OPERATOR":
            found |= {f"{name} {key}": text for key, text in value.items()}
    return found


def as_shape(template: str) -> str:
    """A sentence with its places unnamed, so that both spellings compare."""
    return re.sub(r"\{\w+\}|%\(\w+\)s", "_", template)


def test_every_sentence_of_the_engine_has_words_in_other_languages() -> None:
    known = {as_shape(sentence) for sentence in (*sayings.SENTENCES, *sayings.WORDS, *SOURCES)} | {"是", "否"}
    unknown = [name for name, text in templates_of_the_engine().items() if name.split()[0] not in PIECES and as_shape(text) not in known]
    assert unknown == []
    assert as_shape(wording.CLOSE_NEXT_YEAR.replace("{must}", "须{threshold}")) in known
    assert {facts.INCIDENT_LABELS[kind] for kind in facts.IncidentKind} <= set(sayings.WORDS)


def test_every_word_of_the_catalogue_of_facts_is_marked_for_translation() -> None:
    assert {fact.note for fact in CATALOGUE.values() if fact.note} == set(NOTES)
    assert set(SOURCE_LABELS.values()) == set(SOURCES)
    assert {fact.unit for fact in CATALOGUE.values()} - {"%", "是/否"} <= set(QUANTITIES)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        pytest.param(
            "2026 年研发费用达到 1,005.2 万元，即可于 2027 年申报（2025 年已有 194.9 万元）",
            "R&D expense of 2026 must reach 1,005.2 10k yuan to file in 2027 (2025 gives 194.9 10k yuan)",
            id="an amount that closes the gap",
        ),
        pytest.param(
            "2024、2025 年已关账，不能再改；自 2026 年起研发费用占营业收入须≥ 3%，最早 2028 年申报",
            "2024, 2025 is closed; from 2026 R&D expense / Operating revenue must be ≥ 3%; earliest 2028",
            id="a semicolon of its own",
        ),
        pytest.param(
            "Ⅰ类知识产权再增加 3 项；或取得免除条件：近三年获国家级科技奖励，单位排名前三；创客中国",
            "Class I intellectual property must grow by 3 items; or a waiver: 近三年获国家级科技奖励，单位排名前三；创客中国",
            id="two sentences, policy wording stays",
        ),
        pytest.param(
            "2026 年研发费用再 ≥ 41.0 万元（按营业收入 13,700.0 万元（预计） 计，研发费用为 370.0 万元（预计））",
            "R&D expense of 2026 must still grow by ≥ 41.0 10k yuan (at Operating revenue of 13,700.0 10k yuan (estimated); "
            "R&D expense is 370.0 10k yuan (estimated))",
            id="what the year still asks",
        ),
        pytest.param(
            "2026 年研发费用为 700.0 万元（预计），已够，须落实到年底",
            "R&D expense of 2026 is 700.0 10k yuan (estimated): enough, if it comes true",
            id="enough as it stands",
        ),
        pytest.param(
            "满足其一即可：2026 年研发费用为 700.0 万元（预计），已够，须落实到年底；2026 年研发费用为 7.0 万元（预计），已够，"
            "须落实到年底",
            "any one is enough: R&D expense of 2026 is 700.0 10k yuan (estimated): enough, if it comes true; "
            "R&D expense of 2026 is 7.0 10k yuan (estimated): enough, if it comes true",
            id="one of several ways",
        ),
        pytest.param("专精特新中小企业，有效期至 2027-12-19", "Specialised SME, valid until 2027-12-19", id="a title"),
        pytest.param(
            "近两年研发费用合计：差 832.4 万元（可补）", "近两年研发费用合计: short by 832.4 10k yuan (can be made up)", id="nearest"
        ),
        pytest.param("合计 ≥ 1,200 万元", "total ≥ 1,200 10k yuan", id="a line"),
        pytest.param("细分市场占有率 13.58%", "Market share 13.58%", id="a fact and its value"),
        pytest.param("占有率 10% 以上或国内前三", "占有率 10% 以上或国内前三", id="policy wording stays whole"),
        pytest.param("无控制关系，且非同集团主导产品相近", "无控制关系，且非同集团主导产品相近", id="policy wording with a comma"),
        pytest.param("≥ 3%", "≥ 3%", id="figures"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_finished_sentence_is_said_again(in_english: Callable[[str], str], chinese: str, english: str) -> None:
    assert in_english(chinese) == english


def test_in_chinese_nothing_is_touched() -> None:
    assert sayings.said("差 378.6 万元") == "差 378.6 万元"
    assert sayings.marked("差 378.6 万元") == "差 378.6 万元"


def test_what_stays_chinese_is_marked_and_escaped(in_english: Any) -> None:
    with translation.override("en"):
        told = sayings.marked("或取得免除条件：近三年获奖 <b>")
    assert told == 'or a waiver: <span lang="zh-CN">近三年获奖</span> &lt;b&gt;'
