"""Addresses of this app's features."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver

app_name = "companies"

FEATURES = ("register", "figures", "evidence", "recognitions", "assignments", "corrections", "imports")

urlpatterns: list[URLPattern | URLResolver] = [
    pattern
    for feature in FEATURES
    if find_spec(f"companies.{feature}.urls")
    for pattern in import_module(f"companies.{feature}.urls").urlpatterns
]
