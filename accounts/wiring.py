"""What this app hands to the frame when it starts: counters of the menu, jobs, checks of `verify`."""


def connect() -> None:
    """Called once by the app registry."""
