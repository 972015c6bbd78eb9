"""Who asks from where, for the log: set by the request middleware, by commands and by jobs; read by audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """`request_id` gathers the rows of one request; `door` is the URL name, command or job; `address` the client's."""

    request_id: str = ""
    door: str = ""
    address: str = ""


_NOBODY = RequestInfo()
_current: ContextVar[RequestInfo] = ContextVar("request_info", default=_NOBODY)


def current() -> RequestInfo:
    """The request, command or job under way."""
    return _current.get()


@contextmanager
def through(info: RequestInfo) -> Iterator[None]:
    """Make `info` current inside."""
    token = _current.set(info)
    try:
        yield
    finally:
        _current.reset(token)
