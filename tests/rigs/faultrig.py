"""Fault rig: the real server and the real worker as processes of their own on the test's database, killed and started again.

Needs a test with real transactions. Processes die at a named point (`core.faults.point`) or by `kill -9`; whatever still runs at the end
of the test is ended. The files they write lie in the test's scratch folder.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.users.models import User
from companies.evidence.models import Evidence
from tools.serve import HOST, Children, answers

ROOT = Path(settings.BASE_DIR)
PATIENCE_SECONDS = 60.0
TOKEN = "t" * 32


def database_url() -> str:
    """The test's own database as another process finds it."""
    wanted = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(wanted['NAME']))}"
    person = f"{quote(wanted['USER'])}:{quote(wanted['PASSWORD'])}"
    return f"postgres://{person}@{wanted['HOST']}:{wanted['PORT'] or 5432}/{quote(str(wanted['NAME']))}"


def wait_for(what: Callable[[], Any], *, seconds: float = PATIENCE_SECONDS) -> Any:
    """The first true answer; AssertionError when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what.__name__} did not come true in {seconds} s")


def verified() -> None:
    """`./run manage verify` exits 0; AssertionError with what it prints otherwise."""
    printed = StringIO()
    try:
        call_command("verify", stdout=printed)
    except CommandError as error:
        raise AssertionError(printed.getvalue()) from error


class Browser:
    """A signed-in person who speaks HTTP with the server; sends what a form of ours sends."""

    def __init__(self, user: User, port: int) -> None:
        client = Client()
        client.force_login(user)
        self.port = port
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}; csrftoken={TOKEN}"

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        asked = HTTPConnection(HOST, self.port, timeout=PATIENCE_SECONDS)
        try:
            asked.request(method, path, body=body, headers=headers)
            answer = asked.getresponse()
            return answer.status, answer.read().decode()
        finally:
            asked.close()

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        """Status and text of the answer to a form."""
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": TOKEN, **fields}))

    def post_and_hear_nothing(self, path: str, **fields: str) -> None:
        """Send a form whose server dies over it: AssertionError when an answer comes all the same."""
        try:
            status, _text = self.post(path, **fields)
        except (OSError, HTTPException):
            return
        raise AssertionError(f"{path} was answered with {status}")


def _files() -> set[str]:
    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


class Rig:
    """Starts processes and ends them."""

    def __init__(self) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        self.files_before = _files()
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = int(probe.getsockname()[1])

    def _start(self, command: list[str], kill_at: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": database_url(),
            "TIDU_VAR": str(settings.SCRATCH),
            "SECRET_KEY": settings.SECRET_KEY,
            "TIDU_KILL_AT": kill_at,
        }
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def worker(self, *, kill_at: str = "") -> subprocess.Popen[bytes]:
        """The worker, as `./run demo` starts it."""
        return self._start([*Children(self.port).commands["worker"], "--interval", "0.05"], kill_at)

    def web(self, *, kill_at: str = "") -> subprocess.Popen[bytes]:
        """The server, as `./run demo` starts it; answers when this returns."""
        process = self._start(Children(self.port).commands["server"], kill_at)
        wait_for(self.is_up)
        return process

    def is_up(self) -> bool:
        """Whether the sign-in page comes back."""
        return answers(self.port)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 of the process and of those it started."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)

    def stray_files(self) -> list[str]:
        """Files stored since that no row of the database knows: half-written, temporary, forgotten."""
        return sorted(_files() - self.files_before - set(Evidence.objects.values_list("storage_key", flat=True)))

    def end(self) -> None:
        """Nothing of the rig runs on, and no head of this test's chain is held against the next one's."""
        for process in self.started:
            self.kill(process)
        for heads in Path(settings.SCRATCH).glob("audit-heads-*"):
            heads.unlink()


@pytest.fixture
def rig(transactional_db: None, settings: Any) -> Iterator[Rig]:
    """A rig whose tasks wait in the database for its worker."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    rig = Rig()
    try:
        yield rig
    finally:
        rig.end()
