"""Addresses of 佐证材料."""

from django.urls import path

from companies.evidence import views

urlpatterns = [
    path("companies/<str:uscc>/evidence/", views.company_evidence, name="company-evidence"),
    path("companies/<str:uscc>/evidence/new/", views.EvidenceNewView.as_view(), name="evidence-new"),
    path("evidence/<int:pk>/download/", views.evidence_download, name="evidence-download"),
]
