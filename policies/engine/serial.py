"""Frozen dataclasses and named tuples to JSON-safe data and back, driven by their annotations."""

import types
import typing
from collections.abc import Hashable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any


def to_plain(value: object) -> Any:
    """Plain dict, list, str, int, bool or None; Decimal and date become text."""
    if value is None or (isinstance(value, bool | int) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    names = _names(type(value))  # type: ignore[arg-type]
    if names:
        return {name: to_plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no plain form")


def from_plain[T](cls: type[T], plain: dict[str, Any]) -> T:
    """The dataclass that `to_plain` was given; a key it does not know is an error, a missing one takes its default."""
    hints = _hints(cls)  # type: ignore[arg-type]
    unknown = set(plain) - set(hints)
    if unknown:
        raise KeyError(f"{cls.__name__}: {', '.join(sorted(unknown))}")
    return cls(**{name: _read(hints[name], value) for name, value in plain.items()})


@cache
def _names(cls: type) -> tuple[str, ...]:
    """The fields of a dataclass or named tuple, in their order; none of anything else."""
    if is_dataclass(cls):
        return tuple(field.name for field in fields(cls))
    return tuple(getattr(cls, "_fields", ()))


@cache
def _hints(cls: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _read(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _read_union(typing.get_args(hint), value)
    if origin is tuple:
        return tuple(_read(typing.get_args(hint)[0], item) for item in value)
    if hint is Decimal:
        return Decimal(value)
    if hint is date:
        return date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(value)
    if isinstance(hint, type) and _names(hint):
        return from_plain(hint, value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is not {hint.__name__}")
    return value


def _read_union(hints: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return None
    choices = [hint for hint in hints if hint is not type(None)]
    if len(choices) == 1:
        return _read(choices[0], value)
    if isinstance(value, tuple(choices)):
        return value
    raise TypeError(f"{value!r} is none of {choices}")
