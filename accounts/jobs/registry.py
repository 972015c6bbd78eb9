"""Which function does which kind of background work, and what runs daily."""

from collections.abc import Callable
from datetime import date
from typing import Any

from accounts.jobs.models import Job

Handler = Callable[[Job], dict[str, Any]]
Daily = Callable[[date], dict[str, Any]]

_handlers: dict[str, Handler] = {}
_daily: dict[str, Daily] = {}
_interrupted: dict[str, Callable[[Job], None]] = {}


def register(kind: str, handler: Handler, *, interrupted: Callable[[Job], None] | None = None) -> None:
    """`handler(job) -> result` runs in the worker; `interrupted(job)` tidies up after a worker that died."""
    _handlers[kind] = handler
    if interrupted is not None:
        _interrupted[kind] = interrupted


def handler_of(kind: str) -> Handler:
    """The function behind a kind; KeyError for an unknown one."""
    return _handlers[kind]


def interrupted_of(kind: str) -> Callable[[Job], None] | None:
    """What to do when the worker of such a job died."""
    return _interrupted.get(kind)


def register_daily(name: str, daily: Daily) -> None:
    """Run `daily(day)` once per local day by the worker, also for nights it slept through (once, not per night)."""
    _daily[name] = daily


def dailies() -> dict[str, Daily]:
    """All daily schedules by name."""
    return dict(_daily)
