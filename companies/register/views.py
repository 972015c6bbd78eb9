"""Pages of the register: 企业名录, type-ahead, one firm, a new firm."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.audit.models import AuditEntry
from accounts.audit.words import action_words, reason_words
from accounts.roles import STAFF, Role, StaffRequiredMixin, roles_required
from companies.register import selectors, slots
from companies.register.filters import CompanyFilterSet, company_filterset
from companies.register.forms import CompanyForm
from companies.register.models import Company
from companies.register.pages import came_from_tail, company_context, company_or_404, drawn
from companies.register.refusals import CodeHeld, InvalidCompany, LooksAlike
from companies.register.services import company_save, require_clerk
from companies.register.tables import CompanyTable, annotated, company_table, prefetched
from core.exporting import CHUNK, Sheet
from core.htmx import done
from core.paginator import KeyPaginator
from core.tables import Table
from core.views import FormPage, ListPage

MOST_ENTRIES = 100
PLACES = ("district", "town", "park")


class CompanyListView(StaffRequiredMixin, ListPage):
    """企业名录."""

    template_name = "companies/register/list.html"
    rows_template = "companies/register/list.html#rows"
    sorts = {"name": ("name_key",), "uscc": ("uscc",), "industry": ("industry", "name_key")}
    default_sort = "name"
    heading = _("企业名录")
    empty_text = _("还没有企业。")
    filtered_empty_text = _("没有符合筛选的企业。")

    @cached_property
    def table_class(self) -> type[CompanyTable]:  # type: ignore[override]
        """Own columns and those of the slots."""
        return company_table()

    @cached_property
    def filterset_class(self) -> type[CompanyFilterSet]:  # type: ignore[override]
        """Own filters and those of the slots."""
        return company_filterset()

    def get_queryset(self) -> QuerySet[Company]:
        """Firms in scope."""
        return selectors.companies_for_list(user=self.request.user)  # type: ignore[arg-type]

    @cached_property
    def places(self) -> selectors.Places:
        """Choices of places, one query."""
        return selectors.places_for(user=self.request.user, is_english=get_language() == "en")  # type: ignore[arg-type]

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """The places of the user's scope."""
        return {"places": self.places}

    @cached_property
    def paginator(self) -> KeyPaginator:
        """Pages by key, with the places shown and what the shown slot columns annotate."""
        places = [name for name in PLACES if name in self.columns]
        rows = annotated(self.filtered, self.columns)
        rows = rows.select_related(*places) if places else rows  # called with nothing it would join everything
        return KeyPaginator(rows, order=self.order, per_page=self.page_size, name=self.list_name)

    def table(self, rows: Sequence[Any]) -> Table:
        """With what the slot columns need for these rows."""
        self._found = prefetched(self.columns, rows, self.request.user)
        return super().table(rows)

    def get_table_kwargs(self) -> dict[str, Any]:
        """What the slots found, and the list itself for J and K."""
        return {"found": self._found, "came_from": self.query.urlencode()}

    def export_sheet(self, columns: Sequence[str]) -> Sheet:
        """Own columns read straight from the database, slot columns looked up for each chunk."""
        table = self.table([])
        slot_columns = {slot.code: slot for slot in slots.columns() if slot.code in columns}
        if not slot_columns:
            return super().export_sheet(columns)
        own = [name for name in columns if name not in slot_columns]
        heads = [str(table.columns[name].header) for name in columns]
        return Sheet(str(self.heading), heads, self._export_rows(table, columns, own, slot_columns))

    def _export_rows(
        self, table: Table, columns: Sequence[str], own: Sequence[str], slot_columns: dict[str, slots.SlotColumn]
    ) -> Iterator[list[Any]]:
        queryset = self.paginator.ordered()
        plain = Sheet.of_list("", table, own, queryset)
        chunk: list[tuple[Company, Sequence[Any]]] = []
        for company, values in zip(queryset.iterator(chunk_size=CHUNK), plain.rows, strict=True):
            chunk.append((company, values))
            if len(chunk) == CHUNK:
                yield from self._export_chunk(chunk, columns, own, slot_columns)
                chunk = []
        yield from self._export_chunk(chunk, columns, own, slot_columns)

    def _export_chunk(
        self,
        chunk: Sequence[tuple[Company, Sequence[Any]]],
        columns: Sequence[str],
        own: Sequence[str],
        slot_columns: dict[str, slots.SlotColumn],
    ) -> Iterator[list[Any]]:
        found = prefetched(columns, [company for company, _values in chunk], self.request.user)
        for company, values in chunk:
            cells = dict(zip(own, values, strict=True))
            for code, slot in slot_columns.items():
                value = found.get(code, {}).get(company.pk)
                cells[code] = None if value is None else slot.export(value)
            yield [cells[name] for name in columns]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the doors a clerk has."""
        is_clerk = self.request.user.role == Role.CLERK  # type: ignore[union-attr]
        return super().get_context_data(
            **{
                "new_url": reverse("companies:company-new") if is_clerk or self.request.user.role == Role.OFFICER else "",  # type: ignore[union-attr]
                "empty_url": reverse("companies:company-new") if is_clerk else "",
                "empty_action": _g("新建企业"),
                **kwargs,
            }
        )


@require_safe
@roles_required(*STAFF)
def company_search(request: HttpRequest) -> HttpResponse:
    """Type-ahead: at most eight firms in scope as a list of links."""
    text = request.GET.get("q", "")[:100]
    found = selectors.suggestions(user=request.user, text=text)  # type: ignore[arg-type]
    return render(request, "companies/register/suggestions.html", {"suggestions": found, "text": text.strip()})


@require_safe
@roles_required(*STAFF)
def company_detail(request: HttpRequest, uscc: str) -> HttpResponseBase:
    """概览: the panels of the slots."""
    return company_page(
        request, uscc, current="companies:company-detail", positions=("main", "side"), template="companies/register/detail.html"
    )


@require_safe
@roles_required(*STAFF)
def company_history(request: HttpRequest, uscc: str) -> HttpResponseBase:
    """认定与调库: the panels of the slots."""
    return company_page(
        request, uscc, current="companies:company-history", positions=("history",), template="companies/register/history.html"
    )


@require_safe
@roles_required(*STAFF)
def company_audit(request: HttpRequest, uscc: str) -> HttpResponse:
    """审计: the company's newest entries the user may read, in words; the whole log is one click away."""
    company = company_or_404(request, uscc)
    context = company_context(request, company, current="companies:company-audit")
    entries = AuditEntry.objects.visible_to(request.user).filter(company_uscc=company.uscc)[:MOST_ENTRIES]  # type: ignore[arg-type]
    context |= {
        "entries": [(entry, action_words(entry.action), reason_words(entry)) for entry in entries],
        "log_url": f"{reverse('accounts:audit-list')}?q={company.uscc}",
    }
    return render(request, "companies/register/audit.html", context)


