"""Tables of list pages: django-tables2 tables drawn without a template per row.

A row is drawn in one pass: signatures are read once per column, attributes that do not depend on the row once per table. Unlike the
original, an attribute that was not loaded is an error, not an empty cell.
"""

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_tables2.rows import BoundRow
from django_tables2.utils import computed_values, signature

from core import units
from core.templatetags import tidu

Cell = Callable[[Any], Any]


class Column(tables.Column):
    """A column; `num` sets figures to the right, `unit` is named in the head, `export` names another path for exports."""

    num = False
    unit: Any = ""

    def __init__(self, *args: Any, num: bool | None = None, unit: Any = None, export: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.num = self.num if num is None else num
        self.unit = self.unit if unit is None else unit
        self.export = export

    def __deepcopy__(self, memo: Any) -> "Column":
        """A table of one request sets a column's accessor and shares the rest."""
        return copy.copy(self)

    def export_value(self, value: Any) -> Any:
        """What an export writes for a stored value; figures stay figures."""
        return value


class NumberColumn(Column):
    """A figure; missing prints 缺数据. `places` decimals."""

    num = True
    empty_values = (None,)

    def __init__(self, *args: Any, places: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, default=tidu.missing, **kwargs)
        self.places = places

    def render(self, value: Any) -> Any:
        """With separators from 1,000."""
        return tidu.number(value, self.places)


class MoneyColumn(NumberColumn):
    """Yuan inside, 万元 on screen and in exports."""

    unit = _("万元")

    def render(self, value: Any) -> Any:
        """One decimal, unit in the head."""
        return tidu.money_cell(value)

    def export_value(self, value: Any) -> Any:
        """万元, exact."""
        return None if value is None else units.yuan_to_wan(value)


class ShareColumn(NumberColumn):
    """Per cent."""

    def render(self, value: Any) -> Any:
        """`2.7%`."""
        return tidu.share(value, self.places or 1)


class DayColumn(Column):
    """A day; `11-24` this year."""

    def render(self, value: Any) -> Any:
        """In <time>."""
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), tidu.day(value))


class PickColumn(Column):
    """A checkbox named `pick` for bulk actions; `label` names the row to a screen reader."""

    def __init__(self, *, label: str = "name", **kwargs: Any) -> None:
        super().__init__(
            verbose_name=_("选择"), accessor="pk", orderable=False, exclude_from_export=True, attrs={"td": {"class": "pick-cell"}}, **kwargs
        )
        self.label = label

    def render(self, value: Any, record: Any) -> Any:
        """The box."""
        name = record
        for part in self.label.split("__"):
            name = getattr(name, part)
        return format_html('<input class="pick" type="checkbox" name="pick" value="{}" form="bulk" aria-label="{}">', value, name)


@dataclass(frozen=True)
class Head:
    """One head cell: `url` sorts by it ("" if it cannot), `direction` ascending, descending or ""."""

    name: str
    label: Any
    unit: Any
    num: bool
    url: str
    direction: str
    is_pick: bool


