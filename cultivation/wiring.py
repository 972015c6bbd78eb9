"""What this app hands to the apps below when it starts: panels, columns and filters of the register, decision kinds, checks."""

from cultivation.tracks import wiring as tracks


def connect() -> None:
    """Called once by the app registry."""
    tracks.connect()
