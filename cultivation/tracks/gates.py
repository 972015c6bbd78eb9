"""入库条件 read against a gap sheet: which lines hold, which do not, which cannot be told for want of data.

Plain over its arguments: no query, no clock. Unknown blocks as 缺数据, never as 未达标; an either-or group is one criterion of the sheet
and so counts once, a waived criterion counts as closed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from cultivation.tracks.models import TrackState
from cultivation.tracks.pools import Rule, Scheme
from policies.engine import GapKind, Outcome, Overall, Sheet
from policies.engine.sheet import Verdict
from policies.standards.sayings import said


class LineState(StrEnum):
    """How one line of a gate stands."""

    OK = "ok"
    UNMET = "unmet"
    UNKNOWN = "unknown"


OUTCOME_OF = {LineState.OK: "met", LineState.UNMET: "unmet", LineState.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class AimedBatch:
    """The batch a sprint aims at; `closes_on` is the last planned day of filling where known."""

    year: int
    label: str
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What a gate reads beside the sheet. `held` are codes of titles in force, None when nobody has looked; `names` their short names."""

    on: date
    is_above_scale: bool | None
    held: frozenset[str] | None
    names: Mapping[str, str] = field(default_factory=dict)
    batch: AimedBatch | None = None


@dataclass(frozen=True, slots=True)
class GateLine:
    """One line: value and what is allowed in words, the state, the whole sentence, and the criteria it is about with their numbers."""

    code: str
    label: str
    value: str
    allowed: str
    state: LineState
    text: str
    items: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The state as an outcome, for the `verdict` mark."""
        return OUTCOME_OF[self.state]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe form, frozen with a proposal."""
        return {
            "code": self.code,
            "label": self.label,
            "value": self.value,
            "allowed": self.allowed,
            "state": str(self.state),
            "outcome": self.outcome,
            "text": self.text,
            "items": list(self.items),
        }


