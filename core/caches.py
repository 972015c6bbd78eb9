"""The cache of one host: files every process of it sees, where of several who add a key at the same moment exactly one succeeds."""

from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.files import locks


class HostCache(FileBasedCache):
    """Django's own looks first and writes afterwards; two processes could both find nothing."""

    def __init__(self, location: str | Path, params: dict[str, Any]) -> None:
        super().__init__(str(location), params)
        self.location = Path(location)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """As Django's, one process after the other; the lock goes with the process that holds it."""
        self.location.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.location / "add.lock").open("wb") as turn:
            locks.lock(turn, locks.LOCK_EX)
            return bool(super().add(key, value, timeout, version))
