"""年底倒推: the page of one firm and title, and the list of firms by days left and size of the gap."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.roles import STAFF, StaffRequiredMixin, roles_required
from companies.recognitions.models import Title
from companies.register.models import Company
from core.views import ListPage
from policies.reach.selectors import reaches_for_list
from policies.year_end import selectors
from policies.year_end.tables import NOTHING_LEFT, YearEndFilterSet, YearEndTable


class YearEndListView(StaffRequiredMixin, ListPage):
    """Firms within reach of a title: those nothing blocks first, the smallest gap on top."""

    table_class = YearEndTable
    filterset_class = YearEndFilterSet
    sorts = {
        "gap": ("blocked_count", "gap_permille"),
        "gap_permille": ("gap_permille",),
        "days_left": ("filing_on", "gap_permille"),
        "company": ("company__name_key",),
    }
    default_sort = "gap"
    keys_first = True
    heading = gettext_lazy("年底倒推")
    count_text = gettext_lazy("共 %(count)s 条")
    empty_text = gettext_lazy("没有接近称号的企业。导入年度指标后，每次评估都会更新这里。")
    filtered_empty_text = gettext_lazy("没有符合筛选的企业。")

    def get_queryset(self) -> QuerySet[Any]:
        """Rows of the user's scope."""
        rows = reaches_for_list(user=self.request.user, on=localdate())  # type: ignore[arg-type]
        rows = rows.filter(is_within=True)
        # what is enough as it stands asks nobody for anything: it is shown where it is asked for
        return (rows if self.request.GET.get("state") else rows.exclude(**NOTHING_LEFT)).fetch_mode(models.FETCH_RAISE)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How many days are left, and who is listed."""
        today = localdate()
        words = _(
            "距 %(day)s 还有 %(days)s 天。列还差不超过三项、差距不到门槛一半的企业（本地设定），已有称号的不列；今年没有数的按上年算。"
        )
        end = date(today.year, 12, 31)
        return super().get_context_data(sub=words % {"day": end.isoformat(), "days": (end - today).days}, **kwargs)


@require_safe
@roles_required(*STAFF)
def year_end_page(request: HttpRequest, uscc: str, title: str) -> HttpResponse:
    """What must still happen before the year is over, for the next filing of one title."""
    company = get_object_or_404(Company.objects.visible_to(request.user), uscc=uscc)  # type: ignore[arg-type]
    row = get_object_or_404(Title, code=title)
    page, aim = selectors.year_end_for(company=company, title=row, on=localdate())
    context = {
        "company": company,
        "title": row,
        "page": page,
        "aim": aim,
        "sections": selectors.sections_of(page),
        "counts": selectors.counts_of(page),
        "crumbs": [
            {"label": _("企业名录"), "url": reverse("companies:company-list")},
            {"label": company.name, "url": reverse("companies:company-detail", args=[uscc])},
            {"label": _("差距表"), "url": reverse("policies:sheet", args=[uscc, title])},
            {"label": _("年底倒推")},
        ],
    }
    return render(request, "policies/year_end/page.html", context)
