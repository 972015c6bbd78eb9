"""The demo's server and worker: started together, ended together."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.files import ROOT

SERVER = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"sign in"]
"""
COMMAND = """
import os, pathlib, sys, time
if sys.argv[1] == "demo":
    print("officer / a password")
else:
    if "--verbosity 0" not in " ".join(sys.argv):
        print("chatter of a worker", flush=True)
    pathlib.Path("worker.pid").write_text(str(os.getpid()) + "\\n")
    time.sleep({seconds})
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    if status.exists() and "State:\tZ" in status.read_text("utf-8"):
        return False  # ended, and nobody in this container has asked for its exit status
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for(path: Path, text: str) -> str:
    """The text of a file once it holds `text`."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if path.exists() and text in (found := path.read_text("utf-8")):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{text!r} never came: {path.read_text('utf-8') if path.exists() else 'no output'}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one page whose worker runs until it is ended."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "tools" / "serve.py", tmp_path / "tools" / "serve.py")
    (tmp_path / "config" / "wsgi.py").write_text(SERVER, "utf-8")
    (tmp_path / "manage.py").write_text(COMMAND.format(seconds=600), "utf-8")
    return tmp_path


@pytest.fixture
def served(project: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    """The running demo, its port and the file it writes to."""
    port = free_port()
    output = project / "output.txt"
    with output.open("wb") as handle:
        process = subprocess.Popen(
            [sys.executable, "tools/serve.py", "--port", str(port)], cwd=project, stdout=handle, stderr=handle, stdin=subprocess.DEVNULL
        )
        yield process, port, output
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: signal.Signals(number).name)
def test_the_server_and_the_worker_end_with_the_demo(served: tuple[subprocess.Popen[bytes], int, Path], number: signal.Signals) -> None:
    process, port, output = served
    text = wait_for(output, "Ctrl+C ends")
    assert f"http://127.0.0.1:{port}/" in text
    assert "officer / a password" in text
    assert "chatter" not in text
    worker = int(wait_for(output.parent / "worker.pid", "\n"))
    assert is_alive(worker)
    assert is_listening(port)

    process.send_signal(number)

    assert process.wait(20) == 0
    assert not is_alive(worker)
    assert not is_listening(port)


def test_a_worker_that_ends_by_itself_ends_the_demo_and_is_named(project: Path) -> None:
    (project / "manage.py").write_text(COMMAND.format(seconds=4), "utf-8")
    port = free_port()
    answer = subprocess.run(
        [sys.executable, "tools/serve.py", "--port", str(port)], cwd=project, capture_output=True, text=True, timeout=40, check=False
    )
    assert answer.returncode == 1
    assert "./run: the worker ended by itself" in answer.stderr
    assert not is_listening(port)


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels have no signal at the death of a parent")
def test_nothing_is_left_running_when_the_demo_is_killed(served: tuple[subprocess.Popen[bytes], int, Path]) -> None:
    process, port, output = served
    wait_for(output, "Ctrl+C ends")
    worker = int(wait_for(output.parent / "worker.pid", "\n"))
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (is_alive(worker) or is_listening(port)):
        time.sleep(0.1)
    assert not is_alive(worker)
    assert not is_listening(port)
