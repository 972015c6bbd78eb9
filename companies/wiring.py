"""What this app hands to the apps below when it starts: decision kinds, jobs, checks of `verify`."""


def connect() -> None:
    """Called once by the app registry."""
