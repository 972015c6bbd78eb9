"""Addresses of this app's features."""

from django.urls import URLPattern, URLResolver

from policies.publishing.urls import urlpatterns as publishing
from policies.standards.urls import urlpatterns as standards

app_name = "policies"

urlpatterns: list[URLPattern | URLResolver] = [*publishing, *standards]
