"""Addresses of 数据导入."""

from django.urls import path

from companies.imports import views

urlpatterns = [
    path("imports/", views.ImportListView.as_view(), name="import-list"),
    path("imports/new/", views.ImportNewView.as_view(), name="import-new"),
    path("imports/template/", views.import_template, name="import-template"),
    path("imports/<int:pk>/", views.import_detail, name="import-detail"),
    path("imports/<int:pk>/progress/", views.import_progress, name="import-progress"),
    path("imports/<int:pk>/rows/", views.ImportRowListView.as_view(), name="import-row-list"),
    path("imports/<int:pk>/refused/", views.import_refused, name="import-refused"),
    path("imports/<int:pk>/file/", views.import_file, name="import-file"),
    path("imports/<int:pk>/official-list/", views.OfficialListView.as_view(), name="import-official-list"),
    path("imports/<int:pk>/check/", views.import_check, name="import-check"),
    path("imports/<int:pk>/submit/", views.import_submit, name="import-submit"),
    path("imports/<int:pk>/apply/", views.import_apply, name="import-apply"),
    path("imports/<int:pk>/restart/", views.import_restart, name="import-restart"),
    path("imports/<int:pk>/undo/", views.ImportUndoView.as_view(), name="import-undo"),
]
