"""What this app hands to the frame when it starts: counters of the menu, jobs, checks of `verify`, daily work."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.audit import checks
from accounts.audit import services as audit
from accounts.audit.outside import compare_with, heads_file, write_head
from accounts.audit.verify import chain_problems, items_problems, row_problems
from accounts.audit.words import register_actions
from accounts.decisions.models import Decision, DecisionHand, DecisionState, Part
from accounts.decisions.selectors import waiting_count
from accounts.inbox import services as inbox
from accounts.inbox.selectors import unread_count
from accounts.jobs import exports, registry
from accounts.roles import Role
from accounts.users import sessions
from accounts.users.models import User
from accounts.users.services import ACTIONS
from core.context import register_counter
from core.hooks import register_column_memory, register_export_log, register_large_export, register_refusal_log


def _waiting(request: HttpRequest) -> int:
    user = request.user
    return waiting_count(user) if user.is_authenticated and user.role == Role.APPROVER else 0


def _unread(request: HttpRequest) -> int:
    return unread_count(user=request.user) if request.user.is_authenticated else 0


def decision_problems() -> Iterator[str]:
    """Approved or rejected decisions without two different persons, hands that are not those of who proposed and who decided."""
    decided = Decision.objects.filter(state__in=[DecisionState.APPROVED, DecisionState.REJECTED])
    for pk in decided.annotate(persons=Count("hands__person", distinct=True)).filter(persons__lt=2).values_list("pk", flat=True):
        yield f"decision {pk}: decided by fewer than two persons"
    for pk in decided.exclude(hands__part__in=[Part.SIGNED, Part.REJECTED]).values_list("pk", flat=True):
        yield f"decision {pk}: decided without a signature"
    others = DecisionHand.objects.filter(part__in=[Part.SIGNED, Part.REJECTED]).exclude(decision__decider=F("user"))
    for pk in others.values_list("decision_id", flat=True):
        yield f"decision {pk}: signed by another than its decider"
    proposed = DecisionHand.objects.filter(decision=OuterRef("pk"), user=OuterRef("proposer"), part=Part.PROPOSED)
    for pk in Decision.objects.exclude(Exists(proposed)).values_list("pk", flat=True):
        yield f"decision {pk}: its proposer has no hand in it"
    for pk in DecisionHand.objects.exclude(person=F("user__person")).values_list("decision_id", flat=True):
        yield f"decision {pk}: a hand is in the name of another person"
    for pk in Decision.objects.exclude(state=DecisionState.DRAFT).filter(digest="").values_list("pk", flat=True):
        yield f"decision {pk}: submitted without a digest"


def _daily_head(day: date) -> dict[str, Any]:
    return {"head": write_head()}


def _nightly_verify(day: date) -> dict[str, Any]:
    """Every check once a day; administrators and the city's auditors hear of what is broken, the worker keeps which rows."""
    broken = [problem for check in checks.registered().values() for problem in check()] + list(compare_with(heads_file()))
    if broken:
        inbox.notify(
            User.objects.filter(Q(role=Role.ADMINISTRATOR) | Q(role=Role.AUDITOR, district__isnull=True), is_active=True),
            matter="verify",
            kind="security",
            text=_("夜间核验发现 %(count)s 处不一致，请管理员运行 ./run manage verify 逐条查看。") % {"count": f"{len(broken):,}"},
        )
    return {"broken": len(broken), "rows": broken[:100]}


def _refused(request: HttpRequest, error: Exception) -> None:
    """Somebody reached for what is not theirs or tried to skip a rule: one entry, after the rollback."""
    user = request.user if request.user.is_authenticated else None
    audit.record_refusal(
        "request.refused",
        actor=user,
        reason=f"{getattr(error, 'code', type(error).__name__)}：{error}",
        district=getattr(user, "district_id", None),
    )


def _exported(request: HttpRequest, name: str, rows: int, columns: Any, kind: str) -> None:
    """Every export leaves its filter, row count and columns."""
    user = request.user if isinstance(request.user, User) else None
    audit.record(
        "list.exported",
        actor=user,
        after={"list": name, "query": request.META.get("QUERY_STRING", "")[:2_000], "rows": rows, "columns": list(columns), "format": kind},
        district=user.district_id if user else None,
    )


def _load_columns(request: HttpRequest, name: str) -> list[str]:
    return list(getattr(request.user, "list_columns", {}).get(name, []))


def _save_columns(request: HttpRequest, name: str, columns: Any) -> None:
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(list_columns={**request.user.list_columns, name: list(columns)})


def connect() -> None:
    """Called once by the app registry."""
    register_refusal_log(_refused)
    register_export_log(_exported)
    register_column_memory(load=_load_columns, save=_save_columns)
    register_large_export(exports.large_export)
    registry.register(exports.KIND, exports.export_job)
    registry.register_daily("exports that expired", exports.exports_expire)
    register_actions(
        {
            "request.refused": _("操作被拒"),
            "list.exported": _("导出清单"),
            "export.downloaded": _("下载导出文件"),
            "export.cancelled": _("取消导出"),
            "report.exported": _("导出报表"),
        }
    )
    register_counter("decisions", _waiting)
    register_counter("notices", _unread)
    register_actions(ACTIONS)
    checks.register("audit chain", chain_problems)
    checks.register("audit items", items_problems)
    checks.register("audited rows", row_problems)
    checks.register("decisions", decision_problems)
    registry.register_daily("verify", _nightly_verify)
    registry.register_daily("audit head", _daily_head)
    registry.register_daily("old sessions", sessions.sweep)
