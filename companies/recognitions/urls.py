"""Addresses of 认定."""

from django.urls import path

from companies.recognitions import views

urlpatterns = [
    path("recognitions/", views.RecognitionListView.as_view(), name="recognition-list"),
    path("recognitions/new/", views.RecognitionNewView.as_view(), name="recognition-new"),
    path("recognitions/<int:pk>/", views.recognition_detail, name="recognition-detail"),
    path("recognitions/<int:pk>/revoke/", views.RecognitionRevokeView.as_view(), name="recognition-revoke"),
]
