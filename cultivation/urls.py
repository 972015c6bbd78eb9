"""Addresses of this app's features; a feature that is not there yet has none."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver

app_name = "cultivation"

FEATURES = ("workbench", "tracks", "quotas", "reports")

urlpatterns: list[URLPattern | URLResolver] = [
    pattern
    for feature in FEATURES
    if find_spec(f"cultivation.{feature}.urls")
    for pattern in import_module(f"cultivation.{feature}.urls").urlpatterns
]
