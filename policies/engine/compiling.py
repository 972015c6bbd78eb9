"""One test as written to one compiled condition; every word is checked, and errors name the line."""

from dataclasses import replace

from policies.engine import wording
from policies.engine.conditions.base import Condition
from policies.engine.conditions.cases import Cases
from policies.engine.conditions.groups import AllOf, AnyOf, Bands
from policies.engine.conditions.growth import Growth, GrowthEachYear
from policies.engine.conditions.holdings import Attribute, Bar, HoldsTitle, NoIncident
from policies.engine.conditions.measures import Line
from policies.engine.conditions.questions import Question
from policies.engine.conditions.totals import Total
from policies.engine.conditions.yearly import AnyYear, EachYear, OnTheDay
from policies.engine.facts import INCIDENT_LABELS, LISTINGS, SEVERITY_LABELS
from policies.engine.figures import Inherited, Reads, read_line, read_measure, read_period, read_sources
from policies.engine.periods import Span
from policies.engine.reading import Block
from policies.engine.scores.compiling import compile_classes, compile_score
from policies.engine.standard import GRADES, Criterion
from policies.engine.units import PERCENT, Unit, parse_threshold

TESTS = ("fact", "ratio", "growth", "holds", "no_incident", "attribute", "question", "any", "all", "bands", "cases", "score", "classes")
SEVERITIES = {label: code.rank for code, label in SEVERITY_LABELS.items()}
KINDS = {label: str(code) for code, label in INCIDENT_LABELS.items()}
NUMERALS = {"近 1 年": 1, "近一年": 1, "近两年": 2, "近三年": 3, "近五年": 5}
ATTRIBUTE_TESTS = {
    "uscc": ("starts_with",),
    "industry": ("starts_with", "one_of"),
    "founded_on": ("on_or_before", "years_at_least", "in_last_years"),
    "is_above_scale": ("is",),
    "size": ("one_of",),
    "district": ("one_of", "starts_with"),
    "town": ("one_of",),
    "park": ("one_of",),
}


def compile_criterion(block: Block, reads: Reads, inherited: Inherited, number: int = 0) -> Criterion:
    """One criterion with its waivers and branches."""
    code = block.text("code", f"{inherited.code}.{number}" if number else None)
    if code in reads.codes:
        raise block.fail(f"条件代码“{code}”出现两次", "code")
    reads.codes.add(code)
    grade = block.text("grade", inherited.grade or None)
    if grade not in GRADES:
        raise block.fail(f"证据等级“{grade}”不在 {'、'.join(GRADES)} 之中", "grade")
    here = Inherited(
        code,
        block.text("clause", inherited.clause or None),
        block.text("citation", inherited.citation),
        grade,
        read_sources(block) or inherited.sources,
    )
    text = block.text("text")
    condition = compile_test(block, reads, here, code, text)
    judged_by = "officer" if isinstance(condition, Question) else "figures"
    if condition.children and all(child.judged_by == "officer" for child in condition.children):
        judged_by = "officer"
    stated = block.text("judged_by", judged_by)
    if stated != judged_by:
        raise block.fail(f"judged_by 应为 {judged_by}：只有 question 由人判断", "judged_by")
    waivers = tuple(
        compile_criterion(waiver, reads, replace(here, code=f"{code}x"), at) for at, waiver in enumerate(block.blocks("waived_by"), 1)
    )
    criterion = Criterion(
        code=code,
        text=text,
        clause=here.clause,
        citation=here.citation,
        grade=grade,
        judged_by=judged_by,
        evidence=block.texts("evidence"),
        is_veto=block.flag("veto"),
        is_local=block.flag("local"),
        dispute=block.text("dispute", ""),
        condition=condition,
        waivers=waivers,
    )
    block.close()
    return criterion


