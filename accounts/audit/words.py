"""Log entries in readable words."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.audit.models import AuditEntry

ACTIONS: dict[str, Any] = {
    "decision.submitted": _("提交审批"),
    "decision.approved": _("批准"),
    "decision.rejected": _("驳回"),
    "decision.withdrawn": _("撤回申请"),
    "decision.stale": _("数据已变，申请失效"),
    "judgement.made": _("作出判断"),
    "judgement.withdrawn": _("撤回判断"),
}


def register_actions(words: dict[str, Any]) -> None:
    """Let a feature name its actions; called from wiring."""
    ACTIONS.update(words)


def action_words(action: str) -> Any:
    """The action on the screen; its code where no feature named it."""
    return ACTIONS.get(action, action)


class Line(NamedTuple):
    """One changed field."""

    label: str
    before: Any
    after: Any


def _loaded(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {"…": text}
    return value if isinstance(value, dict) else {"…": value}


def lines(entry: AuditEntry) -> Iterator[Line]:
    """Fields that differ between before and after."""
    before, after = _loaded(entry.before), _loaded(entry.after)
    for name in [*after, *(key for key in before if key not in after)]:
        if before.get(name) != after.get(name):
            yield Line(name, before.get(name), after.get(name))
