"""What this app hands to the apps below when it starts: panels, columns and filters of the register, decision kinds, checks."""


def connect() -> None:
    """Called once by the app registry."""