def compile_test(block: Block, reads: Reads, here: Inherited, code: str, text: str) -> Condition:
    """The one test of a block."""
    found = [name for name in TESTS if name in block]
    if len(found) != 1:
        raise block.fail(f"每个条件须有且只有一种判断（{'、'.join(TESTS)}），现有：{'、'.join(found) or '无'}")
    test = found[0]
    if test in ("fact", "ratio"):
        return _figures(block, reads, here)
    if test == "growth":
        return _growth(block, reads, here)
    if test == "holds":
        return _holds(block, reads)
    if test == "no_incident":
        return _no_incident(block, reads)
    if test == "attribute":
        return _attribute(block, reads)
    if test == "question":
        return _question(block, reads, here, code)
    if test == "bands":
        return _bands(block, reads, here)
    if test == "cases":
        return _cases(block, reads, here)
    if test == "score":
        return compile_score(block, reads, here, compile_test)
    if test == "classes":
        return compile_classes(block, reads, here, compile_criterion)
    children = tuple(compile_criterion(child, reads, here, at) for at, child in enumerate(block.blocks(test), 1))
    if len(children) < 2:
        raise block.fail(f"“{test}”至少要两个分支", test)
    return AnyOf(children) if test == "any" else AllOf(children)


def _figures(block: Block, reads: Reads, here: Inherited) -> Condition:
    measure = read_measure(block, here)
    period = read_period(block)
    line = read_line(block, measure.unit)
    by_time = block.flag("by_time")
    if by_time and not (line.is_lower and period.years <= 1 and measure.under is None and measure.unit.label == "年"):
        raise block.fail("“by_time”只用于以年计、至少多少年的单年指标", "by_time")
    if period.span is Span.GROWTH:
        raise block.fail(f"期间“{period.text}”只用于 growth", "period")
    if period.span in (Span.SUM, Span.MEAN):
        if measure.unit.is_flag or (period.span is Span.MEAN and measure.under is not None):
            raise block.fail(f"“{period.text}”不能用于是否项；占比只能用合计", "period")
        return Total(reads.plan, measure, period, line)
    if period.span is Span.ANY:
        return AnyYear(reads.plan, measure, period, line)
    if period.span is Span.EACH:
        return EachYear(reads.plan, measure, period, line, by_time=by_time)
    return OnTheDay(reads.plan, measure, period, line, by_time=by_time)


def _growth(block: Block, reads: Reads, here: Inherited) -> Condition:
    measure = read_measure(block, here)
    period = read_period(block)
    if period.span is not Span.GROWTH:
        raise block.fail("growth 的期间写作 近两年、近三年", "period")
    method = block.text("method")
    if method not in ("复合", "平均", "逐年"):
        raise block.fail("“method”须是 复合、平均 或 逐年", "method")
    line = read_line(block, PERCENT)
    if method != "逐年":
        return Growth(reads.plan, measure, period, line, compound=method == "复合")
    if not line.is_lower:
        raise block.fail("逐年增长的门槛须是 at_least 或 more_than", "method")
    return GrowthEachYear(reads.plan, measure, period, line)


def _holds(block: Block, reads: Reads) -> Condition:
    titles = block.texts("holds")
    for title in titles:
        if title not in wording.TITLE_LABELS:
            raise block.fail(f"没有称号“{title}”", "holds")
    if not titles:
        raise block.fail("“holds”至少写一个称号", "holds")
    reads.titles.update(titles)
    return HoldsTitle(titles)


def _no_incident(block: Block, reads: Reads) -> Condition:
    bars = []
    for part in block.blocks("no_incident"):
        kinds = part.texts("kinds")
        for kind in kinds:
            if kind not in KINDS:
                raise part.fail(f"负面信息没有“{kind}”，可用：{'、'.join(KINDS)}", "kinds")
        severity = part.text("from", "一般")
        if severity not in SEVERITIES:
            raise part.fail(f"等级“{severity}”不在 {'、'.join(SEVERITIES)} 之中", "from")
        if not kinds:
            raise part.fail("“kinds”至少写一种", "kinds")
        bars.append(Bar(frozenset(KINDS[kind] for kind in kinds), SEVERITIES[severity]))
        reads.kinds.update(KINDS[kind] for kind in kinds)
        part.close()
    if not bars:
        raise block.fail("“no_incident”至少写一项", "no_incident")
    within = block.text("within")
    if within not in ("申请日", "上年和当年", *NUMERALS):
        raise block.fail(f"“within”须是 申请日、上年和当年 或 {'、'.join(NUMERALS)}", "within")
    if within == "申请日" and any(kind not in LISTINGS for bar in bars for kind in bar.kinds):
        raise block.fail("事故和违法是一日之事，“within”须写近几年", "within")
    if within == "上年和当年":
        return NoIncident(tuple(bars), 1, by_calendar=True)
    return NoIncident(tuple(bars), NUMERALS.get(within, 0))


