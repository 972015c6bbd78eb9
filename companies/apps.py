"""App of the firms: who they are, their figures, papers, recognitions, officers and imports."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    """Knows accounts and core; policies and cultivation fill its slots."""

    name = "companies"
    verbose_name = _("企业")

    def ready(self) -> None:
        """Register decision kinds, jobs and checks of this app."""
        from companies import wiring

        wiring.connect()
