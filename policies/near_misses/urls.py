"""Addresses of 差一点."""

from django.urls import path

from policies.near_misses import views

urlpatterns = [path("near-misses/", views.NearMissListView.as_view(), name="near-miss-list")]
