"""What this app hands to the apps below when it starts: panels and columns of the register, jobs, checks."""


def connect() -> None:
    """Called once by the app registry."""
