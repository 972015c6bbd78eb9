"""Log entries in readable words."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext
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


# names in `before` and `after` that are no field of the target
NAMES: dict[str, Any] = {
    "sha256": _("校验值"),
    "file": _("文件"),
    "name": _("名称"),
    "number": _("文号"),
    "rows": _("行"),
    "columns": _("列"),
    "format": _("格式"),
    "job": _("后台任务"),
    "list": _("列表"),
    "query": _("筛选条件"),
    "new": _("新增"),
    "changed": _("更新"),
    "unchanged": _("无变化"),
    "refused": _("拒绝"),
    "replaces": _("改动已有数值"),
    "recognitions": _("认定"),
    "kept": _("保留"),
    "tracks": _("培育进程"),
    "ended_sessions": _("结束的登录"),
    "companies": _("企业"),
    "accounts": _("账号"),
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
            field = _field(entry.target_type, name)
            yield Line(_label(field, name), _value(field, before.get(name)), _value(field, after.get(name)))


def _field(target_type: str, name: str) -> Any:
    """The target's field of that name, if it has one."""
    try:
        return apps.get_model(target_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _label(field: Any, name: str) -> str:
    """The field as a form calls it; a name nobody gave words stays as it was logged."""
    has_words = isinstance(field, models.Field) and str(field.verbose_name) != field.name.replace("_", " ")
    return gettext(str(field.verbose_name)) if has_words else str(NAMES.get(name, name))


def _value(field: Any, value: Any) -> Any:
    """A choice by its label, yes and no in words, a list in one line; everything else as it was logged."""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    labels = {str(code): label for code, label in getattr(field, "flatchoices", None) or ()}
    return labels.get(str(value), value)


def reason_words(entry: AuditEntry) -> str:
    """The reason on the screen: of a refusal what the person was told, without its code."""
    code, _colon, told = entry.reason.partition("：")
    return told if entry.is_refusal and told and code.replace("_", "").isalnum() and code.isascii() else entry.reason
