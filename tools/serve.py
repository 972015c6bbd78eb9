"""Serves the demo: the web server and one worker as children, both ended when this process ends.

`--only-look` says in one line whether the port is free; it runs before anything is installed: standard library only.
"""

import argparse
import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
STARTING_SECONDS = 60
ENDING_SECONDS = 10
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def is_free(port: int) -> bool:
    """True when a server can listen on `port` of the loopback address."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def refusal(text: str) -> str:
    """Why one cannot serve on the port named by `text`, with the way out; empty when one can."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        return f"PORT={text} is not a port number between 1 and 65535."
    if is_free(int(text)):
        return ""
    other = next((port for port in range(int(text) + 1, min(int(text) + 100, 65536)) if is_free(port)), None)
    if other is None:
        return f"Port {text} is taken; name a free one: PORT=… ./run demo"
    return f"Port {text} is taken; take another one: PORT={other} ./run demo"


def answers(port: int) -> bool:
    """True when the sign-in page comes back whole."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with closing(connection):
        try:
            connection.request("GET", "/sign-in/")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False


def end_with_parent() -> None:
    """On Linux the kernel ends the child should this process be killed without a chance to do so itself."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


class Stopped(Exception):
    """Somebody asked this process to end."""


def stop(number: int, frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that one `finally` ends the children in every case."""
    raise Stopped(signal.Signals(number).name)


class Children:
    """The server and the worker, each in its own process group."""

    def __init__(self, port: int) -> None:
        self.commands = {
            "server": [
                *("-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--host", HOST, "--port", str(port)),
                *("--respawn-failed-workers", "--respawn-interval", "0.5", "--log-level", "warning", "config.wsgi:application"),
            ],
            "worker": ["manage.py", "work", "--only-worker", "--verbosity", "0"],
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start both; neither reads the terminal."""
        for name, command in self.commands.items():
            self.running[name] = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def ended(self) -> str:
        """The name of a child that is no longer there, or nothing."""
        return next((name for name, child in self.running.items() if child.poll() is not None), "")

    def end(self) -> None:
        """Ask both to end, wait, then insist."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + ENDING_SECONDS
        for child in self.running.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def wait_until_answering(port: int, children: Children) -> bool:
    """True once the server answers; False when a child ended or the time is over."""
    deadline = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < deadline and not children.ended():
        if answers(port):
            return True
        time.sleep(0.2)
    return False


def serve(port: int) -> int:
    """Serve until a signal comes (0) or a child ends by itself (1)."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    children = Children(port)
    try:
        children.start()
        if not wait_until_answering(port, children):
            print(f"./run: {children.ended() or 'the server'} did not start; its messages are above.", file=sys.stderr)
            return 1
        print(f"\nhttp://{HOST}:{port}/\n", flush=True)
        subprocess.run([sys.executable, "manage.py", "demo", "--sign-ins"], cwd=ROOT, stdin=subprocess.DEVNULL, check=True)
        print("\nCtrl+C ends the server and the worker.", flush=True)
        while not children.ended():
            time.sleep(0.5)
        print(f"./run: the {children.ended()} ended by itself; its messages are above.", file=sys.stderr)
        return 1
    except Stopped:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        children.end()


def main() -> int:
    """Read the arguments, look at the port, serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--only-look", action="store_true", help="say whether the port is free, and end")
    arguments = parser.parse_args()
    if refused := refusal(arguments.port):
        print(f"./run: {refused}", file=sys.stderr)
        return 1
    return 0 if arguments.only_look else serve(int(arguments.port))


if __name__ == "__main__":
    sys.exit(main())
