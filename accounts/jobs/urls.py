"""Addresses of background jobs."""

from django.urls import path

from accounts.jobs import views

urlpatterns = [
    path("jobs/<int:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<int:pk>/file/", views.job_file, name="job-file"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job-cancel"),
]
