"""Reads recognitions for the list, one page, and the firm's history; 有效, 待复核 and 已到期 are conditions on dates."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies.recognitions.models import REVIEW_NOTICE_DAYS, Recognition, RecognitionState
from companies.register.models import Company

if TYPE_CHECKING:
    from accounts.users.models import User

STATUSES: dict[str, Any] = {
    "recorded": _("待确认"),
    "valid": _("有效"),
    "review_due": _("待复核"),
    "expired": _("已到期"),
    "revoked": _("已取消"),
    "voided": _("被新名单替代"),
    "rejected": _("已驳回"),
}
STATUS_TAGS = {"recorded": "manual", "valid": "ok", "review_due": "warn", "expired": "", "revoked": "bad", "voided": "", "rejected": "line"}


def status_q(status: str, on: date) -> Q:
    """Condition that keeps recognitions with that status on the day; the same answer as `Recognition.status_on`."""
    if status in {RecognitionState.RECORDED, RecognitionState.REJECTED}:
        return Q(state=status)
    if status in {RecognitionState.REVOKED, RecognitionState.VOIDED}:
        return Q(state=status, ended_on__lte=on)
    in_force = Q(state=RecognitionState.CONFIRMED) | Q(state__in=[RecognitionState.REVOKED, RecognitionState.VOIDED], ended_on__gt=on)
    notice = on + timedelta(days=REVIEW_NOTICE_DAYS)
    ends = {
        "valid": Q(valid_until__isnull=True) | Q(valid_until__gt=notice),
        "review_due": Q(valid_until__gte=on, valid_until__lte=notice),
        "expired": Q(valid_until__lt=on),
    }
    return in_force & ends[status]


def recognitions_for_list(user: "User") -> QuerySet[Recognition]:
    """Recognitions the user may see, with firm, title, batch and districts."""
    return Recognition.objects.visible_to(user).select_related("company__district", "title", "batch", "district")


def recognitions_in_full(user: "User") -> QuerySet[Recognition]:
    """As the list, with document, decision and both persons."""
    return recognitions_for_list(user).select_related(
        "document", "decision__proposer__person", "decision__decider__person", "follows__title", "followed_by"
    )


def recognitions_of(company: Company) -> QuerySet[Recognition]:
    """A firm's recognitions, newest first, with title, document and both persons; withdrawn ones left out."""
    rows = Recognition.objects.filter(company=company, withdrawn_on__isnull=True)
    return rows.select_related("title", "batch", "document", "decision__proposer__person", "decision__decider__person")


def has_moved_away(recognition: Recognition, user: "User") -> bool:
    """Whether the user sees the event only because the firm belonged to their district then: name and numbers, no link."""
    return user.district_id is not None and recognition.company.district_id != user.district_id
