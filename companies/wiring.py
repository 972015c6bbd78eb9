"""What this app hands to the apps below when it starts: each feature's own wiring, in the order of the features."""

from companies.recognitions import wiring as recognitions
from companies.register import wiring as register


def connect() -> None:
    """Called once by the app registry."""
    register.connect()
    recognitions.connect()
