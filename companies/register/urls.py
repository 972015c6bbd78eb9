"""Addresses of 企业名录."""

from django.urls import path

from companies.register import views

urlpatterns = [
    path("companies/", views.CompanyListView.as_view(), name="company-list"),
    path("companies/search/", views.company_search, name="company-search"),
    path("companies/new/", views.CompanyNewView.as_view(), name="company-new"),
    path("companies/<str:uscc>/", views.company_detail, name="company-detail"),
    path("companies/<str:uscc>/history/", views.company_history, name="company-history"),
    path("companies/<str:uscc>/audit/", views.company_audit, name="company-audit"),
    path("companies/<str:uscc>/<slug:side>/neighbour/", views.company_neighbour, name="company-neighbour"),
]
