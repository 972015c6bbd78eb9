"""Address of 工作台."""

from django.urls import path

from cultivation.workbench import views

urlpatterns = [path("", views.workbench, name="workbench")]
