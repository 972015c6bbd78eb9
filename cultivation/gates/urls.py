"""Addresses of 入库条件."""

from django.urls import path

from cultivation.gates import views

urlpatterns = [
    path("gates/", views.gate_list, name="gate-list"),
    path("gates/<slug:title>/", views.gate_detail, name="gate-detail"),
    path("gates/<slug:title>/change/", views.GateChangeView.as_view(), name="gate-change"),
]
