"""Addresses of 试算 and 一企一策."""

from django.urls import path

from policies.what_if import views

urlpatterns = [
    path("companies/<str:uscc>/sheets/<slug:title>/what-if/", views.what_if, name="what-if"),
    path("companies/<str:uscc>/sheets/<slug:title>/plans/new/", views.PlanNewView.as_view(), name="plan-new"),
    path("plans/<int:pk>/", views.plan_detail, name="plan-detail"),
    path("plans/<int:pk>/close/", views.plan_close, name="plan-close"),
    path("plan-steps/<int:pk>/done/", views.step_done, name="plan-step-done"),
]
