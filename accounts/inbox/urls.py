"""Addresses of 通知."""

from django.urls import path

from accounts.inbox import views

urlpatterns = [
    path("notifications/", views.NoticeListView.as_view(), name="notification-list"),
    path("notifications/read/", views.notice_read_all, name="notification-read-all"),
    path("notifications/<int:pk>/read/", views.notice_read, name="notification-read"),
]
