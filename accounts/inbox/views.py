"""通知: what a person should know, one line per matter."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.inbox import selectors, services
from accounts.inbox.models import NoticeQuerySet
from accounts.inbox.tables import KINDS, NoticeFilterSet, NoticeTable
from accounts.roles import EVERYBODY, RolesRequiredMixin, roles_required
from core.htmx import done
from core.views import ListPage


class NoticeListView(RolesRequiredMixin, ListPage):
    """The own notices, newest first."""

    roles = EVERYBODY
    table_class = NoticeTable
    filterset_class = NoticeFilterSet
    template_name = "accounts/inbox/list.html"
    rows_template = "accounts/inbox/list.html#rows"
    heading = gettext_lazy("通知")
    sorts = {"updated_at": ["-updated_at"]}
    count_text = gettext_lazy("共 %(count)s 条")
    empty_text = gettext_lazy("还没有通知。")
    filtered_empty_text = gettext_lazy("没有符合筛选的通知。")
    can_export = False

    def get_queryset(self) -> NoticeQuerySet:
        """What the user may read now."""
        return selectors.notices_for(user=self.request.user)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the words of each kind."""
        context = super().get_context_data(**kwargs)
        context["notices"] = [(notice, KINDS.get(notice.kind, notice.kind)) for notice in context["page"].rows]
        return context


@require_POST
@roles_required(*EVERYBODY)
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read."""
    if not selectors.notices_for(user=request.user).filter(pk=pk).exists():  # type: ignore[arg-type]
        raise Http404
    services.mark_read(user=request.user, notice_id=pk)  # type: ignore[arg-type]
    return done(request, _("已标为已读。"), to="accounts:notification-list")


@require_POST
@roles_required(*EVERYBODY)
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    services.mark_read(user=request.user)  # type: ignore[arg-type]
    return done(request, _("已全部标为已读。"), to="accounts:notification-list")
