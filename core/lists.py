"""List pages: one class for filtering, sorting, paging by key, column choice and export of exactly what is seen."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.exporting import FORMATS, Sheet, export_response
from core.filters import FilterSet, query_names, takes_many, without
from core.hooks import hooks
from core.htmx import is_htmx, refuse
from core.paginator import FIRST, BadCursor, KeyPage, KeyPaginator
from core.tables import PickColumn, Table

PAGE_SIZES = (25, 50, 100, 200)
OWN_NAMES = ("sort", "page", "per_page", "cols")


class ListPage(TemplateView):
    """A list: set `table_class`, `sorts` and `get_queryset`; `filterset_class` where it can be filtered.

    - `sorts`: alias → ordering (field paths; the primary key is added). Only these can be asked for, `-alias` reverses. An alias that
      is also a column makes that column's head a link.
    - the view state is the query string; names and values nobody declared are dropped and named in one line. `query` is what is left.
    - htmx gets `rows_template`, everybody else the page; POST `export=xlsx|csv` exports, POST `cols` chooses columns.
    """

    template_name = "core/list.html"
    rows_template = "core/list.html#rows"
    table_class: type[Table]
    filterset_class: type[FilterSet] | None = None
    sorts: Mapping[str, Sequence[str]] = {}
    default_sort = ""
    per_page = PAGE_SIZES[0]
    extra_query: Sequence[str] = ()
    heading: Any = ""
    sub: Any = ""
    crumbs: Sequence[Mapping[str, Any]] = ()
    count_text: Any = gettext_lazy("共 %(count)s 家")
    empty_text: Any = gettext_lazy("还没有内容。")
    filtered_empty_text: Any = gettext_lazy("没有符合筛选的内容。")
    file_name: Any = ""
    can_export = True
    keys_first = False  # see KeyPaginator
    http_method_names = ["get", "head", "options", "post"]

    # what pages override

    def get_queryset(self) -> QuerySet[Any]:
        """The rows of the user's scope, with everything the columns need loaded."""
        raise NotImplementedError

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """More arguments for the filter set, e.g. choices of the user's scope."""
        return {}

    def get_table_kwargs(self) -> dict[str, Any]:
        """More arguments for the table."""
        return {}

    def on_export(self, request: HttpRequest, count: int, columns: Sequence[str], kind: str) -> None:
        """Told before an export is sent; raising stops it. By default the registered log is told."""
        if hooks.exported:
            hooks.exported(request, self.list_name, count, columns, kind)

    # the view state

    @cached_property
    def list_name(self) -> str:
        """The list's name for logs, column memory and cursors: its URL name."""
        match = self.request.resolver_match
        return match.view_name if match else type(self).__name__

    @cached_property
    def query(self) -> QueryDict:
        """The declared part of the address; filling it fills `dropped`."""
        self.filterset  # noqa: B018  drops as it is made
        return self._query

    @cached_property
    def filterset(self) -> FilterSet | None:
        """The filter set over valid values only."""
        self.dropped: list[str] = []
        given = self.request.GET
        filterset = self._filterset(given) if self.filterset_class else None
        names = query_names(filterset.form) if filterset else {}
        fields = filterset.form.fields if filterset else {}
        single = {*OWN_NAMES, *self.extra_query} | {name for name, field in names.items() if not takes_many(fields[field])}
        unknown = [name for name in given if name not in names and name not in OWN_NAMES and name not in self.extra_query]
        repeated = [name for name in given if name in single and len(given.getlist(name)) > 1]
        self._query = self._drop(given, [*unknown, *repeated])
        if not filterset:
            return None
        if self.dropped:
            filterset = self._filterset(self._query)
        wrong = [name for name, field in names.items() if field in filterset.form.errors and name in self._query]
        if wrong:
            self._query = self._drop(self._query, wrong)
            filterset = self._filterset(self._query)
        return filterset

    def _filterset(self, query: QueryDict) -> FilterSet:
        return self.filterset_class(query, queryset=self.base_queryset, request=self.request, **self.get_filterset_kwargs())  # type: ignore[misc]

    def _drop(self, query: QueryDict, names: Sequence[str]) -> QueryDict:
        self.dropped += [name[:40] for name in names]
        return without(query, names)

    def _own(self, name: str, *, is_valid: Any) -> str:
        """A value of our own names, or "" where it is absent or invalid (then dropped)."""
        value = self.query.get(name, "")
        if value and not is_valid(value):
            self._query = self._drop(self._query, [name])
            self.query = self._query
            return ""
        return value

    @cached_property
    def base_queryset(self) -> QuerySet[Any]:
        """`get_queryset()`, once."""
        return self.get_queryset()

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """The rows seen, unordered."""
        return self.filterset.qs if self.filterset else self.base_queryset

    @property
    def is_filtered(self) -> bool:
        """Whether a filter is set."""
        return bool(self.filterset) and any(value for name, value in self.query.items() if name not in {*OWN_NAMES, *self.extra_query})

    @cached_property
    def sort(self) -> str:
        """The alias in force, `-` for reversed."""
        asked = self._own("sort", is_valid=lambda value: value.removeprefix("-") in self.sorts)
        return asked or self.default_sort or next(iter(self.sorts), "")

    @cached_property
    def order(self) -> list[str]:
        """The ordering in force."""
        order = list(self.sorts.get(self.sort.removeprefix("-"), ()))
        if self.sort.startswith("-"):
            order = [path.removeprefix("-") if path.startswith("-") else f"-{path}" for path in order]
        return order

    @cached_property
    def page_size(self) -> int:
        """Rows of a page: 25, 50, 100 or 200."""
        return int(self._own("per_page", is_valid=lambda value: value in {str(size) for size in PAGE_SIZES}) or self.per_page)

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns seen, in order: asked for, else remembered, else the table's own choice."""
        known = self.table_class.base_columns

        def is_valid(value: str) -> bool:
            names = value.split(",")
            return len(set(names)) == len(names) and all(name in known for name in names)

        asked = self._own("cols", is_valid=is_valid)
        if asked:
            names = asked.split(",")
        else:
            remembered = hooks.load_columns(self.request, self.list_name) if hooks.load_columns else ()
            names = [name for name in remembered if name in known] or list(self.table_class.shown) or list(known)
        picks = [name for name, column in known.items() if isinstance(column, PickColumn) and name not in names]
        header = [name for name in [self.table_class.row_header] if name in known and name not in names]
        return picks + header + names

    @cached_property
    def paginator(self) -> KeyPaginator:
        """Pages by key."""
        return KeyPaginator(self.filtered, order=self.order, per_page=self.page_size, name=self.list_name, keys_first=self.keys_first)

    @cached_property
    def page(self) -> KeyPage:
        """The page asked for; one that does not exist gives the first and is named."""
        cursor = self.query.get("page", FIRST)
        try:
            return self.paginator.page(cursor)
        except BadCursor:
            self._own("page", is_valid=lambda value: False)
            return self.paginator.page(FIRST)

    def table(self, rows: Sequence[Any]) -> Table:
        """The table of some rows with the chosen columns."""
        known = self.table_class.base_columns
        table = self.table_class(
            rows,
            orderable=False,
            sequence=[*self.columns, "..."],
            exclude=[name for name in known if name not in self.columns],
            request=None,
            **self.get_table_kwargs(),
        )
        table.sort_links = {name: self._sort_link(name) for name in self.columns if name in self.sorts}
        return table

    def _sort_link(self, name: str) -> tuple[str, str]:
        current = self.sort.removeprefix("-") == name
        is_reversed = self.sort.startswith("-")
        # the arrow tells the order of the figures, and an alias may begin with the newest
        descending = is_reversed != self.sorts[name][0].startswith("-")
        direction = ("descending" if descending else "ascending") if current else ""
        return self.link(sort=name if not current or is_reversed else f"-{name}"), direction

    def link(self, **changes: str) -> str:
        """The present view with these names changed ("" removes); paging starts over unless `page` is given."""
        query = without(self.query, [*changes, *([] if "page" in changes else ["page"])])
        pairs = [(name, value) for name, values in query.lists() for value in values if value] + [
            (name, value) for name, value in changes.items() if value
        ]
        return f"{self.request.path}?{urlencode(pairs)}" if pairs else self.request.path

    # answers

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What core/list.html shows; counts and rows come from the same filtered rows."""
        page = self.page
        table = self.table(page.rows)
        count = self.paginator.count
        return super().get_context_data(
            **{
                "heading": self.heading,
                "sub": self.sub,
                "crumbs": self.crumbs,
                "table": table,
                "page": page,
                "filter": self.filterset,
                "count": count,
                "count_line": self.count_text % {"count": count},
                "query": self.query,
                "dropped": self.dropped,
                "is_filtered": self.is_filtered,
                "empty_line": self.filtered_empty_text if self.is_filtered else self.empty_text,
                "clear_url": self.request.path,
                "here": self.link(page=self.query.get("page", "")),
                "pages": {
                    "first": self.link() if page.previous else "",
                    "previous": self.link(page=page.previous) if page.previous else "",
                    "next": self.link(page=page.next) if page.next else "",
                    "last": self.link(page="last") if page.next else "",
                },
                "page_sizes": [(size, self.link(per_page=str(size)), size == self.page_size) for size in PAGE_SIZES],
                "kept": [(name, self.query[name]) for name in ("sort", "per_page", "cols", *self.extra_query) if self.query.get(name)],
                "column_choices": self._column_choices(),
                "can_export": self.can_export and count.number > 0,
                **kwargs,
            }
        )

    def _column_choices(self) -> list[tuple[str, Any, bool]]:
        known = self.table_class.base_columns
        order = [*self.columns, *(name for name in known if name not in self.columns)]
        return [
            (name, known[name].header or name, name in self.columns)
            for name in order
            if not isinstance(known[name], PickColumn) and name != self.table_class.row_header
        ]

    def get_template_names(self) -> list[str]:
        """The rows for htmx, the page otherwise."""
        return [self.rows_template if is_htmx(self.request) else self.template_name]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or its rows for htmx."""
        context = self.get_context_data(**kwargs)
        response = self.render_to_response(context)
        if is_htmx(request):
            response["HX-Push-Url"] = context["here"]
        patch_vary_headers(response, ["HX-Request"])
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Export the list seen, or choose columns; what else a page does to its rows is its own view."""
        if "cols" in request.POST:
            return self._choose_columns(request.POST.getlist("cols"))
        kind = request.POST.get("export", "")
        if kind not in FORMATS or not self.can_export:
            return refuse(request, _("不认识的导出格式，只支持 xlsx 和 csv。"), status=400)
        return self.export(kind)

    def _choose_columns(self, names: Sequence[str]) -> HttpResponse:
        known = self.table_class.base_columns
        chosen = [name for name in dict.fromkeys(names) if name in known]
        if hooks.save_columns:
            hooks.save_columns(self.request, self.list_name, chosen)
        return HttpResponseRedirect(self.link(cols=",".join(chosen)))

    def export(self, kind: str) -> HttpResponseBase:
        """Exactly the filtered rows in their order with the columns seen, as xlsx or csv; very long ones become a job."""
        columns = [name for name in self.columns if not self.table_class.base_columns[name].exclude_from_export]
        count = self.filtered.order_by().values("pk").count()
        if count > settings.LIMITS["export_rows_at_once"] and hooks.large_export:
            self.on_export(self.request, count, columns, kind)
            return hooks.large_export(self.request, self, kind, count)
        sheet = self.export_sheet(columns)
        self.on_export(self.request, count, columns, kind)
        return export_response(sheet, kind)

    def export_sheet(self, columns: Sequence[str]) -> Sheet:
        """Heads and rows of an export, read from the database as they are written."""
        return Sheet.of_list(str(self.file_name or self.heading or _("清单")), self.table([]), columns, self.paginator.ordered())
