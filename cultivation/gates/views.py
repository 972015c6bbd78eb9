"""入库条件: what each pool asks, from which day, all of it the bureau's own setting; and 调整 with a second person."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.roles import STAFF, RolesRequiredMixin, admit, roles_required
from companies.recognitions.models import Title
from core.errors import Refusal
from core.htmx import done
from core.views import FormPage
from cultivation.gates import selectors, services
from cultivation.gates.forms import GateForm
from cultivation.gates.kinds import DayPast, DayTaken
from cultivation.gates.models import GateChange
from cultivation.tracks.pools import scheme_for


def _names() -> dict[str, str]:
    return {title.code: title.short for title in Title.objects.all()}


def _list_crumb() -> dict[str, str]:
    return {"label": _g("入库条件"), "url": reverse("cultivation:gate-list")}


def _title(code: str) -> Title:
    return get_object_or_404(Title, code=code, is_tracked=True)


@require_safe
@roles_required(*STAFF)
def gate_list(request: HttpRequest) -> HttpResponse:
    """The gates in force of every title with a ladder."""
    rows = selectors.gates_for_list(on=localdate(), names=_names())
    return render(request, "cultivation/gates/list.html", {"rows": rows})


@require_safe
@roles_required(*STAFF)
def gate_detail(request: HttpRequest, title: str) -> HttpResponse:
    """Every version of one title's gates, and the change that waits."""
    row = _title(title)
    user: Any = request.user
    waiting = GateChange.objects.filter(title=row, is_open=True).select_related("decision__proposer__person").first()
    context = {
        "title": row,
        "versions": selectors.versions_of(row, on=localdate(), names=_names()),
        "waiting": waiting,
        "opens_decision": user.district_id is None,
        "may_propose": services.may_propose(user) and waiting is None,
        "crumbs": [_list_crumb(), {"label": row.short}],
    }
    return render(request, "cultivation/gates/detail.html", context)


class GateChangeView(RolesRequiredMixin, FormPage):
    """调整入库条件, by the city's clerks and approvers; another approver signs."""

    roles = services.PROPOSERS
    form_class = GateForm
    template_name = "cultivation/gates/change.html"
    fragment_name = "cultivation/gates/change.html"
    heading = _("调整入库条件")
    submit_label = _("提交审批")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For everybody else the page does not exist."""
        refused = admit(request, self.roles)
        if refused is None and not services.may_propose(request.user):  # type: ignore[arg-type]
            raise Http404
        return refused or super().dispatch(request, *args, **kwargs)

    @cached_property
    def title(self) -> Title:
        """The title of the address."""
        return _title(self.kwargs["title"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """The gates in force today, to be changed."""
        return {**super().get_form_kwargs(), "title": self.title, "scheme": scheme_for(self.title, localdate())}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds who may sign, and the way back."""
        here = {"label": self.title.short, "url": reverse("cultivation:gate-detail", args=[self.title.code])}
        crumbs = [_list_crumb(), here, {"label": _g("调整入库条件")}]
        signers = services.signers_for(self.request.user)  # type: ignore[arg-type]
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": here["url"], "title": self.title, "signers": signers, **kwargs})

    def form_valid(self, form: GateForm) -> HttpResponse:
        """One service; what it refuses stands beside what was typed."""
        facts = form.cleaned_data
        user: Any = self.request.user
        try:
            services.gate_propose(
                title=self.title,
                begins=facts["begins"],
                pools=form.rules(),
                reason=facts["reason"],
                document_number=facts["document_number"],
                by=user,
                on=localdate(),
            )
        except (DayPast, DayTaken) as refusal:
            form.add_error("begins", refusal.message)
            return self.form_invalid(form)
        except (services.NothingChanged, services.ChangeWaits) as refusal:
            return self._refused(form, refusal)
        return done(self.request, _g("已提交审批。"), to=reverse("cultivation:gate-detail", args=[self.title.code]))

    def _refused(self, form: GateForm, refusal: Refusal) -> HttpResponse:
        form.add_error(None, refusal.message)
        return self.form_invalid(form)
