"""Addresses of this app's features."""

from django.urls import URLPattern, URLResolver

from cultivation.gates.urls import urlpatterns as gates
from cultivation.quotas.urls import urlpatterns as quotas
from cultivation.reports.urls import urlpatterns as reports
from cultivation.tracks.urls import urlpatterns as tracks
from cultivation.workbench.urls import urlpatterns as workbench

app_name = "cultivation"

urlpatterns: list[URLPattern | URLResolver] = [*workbench, *tracks, *gates, *quotas, *reports]
