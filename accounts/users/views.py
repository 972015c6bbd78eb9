"""登录, 退出, 修改密码, own settings and sessions."""

from contextlib import suppress
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.db import transaction
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, get_urlconf, resolve, reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import EVERYBODY, Role, RolesRequiredMixin, roles_required
from accounts.users import lockout, services, sessions
from accounts.users.forms import PasswordChangeForm, SettingsForm, SignInForm, initial_settings
from accounts.users.models import District, Office, SignIn, User
from core.htmx import done
from core.menu import menu_for
from core.typed import kept
from core.views import FormPage


def home_of(user: User) -> str:
    """The first page of a role: the workbench of staff, an enterprise user's own tab, the accounts of an administrator."""
    if user.role == Role.ADMINISTRATOR:
        return reverse("accounts:people-list")
    if user.is_staff_role:
        return settings.LOGIN_REDIRECT_URL
    groups = menu_for(str(user.role), str(get_urlconf() or settings.ROOT_URLCONF))
    tabs = [link.url for group in groups for link in group.links if link.entry.tab]
    return tabs[0] if tabs else reverse("accounts:settings")


def speak(response: HttpResponse, language: str) -> None:
    """Remember the language in the browser, as the switch in the page's head does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        max_age=365 * 24 * 3600,
    )


class SignInView(auth_views.LoginView):
    """Paste allowed, no puzzle; comes back to `next` on this site; a locked pair is told until when, a busy address how long."""

    template_name = "accounts/users/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
    cleans_text = True
    http_method_names = ["get", "head", "options", "post"]

    def get_default_redirect_url(self) -> str:
        """The first page of the role."""
        return home_of(self.request.user)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds why the session before this one ended."""
        return super().get_context_data(**{"ended": self.request.GET.get("ended", ""), "notice": "", **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An address with too many failures waits before the password is even looked at."""
        seconds = lockout.seconds_to_wait(request, request.POST.get("username", ""), now=timezone.now())
        if seconds:
            notice = _("本地址最近登录失败较多，请 %(seconds)s 秒后再试；您常用的电脑不受影响。") % {"seconds": seconds}
            return self._wait(notice, seconds)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Open the session, remember the device, speak the user's language."""
        user = form.get_user()
        sessions.sign_in(self.request, user)
        response = HttpResponseRedirect(_where_it_broke_off(self.request) or self.get_success_url())
        lockout.remember_device(response, user)
        speak(response, user.language)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """422 with the name as typed; 429 with until when where the pair is locked."""
        username = form.cleaned_data.get("username", "")
        if username and form.cleaned_data.get("password"):
            sessions.sign_in_failed(self.request, username)
        if getattr(self.request, "axes_locked_out", False):
            now = timezone.now()
            until = lockout.locked_until(username, lockout.address_of(self.request), now=now) or now + lockout.LOCK
            notice = _("这个账号在本地址登录失败次数过多，已暂停登录到 %(until)s；在您常用的电脑上仍可登录。") % {
                "until": sessions.clock(until)
            }
            return self._wait(notice, max(1, int((until - now).total_seconds())))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _wait(self, notice: str, seconds: int) -> HttpResponse:
        form = SignInForm(self.request, initial={"username": self.request.POST.get("username", "")[:60]})
        response = self.render_to_response(self.get_context_data(form=form, notice=notice), status=429)
        response["Retry-After"] = str(seconds)
        return response


def _where_it_broke_off(request: HttpRequest) -> str:
    """Where what was typed when the session ended is shown again: its own form, else a page that sends it; "" where nothing is kept."""
    found = kept(request)
    if not found:
        return ""
    match = resolve(found["address"].partition("?")[0])
    is_form = issubclass(getattr(match.func, "view_class", object), FormPage)
    return found["address"] if is_form else reverse("accounts:go-on")


@require_safe
@roles_required(*EVERYBODY)
def go_on(request: HttpRequest) -> HttpResponse:
    """What the end of a session broke off, to be sent after all; nothing is sent without a click."""
    found = kept(request)
    if not found:
        return HttpResponseRedirect(home_of(request.user))  # type: ignore[arg-type]
    written = [value for name, value in found["pairs"] if name in {"note", "reason"} and value]
    context = {"kept": found, "written": written, "page": _page_of(found["address"]), "home": home_of(request.user)}  # type: ignore[arg-type]
    return render(request, "accounts/users/go_on.html", context)


def _page_of(address: str) -> str:
    """The page an action's form stands on, `/decisions/7/` of `/decisions/7/sign/`; "" where there is none."""
    page = address.partition("?")[0]
    while page := page.rstrip("/").rpartition("/")[0]:
        with suppress(Resolver404):
            resolve(f"{page}/")
            return f"{page}/"
    return ""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server; by POST only."""
    if request.user.is_authenticated:
        sessions.sign_out(request, request.user)
    response = HttpResponseRedirect(reverse("accounts:sign-in"))
    response["Clear-Site-Data"] = '"cache"'
    return response


@method_decorator(sensitive_post_parameters(), name="dispatch")
class PasswordChangeView(RolesRequiredMixin, FormPage):
    """Own password; all other sessions end."""

    roles = EVERYBODY
    form_class = PasswordChangeForm
    template_name = "accounts/users/password.html"
    fragment_name = "accounts/users/password.html#form"
    heading = gettext_lazy("修改密码")
    submit_label = gettext_lazy("修改密码")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form checks against the own account."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Crumbs, and whether the password is a temporary one."""
        crumbs = [{"label": _("设置"), "url": reverse("accounts:settings")}, {"label": _("修改密码")}]
        return super().get_context_data(**{"crumbs": crumbs, "must_change": self.request.user.must_change_password, **kwargs})  # type: ignore[union-attr]

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Back to the settings, or to work where the password was a temporary one."""
        user: Any = self.request.user
        to = home_of(user) if user.must_change_password else "accounts:settings"
        sessions.password_change(self.request, user, password=form.cleaned_data["new"])
        response = done(self.request, _("密码已修改，其他登录已结束。"), to=to)
        lockout.remember_device(response, user)
        return response

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        """A wrong current password is logged; five of them end the session."""
        if form.is_current_wrong and sessions.password_refused(self.request, self.request.user):  # type: ignore[arg-type]
            return HttpResponseRedirect(f"{reverse('accounts:sign-in')}?ended=wrong_password&next={quote(self.request.path)}")
        return super().form_invalid(form)


class SettingsView(RolesRequiredMixin, FormPage):
    """The own account: who I am, how pages look, my sessions, and the doors of an administrator."""

    roles = EVERYBODY
    form_class = SettingsForm
    template_name = "accounts/users/settings.html"
    fragment_name = "accounts/users/settings.html#form"
    heading = gettext_lazy("设置")

    def get_initial(self) -> dict[str, Any]:
        """What is set now."""
        return initial_settings(self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds sessions and, for administrators, the limits in force."""
        user: Any = self.request.user
        is_administrator = user.role == Role.ADMINISTRATOR
        return super().get_context_data(
            **{
                "sign_ins": sessions.open_sessions(user=user, now=timezone.now()),
                "session_key": self.request.session.session_key,
                "is_administrator": is_administrator,
                "limits": limits() if is_administrator else [],
                **kwargs,
            }
        )

    def form_valid(self, form: SettingsForm) -> HttpResponse:
        """Stay on the page, in the language chosen."""
        services.settings_change(user=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]
        translation.activate(form.cleaned_data["language"])
        response = done(self.request, _("设置已保存。"), to="accounts:settings")
        speak(response, form.cleaned_data["language"])
        return response


def limits() -> list[tuple[str, str]]:
    """(label, value with unit) of the limits in force, which are the same for everybody."""
    kept = settings.LIMITS
    mib = 1024 * 1024
    return [
        (_("单个上传文件"), _("%(n)s MB") % {"n": kept["upload_bytes"] // mib}),
        (_("工作簿行数"), _("%(n)s 行") % {"n": f"{kept['workbook_rows']:,}"}),
        (_("工作簿列数"), _("%(n)s 列") % {"n": kept["workbook_columns"]}),
        (_("工作簿解压后大小"), _("%(n)s MB") % {"n": kept["workbook_unpacked_bytes"] // mib}),
        (_("列表每页"), _("最多 %(n)s 行") % {"n": kept["page_rows"]}),
        (_("无操作自动退出"), _("%(n)s 分钟") % {"n": settings.SESSION_IDLE_SECONDS // 60}),
        (_("最长登录时间"), _("%(n)s 小时") % {"n": settings.SESSION_ABSOLUTE_SECONDS // 3600}),
        (_("连续登录失败"), _("%(n)s 次后暂停 30 分钟") % {"n": settings.AXES_FAILURE_LIMIT}),
    ]


@require_POST
@roles_required(*EVERYBODY)
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one session: the own or, as administrator, anyone's."""
    user: Any = request.user
    sign_in = get_object_or_404(SignIn.objects.visible_to(user).select_related("user__person", "user__district"), pk=pk)
    if sign_in.session_key == request.session.session_key:
        return sign_out(request)
    with transaction.atomic():
        sessions.session_end(by=user, sign_in=sign_in)
    to = "accounts:settings" if sign_in.user_id == user.pk else reverse("accounts:person-detail", args=[sign_in.user_id])
    return done(request, _("已结束这次登录。"), to=to)


@require_safe
@roles_required(Role.ADMINISTRATOR)
def office_list(request: HttpRequest) -> HttpResponse:
    """Districts with their towns, zones and offices, and the city's offices."""
    offices = Office.objects.annotate(people=Count("users", filter=Q(users__is_active=True)))
    districts = District.objects.prefetch_related("towns", "parks", Prefetch("offices", offices))
    context = {
        "districts": districts,
        "city_offices": offices.filter(district=None),
        "crumbs": [{"label": _("设置"), "url": reverse("accounts:settings")}, {"label": _("区划与科室")}],
    }
    return render(request, "accounts/users/offices.html", context)
