"""Addresses of 审计."""

from django.urls import path

from accounts.audit import views

urlpatterns = [
    path("audit/", views.AuditListView.as_view(), name="audit-list"),
    path("audit/verify/", views.audit_verify, name="audit-verify"),
    path("audit/<int:number>/", views.audit_detail, name="audit-detail"),
]
