"""Addresses of this app's features."""

from django.urls import URLPattern, URLResolver

from cultivation.quotas.urls import urlpatterns as quotas

app_name = "cultivation"

urlpatterns: list[URLPattern | URLResolver] = [*quotas]
