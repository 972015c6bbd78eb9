"""人员: an administrator's pages for other people's accounts."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.audit import services as audit
from accounts.roles import Role, RolesRequiredMixin, roles_required
from accounts.users import services, sessions
from accounts.users.forms import PersonCreateForm, ReasonForm, ScopeForm, initial_scope
from accounts.users.models import User
from accounts.users.tables import PersonFilterSet, PersonTable
from core.errors import Refusal
from core.htmx import done
from core.views import FormPage, ListPage

ADMINISTRATOR = (Role.ADMINISTRATOR,)


class PersonListView(RolesRequiredMixin, ListPage):
    """Every account, each a door."""

    roles = ADMINISTRATOR
    table_class = PersonTable
    filterset_class = PersonFilterSet
    template_name = "accounts/users/people.html"
    heading = gettext_lazy("人员与账号")
    sorts = {"username": ["username"], "role": ["role", "username"]}
    count_text = gettext_lazy("共 %(count)s 个账号")
    empty_text = gettext_lazy("还没有账号。")
    filtered_empty_text = gettext_lazy("没有符合筛选的账号。")

    def get_queryset(self) -> QuerySet[User]:
        """All accounts, with person, district and office."""
        return User.objects.visible_to(self.request.user).select_related("person", "district", "office")


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    first = [{"label": _("设置"), "url": reverse("accounts:settings")}, {"label": _("人员与账号"), "url": reverse("accounts:people-list")}]
    return [*first, *more]


@require_safe
@roles_required(Role.ADMINISTRATOR)
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: scope, other accounts of the same person, sessions, and what can be done."""
    accounts = User.objects.visible_to(request.user).select_related("person", "district", "office")
    account = get_object_or_404(accounts, pk=pk)
    context = {
        "account": account,
        "others": accounts.filter(person=account.person).exclude(pk=account.pk),
        "sign_ins": sessions.open_sessions(user=account, now=timezone.now()),
        "is_own": account.person_id == request.user.person_id,  # type: ignore[union-attr]
        "crumbs": _crumbs({"label": account.username}),
    }
    return render(request, "accounts/users/person.html", context)