def company_page(request: HttpRequest, uscc: str, *, current: str, positions: Sequence[str], template: str) -> HttpResponseBase:
    """A page of the firm made of panels; another spelling of the code leads to the one address."""
    company = company_or_404(request, uscc)
    if company.uscc != uscc:
        return HttpResponseRedirect(reverse(current, args=[company.uscc]))
    context = company_context(request, company, current=current)
    context |= {f"{position}_panels": drawn(position, context["asked"]) for position in positions}
    return render(request, template, context)


@require_safe
@roles_required(*STAFF)
def company_neighbour(request: HttpRequest, uscc: str, side: str) -> HttpResponse:
    """The next or previous firm of the list the user came from (`from`), else of the whole register; at its end it stays."""
    if side not in {"next", "previous"}:
        raise Http404
    company = company_or_404(request, uscc)
    tail = came_from_tail(request)
    request.GET = QueryDict(request.GET.get("from", "") if tail else "")
    page = CompanyListView()
    page.setup(request)
    row = page.paginator.beside(company, backwards=side == "previous")
    return HttpResponseRedirect(reverse("companies:company-detail", args=[row.uscc if row else company.uscc]) + tail)


class CompanyNewView(StaffRequiredMixin, FormPage):
    """新建企业: for clerks; everybody else reads who can do it."""

    form_class = CompanyForm
    template_name = "companies/register/new.html"
    fragment_name = "companies/register/new.html#form"
    heading = _("新建企业")
    submit_label = _("新建企业")
    alike: Sequence[str] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse before the form is shown, with the way out."""
        user = request.user
        if user.is_authenticated and user.role in STAFF:
            require_clerk(user, user.district_id)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The choices of the user's scope."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds look-alikes and crumbs."""
        crumbs = [{"label": _g("企业名录"), "url": reverse("companies:company-list")}, {"label": _g("新建企业"), "url": ""}]
        return super().get_context_data(**{"crumbs": crumbs, "alike": self.alike, "cancel_url": crumbs[0]["url"], **kwargs})

    def form_valid(self, form: CompanyForm) -> HttpResponse:
        """Save, or show why not with everything typed."""
        values = {name: value for name, value in form.cleaned_data.items() if name != "is_another"}
        on: date = localdate()
        try:
            company = company_save(
                by=self.request.user,  # type: ignore[arg-type]
                on=on,
                values=values,
                is_another_confirmed=form.cleaned_data["is_another"],
            )
        except LooksAlike as refusal:
            self.alike = refusal.details
            form.ask_whether_another()
            form.add_error(None, f"{refusal.message}{refusal.remedy}")
            return self.form_invalid(form)
        except (CodeHeld, InvalidCompany) as refusal:
            form.add_error("uscc" if isinstance(refusal, CodeHeld) else None, refusal.message)
            return self.form_invalid(form)
        return done(self.request, _g("已新建企业。"), to=reverse("companies:company-detail", args=[company.uscc]))
