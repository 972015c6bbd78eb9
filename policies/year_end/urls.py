"""Addresses of 年底倒推."""

from django.urls import path

from policies.year_end import views

urlpatterns = [
    path("year-end/", views.YearEndListView.as_view(), name="year-end-list"),
    path("companies/<str:uscc>/year-end/<slug:title>/", views.year_end_page, name="year-end"),
]