@dataclass(frozen=True, slots=True)
class GateResult:
    """The gate of one pool: every line, and whether all hold."""

    pool: str
    lines: tuple[GateLine, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is in the way."""
        return all(line.state == LineState.OK for line in self.lines)

    @property
    def failing(self) -> tuple[GateLine, ...]:
        """Lines in the way."""
        return tuple(line for line in self.lines if line.state != LineState.OK)


def pool_label(pool: str) -> str:
    """起跑库, 加速库 or 冲刺库."""
    return str(TrackState(pool).label)


def item_text(verdict: Verdict) -> str:
    """One missing criterion with its numbers: what the firm shows, the threshold, the gap and its kind."""
    shown = "、".join(f"{said(one.text)}（{said(one.label)}）" if one.label else said(one.text) for one in verdict.observed) or _("缺数据")
    parts = [_("%(shown)s，门槛 %(threshold)s") % {"shown": shown, "threshold": said(verdict.threshold_text) or "—"}]
    parts += [said(text) for text in (verdict.gap_text, verdict.gap_note) if text]
    if verdict.outcome == Outcome.UNKNOWN:
        parts += [said(missing.text) for missing in verdict.missing]
    return _("%(criterion)s：%(numbers)s") % {"criterion": verdict.text, "numbers": "，".join(parts)}


def gate_check(scheme: Scheme, pool: str, sheet: Sheet | None, facts: GateFacts) -> GateResult:
    """The entry gate of `pool` for the firm the sheet and the facts are about. A title without that pool never passes."""
    rules = scheme.gate(pool)
    if not rules:
        text = _("该称号不设%(pool)s。") % {"pool": pool_label(pool)}
        return GateResult(pool, (GateLine("pool", _("培育库"), _("不设"), pool_label(pool), LineState.UNMET, text),))
    lines = [line for line in (_applies(sheet),) if line]
    lines += [_RULES[rule.rule](rule, sheet, facts, pool) for rule in rules]
    return GateResult(pool, tuple(lines))


def _applies(sheet: Sheet | None) -> GateLine | None:
    """An exclusion of the standard stands before every gate: such a sheet has no open criteria to count."""
    if sheet is None or sheet.overall != Overall.NOT_APPLICABLE:
        return None
    why = sheet.exclusion or _("该标准不适用于本企业")
    return GateLine("applies", _("标准适用"), _("不适用"), _("适用"), LineState.UNMET, _("认定标准不适用：%(why)s。") % {"why": why})


def _no_sheet(code: str, label: str, allowed: str) -> GateLine:
    return GateLine(code, label, _("缺数据"), allowed, LineState.UNKNOWN, _("没有施行中的认定标准，无法计算差距。"))


def _above_scale(_rule: Rule, _sheet: Sheet | None, facts: GateFacts, _pool: str) -> GateLine:
    label, allowed = _("规上企业"), _("是")
    if facts.is_above_scale is None:
        return GateLine("above_scale", label, _("缺数据"), allowed, LineState.UNKNOWN, _("缺数据：是否规上企业未知，请在企业信息中补充。"))
    if facts.is_above_scale:
        return GateLine("above_scale", label, _("是"), allowed, LineState.OK, _("规上企业。"))
    return GateLine("above_scale", label, _("否"), allowed, LineState.UNMET, _("须为规上企业，本企业不是。"))


def _no_veto(_rule: Rule, sheet: Sheet | None, _facts: GateFacts, _pool: str) -> GateLine:
    label, allowed = _("一票否决"), _("无")
    if sheet is None:
        return _no_sheet("no_veto", label, allowed)
    vetoes = [verdict for verdict in sheet.verdicts if verdict.is_veto]
    in_force = [verdict for verdict in vetoes if verdict.outcome == Outcome.UNMET or verdict.code in sheet.veto_codes]
    if in_force:
        items = tuple(item_text(verdict) for verdict in in_force)
        text = _("有 %(count)s 项一票否决事项在有效期内，须先解除。") % {"count": len(in_force)}
        return GateLine("no_veto", label, _("%(count)s 项") % {"count": len(in_force)}, allowed, LineState.UNMET, text, items)
    unknown = [verdict for verdict in vetoes if verdict.outcome == Outcome.UNKNOWN]
    if unknown:
        items = tuple(item_text(verdict) for verdict in unknown)
        text = _("缺数据：%(count)s 项一票否决条件未核查。") % {"count": len(unknown)}
        return GateLine("no_veto", label, _("缺数据"), allowed, LineState.UNKNOWN, text, items)
    return GateLine("no_veto", label, _("无"), allowed, LineState.OK, _("没有在有效期内的一票否决事项。"))


def _open(sheet: Sheet) -> tuple[list[Verdict], list[Verdict]]:
    """(unmet, unknown) among the criteria judged by figures."""
    opened = [verdict for verdict in sheet.verdicts if verdict.is_open]
    return (
        [verdict for verdict in opened if verdict.outcome == Outcome.UNMET],
        [verdict for verdict in opened if verdict.outcome == Outcome.UNKNOWN],
    )


def _open_at_most(rule: Rule, sheet: Sheet | None, _facts: GateFacts, pool: str) -> GateLine:
    label = _("未达标与缺数据")
    allowed = _("不超过 %(most)s 项") % {"most": rule.most}
    if sheet is None:
        return _no_sheet("open_at_most", label, allowed)
    unmet, unknown = _open(sheet)
    numbers = {"pool": pool_label(pool), "most": rule.most, "unmet": len(unmet), "unknown": len(unknown), "open": len(unmet) + len(unknown)}
    value = _("未达标 %(unmet)s 项，缺数据 %(unknown)s 项") % numbers
    items = tuple(item_text(verdict) for verdict in [*unmet, *unknown])
    if len(unmet) > rule.most:
        text = _("不能进入%(pool)s：未达标须不超过 %(most)s 项，现有 %(unmet)s 项") % numbers
        if unknown:
            text = _("不能进入%(pool)s：未达标须不超过 %(most)s 项，现有 %(unmet)s 项，另有缺数据 %(unknown)s 项") % numbers
        return GateLine("open_at_most", label, value, allowed, LineState.UNMET, text, items)
    if len(unmet) + len(unknown) > rule.most:
        text = _("不能进入%(pool)s：缺数据 %(unknown)s 项，未达标与缺数据合计须不超过 %(most)s 项，现有 %(open)s 项") % numbers
        return GateLine("open_at_most", label, value, allowed, LineState.UNKNOWN, text, items)
    text = _("未达标与缺数据合计 %(open)s 项，不超过 %(most)s 项。") % numbers
    return GateLine("open_at_most", label, value, allowed, LineState.OK, text, items)


def _holds_any(rule: Rule, _sheet: Sheet | None, facts: GateFacts, _pool: str) -> GateLine:
    label = _("已有称号")
    wanted = "、".join(facts.names.get(code, code) for code in rule.titles)
    allowed = _("持有其一：%(titles)s") % {"titles": wanted}
    if facts.held is None:
        return GateLine("holds_any", label, _("缺数据"), allowed, LineState.UNKNOWN, _("缺数据：称号未核查。"))
    held = [facts.names.get(code, code) for code in rule.titles if code in facts.held]
    if held:
        text = _("持有有效的%(titles)s。") % {"titles": "、".join(held)}
        return GateLine("holds_any", label, "、".join(held), allowed, LineState.OK, text)
    text = _("须先持有有效的%(titles)s之一，现在没有。") % {"titles": wanted}
    return GateLine("holds_any", label, _("无"), allowed, LineState.UNMET, text)


def _curable_before_batch(_rule: Rule, sheet: Sheet | None, facts: GateFacts, _pool: str) -> GateLine:
    label, allowed = _("申报批次前可补"), _("全部可补")
    if facts.batch is None:
        text = _("进入冲刺库须写明申报批次，请选择批次。")
        return GateLine("curable_before_batch", label, _("未选批次"), allowed, LineState.UNMET, text)
    if facts.batch.closes_on is not None and facts.batch.closes_on < facts.on:
        text = _("批次“%(batch)s”已于 %(day)s 截止填报，请选择以后的批次。") % {
            "batch": facts.batch.label,
            "day": facts.batch.closes_on.isoformat(),
        }
        return GateLine("curable_before_batch", label, facts.batch.label, allowed, LineState.UNMET, text)
    if sheet is None:
        return _no_sheet("curable_before_batch", label, allowed)
    unmet, unknown = _open(sheet)
    late = [verdict for verdict in unmet if not _is_curable_before(verdict, sheet, facts.batch)]
    if late:
        text = _("还差的 %(count)s 项在批次“%(batch)s”前补不上。") % {"count": len(late), "batch": facts.batch.label}
        items = tuple(item_text(verdict) for verdict in late)
        return GateLine(
            "curable_before_batch", label, _("%(count)s 项补不上") % {"count": len(late)}, allowed, LineState.UNMET, text, items
        )
    if unknown:
        text = _("缺数据 %(count)s 项，无法判断能否在批次“%(batch)s”前补上。") % {"count": len(unknown), "batch": facts.batch.label}
        items = tuple(item_text(verdict) for verdict in unknown)
        return GateLine("curable_before_batch", label, _("缺数据"), allowed, LineState.UNKNOWN, text, items)
    text = _("还差的 %(count)s 项在批次“%(batch)s”前都可补。") % {"count": len(unmet), "batch": facts.batch.label}
    return GateLine("curable_before_batch", label, facts.batch.label, allowed, LineState.OK, text)


def _is_curable_before(verdict: Verdict, sheet: Sheet, batch: AimedBatch) -> bool:
    return verdict.gap_kind == GapKind.CURABLE and (verdict.earliest_year or sheet.application_year) <= batch.year


def _manual_listed(_rule: Rule, sheet: Sheet | None, _facts: GateFacts, _pool: str) -> GateLine:
    label, allowed = _("人工核实条件"), _("已判断，或列明由审批人签认")
    if sheet is None:
        return _no_sheet("manual_listed", label, allowed)
    refused = [
        verdict for verdict in sheet.verdicts if verdict.judged_by != "figures" and verdict.outcome == Outcome.UNMET and not verdict.is_veto
    ]
    if refused:
        text = _("有 %(count)s 项经人工判断未达标。") % {"count": len(refused)}
        items = tuple(item_text(verdict) for verdict in refused)
        return GateLine("manual_listed", label, _("%(count)s 项未达标") % {"count": len(refused)}, allowed, LineState.UNMET, text, items)
    waiting = [verdict for verdict in sheet.verdicts if verdict.outcome == Outcome.MANUAL]
    items = tuple(_("%(criterion)s：待人工核，由审批人签认") % {"criterion": verdict.text} for verdict in waiting)
    if waiting:
        text = _("%(count)s 项待人工核，随差距表列明，由审批人签认。") % {"count": len(waiting)}
        return GateLine("manual_listed", label, _("%(count)s 项待核") % {"count": len(waiting)}, allowed, LineState.OK, text, items)
    return GateLine("manual_listed", label, _("全部已判断"), allowed, LineState.OK, _("人工核实条件均已判断。"))


_RULES: dict[str, Callable[[Rule, Sheet | None, GateFacts, str], GateLine]] = {
    "above_scale": _above_scale,
    "no_veto": _no_veto,
    "open_at_most": _open_at_most,
    "holds_any": _holds_any,
    "curable_before_batch": _curable_before_batch,
    "manual_listed": _manual_listed,
}
