"""Addresses of drafts, comparisons and trials."""

from django.urls import path

from policies.publishing import trial_views, views

urlpatterns = [
    path("standards/drafts/", views.draft_list, name="standard-draft-list"),
    path("standards/drafts/new/", views.DraftNewView.as_view(), name="standard-draft-new"),
    path("standards/drafts/<int:pk>/", views.draft_detail, name="standard-draft-detail"),
    path("standards/drafts/<int:pk>/change/", views.DraftChangeView.as_view(), name="standard-draft-change"),
    path("standards/drafts/<int:pk>/submit/", views.draft_submit, name="standard-draft-submit"),
    path("standards/drafts/<int:pk>/withdraw/", views.draft_withdraw, name="standard-draft-withdraw"),
    path("standards/drafts/<int:pk>/trial/", views.draft_try, name="standard-draft-try"),
    path("standards/trials/<int:pk>/", trial_views.trial_detail, name="standard-trial"),
    path("standards/trials/<int:pk>/firms/", trial_views.TrialCompanyListView.as_view(), name="standard-trial-firms"),
    path("standards/<slug:title>/compare/", trial_views.standard_compare, name="standard-compare"),
    path("standards/<slug:title>/<int:version>/try/", trial_views.TryView.as_view(), name="standard-try"),
    path("standards/<slug:title>/<int:version>/trial/", trial_views.StandardTrialView.as_view(), name="standard-trial-of"),
]
