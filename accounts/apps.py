"""App of people, roles, decisions by two persons, the audit chain and background jobs."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Bottom app with models; knows nothing of companies."""

    name = "accounts"

    def ready(self) -> None:
        """Register counters, checks and jobs of this app."""
        from accounts import wiring

        wiring.connect()
