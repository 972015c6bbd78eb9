"""Addresses of this app's features."""

from django.urls import URLPattern, URLResolver

from policies.handouts.urls import urlpatterns as handouts
from policies.near_misses.urls import urlpatterns as near_misses
from policies.publishing.urls import urlpatterns as publishing
from policies.standards.urls import urlpatterns as standards
from policies.what_if.urls import urlpatterns as what_if
from policies.year_end.urls import urlpatterns as year_end

app_name = "policies"

urlpatterns: list[URLPattern | URLResolver] = [*publishing, *standards, *near_misses, *year_end, *what_if, *handouts]
