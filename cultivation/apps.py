"""App of the ladder: tracks and pools, quotas, reports, the workbench and the demo."""

from django.apps import AppConfig


class CultivationConfig(AppConfig):
    """Top app but for the portal; fills the slots of the register."""

    name = "cultivation"

    def ready(self) -> None:
        """Fill slots, register decision kinds and checks."""
        from cultivation import wiring

        wiring.connect()
