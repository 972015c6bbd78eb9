"""What evidence shows on the firm's page."""

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.scope import scoped, stand_in
from companies.evidence.models import Evidence
from companies.register import slots
from companies.register.models import Company
from core.prepared import Prepared

if TYPE_CHECKING:
    from accounts.users.models import User

SHOWN = 5


def _newest(role: str, most: int, *, company: int, pk: int, district_id: int | None = None) -> QuerySet[Evidence]:
    visible = Evidence.objects.visible_to(stand_in(role, district_id=district_id, pk=pk))
    return visible.filter(company=company).select_related("uploaded_by__person")[:most]


_papers = Prepared(_newest)


def papers_of(*, company: Company, user: "User", most: int) -> list[dict[str, Any]]:
    """The firm's newest papers as the component evidence-list shows them; one query."""
    role, values = scoped(user)
    rows = _papers(role, most, company=company.pk, pk=user.pk, **values)
    return [
        {
            "name": row.name,
            "url": reverse("companies:evidence-download", args=[row.pk]),
            "size": row.size,
            "on": row.known_on,
            "sha256": row.sha256,
            "kind": row.get_kind_display(),
            "period": row.period,
            "by": row.uploaded_by.name if row.uploaded_by else "",
            "note": row.get_kind_display(),
        }
        for row in rows
    ]


def newest_papers(asked: slots.PanelRequest) -> dict[str, Any]:
    """The side panel of 概览."""
    files = papers_of(company=asked.company, user=asked.user, most=SHOWN)
    return {"files": files, "url": reverse("companies:company-evidence", args=[asked.company.uscc])}
