"""App of what two apps use and that knows neither."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """No model, no domain word."""

    name = "core"
