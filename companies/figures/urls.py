"""Addresses of 年度指标."""

from django.urls import path

from companies.figures import views

urlpatterns = [
    path("companies/<str:uscc>/figures/", views.company_figures, name="company-figures"),
    path("companies/<str:uscc>/figures/new/", views.FiguresNewView.as_view(), name="figures-new"),
    path("companies/<str:uscc>/incidents/new/", views.IncidentNewView.as_view(), name="incident-new"),
    path("companies/<str:uscc>/incidents/<int:pk>/end/", views.IncidentEndView.as_view(), name="incident-end"),
]