class Table(tables.Table):
    """Base of our tables. `caption` for screen readers, `row_header` the column that names the row, `shown` the default columns."""

    caption: Any = ""
    row_header: str = ""
    shown: Sequence[str] = ()
    sort_links: dict[str, tuple[str, str]] = {}  # column name: (address, direction), set by the list page

    def __init__(self, data: Any, **kwargs: Any) -> None:
        kwargs.setdefault("template_name", "components/data-table.html")
        super().__init__(data, **kwargs)

    def heads(self) -> list[Head]:
        """The head row."""
        return [
            Head(
                bound.name,
                bound.header,
                getattr(bound.column, "unit", ""),
                getattr(bound.column, "num", False),
                *self.sort_links.get(bound.name, ("", "")),
                isinstance(bound.column, PickColumn),
            )
            for bound in self.columns
        ]

    def body(self) -> SafeString:
        """All rows as `<tr>`s."""
        bounds = list(self.columns)
        header = self._row_header(bounds)
        records = self._records()
        makers = [self._maker(bound, is_header=bound.name == header) for bound in bounds]
        return format_html_join("", "{}{}</tr>", ((self._row_start(record), self._cells(makers, record)) for record in records))

    def _records(self) -> Iterable[Any]:
        page = getattr(self, "page", None)
        return page.object_list.data if page is not None else self.data.data

    def _row_header(self, bounds: Sequence[Any]) -> str:
        names = [bound.name for bound in bounds if not isinstance(bound.column, PickColumn)]
        return self.row_header if self.row_header in names else (names[0] if names else "")

    def _row_start(self, record: Any) -> SafeString:
        if not self.row_attrs:
            return _PLAIN_ROW
        return format_html('<tr role="row" data-row{}>', flatatt(computed_values(self.row_attrs, kwargs={"table": self, "record": record})))

    def _cells(self, makers: Sequence[tuple[Any, Cell, SafeString]], record: Any) -> SafeString:
        row = format_html("{}", "")
        for start, make, end in makers:
            content = make(record)
            if content == "—":
                content = tidu.DASH
            if not isinstance(content, SafeString):
                content = conditional_escape(content)
            # a sum of safe strings is safe; joining them through format_html costs as much as the rest of the cell
            row = row + (start(record) if callable(start) else start) + content + end
        return row

    def _maker(self, bound: Any, *, is_header: bool) -> tuple[Any, Cell, SafeString]:
        attrs = dict(bound.column.attrs.get("td", bound.column.attrs.get("cell", {})))
        if getattr(bound.column, "num", False):
            attrs["class"] = f"{attrs.get('class', '')} num".strip()
        fixed = {"role": "rowheader", "scope": "row"} if is_header else {"role": "cell", "data-l": head_text(bound)}
        if isinstance(bound.column, PickColumn):
            fixed.pop("data-l", None)
        element = "th" if is_header else "td"
        if any(callable(value) for value in attrs.values()):

            def start(record: Any) -> SafeString:
                return format_html(
                    "<{}{}>", element, flatatt({**fixed, **computed_values(attrs, kwargs={"record": record, "table": self})})
                )
        else:
            start = format_html("<{}{}>", element, flatatt({**fixed, **attrs}))  # type: ignore[assignment]
        return start, self._cell(bound), format_html("</{}>", element)

    def _cell(self, bound: Any) -> Cell:
        column, render, link = bound.column, bound.render, _linker(bound)
        wanted, takes_all = signature(render)
        empty, default = column.empty_values, bound.default
        get: Cell | None = None

        def make(record: Any) -> Any:
            nonlocal get
            if get is None:
                get = getter(bound.accessor, record)
            value = get(record)
            if (value is None and None in empty) or (value == "" and "" in empty):
                return default
            every = {"value": value, "record": record, "column": column, "bound_column": bound, "table": self}
            if "bound_row" in wanted or takes_all:
                every["bound_row"] = BoundRow(record, table=self)
            content = render(**every) if takes_all else render(**{name: every[name] for name in wanted})
            return link(content, every) if link else content

        return make


def _linker(bound: Any) -> Callable[[Any, dict[str, Any]], SafeString] | None:
    """How a cell becomes a door: an address made by a function is asked for directly, everything else by the original."""
    link = bound.link
    if not link:
        return None
    if not callable(link.url) or link.attrs:
        return lambda content, every: link(content, **every)
    wanted, takes_all = signature(link.url)

    def draw(content: Any, every: dict[str, Any]) -> SafeString:
        url = link.url(**every) if takes_all else link.url(**{name: every[name] for name in wanted})
        return format_html('<a href="{}">{}</a>', url, content) if url else conditional_escape(content)

    return draw


def head_text(bound: Any) -> str:
    """A column's head with its unit: `营收（万元）`."""
    unit = getattr(bound.column, "unit", "")
    return gettext("%(head)s（%(unit)s）") % {"head": bound.header, "unit": unit} if unit else str(bound.header)


_PLAIN_ROW = format_html('<tr role="{}" data-row>', "row")


def getter(accessor: Any, sample: Any) -> Cell:
    """How a column's value is read from records like `sample`: attributes along the path, choices as labels, None stops."""
    if not isinstance(sample, Model) or not isinstance(accessor, str):
        return lambda record: accessor.resolve(record, quiet=True)
    parts = list(getattr(accessor, "bits", None) or accessor.split("__"))
    labels = _labels(type(sample), parts)

    def get(record: Any) -> Any:
        for part in parts:
            if record is None:
                return None
            try:
                record = getattr(record, part)
            except (AttributeError, ObjectDoesNotExist):
                return None
            if callable(record) and not getattr(record, "alters_data", False) and not isinstance(record, type):
                record = record()
        return labels.get(record, record) if labels and record is not None else record

    return get


def _labels(model: type[Model], parts: Sequence[str]) -> dict[Any, str]:
    """Value → label of a field with choices, in the language of the request; empty for every other path."""
    try:
        for part in parts[:-1]:
            model = model._meta.get_field(part).related_model  # type: ignore[assignment]
        field = model._meta.get_field(parts[-1])
    except (FieldDoesNotExist, AttributeError):
        return {}
    return {value: str(label) for value, label in getattr(field, "flatchoices", ())}
