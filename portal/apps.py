"""App of the enterprise's side: one firm, public wording only."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Top app; has no models of its own."""

    name = "portal"
