"""What `./run manage verify` runs: each app registers its checks; a check yields one sentence per broken row."""

from collections.abc import Callable, Iterator

Check = Callable[[], Iterator[str]]

_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check under a stable name; it only reads."""
    _checks[name] = check


def registered() -> dict[str, Check]:
    """All checks by name, in order of registration."""
    return dict(_checks)
