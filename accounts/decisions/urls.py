"""Addresses of 审批."""

from django.urls import path

from accounts.decisions import views

urlpatterns = [
    path("decisions/", views.DecisionListView.as_view(), name="decision-list"),
    path("decisions/<int:pk>/", views.decision_detail, name="decision-detail"),
    path("decisions/<int:pk>/sign/", views.decision_sign, name="decision-sign"),
    path("decisions/<int:pk>/reject/", views.decision_reject, name="decision-reject"),
    path("decisions/<int:pk>/withdraw/", views.decision_withdraw, name="decision-withdraw"),
]
