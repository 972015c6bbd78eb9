"""Statements written with the ORM, compiled once and asked again with other values.

Putting a statement together costs several times what the database needs to answer it. What every page asks is therefore put together
once for each shape it has, with marks where the values stand; afterwards only the marks are replaced. See docs/decisions/0006.
"""

import copy
from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

MOST_SHAPES = 256
MOST_OF_A_LIST = 500
_REACH = MOST_OF_A_LIST + 11


class NotPrepared(Exception):
    """A value the statement was written with does not stand in it, or something was worked out from it: it could not be replaced."""


class _Marks(NamedTuple):
    """What stands for the values while a statement is put together: nobody's key, nobody's day, nobody's word."""

    key: int
    day: date
    word: str

    def mark(self, number: int, length: int | None, kind: type) -> Any:
        """The mark of the value with that number."""
        if length is not None:
            return [self.key + number * _REACH + index for index in range(length)]
        if issubclass(kind, date):
            return self.day + timedelta(days=number)
        return f"{self.word}{number}" if issubclass(kind, str) else self.key + number * _REACH


# small enough for every column of whole numbers: a condition no value of a column can meet would be left out of the statement
_MARKS = _Marks(20_011, date(1, 2, 3), "\ue000")
_OTHERS = _Marks(26_017, date(1203, 11, 20), "\ue001")


class _Compiled(NamedTuple):
    queryset: QuerySet[Any]
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, str, int | None], ...]  # position of a parameter, name of its value, and which of several


class Prepared[M: Model]:
    """`make(*shape, **values)` returns a queryset; calling the Prepared with the same returns its rows, evaluated.

    Values are whole numbers, days, words, or lists of whole numbers. They only ever stand as parameters: whatever changes the
    statement itself (a role, a language, whether something is given at all) belongs to `shape`, and so does what is worked out from a
    value (the year of a day): `make` is tried with two sets of marks, and everything that differs must be a mark. Queries sent beside
    its own (`prefetch_related`) are not prepared; a list of more than 500 is asked as written. Raises NotPrepared.
    """

    def __init__(self, make: Callable[..., QuerySet[M, Any]]) -> None:
        self.make = make
        self._compiled = lru_cache(maxsize=MOST_SHAPES)(self._compile)

    def __call__(self, *shape: Hashable, **values: Any) -> list[Any]:
        """The rows, as `list(make(*shape, **values))` would give them."""
        if any(isinstance(value, list) and not 0 < len(value) <= MOST_OF_A_LIST for value in values.values()):
            return list(self.make(*shape, **values))
        lengths = tuple((name, len(value) if isinstance(value, list) else None, type(value)) for name, value in values.items())
        compiled = self._compiled(shape, lengths)
        if compiled is None:
            return []
        params = list(compiled.params)
        for position, name, index in compiled.places:
            value = values[name] if index is None else values[name][index]
            params[position] = _as_before(params[position], value)
        rows = compiled.queryset._clone()  # type: ignore[attr-defined]
        ready = copy.copy(compiled.compiler)
        ready.connection = connections[ready.using]  # each thread has its own
        ready.as_sql = lambda *args, **kwargs: (compiled.sql, tuple(params))
        rows.query.get_compiler = lambda *args, **kwargs: ready
        return list(rows)

    def _compile(self, shape: tuple[Hashable, ...], lengths: Sequence[tuple[str, int | None, type]]) -> _Compiled | None:
        """None for a question whose answer is empty whatever the values."""
        try:
            queryset, compiler, sql, params, marks = self._written(shape, lengths, _MARKS)
        except EmptyResultSet:
            return None
        _queryset, _compiler, other_sql, other_params, others = self._written(shape, lengths, _OTHERS)
        positions: dict[Any, list[int]] = {}
        for place, param in enumerate(params):
            positions.setdefault(param, []).append(place)
        found: list[tuple[int, str, int | None]] = []
        for name, mark in marks.items():
            for index, one in enumerate(mark) if isinstance(mark, list) else [(None, mark)]:
                places = [place for spelling in _spellings(one) for place in positions.get(spelling, ())]
                if not places:
                    raise NotPrepared(f"{name} does not stand in: {sql}")
                found += [(place, name, index) for place in places]
        for place, name, index in found:
            other = others[name] if index is None else others[name][index]
            other_params[place] = params[place] if other_params[place] in _spellings(other) else other_params[place]
        if sql != other_sql or params != other_params:
            raise NotPrepared(f"something is worked out from a value in: {sql}")
        return _Compiled(queryset, compiler, sql, tuple(params), tuple(found))

    def _written(self, shape: tuple[Hashable, ...], lengths: Sequence[tuple[str, int | None, type]], marks: _Marks) -> tuple[Any, ...]:
        values = {name: marks.mark(number, length, kind) for number, (name, length, kind) in enumerate(lengths)}
        queryset = self.make(*shape, **values)
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, list(params), values


def _spellings(mark: Any) -> tuple[Any, ...]:
    """How a database may be given a value: a day as it is or as text."""
    return (mark, mark.isoformat()) if isinstance(mark, date) else (mark,)


def _as_before(param: Any, value: Any) -> Any:
    """The value in the form the database was given its mark: a day as text, a number in its adapter's type."""
    if isinstance(value, date):
        return value.isoformat() if isinstance(param, str) else value
    return type(param)(value)
