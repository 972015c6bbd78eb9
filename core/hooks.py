"""Places where an upper app hands something to `core` while the registry starts, so that core imports none of them.

`counter(name, callable(request) -> int)` fills the numbers of the frame; `refused`, `exported`, `columns` and `large_export` are told or
asked by middleware and list pages. Each has one holder; registering again replaces it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase

Counter = Callable[[HttpRequest], int]
Refused = Callable[[HttpRequest, Exception], None]
Exported = Callable[[HttpRequest, str, int, Sequence[str], str], None]
LoadColumns = Callable[[HttpRequest, str], Sequence[str]]
SaveColumns = Callable[[HttpRequest, str, Sequence[str]], None]
LargeExport = Callable[[HttpRequest, Any, str, int], HttpResponseBase]


class _Hooks:
    """The holders; None where no app has registered."""

    def __init__(self) -> None:
        self.counters: dict[str, Counter] = {}
        self.refused: Refused | None = None
        self.exported: Exported | None = None
        self.load_columns: LoadColumns | None = None
        self.save_columns: SaveColumns | None = None
        self.large_export: LargeExport | None = None


hooks = _Hooks()


def register_counter(name: str, counter: Counter) -> None:
    """Show `counter(request)` in the frame under `name` ("notices" is the bell); it may cost one query at most."""
    hooks.counters[name] = counter


def register_refusal_log(refused: Refused) -> None:
    """Be told of each Refusal and NotPermitted, after the transaction has rolled back."""
    hooks.refused = refused


def register_export_log(exported: Exported) -> None:
    """Be told of each export as (request, list name, rows, column names, format) before the file is sent; raising stops it."""
    hooks.exported = exported


def register_column_memory(*, load: LoadColumns, save: SaveColumns) -> None:
    """Keep each user's chosen columns of a list: load(request, list name) and save(request, list name, columns)."""
    hooks.load_columns, hooks.save_columns = load, save


def register_large_export(large_export: LargeExport) -> None:
    """Answer exports above the limit as a background job: large_export(request, view, format, rows) -> response."""
    hooks.large_export = large_export
