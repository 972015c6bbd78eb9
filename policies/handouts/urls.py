"""Addresses of the papers a firm takes away."""

from django.urls import path

from policies.handouts import views

urlpatterns = [
    path("companies/<str:uscc>/sheets/<slug:title>/pdf/", views.gap_sheet_paper, name="sheet-pdf"),
    path("companies/<str:uscc>/year-end/<slug:title>/pdf/", views.year_end_paper, name="year-end-pdf"),
]
