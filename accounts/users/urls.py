"""Addresses of sign-in and one's own account."""

from django.urls import path

from accounts.users import views

urlpatterns = [
    path("sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("sign-out/", views.SignOutView.as_view(), name="sign-out"),
    path("settings/password/", views.PasswordChangeView.as_view(), name="password-change"),
]
