"""Addresses of this app's features."""

from django.urls import URLPattern, URLResolver

from accounts.audit.urls import urlpatterns as audit
from accounts.decisions.urls import urlpatterns as decisions
from accounts.inbox.urls import urlpatterns as inbox
from accounts.jobs.urls import urlpatterns as jobs
from accounts.users.urls import urlpatterns as users

app_name = "accounts"

urlpatterns: list[URLPattern | URLResolver] = [*users, *decisions, *audit, *inbox, *jobs]
