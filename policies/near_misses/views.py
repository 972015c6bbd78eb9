"""差一点: the list, and above it what most of the firms near a title lack, per district."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.roles import StaffRequiredMixin
from companies.recognitions.models import Title
from core.views import ListPage
from policies.near_misses import selectors
from policies.near_misses.tables import NearMissFilterSet, NearMissTable


class NearMissListView(StaffRequiredMixin, ListPage):
    """Firms one or two criteria from a title, the smallest gap first."""

    template_name = "policies/near_misses/list.html"
    rows_template = "policies/near_misses/list.html#rows"
    table_class = NearMissTable
    filterset_class = NearMissFilterSet
    sorts = {"gap": ("open_count", "open_permille"), "open_permille": ("open_permille",), "company": ("company__name_key",)}
    default_sort = "gap"
    keys_first = True
    heading = _("差一点")
    sub = _("还差一两项、下一批次前都还能补上，且差距不到门槛一半的企业（本地设定）；已有称号的不列。")
    count_text = _("共 %(count)s 条")
    empty_text = _("没有只差一两项的企业。导入年度指标后，每次评估都会更新这里。")
    filtered_empty_text = _("没有符合筛选的企业。")

    def get_queryset(self) -> QuerySet[Any]:
        """Rows of the user's scope."""
        return selectors.near_for_list(user=self.request.user, on=localdate()).fetch_mode(models.FETCH_RAISE)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The counts: by title, or of the chosen title by district."""
        chosen = self.filterset.form.cleaned_data.get("title") if self.filterset and self.filterset.form.is_valid() else None
        user: Any = self.request.user
        if isinstance(chosen, Title):
            lines = selectors.lines_by_district(user=user, title=chosen, on=localdate())
        else:
            lines = selectors.lines_by_title(user=user, on=localdate())
        return super().get_context_data(lines=lines, chosen=chosen, **kwargs)
