"""Named points at which the fault rig kills a process; nothing happens anywhere else."""

import os

from django.conf import settings


def point(name: str) -> None:
    """Die at once, without clean-up, when TIDU_KILL_AT names this point and the settings allow it."""
    if settings.FAULT_POINTS and os.environ.get("TIDU_KILL_AT") == name:
        os._exit(9)
