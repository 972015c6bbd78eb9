"""Addresses of 认定标准 and of a firm's sheets."""

from django.urls import path

from policies.standards import views

urlpatterns = [
    path("standards/", views.standard_list, name="standard-list"),
    path("standards/<slug:title>/<int:version>/", views.standard_detail, name="standard-detail"),
    path("companies/<str:uscc>/sheets/<slug:title>/", views.sheet_page, name="sheet"),
    path("companies/<str:uscc>/sheets/<slug:title>/judge/", views.JudgementView.as_view(), name="judgement-make"),
    path("judgements/<int:pk>/withdraw/", views.judgement_withdraw, name="judgement-withdraw"),
]
