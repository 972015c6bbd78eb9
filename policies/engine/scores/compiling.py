"""Score tables and classes as written to their compiled form; every word is checked, and errors name the line."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from policies.engine.conditions.base import Condition
from policies.engine.conditions.measures import Line
from policies.engine.figures import COMPARISONS, Inherited, Reads, read_line, read_measure, read_period, read_sources
from policies.engine.periods import Span
from policies.engine.reading import Block
from policies.engine.scores.classes import Classes
from policies.engine.scores.groups import BestOf, FirstOf, SumOf
from policies.engine.scores.parts import Fixed, Panel, Part, PerUnit, Steps, Weigh
from policies.engine.scores.readings import Rates, Reading
from policies.engine.scores.score import Score
from policies.engine.scores.tables import POINTS, Number, Points
from policies.engine.standard import Criterion
from policies.engine.units import Threshold, Unit, parse_threshold

KINDS = ("steps", "first_of", "best_of", "sum_of", "each", "panel", "weight")
METHODS = ("平均", "高企")
_MOST_POINTS = 1_000

CompileTest = Callable[[Block, Reads, Inherited, str, str], Condition]
CompileCriterion = Callable[[Block, Reads, Inherited, int], Criterion]


def compile_score(block: Block, reads: Reads, here: Inherited, compile_test: CompileTest) -> Score:
    """The score of a criterion. Without a line it is a rating: its points are the result."""
    score = block.block("score")
    if score is None:
        raise block.fail("“score”须写 groups", "score")
    tables = _Tables(reads, compile_test)
    groups = [tables.group(one, here, at) for at, one in enumerate(score.blocks("groups"), 1)]
    if not groups:
        raise score.fail("“groups”至少写一组", "groups")
    score.close()
    line = _points_line(block)
    if line is None:
        if any(group.floor is not None for group in groups):
            raise block.fail("不设总分门槛的评分不设分项门槛", "score")
    elif any(_has_weight(group) for group in groups):
        raise block.fail("按基准值加权的评分没有满分，不能设门槛", "score")
    elif not line.test(sum(group.top for group in groups), line.value):
        raise block.fail(f"满分合计 {sum(group.top for group in groups)} 分，达不到 {line.text}", "score")
    if any(part.asks_experts for part in groups):
        reads.questions.add(here.code)
    return Score(here.code, groups, line)


def compile_classes(block: Block, reads: Reads, here: Inherited, compile_criterion: CompileCriterion) -> Classes:
    """Ordered classes, the last of which takes the rest and has no condition."""
    blocks = block.blocks("classes")
    if len(blocks) < 2:
        raise block.fail("“classes”至少两级", "classes")
    classes = tuple(compile_criterion(one, reads, here, at) for at, one in enumerate(blocks[:-1], 1))
    rest = blocks[-1].text("text")
    blocks[-1].close()
    names = [*(one.text for one in classes), rest]
    if len(set(names)) != len(names):
        raise block.fail("各级的名称不能相同", "classes")
    return Classes(classes, rest)


def _points_line(block: Block) -> Line | None:
    found = [name for name in COMPARISONS if name in block]
    if not found:
        return None
    line = read_line(block, POINTS)
    if not line.is_lower:
        raise block.fail("得分的门槛写 at_least 或 more_than", found[0])
    return line


def _has_weight(part: Part) -> bool:
    return isinstance(part, Weigh) or any(_has_weight(one) for one in part.parts)


class _Tables:
    """Compiles the parts of one score."""

    def __init__(self, reads: Reads, compile_test: CompileTest) -> None:
        self.reads, self.compile_test = reads, compile_test

    def group(self, block: Block, inherited: Inherited, number: int) -> SumOf:
        """One group: its parts added up, to its own most, with its own line where it has one."""
        here, text = self._head(block, inherited, number)
        parts = self._parts(block, "parts", here)
        top = self._top(block, text, sum(part.top for part in parts), is_cap=True)
        floor = _points_line(block)
        if floor is not None and not floor.test(top, floor.value):
            raise block.fail(f"满分 {top} 分，达不到 {floor.text}", "max")
        block.close()
        return SumOf(here.code, text, top, parts, floor)

    def part(self, block: Block, inherited: Inherited, number: int) -> Part:
        """One line of the table."""
        here, text = self._head(block, inherited, number)
        part = self._kind(block, here, text)
        block.close()
        return part

    def _head(self, block: Block, inherited: Inherited, number: int) -> tuple[Inherited, str]:
        code = block.text("code", f"{inherited.code}.{number}")
        if code in self.reads.codes:
            raise block.fail(f"条件代码“{code}”出现两次", "code")
        self.reads.codes.add(code)
        return replace(inherited, code=code, sources=read_sources(block) or inherited.sources), block.text("text")

    def _parts(self, block: Block, key: str, here: Inherited) -> list[Part]:
        parts = [self.part(one, here, at) for at, one in enumerate(block.blocks(key), 1)]
        if len(parts) < (1 if key == "parts" else 2):
            raise block.fail(f"“{key}”项数不足", key)
        return parts

    def _kind(self, block: Block, here: Inherited, text: str) -> Part:
        found = [name for name in KINDS if name in block]
        if len(found) > 1 or not (found or "points" in block):
            raise block.fail(f"每项须有且只有一种计分（{'、'.join(KINDS)} 或 points），现有：{'、'.join(found) or '无'}")
        kind = found[0] if found else "points"
        if kind == "points":
            return Fixed(here.code, text, _points(block))
        if kind == "panel":
            return Panel(here.code, text, self._top(block, text), block.text("panel"))
        if kind == "steps":
            return self._steps(block, here, text)
        if kind == "each":
            return self._each(block, here, text)
        if kind == "weight":
            return self._weigh(block, here, text)
        if kind == "first_of":
            part = self._first_of(block, here, text)
            self._check_top(block, part)
            return part
        parts = self._parts(block, kind, here)
        best = max(part.top for part in parts) if kind == "best_of" else sum(part.top for part in parts)
        top = self._top(block, text, best, is_cap=True)
        return BestOf(here.code, text, top, parts) if kind == "best_of" else SumOf(here.code, text, top, parts)

    def _top(self, block: Block, text: str, reachable: Number = 0, *, is_cap: bool = False) -> Number:
        """`max`; a cap may be left out, and is never above what its parts can give."""
        if "max" not in block:
            if is_cap:
                return reachable
            raise block.fail(f"“{text}”没有写满分（max）")
        top = _whole(block, "max")
        if is_cap and top > reachable:
            raise block.fail(f"各项最多 {reachable} 分，不到满分 {top} 分", "max")
        return top

    def _check_top(self, block: Block, part: Part) -> None:
        if "max" in block and _whole(block, "max") != part.top:
            raise block.fail(f"最高一档 {part.top} 分，与满分不符", "max")

    def _reading(self, block: Block, here: Inherited) -> Reading:
        if sum(key in block for key in ("fact", "ratio", "growth")) != 1:
            raise block.fail("计分须有且只有一个 fact、ratio 或 growth")
        measure, period = read_measure(block, here), read_period(block)
        if measure.unit.is_flag:
            raise block.fail("是否项不能分档，请用 first_of", "fact")
        if "growth" in block:
            if period.span is not Span.GROWTH:
                raise block.fail("growth 的期间写作 近一年、近两年、近三年", "period")
            method = block.text("method", "平均" if period.years == 1 else None)
            if method not in METHODS:
                raise block.fail(f"计分的“method”须是 {' 或 '.join(METHODS)}", "method")
            if method == "高企" and period.years > 2:
                raise block.fail("高企的增长率看近两年或近一年", "period")
            return Rates(self.reads.plan, measure, period, is_high_tech=method == "高企")
        if period.span in (Span.GROWTH, Span.ANY) or (period.span is Span.EACH and period.years > 1):
            raise block.fail(f"计分的期间不能写“{period.text}”", "period")
        if period.span is Span.MEAN and measure.under is not None:
            raise block.fail("占比只能用合计", "period")
        return Reading(self.reads.plan, measure, period)

    def _steps(self, block: Block, here: Inherited, text: str) -> Steps:
        reading = self._reading(block, here)
        steps: list[tuple[Line | None, Points]] = []
        blocks = block.blocks("steps")
        for at, step in enumerate(blocks, 1):
            has_line = any(name in step for name in COMPARISONS)
            if has_line == (at == len(blocks)):
                raise step.fail("除最后一档外每档须有门槛，最后一档没有")
            line = read_line(step, reading.unit) if has_line else None
            points = _points(step)
            if steps:
                _check_order(step, steps[-1], (line, points))
            steps.append((line, points))
            step.close()
        if len(steps) < 2:
            raise block.fail("分档至少两档", "steps")
        part = Steps(here.code, text, reading, steps)
        self._check_top(block, part)
        return part

    def _each(self, block: Block, here: Inherited, text: str) -> PerUnit:
        reading = self._reading(block, here)
        each = _quantity(block, "each", reading.unit)
        if each.value <= 0:
            raise block.fail("“each”须大于 0", "each")
        beyond = _quantity(block, "beyond", reading.unit) if "beyond" in block else Threshold(each.value * 0, "")
        points, top = _whole(block, "points"), self._top(block, text)
        if points == 0 or beyond.value < 0:
            raise block.fail("“points”须大于 0，“beyond”不能小于 0", "points")
        return PerUnit(here.code, text, top, reading, each, beyond, points)

    def _weigh(self, block: Block, here: Inherited, text: str) -> Weigh:
        reading, weight = self._reading(block, here), _whole(block, "weight")
        if ("baseline" in block) == ("baselines" in block):
            raise block.fail("须写 baseline，或按区县写 baselines", "weight")
        if "baseline" in block:
            lines = {"": _quantity(block, "baseline", reading.unit)}
        else:
            by_district = block.block("baselines")
            if by_district is None:
                raise block.fail("“baselines”须写“区县代码: 基准值”", "baselines")
            lines = {district: _quantity(by_district, district, reading.unit) for district in sorted(by_district.keys())}
            if not all(len(district) == 6 and district.isdigit() for district in lines):
                raise block.fail("“baselines”的键须是六位区县代码", "baselines")
            by_district.close()
        if not lines or any(line.value <= 0 for line in lines.values()) or weight == 0:
            raise block.fail("基准值和权重须大于 0", "weight")
        return Weigh(here.code, text, reading, lines, weight)

    def _first_of(self, block: Block, here: Inherited, text: str) -> FirstOf:
        entries: list[tuple[Condition | None, str, Part]] = []
        blocks = block.blocks("first_of")
        for at, entry in enumerate(blocks, 1):
            inside = replace(here, code=f"{here.code}.{at}", sources=read_sources(entry) or here.sources)
            when = entry.block("when")
            if (when is None) != (at == len(blocks)):
                raise entry.fail("除最后一项外每项须写“when”，最后一项不写", "when")
            test = None
            words = entry.text("text", text if when is None else None)
            if when is not None:
                test = self.compile_test(when, self.reads, inside, inside.code, words)
                when.close()
            entries.append((test, words, self._kind(entry, inside, words)))
            entry.close()
        if len(entries) < 2:
            raise block.fail("“first_of”至少两项", "first_of")
        return FirstOf(here.code, text, entries)


def _check_order(step: Block, before: tuple[Line | None, Points], now: tuple[Line | None, Points]) -> None:
    """Bands run from the best down: one direction, each easier than the one before and worth less."""
    (first, better), (line, points) = before, now
    if points[1] >= better[1] or points[0] > better[0]:
        raise step.fail("各档分数须从高到低", "points")
    if first is not None and line is not None:
        if first.is_lower != line.is_lower:
            raise step.fail("同一项的各档须用同一方向的门槛")
        easier = line.value < first.value if line.is_lower else line.value > first.value
        if not easier and not (line.value == first.value and first.is_strict and not line.is_strict):
            raise step.fail("各档门槛须从高到低排列")


def _quantity(block: Block, key: str, unit: Unit) -> Threshold:
    try:
        return parse_threshold(block.text(key), unit)
    except ValueError as error:
        raise block.fail(str(error), key) from error


def _whole(block: Block, key: str) -> int:
    text = block.text(key)
    if not text.isdecimal() or int(text) > _MOST_POINTS:
        raise block.fail(f"“{key}”须是 0 到 {_MOST_POINTS} 的整数", key)
    return int(text)


def _points(block: Block) -> Points:
    """`20`, or `[7, 8]` where experts judge inside the band."""
    texts: Sequence[str] = block.texts("points")
    if not 1 <= len(texts) <= 2 or not all(text.isdecimal() and int(text) <= _MOST_POINTS for text in texts):
        raise block.fail("“points”须是整数，或 [最低, 最高]", "points")
    low, high = int(texts[0]), int(texts[-1])
    if low > high:
        raise block.fail("“points”的最低分高于最高分", "points")
    return low, high
