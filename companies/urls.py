"""Addresses of this app's features."""

from django.urls import URLPattern, URLResolver

from companies.evidence.urls import urlpatterns as evidence
from companies.figures.urls import urlpatterns as figures
from companies.imports.urls import urlpatterns as imports
from companies.recognitions.urls import urlpatterns as recognitions
from companies.register.urls import urlpatterns as register

app_name = "companies"

urlpatterns: list[URLPattern | URLResolver] = [*register, *figures, *evidence, *recognitions, *imports]
