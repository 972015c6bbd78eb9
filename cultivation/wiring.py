"""What this app hands to the apps below when it starts; each feature has a `connect` of its own."""

from django.utils.translation import gettext_lazy as _

from accounts.audit.words import register_actions
from cultivation.gates import wiring as gates
from cultivation.quotas import wiring as quotas
from cultivation.tracks import wiring as tracks


def connect() -> None:
    """Called once by the app registry."""
    tracks.connect()
    gates.connect()
    quotas.connect()
    register_actions({"demo.accounts": _("建立演示账号"), "demo.finished": _("演示数据建成")})
