"""Addresses of 目标进度."""

from django.urls import path

from cultivation.quotas import views

urlpatterns = [path("quotas/", views.quota_overview, name="quota-overview")]
