"""Addresses of 报表."""

from django.urls import path

from cultivation.reports import views

urlpatterns = [path("reports/quota/", views.quota_report, name="quota-report")]
