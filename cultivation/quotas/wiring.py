"""What the figures register when the app starts; called by the app's own wiring."""

from django.utils.translation import gettext_lazy as _

from accounts.audit import checks
from accounts.audit.words import register_actions
from companies.register import slots
from cultivation.quotas.checks import figure_problems, target_problems
from cultivation.quotas.effects import recognition_effect


def connect() -> None:
    """The checks of `verify`, the words of the log, and what a recognition changes."""
    slots.add_effect(recognition_effect)
    checks.register("quota targets", target_problems)
    checks.register("quota figures", figure_problems)
    register_actions({"plan.stored": _("存入目标方案"), "quota.divided": _("目标分解到区县")})
