"""App of published rules: standards as data, the rules engine, evaluations."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """Knows companies; cultivation knows it."""

    name = "policies"

    def ready(self) -> None:
        """Fill the slots of the register and register jobs and checks."""
        from policies import wiring

        wiring.connect()
