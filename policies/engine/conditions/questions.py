"""待人工核: a question that only a person's judgement decides; the company's figures stand beside it."""

from policies.engine import wording
from policies.engine.conditions.base import MANUAL, MET, UNMET, Condition, Gap
from policies.engine.conditions.measures import Measure
from policies.engine.outcomes import GapKind, Outcome
from policies.engine.sheet import Observed
from policies.engine.slots import Facts, Plan


class Question(Condition):
    """Decided by the latest judgement of its own code, and by nothing else."""

    def __init__(self, plan: Plan, code: str, text: str, shows: tuple[tuple[Measure, tuple[int, ...], tuple[int, ...]], ...]) -> None:
        self.threshold_text = text
        self.question = (code, text)
        self.shows = tuple(
            (measure, offsets, tuple(plan.add(measure.items(offset), measure.sources, shifts) for offset in offsets))
            for measure, offsets, shifts in shows
        )

        def judge(facts: Facts) -> int:
            judgement = facts.judgements.get(code)
            if judgement is None:
                return MANUAL
            return MET if judgement.outcome == Outcome.MET else UNMET

        self.judge = judge

    def gap(self, facts: Facts) -> Gap:
        return Gap(GapKind.NONE)

    def closes(self, facts: Facts, earliest: int) -> str:
        return wording.CLOSE_JUDGED

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        shown = []
        for measure, offsets, starts in self.shows:
            for offset, at in zip(offsets, starts, strict=True):
                one = measure.observed(facts, at, facts.year + offset, None)
                text = wording.SHOWN_BESIDE.format(label=measure.label, text=one.text)
                shown.append(_with_text(one, text))
        return tuple(shown)


def _with_text(one: Observed, text: str) -> Observed:
    return Observed(
        one.label,
        text,
        one.year,
        one.value,
        one.unit,
        one.source,
        one.source_label,
        one.version_ids,
        one.is_estimate,
        one.conflict,
    )
