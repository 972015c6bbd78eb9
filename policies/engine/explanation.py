"""From a judged criterion to the verdict that is shown: observed, threshold, gap and its kind, what closes it."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from policies.engine import wording
from policies.engine.conditions.base import MET, NOT_APPLICABLE, OUTCOMES, UNKNOWN, UNMET, Gap
from policies.engine.conditions.cases import Cases
from policies.engine.conditions.groups import Bands, earliest_of, judge_criterion
from policies.engine.facts import JudgementFact
from policies.engine.outcomes import GapKind, Outcome
from policies.engine.sheet import Judged, Missing, Verdict
from policies.engine.slots import Facts
from policies.engine.standard import Criterion
from policies.engine.units import exact_gap

_NOTES = {GapKind.CLOSED: wording.NOTE_CLOSED, GapKind.WAITING: wording.NOTE_WAITING}


def explain(
    criterion: Criterion, facts: Facts, base: Facts, first_year: int, *, applies: bool = True, judged: int | None = None
) -> Verdict:
    """The verdict of one criterion. `base` and `first_year`: where the search for the earliest filing begins.

    `applies=False`: the whole sheet does not apply, so neither does the criterion. `judged`: its outcome where it is known already.
    """
    condition = criterion.condition
    code = NOT_APPLICABLE if not applies else judge_criterion(criterion, facts) if judged is None else judged
    gap = condition.gap(facts) if code == UNMET else None
    earliest = max(first_year, earliest_of(criterion, base)) if code == UNMET else None
    closes = condition.closes(facts, earliest) if earliest is not None else ""
    if closes and criterion.waivers:
        ways = wording.JOIN.join(waiver.text for waiver in criterion.waivers)
        closes = wording.JOIN.join([closes, wording.CLOSE_WAIVER.format(waiver=ways)])
    is_judged = code in (MET, UNMET) and (criterion.judged_by == "officer" or condition.rests_on_judgement(facts))
    judgement = facts.judgements.get(criterion.code) if is_judged else None
    branches = _branches(criterion, facts)
    # in the order of the fields: naming all of them takes three times as long
    return Verdict(
        criterion.code,
        criterion.text,
        OUTCOMES[code],
        criterion.clause,
        criterion.citation,
        criterion.grade,
        criterion.judged_by,
        condition.mode,
        criterion.is_veto,
        criterion.is_local,
        criterion.dispute,
        criterion.evidence,
        condition.observe(facts),
        condition.threshold_text,
        condition.unit.label,
        *_gap(gap, condition.gap_text(facts, code) if code in (MET, UNMET) else "", earliest),
        earliest,
        closes,
        condition.missing(facts) if code == UNKNOWN else (),
        _waived_by(criterion, facts) if code == NOT_APPLICABLE and applies else "",
        None if judgement is None else _judged(judgement),
        tuple([explain(child, facts, base, first_year, applies=applies) for child in branches]),
        tuple([explain(waiver, facts, base, first_year, applies=applies) for waiver in criterion.waivers]),
        condition.score_parts(facts) if applies else (),
    )


def _gap(gap: Gap | None, text: str, earliest: int | None) -> tuple[Decimal | None, str, str, GapKind, str, int | None]:
    """The fields of a verdict from `gap` to `counts_into`."""
    if gap is None:
        return None, "", text, GapKind.NONE, "", None
    amount, unit = (None, "") if gap.amount is None else (exact_gap(gap.amount, gap.unit), gap.unit.difference)
    return amount, unit, text, gap.kind, _note(gap, earliest), gap.counts_into


def _judged(judgement: JudgementFact) -> Judged:
    outcome = Outcome(judgement.outcome)
    return Judged(outcome, judgement.note, judgement.happened_on, judgement.id, judgement.evidence_sha)


def _branches(criterion: Criterion, facts: Facts) -> tuple[Criterion, ...]:
    """The branches to show: of a line in bands or by cases only the one that applies."""
    condition = criterion.condition
    if isinstance(condition, Bands | Cases):
        step = condition.step(facts)
        return () if step is None else (step,)
    return condition.children


def _note(gap: Gap, earliest: int | None) -> str:
    if gap.kind is GapKind.CURABLE:
        if gap.counts_into is not None and gap.year and gap.counts_into != gap.year:
            return wording.NOTE_INTO.format(year=gap.counts_into)
        return wording.NOTE_CURABLE
    return _NOTES[gap.kind].format(earliest=earliest) if gap.kind in _NOTES else ""


def _waived_by(criterion: Criterion, facts: Facts) -> str:
    for waiver in criterion.waivers:
        if waiver.condition.judge(facts) == MET:
            return waiver.text
    return ""


def missing_facts(verdicts: Iterable[Verdict]) -> tuple[Missing, ...]:
    """Every missing fact once, those that would settle most criteria first."""
    counted: Counter[tuple[str, int | None]] = Counter()
    first: dict[tuple[str, int | None], Missing] = {}
    for verdict in verdicts:
        for lack in {(one.fact, one.year): one for one in verdict.missing}.values():
            counted[lack.fact, lack.year] += 1
            first.setdefault((lack.fact, lack.year), lack)
    keys = sorted(first, key=lambda key: -counted[key])
    return tuple(first[key] for key in keys)
