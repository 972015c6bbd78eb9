"""Named points at which the fault rig kills a process; nothing happens anywhere else."""

import os

from django.conf import settings


def point(name: str) -> None:
    """Die at once, without clean-up, when the settings of a development or test process name this point."""
    if name == settings.FAULT_POINT:
        os._exit(9)