def _attribute(block: Block, reads: Reads) -> Condition:
    name = block.text("attribute")
    if name not in ATTRIBUTE_TESTS:
        raise block.fail(f"没有企业属性“{name}”，可用：{'、'.join(ATTRIBUTE_TESTS)}", "attribute")
    found = [test for test in ATTRIBUTE_TESTS[name] if test in block]
    if len(found) != 1:
        raise block.fail(f"“{name}”须有且只有一种判断：{'、'.join(ATTRIBUTE_TESTS[name])}", "attribute")
    test = found[0]
    reads.attributes.add(name)
    wanted: tuple[str, ...] | int | bool
    if test in ("years_at_least", "in_last_years"):
        try:
            wanted = int(parse_threshold(block.text(test), Unit("年")).value)
        except ValueError as error:
            raise block.fail(str(error), test) from error
    elif test == "is":
        if block.text(test) not in ("是", "否"):
            raise block.fail("“is”须是 是 或 否", test)
        wanted = block.text(test) == "是"
    elif test == "on_or_before":
        if block.text(test) != "申请日":
            raise block.fail("“on_or_before”只能写 申请日", test)
        wanted = True
    else:
        wanted = block.texts(test)
        if not wanted:
            raise block.fail(f"“{test}”至少写一个值", test)
    return Attribute(name, test, wanted)


def _question(block: Block, reads: Reads, here: Inherited, code: str) -> Condition:
    reads.questions.add(code)
    shows = []
    for part in block.blocks("shows"):
        measure, period = read_measure(part, here), read_period(part)
        shows.append((measure, period.offsets, (0, -1) if period.span is Span.POINT else (0,)))
        part.close()
    return Question(reads.plan, code, block.text("question"), tuple(shows))


def _cases(block: Block, reads: Reads, here: Inherited) -> Condition:
    cases: list[tuple[Condition | None, Criterion]] = []
    blocks = block.blocks("cases")
    for at, case in enumerate(blocks, 1):
        when = case.block("when")
        if (when is None) != (at == len(blocks)):
            raise case.fail("除最后一种情形外每种须写“when”，最后一种不写", "when")
        test = None
        if when is not None:
            test = compile_test(when, reads, replace(here, code=f"{here.code}w{at}"), f"{here.code}w{at}", case.text("text"))
            when.close()
        cases.append((test, compile_criterion(case, reads, here, at)))
    if len(cases) < 2:
        raise block.fail("“cases”至少两种情形", "cases")
    return Cases(tuple(cases))


def _bands(block: Block, reads: Reads, here: Inherited) -> Condition:
    bands = block.block("bands")
    if bands is None:
        raise block.fail("“bands”须写 fact 或 ratio 和 steps", "bands")
    measure = read_measure(bands, here)
    if bands.text("period") not in ("上年度", "上年末"):
        raise bands.fail("分档所看的期间须是 上年度 或 上年末", "period")
    steps: list[tuple[Line | None, Criterion]] = []
    blocks = bands.blocks("steps")
    for at, step in enumerate(blocks, 1):
        when = step.block("when")
        if (when is None) != (at == len(blocks)):
            raise step.fail("除最后一档外每档须写“when”，最后一档不写", "when")
        line = None if when is None else read_line(when, measure.unit)
        if when is not None:
            when.close()
        steps.append((line, compile_criterion(step, reads, here, at)))
    if len(steps) < 2:
        raise bands.fail("分档至少两档", "steps")
    bands.close()
    return Bands(reads.plan, measure, tuple(steps))
