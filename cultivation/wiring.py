"""What this app hands to the apps below when it starts: panels, columns and filters of the register, decision kinds, checks."""

from django.utils.translation import gettext_lazy as _

from accounts.audit.words import register_actions
from cultivation.tracks import wiring as tracks


def connect() -> None:
    """Called once by the app registry."""
    tracks.connect()
    register_actions(
        {
            "plan.stored": _("存入目标方案"),
            "quota.divided": _("目标分解到区县"),
            "demo.accounts": _("建立演示账号"),
            "demo.finished": _("演示数据建成"),
        }
    )
