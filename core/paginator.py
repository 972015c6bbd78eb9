"""Paging by key from either end: a page costs the same at the front, in the middle and at the end, whatever the table's size.

A cursor is the signed key of the row next to the page, so that nobody can ask about rows or fields by writing one. Nulls come last in
both directions. The count is bounded: above `COUNT_LIMIT` only that there are more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet
from django.utils.functional import cached_property

COUNT_LIMIT = 10_000
LAST = "last"
FIRST = "1"
_NOTHING = Q(pk__in=[])


class BadCursor(ValueError):
    """The `page` of an address is not one this list has given out."""


@dataclass(frozen=True)
class BoundedCount:
    """How many rows: exact up to the limit, else `number` is the limit and `is_exact` false."""

    number: int
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}" if self.is_exact else f"{self.number:,}+"


@dataclass(frozen=True)
class KeyPage:
    """One page: its rows and the cursors around it ("" where there is none)."""

    rows: list[Any]
    previous: str
    next: str

    @property
    def has_other_pages(self) -> bool:
        """Whether a pager is worth drawing."""
        return bool(self.previous or self.next)


@dataclass(frozen=True)
class _Key:
    path: str
    descending: bool
    nullable: bool

    def ordering(self, *, backwards: bool) -> Any:
        descending = self.descending != backwards
        if not self.nullable:
            return f"-{self.path}" if descending else self.path
        # nulls are last seen forwards, so they are first when walked backwards
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        return F(self.path).desc(**nulls) if descending else F(self.path).asc(**nulls)

    def beyond(self, value: Any, *, backwards: bool) -> Q:
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backwards else _NOTHING
        condition = Q(**{f"{self.path}__{'lt' if self.descending != backwards else 'gt'}": value})
        return condition | Q(**{f"{self.path}__isnull": True}) if self.nullable and not backwards else condition

    def equal(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})


class KeyPaginator:
    """Pages of `queryset` in `order` (field paths, `-` for descending; the primary key is added as the last word).

    `name` is part of the cursor's signature: a cursor of one list or order is refused by another. `keys_first` reads the keys of a page
    before its rows, in one more query: for rows whose columns cost something and whose order no index gives.
    """

    def __init__(self, queryset: QuerySet[Any], *, order: Sequence[str], per_page: int, name: str, keys_first: bool = False) -> None:
        self.queryset = queryset
        self.keys_first = keys_first
        self.per_page = per_page
        self.keys = _keys(queryset, order)
        self.signer = signing.Signer(salt=f"list:{name}:{','.join(order)}")

    @cached_property
    def count(self) -> BoundedCount:
        """Rows in all, one query, reading at most `COUNT_LIMIT` + 1 of them."""
        number = self.queryset.order_by().select_related(None).values("pk")[: COUNT_LIMIT + 1].count()
        return BoundedCount(min(number, COUNT_LIMIT), number <= COUNT_LIMIT)

    def page(self, cursor: str = FIRST) -> KeyPage:
        """The page a cursor names: "1" or "" the first, "last" the last. Raises BadCursor for anything this list did not sign."""
        if cursor in {"", FIRST}:
            return self._forwards(None)
        if cursor == LAST:
            return self._backwards(None)
        direction, values = self._read(cursor)
        if direction == "a":
            page = self._forwards(values)
            return page if page.rows else self._backwards(None)
        page = self._backwards(values)
        return page if page.rows else self._forwards(None)

    def beside(self, row: Any, *, backwards: bool = False) -> Any | None:
        """The row after `row` (before it, `backwards`) in the list's order, whether or not `row` itself is in the list; None at the end."""
        order = (key.ordering(backwards=backwards) for key in self.keys)
        return self.queryset.filter(self._side([_value(row, key.path) for key in self.keys], backwards=backwards)).order_by(*order).first()

    def ordered(self) -> QuerySet[Any]:
        """The whole list in its order."""
        return self.queryset.order_by(*(key.ordering(backwards=False) for key in self.keys))

    def _forwards(self, values: list[Any] | None) -> KeyPage:
        queryset = self.ordered() if values is None else self.ordered().filter(self._side(values, backwards=False))
        rows = self._rows(queryset)
        more = len(rows) > self.per_page
        rows = rows[: self.per_page]
        return KeyPage(rows, self._write("b", rows[0]) if rows and values is not None else "", self._write("a", rows[-1]) if more else "")

    def _backwards(self, values: list[Any] | None) -> KeyPage:
        queryset = self.queryset.order_by(*(key.ordering(backwards=True) for key in self.keys))
        if values is not None:
            queryset = queryset.filter(self._side(values, backwards=True))
        rows = self._rows(queryset)
        more = len(rows) > self.per_page
        rows = rows[: self.per_page][::-1]
        return KeyPage(rows, self._write("b", rows[0]) if more else "", self._write("a", rows[-1]) if rows and values is not None else "")

    def _rows(self, ordered: QuerySet[Any]) -> list[Any]:
        if not self.keys_first:
            return list(ordered[: self.per_page + 1])
        keys = list(ordered.values_list("pk", flat=True)[: self.per_page + 1])
        rows = {row.pk: row for row in self.queryset.filter(pk__in=keys).order_by()} if keys else {}
        return [rows[key] for key in keys if key in rows]

    def _side(self, values: list[Any], *, backwards: bool) -> Q:
        condition = _NOTHING
        for key, value in reversed(list(zip(self.keys, values, strict=True))):
            condition = key.beyond(value, backwards=backwards) | (key.equal(value) & condition)
        first, value = self.keys[0], values[0]
        if value is not None and not first.nullable:
            # says again what follows from the rest, in the form an index range understands
            condition &= Q(**{f"{first.path}__{'lte' if first.descending != backwards else 'gte'}": value})
        return condition

    def _write(self, direction: str, row: Any) -> str:
        return self.signer.sign_object([direction, *(_pack(_value(row, key.path)) for key in self.keys)])

    def _read(self, cursor: str) -> tuple[str, list[Any]]:
        try:
            direction, *packed = self.signer.unsign_object(cursor)
            values = [_unpack(item) for item in packed]
        except (signing.BadSignature, ValueError, TypeError, KeyError) as error:
            raise BadCursor from error
        if direction not in {"a", "b"} or len(values) != len(self.keys):
            raise BadCursor
        return direction, values


def _keys(queryset: QuerySet[Any], order: Sequence[str]) -> list[_Key]:
    keys = [_Key(path.removeprefix("-"), path.startswith("-"), _is_nullable(queryset, path.removeprefix("-"))) for path in order]
    if not keys or keys[-1].path not in {"pk", "id"}:
        keys.append(_Key("pk", bool(keys) and keys[-1].descending, nullable=False))
    return keys


def _is_nullable(queryset: QuerySet[Any], path: str) -> bool:
    """Whether a path can be null; an annotation may always be."""
    if path == "pk":
        return False
    model: type[Model] = queryset.model
    nullable = False
    try:
        for part in path.split("__"):
            field = model._meta.get_field(part)
            nullable = nullable or bool(getattr(field, "null", True))
            model = field.related_model or model
    except FieldDoesNotExist:
        return True
    return nullable


def _value(row: Any, path: str) -> Any:
    for part in path.split("__"):
        if row is None:
            return None
        row = getattr(row, part)
    return row


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        return ["t", value.isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, Decimal):
        return ["n", str(value)]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _unpack(item: Any) -> Any:
    if isinstance(item, list):
        kind, text = item
        readers: dict[str, Callable[[str], Any]] = {"t": datetime.fromisoformat, "d": date.fromisoformat, "n": Decimal}
        return readers[kind](text)
    return item
