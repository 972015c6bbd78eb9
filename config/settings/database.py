"""Reads DATABASE_URL (PostgreSQL) or falls back to the embedded SQLite file."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

SQLITE_OPTIONS: dict[str, Any] = {
    # a deferred read-then-write fails under concurrency, WAL alone makes it worse: see docs/decisions/0002
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA busy_timeout=20000;PRAGMA foreign_keys=ON;PRAGMA cache_size=-65536;"
    ),
}


def sqlite_database(path: Path) -> dict[str, Any]:
    """The embedded database at `path`, in write-ahead mode with immediate transactions."""
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": dict(SQLITE_OPTIONS), "ATOMIC_REQUESTS": False}


def database_from_url(url: str, *, fallback: Path) -> dict[str, Any]:
    """`postgres://user:password@host:port/name` or, when `url` is empty, SQLite at `fallback`. Raises ValueError otherwise."""
    if not url:
        return sqlite_database(fallback)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite_database(Path(unquote(parts.path)))
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"DATABASE_URL: {parts.scheme or 'no scheme'} is not postgres:// or sqlite://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