class AdministratorFormPage(RolesRequiredMixin, FormPage):
    """A form that calls one service; a refusal stays on the form with everything typed and goes into the log."""

    roles = ADMINISTRATOR

    @cached_property
    def account(self) -> User | None:
        """The account the page is about; None for a new one."""
        if "pk" not in self.kwargs:
            return None
        accounts = User.objects.visible_to(self.request.user).select_related("person", "district")
        return get_object_or_404(accounts, pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, for an account that exists."""
        self.account  # noqa: B018  404 before anything is drawn
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form filled in, for an account that exists."""
        self.account  # noqa: B018
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Crumbs and the way back."""
        account = self.account
        back = reverse("accounts:person-detail", args=[account.pk]) if account else reverse("accounts:people-list")
        parts = [{"label": account.username, "url": back}] if account else []
        crumbs = _crumbs(*parts, {"label": str(self.get_heading())})
        return super().get_context_data(**{"crumbs": crumbs, "cancel_url": back, "heading": self.get_heading(), **kwargs})

    def get_heading(self) -> Any:
        """What the page does."""
        return self.heading

    def form_valid(self, form: Any) -> HttpResponse:
        """Call the service; 409 on the form where it refuses."""
        try:
            return self.carry_out(form)
        except Refusal as refusal:
            audit.record_refusal("user.refused", actor=self.request.user, target=self.account, reason=refusal.message)  # type: ignore[arg-type]
            form.add_error(None, refusal.message)
            if refusal.remedy:
                form.add_error(None, refusal.remedy)
            response = self.form_invalid(form)
            response.status_code = refusal.status
            return response

    def carry_out(self, form: Any) -> HttpResponse:
        """The one service of this page."""
        raise NotImplementedError

    def show_password(self, user: User, password: str) -> HttpResponse:
        """The temporary password, once, in the answer itself: it is kept nowhere."""
        context = {"account": user, "password": password, "crumbs": _crumbs({"label": user.username})}
        return render(self.request, "accounts/users/temporary_password.html", context)


class PersonCreateView(AdministratorFormPage):
    """新建账号."""

    form_class = PersonCreateForm
    heading = gettext_lazy("新建账号")
    submit_label = gettext_lazy("新建账号")

    def carry_out(self, form: Any) -> HttpResponse:
        """Create and show the temporary password."""
        user, password = services.user_create(by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
        return self.show_password(user, password)


class PersonChangeView(AdministratorFormPage):
    """改角色、区县、科室."""

    form_class = ScopeForm
    heading = gettext_lazy("改角色和范围")
    submit_label = gettext_lazy("保存角色和范围")

    def get_initial(self) -> dict[str, Any]:
        """What holds now."""
        return initial_scope(self.account) if self.account else {}

    def carry_out(self, form: Any) -> HttpResponse:
        """Change, from the next request of that person on."""
        user = services.user_change(by=self.request.user, user_id=self.kwargs["pk"], **form.cleaned_data)  # type: ignore[arg-type]
        return done(self.request, _("已保存角色和范围。"), to=reverse("accounts:person-detail", args=[user.pk]))


class Action(NamedTuple):
    """What one address does: heading and button, what follows from it, the service, what the toast says."""

    label: Any
    consequence: Any
    service: Callable[..., Any]
    said: Any = ""


ACTIONS = {
    "deactivate": Action(
        gettext_lazy("停用账号"),
        gettext_lazy("停用后 %(name)s 不能再用这个账号登录，登录中的 %(open)s 个浏览器立即退出。"),
        services.user_deactivate,
        gettext_lazy("已停用账号，其登录已全部结束。"),
    ),
    "activate": Action(
        gettext_lazy("启用账号"),
        gettext_lazy("启用后 %(name)s 可用原密码和原角色登录。"),
        services.user_activate,
        gettext_lazy("已启用账号。"),
    ),
    "password": Action(
        gettext_lazy("设临时密码"),
        gettext_lazy("原密码立即失效，登录中的 %(open)s 个浏览器退出；临时密码只显示一次，%(name)s 首次登录时必须更换。"),
        services.user_password_set,
    ),
    "unlock": Action(
        gettext_lazy("解除登录锁定"),
        gettext_lazy("%(name)s 在各地址的登录失败次数清零，可立即再试。"),
        services.user_unlock,
        gettext_lazy("已解除登录锁定。"),
    ),
    "end-sessions": Action(
        gettext_lazy("结束全部登录"),
        gettext_lazy("%(name)s 登录中的 %(open)s 个浏览器立即退出，可用原密码重新登录。"),
        services.user_sessions_end,
        gettext_lazy("已结束全部登录。"),
    ),
}


class PersonActionView(AdministratorFormPage):
    """One of ACTIONS, with its reason."""

    form_class = ReasonForm
    template_name = "accounts/users/action.html"
    action = ""

    def get_heading(self) -> Any:
        """`停用账号：clerk2`."""
        if self.account is None:
            raise Http404
        return _("%(action)s：%(username)s") % {"action": ACTIONS[self.action].label, "username": self.account.username}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The button repeats the action; the line below the heading says what follows."""
        if self.account is None:
            raise Http404
        still_open = sessions.open_sessions(user=self.account, now=timezone.now()).count()
        consequence = ACTIONS[self.action].consequence % {"name": self.account.name, "open": still_open}
        return super().get_context_data(**{"submit_label": ACTIONS[self.action].label, "consequence": consequence, **kwargs})

    def carry_out(self, form: Any) -> HttpResponse:
        """Call the action's service; a new password is shown, everything else goes back to the account."""
        action = ACTIONS[self.action]
        result = action.service(by=self.request.user, user_id=self.kwargs["pk"], reason=form.cleaned_data["reason"])
        if self.action == "password":
            return self.show_password(*result)
        return done(self.request, str(action.said), to=reverse("accounts:person-detail", args=[self.kwargs["pk"]]))
