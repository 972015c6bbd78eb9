"""The table of a score on the gap sheet, and on the page of its standard."""

import re
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from policies.engine import Observed, Outcome, ScorePart, Verdict, evaluate
from policies.engine.sheet import Missing
from policies.standards.drawing import rows_drawn
from policies.standards.models import Standard
from policies.templatetags.sheets import _row
from tests.factories import AssignmentFactory, OfficerFactory
from tests.factories.cultivation import library as ship
from tests.factories.cultivation import ready_company
from tests.policies.score_samples import ON, SORTED, sheet_of, snapshot

HOSTILE = "<b>\"'&</b>"


def drawn(verdict: Verdict) -> str:
    return str(rows_drawn([_row(verdict)]))


def part(**facts: object) -> ScorePart:
    given = {"code": "A", "text": "研发", "most": 20, "low": Decimal(10), "high": Decimal(10), "points_text": "10 分", **facts}
    return ScorePart(**given)  # type: ignore[arg-type]


def test_every_part_stands_below_the_row_with_its_points_folded() -> None:
    html = drawn(sheet_of({("rd_expense", 2025): Decimal(0)}).verdict("S"))
    assert html.count("<details") == 1
    table = html.partition("<summary>评分表：")[2]
    lines = [re.sub(r"<[^>]+>", " ", line) for line in re.findall(r"<li>.*?</li>", table, re.DOTALL)]
    assert [" ".join(line.split()) for line in lines[:3]] == [
        "创新 20 分 满分 40 分",
        "知识产权 Ⅰ类 1 项以上 · Ⅰ类知识产权 1 项（2026） 20 分 满分 20 分",
        "研发 已关账 其他 · 0.00%（2025） 研发费用占营业收入到 3%：＋10 分 0 分 满分 20 分",
    ]
    assert len(lines) == 3 + 1 + 4 + 4 + 1 + 3  # three groups, their parts, and the parts of 质量 and 费用


def test_a_criterion_without_a_score_has_no_table_and_a_score_inside_a_group_has_one() -> None:
    plain = Verdict("G-01", "研发", Outcome.MET)
    assert "<details" not in drawn(plain)
    assert (
        drawn(Verdict("G", "任一", Outcome.MET, mode="any", children=(Verdict("S", "评分", Outcome.MET, parts=(part(),)),))).count(
            "<details"
        )
        == 1
    )


def test_no_text_of_a_table_becomes_markup() -> None:
    hostile = part(
        text=HOSTILE,
        points_text=HOSTILE,
        holding=HOSTILE,
        ahead=HOSTILE,
        observed=(Observed("", HOSTILE, 2025),),
        missing=(Missing("x", "", 2025, (), HOSTILE),),
    )
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert "<b>" not in drawn(Verdict("S", "评分", Outcome.UNKNOWN, parts=(hostile,)))


def test_the_branch_that_applies_is_shown_inside_another_group() -> None:
    inner = Verdict("H-5a", "上年成立的", Outcome.UNMET, mode="bands", children=(Verdict("H-5a1", "5000 万元以下", Outcome.UNMET),))
    other = Verdict("I-D2", "任一", Outcome.UNMET, mode="any", children=(Verdict("I-D2a", "高企", Outcome.UNMET),))
    html = drawn(Verdict("H-5", "按情形", Outcome.UNMET, mode="cases", children=(inner, other)))
    assert "5000 万元以下" in html
    assert "高企" not in html


@pytest.mark.django_db
def test_the_page_of_a_firm_prints_the_table_of_its_score(client: Client) -> None:
    ship()
    officer, firm = OfficerFactory(), ready_company(is_judged=False)
    AssignmentFactory(company=firm, officer=officer)
    client.force_login(officer)
    html = client.get(reverse("policies:sheet", args=[firm.uscc, "innovative_sme"])).content.decode()
    assert "评分表：" in html
    assert "上年度研发费用总额占营业收入总额" in html


@pytest.mark.django_db
def test_the_page_of_a_standard_prints_its_bands(client: Client) -> None:
    ship()
    client.force_login(OfficerFactory())
    row = Standard.objects.get(title__code="innovative_sme")
    text = re.sub(r"<[^>]+>", " ", client.get(reverse("policies:standard-detail", args=["innovative_sme", row.pk])).content.decode())
    words = " ".join(text.split())
    assert "评分表 创新能力 满分 40 分 与主导产品相关的有效知识产权数量 满分 20 分 Ⅰ类高价值知识产权 1 项以上 20 分" in words
    assert "研发费用占营业收入，上年度 ≥ 5% 20 分 ≥ 3% 15 分 ≥ 2% 10 分 ≥ 1% 5 分 其他 0 分" in words


def test_a_rating_says_its_result_instead_of_a_chance() -> None:
    def page(employees: int | None) -> str:
        sheet = evaluate(SORTED, snapshot({("employees", 2025): employees, ("revenue", 2025): Decimal(30_000_000)}), on=ON)
        return Template("{% load sheets %}{% gap_sheet sheet %}").render(Context({"sheet": sheet}))

    assert '<span class="tag accent">中型</span>' in page(300)
    assert "较有希望" not in page(300)
    assert "可能的结果：中型或小型" in page(None)
    assert "需补数据" in page(None)
