"""A score table with every way of counting, a weighted rating and classes, for the tests of the engine."""

from datetime import date
from decimal import Decimal
from typing import Any

from policies.engine import FigureValue, JudgementFact, ScorePart, Sheet, Snapshot, evaluate, load_standard

ON = date(2026, 11, 24)
USCC = "91330603MA2XD07KXJ"
WAN = 10_000
HEAD = """\
standard: sample-2026
name: 样例
title: high_tech
application: 认定
jurisdiction: national
grade: B2
in_force: {from: 2016-01-01, until: null}
document: {number: 某〔2016〕1号, annex: 附件1}
criteria:
"""
TABLE = (
    HEAD
    + """\
  - code: S
    text: 评价得分
    clause: 二
    source: 审计报告
    or: [企业自报]
    at_least: 60 分
    score:
      groups:
        - code: A
          text: 创新
          max: 40
          at_least: 20 分
          parts:
            - code: A1
              text: 知识产权
              max: 20
              first_of:
                - {text: Ⅰ类 1 项以上, points: 20, when: {fact: class1_ip, period: 申请日, at_least: 1 项}}
                - {text: Ⅱ类 1 项以上, points: 10, when: {fact: class2_ip, period: 申请日, at_least: 1 项}}
                - {text: 无, points: 0}
            - code: A2
              text: 研发
              max: 20
              ratio: [rd_expense, revenue]
              period: 上年度
              steps: [{at_least: 5%, points: 20}, {at_least: 3%, points: 10}, {points: 0}]
        - code: B
          text: 规范
          max: 30
          parts:
            - {code: B1, text: 年限, max: 5, fact: segment_years, period: 上年末, each: 2 年, points: 1}
            - code: B2
              text: 负债
              ratio: [total_liabilities, total_assets]
              period: 上年末
              steps: [{at_most: 55%, points: 10}, {at_most: 75%, points: 5}, {points: 0}]
            - code: B3
              text: 质量
              max: 5
              sum_of:
                - {text: 认证, first_of: [{text: 有, points: 3, when: {fact: has_certification, period: 申请日, is: 是}}, {points: 0}]}
                - {text: 品牌, first_of: [{text: 有, points: 3, when: {fact: has_own_brand, period: 申请日, is: 是}}, {points: 0}]}
            - code: B4
              text: 费用
              max: 10
              best_of:
                - {text: 占销售, ratio: [rd_expense, sales_revenue], period: 上年度, steps: [{at_least: 6%, points: 10}, {points: 0}]}
                - {text: 占成本, ratio: [rd_expense, cost_expense], period: 上年度, steps: [{at_least: 30%, points: 10}, {points: 0}]}
        - code: C
          text: 成长
          max: 30
          parts:
            - code: C1
              text: 净资产增长率
              growth: net_assets
              method: 高企
              period: 近两年
              steps: [{at_least: 35%, points: [9, 10]}, {at_least: 15%, points: [5, 6]}, {more_than: 0%, points: [1, 2]}, {points: 0}]
            - code: C2
              text: 领域
              first_of:
                - {text: 关键领域, points: 10, when: {question: 是否属于关键领域}}
                - {text: 其他, points: 0}
            - {code: C3, text: 管理, max: 10, panel: 研发组织管理水平}
"""
)
WEIGHTED = (
    HEAD.replace("认定", "年度评价")
    + """\
  - code: M
    text: 得分
    clause: 三
    source: 统计年报
    or: [企业自报]
    score:
      groups:
        - text: 亩均
          parts:
            - text: 亩均税收
              ratio: [tax_paid, land_mu]
              period: 上年度
              weight: 30
              baselines: {'330602': 20 万元/亩, '330603': 24 万元/亩}
            - {text: 研发占比, ratio: [rd_expense, main_revenue], period: 上年度, weight: 10, baseline: 3%}
"""
)
CLASSED = (
    HEAD.replace("认定", "年度评价")
    + """\
  - code: K
    text: 规模
    clause: 四
    source: 统计年报
    or: [企业自报]
    classes:
      - code: K-1
        text: 大型
        all:
          - {code: K-1a, text: 人数, fact: employees, period: 上年末, at_least: 1000 人}
          - {code: K-1b, text: 收入, fact: revenue, period: 上年度, at_least: 40000 万元}
      - code: K-2
        text: 中型
        all:
          - {code: K-2a, text: 人数, fact: employees, period: 上年末, at_least: 300 人}
          - {code: K-2b, text: 收入, fact: revenue, period: 上年度, at_least: 2000 万元}
      - {text: 小型}
"""
)
CASED = (
    HEAD
    + """\
  - code: Q
    text: 按成立时间
    clause: 五
    source: 企业自报
    cases:
      - {when: {attribute: founded_on, in_last_years: 2 年}, code: Q-1, text: 新企业, fact: revenue, period: 上年度, at_least: 1 万元}
      - {code: Q-2, text: 老企业, fact: revenue, period: 上年度, at_least: 2 万元}
  - code: R
    text: 无事故
    clause: 六
    no_incident: [{kinds: [安全生产事故]}]
    within: 上年和当年
"""
)
SCORED = load_standard(TABLE)
RATED = load_standard(WEIGHTED)
SORTED = load_standard(CLASSED)
# everything known: 20+20, 5+10+3+10, 9..10+0..10+0..10
FULL: dict[tuple[str, int], Any] = {
    ("class1_ip", 2026): 1,
    ("class2_ip", 2026): 0,
    ("rd_expense", 2025): Decimal(60 * WAN),
    ("revenue", 2025): Decimal(1000 * WAN),
    ("segment_years", 2025): 10,
    ("total_liabilities", 2025): Decimal(55 * WAN),
    ("total_assets", 2025): Decimal(100 * WAN),
    ("has_certification", 2026): True,
    ("has_own_brand", 2026): False,
    ("sales_revenue", 2025): Decimal(1000 * WAN),
    ("cost_expense", 2025): Decimal(900 * WAN),
    ("net_assets", 2023): Decimal(100 * WAN),
    ("net_assets", 2024): Decimal(135 * WAN),
    ("net_assets", 2025): Decimal("182.25") * WAN,
}


def snapshot(figures: dict[tuple[str, int], Any], *judged: tuple[str, str], district: str = "330603", **more: Any) -> Snapshot:
    """A company with these figures, self-reported; None leaves one out."""
    rows = [FigureValue(fact, year, value, "self_reported", at) for at, ((fact, year), value) in enumerate(figures.items(), 1)]
    judgements = [JudgementFact(code, outcome, "已核", date(2026, 3, 1), at) for at, (code, outcome) in enumerate(judged, 1)]
    return Snapshot(USCC, ON, district, figures=[row for row in rows if row.value is not None], judgements=judgements, **more)


def sheet_of(changed: dict[tuple[str, int], Any], *judged: tuple[str, str], year: int | None = None) -> Sheet:
    """The sample table for the full company with some figures changed."""
    return evaluate(SCORED, snapshot({**FULL, **changed}, *judged), on=ON, application_year=year)


def parts_of(sheet: Sheet) -> dict[str, ScorePart]:
    """Every part of every score on a sheet by its code, branches included."""
    found: dict[str, ScorePart] = {}
    verdicts = list(sheet.verdicts)
    waiting: list[ScorePart] = []
    while verdicts:
        verdict = verdicts.pop()
        verdicts += [*verdict.children, *verdict.waivers]
        waiting += verdict.parts
    while waiting:
        part = waiting.pop()
        found[part.code] = part
        waiting += part.parts
    return found
