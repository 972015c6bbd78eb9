"""Door matrix: what every person gets at every address by every method, worked out from one short line per URL name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = ("GET", "HEAD", "OPTIONS")
NOT_THERE, NOT_SO, TO_SIGN_IN = 404, 405, 302
ANYBODY = "anonymous"


@dataclass(frozen=True)
class Door:
    """One line of the table.

    - `kind`: page (read only), rows (a list: GET, and POST for exports), form (GET and POST), action (POST only), any (every method alike).
    - `may`: words naming people → (status of GET, of an empty POST, and where it is not the usual one, of all other methods). Who is not
      named gets 404, nobody signed in the sign-in page.
    - `about`: what the address names: "" nothing, else a key of the test's objects; of another district it is answered like a missing one.
    - `logged`: reading it is itself logged (downloads).
    """

    kind: str
    may: Mapping[str, tuple[int, ...]]
    about: str = ""
    logged: bool = False

    def statuses(self, person: str) -> tuple[int, ...] | None:
        """What is written for a person named in the line, None for everybody else."""
        return next((statuses for words, statuses in self.may.items() if person in words.split()), None)

    def expected(self, person: str, method: str, *, is_there: bool) -> int | None:
        """The exact status; `is_there`: the object exists and is within the person's sight. None: the line does not say."""
        statuses = self.statuses(person)
        turned_away = TO_SIGN_IN if person == ANYBODY else NOT_THERE
        if self.kind == "any":
            return statuses[0] if statuses else turned_away
        if self.kind in {"page", "action"}:
            mine = {"GET": 0, "HEAD": 0} if self.kind == "page" else {"POST": 1}
            if method not in mine:
                return NOT_SO
            if statuses is None:
                return turned_away
            return statuses[mine[method]] if is_there else NOT_THERE
        if self.kind not in {"rows", "form"}:
            return None
        if statuses is None:
            return turned_away
        if len(statuses) == 3 and method not in {"GET", "HEAD", "POST"}:
            return statuses[2]
        if method in {"PUT", "PATCH", "DELETE"}:
            return NOT_SO
        if method == "OPTIONS":
            return 200
        return statuses[method == "POST"] if is_there else NOT_THERE


def url_names(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address of the product with its namespace; an address without a name is given by its route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from url_names(pattern.url_patterns, space)
        else:
            yield f"{prefix}{pattern.name or pattern.pattern}", pattern


@contextmanager
def taken_back() -> Iterator[None]:
    """Whatever happens inside is rolled back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


class Writes:
    """Statements that changed rows while it was watching, first words only."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """A wrapper for `connection.execute_wrapper`."""
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE", "REPLACE")):
            self.seen.append(sql[:80])
        return execute(sql, params, many, context)


@contextmanager
def watched() -> Iterator[Writes]:
    """Collects the writes of this connection."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes
