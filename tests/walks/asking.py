"""How a walk asks the services and the checks."""

from collections.abc import Callable, Iterable
from typing import Any

from accounts.audit import checks
from core.errors import NotPermitted, Refusal


def answer(ask: Callable[[], Any]) -> tuple[Any, type[Exception] | None]:
    """(result, None), or (None, the kind of refusal)."""
    try:
        return ask(), None
    except (Refusal, NotPermitted) as refusal:
        return None, type(refusal)


def problems(names: Iterable[str]) -> list[str]:
    """What these checks of `./run manage verify` name."""
    registered = checks.registered()
    return [problem for name in names for problem in registered[name]()]
