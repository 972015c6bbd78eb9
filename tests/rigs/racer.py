"""Racer: real threads with connections of their own, released by a barrier at the same moment."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


class Raced:
    """What became of each runner: a result or the exception, in the order of the runners."""

    def __init__(self, outcomes: Sequence[Any]) -> None:
        self.outcomes = list(outcomes)

    @property
    def errors(self) -> list[Exception]:
        """Exceptions raised, in order."""
        return [one for one in self.outcomes if isinstance(one, Exception)]

    @property
    def results(self) -> list[Any]:
        """What the others returned."""
        return [one for one in self.outcomes if not isinstance(one, Exception)]


def race(runners: Sequence[Callable[[], Any]], *, timeout: float = 30.0) -> Raced:
    """Run every callable in its own thread at the same moment; needs a test with real transactions."""
    barrier = threading.Barrier(len(runners))
    outcomes: list[Any] = [TimeoutError("did not end")] * len(runners)

    def run(place: int, runner: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout)
            outcomes[place] = runner()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, runner), daemon=True) for place, runner in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
    return Raced(outcomes)
