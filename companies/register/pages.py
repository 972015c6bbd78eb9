"""What every page of one firm shows around its own content: head, former names, tabs, neighbours, and the panels of the slots."""

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import CharField, OuterRef, QuerySet, StringAgg, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import scoped, stand_in
from companies.register import slots
from companies.register.models import Company, CompanyName
from companies.register.uscc import normalise
from core.prepared import Prepared


class Tab(NamedTuple):
    """A page of the firm: its URL name and label."""

    url_name: str
    label: Any


TABS = (
    Tab("companies:company-detail", gettext_lazy("概览")),
    Tab("companies:company-figures", gettext_lazy("年度指标")),
    Tab("companies:company-history", gettext_lazy("认定与调库")),
    Tab("companies:company-evidence", gettext_lazy("佐证材料")),
    Tab("companies:company-audit", gettext_lazy("审计")),
)
MOST_FROM = 600
# names hold no control characters
BETWEEN, APART = "\x1f", "\x1e"


class FormerName(NamedTuple):
    """A name the firm had until a day."""

    name: str
    until: date | None


class Drawn(NamedTuple):
    """A panel with what its template needs."""

    code: str
    template: str
    context: dict[str, Any]


def company_or_404(request: HttpRequest, uscc: str) -> Company:
    """The firm within the user's scope, with its places and `former`, all in one query. Any spelling of its code is understood."""
    role, values = scoped(request.user)  # type: ignore[arg-type]
    found = _in_full(role, uscc=normalise(uscc), **values) if request.user.is_active else []
    if not found:
        raise Http404
    return found[0]


def _company(role: str, *, uscc: str, district_id: int | None = None) -> QuerySet[Company]:
    names = CompanyName.objects.filter(company=OuterRef("pk"), withdrawn_on__isnull=True).order_by().values("company")
    line = Concat(Coalesce(Cast("until", CharField()), Value("")), Value(BETWEEN), "name", output_field=CharField())
    former = Subquery(names.annotate(lines=StringAgg(line, Value(APART))).values("lines"))
    visible = Company.objects.visible_to(stand_in(role, district_id=district_id))
    return visible.select_related("district", "town", "park").defer("search_tokens").annotate(former=former).filter(uscc=uscc)


_in_full = Prepared(_company)


def former_names(company: Company) -> list[FormerName]:
    """曾用名, oldest first, of a firm read by `company_or_404`."""
    lines = [line.split(BETWEEN, 1) for line in (getattr(company, "former", None) or "").split(APART) if line]
    return [FormerName(name, date.fromisoformat(until) if until else None) for until, name in sorted(lines)]


def drawn(position: str, asked: slots.PanelRequest) -> list[Drawn]:
    """The panels of a position that have something to show."""
    found = []
    for panel in slots.panels_at(position):
        context = panel.context(asked)
        if context is not None:
            found.append(Drawn(panel.code, panel.template, context))
    return found


def tabs(request: HttpRequest, company: Company, current: str) -> list[dict[str, Any]]:
    """The firm's pages; a page that is not there is left out."""
    found = []
    for tab in TABS:
        try:
            url = reverse(tab.url_name, args=[company.uscc])
        except NoReverseMatch:
            continue
        found.append({"url": url + came_from_tail(request), "label": tab.label, "current": tab.url_name == current, "count": None})
    return found


def came_from_tail(request: HttpRequest) -> str:
    """`?from=…` again, so that J and K stay in the list the user came from."""
    came_from = request.GET.get("from", "")
    return f"?{urlencode({'from': came_from})}" if 0 < len(came_from) <= MOST_FROM else ""


def company_context(request: HttpRequest, company: Company, *, current: str) -> dict[str, Any]:
    """Context of firm-page.html: `company`, `former_names`, `tabs`, neighbours, and the panels name, strip, fact, action."""
    asked = slots.PanelRequest(company, request.user, request.GET, localdate())  # type: ignore[arg-type]
    tail = came_from_tail(request)
    came_from = request.GET.get("from", "") if tail else ""
    list_url = reverse("companies:company-list")
    return {
        "company": company,
        "asked": asked,
        "former_names": former_names(company),
        "tabs": tabs(request, company, current),
        "next_url": reverse("companies:company-neighbour", args=[company.uscc, "next"]) + tail,
        "previous_url": reverse("companies:company-neighbour", args=[company.uscc, "previous"]) + tail,
        "crumbs": [
            {"label": _("企业名录"), "url": list_url},
            *([{"label": _("筛选结果"), "url": f"{list_url}?{came_from}"}] if came_from else []),
            {"label": company.name, "url": ""},
        ],
        **{f"{position}_panels": drawn(position, asked) for position in ("name", "strip", "fact", "action")},
    }
