"""登录, 退出, 修改密码."""

from typing import Any

from django.contrib.auth import update_session_auth_hash, views
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy

from accounts.audit import services as audit
from accounts.users.lockout import COOKIE


class SignInView(views.LoginView):
    """Paste allowed, no puzzle; comes back to `next` on this site."""

    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        """Remember the device and log the sign-in."""
        response = super().form_valid(form)
        user = form.get_user()
        response.set_signed_cookie(COOKIE, user.username, salt="device", max_age=180 * 86400, httponly=True, samesite="Lax", secure=self.request.is_secure())
        audit.record("user.signed_in", actor=user, target=None, district=user.district_id)
        return response


class SignOutView(views.LogoutView):
    """POST only."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Log it, then end the session on the server."""
        if request.user.is_authenticated:
            audit.record("user.signed_out", actor=request.user, target=None, district=request.user.district_id)
        return super().post(request, *args, **kwargs)


class PasswordChangeView(views.PasswordChangeView):
    """Own password; other sessions end."""

    template_name = "registration/password_change.html"
    success_url = reverse_lazy("accounts:settings")

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep this session, log the change."""
        response = super().form_valid(form)
        update_session_auth_hash(self.request, form.user)
        audit.record("user.password_changed", actor=form.user, target=None, district=form.user.district_id)
        return response
