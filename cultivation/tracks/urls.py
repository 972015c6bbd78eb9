"""Addresses of 培育库."""

from django.urls import path

from cultivation.tracks import views

urlpatterns = [
    path("tracks/", views.TrackListView.as_view(), name="track-list"),
    path("tracks/<int:pk>/moves/new/", views.MoveNewView.as_view(), name="move-new"),
    path("tracks/<int:pk>/main/", views.track_make_main, name="track-main"),
    path("companies/<str:uscc>/tracks/new/", views.track_set_target, name="track-new"),
]
