"""A developer's machine and the demo: plain HTTP on the loopback address, invented data."""

import os
import secrets

from config.settings.base import *  # noqa: F403
from config.settings.base import VAR_DIR

DEMO = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
FAULT_POINT = os.environ.get("TIDU_KILL_AT", "")

# static files are served from where they lie; nothing is collected
STATIC_ROOT = None  # type: ignore[assignment]


def _own_secret() -> str:
    """A secret made once for this checkout, kept beside its database and never committed."""
    path = VAR_DIR / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), "ascii")
    return path.read_text("ascii").strip()


SECRET_KEY = os.environ.get("SECRET_KEY") or _own_secret()
