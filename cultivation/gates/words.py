"""Gates in words and as text: what a line says, and the canonical YAML of what a form chose."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from accounts.decisions.kinds import Change
from cultivation.tracks.gates import pool_label
from cultivation.tracks.models import POOLS
from cultivation.tracks.pools import Rule, Scheme


def rule_text(rule: Rule, names: Mapping[str, str]) -> str:
    """One line of a gate in words; `names` are short names of titles by code."""
    if rule.rule == "open_at_most":
        return _("未达标与缺数据合计不超过 %(most)s 项") % {"most": rule.most}
    if rule.rule == "holds_any":
        # in the order of the catalogue: which of them stands first means nothing
        named = [name for code, name in names.items() if code in rule.titles]
        return _("持有其一：%(titles)s") % {"titles": "、".join([*named, *(code for code in rule.titles if code not in names)])}
    return {
        "above_scale": _("规上企业"),
        "no_veto": _("没有在有效期内的一票否决事项"),
        "curable_before_batch": _("还差的在所选批次前都可补"),
        "manual_listed": _("人工核实条件已判断，或列明由审批人签认"),
    }[rule.rule]


def pool_lines(scheme: Scheme | None, names: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    """(pool's name, its lines in words) for each of the three pools; no lines where the title does not use it."""
    return [(pool_label(pool), [rule_text(rule, names) for rule in scheme.gate(pool)] if scheme else []) for pool in POOLS]


def gate_changes(before: Scheme | None, after: Scheme, names: Mapping[str, str]) -> list[Change]:
    """Every pool whose lines differ, and the day of force."""
    lines = [Change(_("施行日"), before.in_force_from.isoformat() if before else "", after.in_force_from.isoformat())]
    for (label, old), (_label, new) in zip(pool_lines(before, names), pool_lines(after, names), strict=True):
        if old != new:
            lines.append(Change(label, _joined(old), _joined(new)))
    return lines


def _joined(lines: Sequence[str]) -> str:
    return "；".join(lines) or _("不设")


def says_the_same(one: Scheme, other: Scheme) -> bool:
    """Whether two versions ask the same of every pool; in which order the lines and titles are written means nothing."""
    return _asked(one) == _asked(other)


def _asked(scheme: Scheme) -> dict[str, set[tuple[str, int, frozenset[str]]]]:
    return {pool: {(rule.rule, rule.most, frozenset(rule.titles)) for rule in rules} for pool, rules in scheme.pools.items()}


def gate_yaml(*, title: str, begins: date, pools: Mapping[str, Sequence[Rule]]) -> str:
    """The text of a scheme; the same choice always gives the same text. All lines are the bureau's own: 本地设定."""
    lines = [f"title: {title}", f"in_force_from: {begins.isoformat()}", "is_local: true", "pools:"]
    for pool in POOLS:
        if not pools.get(pool):
            continue
        lines.append(f"  {pool.value}:")
        lines += [f"    - {{{_rule_yaml(rule)}}}" for rule in pools[pool]]
    return "\n".join(lines) + "\n"


def _rule_yaml(rule: Rule) -> str:
    words = f"rule: {rule.rule}"
    if rule.rule == "open_at_most":
        return f"{words}, most: {rule.most}"
    return f"{words}, titles: [{', '.join(rule.titles)}]" if rule.rule == "holds_any" else words
