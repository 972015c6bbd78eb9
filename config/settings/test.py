"""Differences of a test run: quick password hashing, jobs inline, files in a scratch folder."""

import os
import tempfile
from pathlib import Path

from config.settings.base import *  # noqa: F403
from config.settings.base import DATABASES, STORAGES

SECRET_KEY = "only-for-tests-" + "x" * 40
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
FAULT_POINT = os.environ.get("TIDU_KILL_AT", "")

SCRATCH = Path(tempfile.mkdtemp(prefix="tidu-test-"))
STORAGES["default"]["OPTIONS"]["location"] = SCRATCH / "files"  # type: ignore[index]
_SUFFIX = os.environ.get("TEST_DB_SUFFIX", "")
if "sqlite3" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": str(SCRATCH / f"test{_SUFFIX}.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_tidu{_SUFFIX}"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    # what a power cut would lose is made anew
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
KEPT_COUNTS = False  # tests write rows past the services, of which the log knows nothing; those of the kept counts turn it on
