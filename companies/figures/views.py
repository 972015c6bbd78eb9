"""年度指标 of a firm, and its 负面信息."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localdate
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.roles import STAFF, roles_required
from companies.figures import panels
from companies.figures.catalogue import CATALOGUE, Source
from companies.figures.forms import FiguresForm, IncidentEndForm, IncidentForm
from companies.figures.models import Incident
from companies.figures.refusals import FiguresDisagree, IncidentDatesDisagree, NothingNew, UnitInDoubt
from companies.figures.selectors import figures_for
from companies.figures.services import figures_add, incident_add, incident_end
from companies.figures.words import fact_label
from companies.register.firm_forms import CompanyFormPage
from companies.register.pages import company_context, company_or_404
from companies.register.writing import may_write
from core.htmx import done


def _source(text: str) -> Source | None:
    return Source(text) if text in set(Source) else None


def _cell(text: str) -> tuple[int, str] | None:
    """`2025,revenue` → (2025, "revenue"); anything else is None."""
    year, _comma, code = text.partition(",")
    return (int(year), code) if len(year) == 4 and year.isascii() and year.isdigit() and code in CATALOGUE else None


@require_safe
@roles_required(*STAFF)
def company_figures(request: HttpRequest, uscc: str) -> HttpResponse:
    """Years as columns; `source` switches 口径, `cell` opens the versions of one figure."""
    company = company_or_404(request, uscc)
    source = _source(request.GET.get("source", ""))
    cell = _cell(request.GET.get("cell", ""))
    here = reverse("companies:company-figures", args=[company.uscc])
    choices = [{"label": _g("全部口径"), "url": here, "current": source is None}]
    choices += [{"label": label, "url": f"{here}?source={code}", "current": source == code} for code, label in panels.source_choices()]
    context = company_context(request, company, current="companies:company-figures")
    context |= {
        "grid": panels.grid_for(company=company, on=localdate(), source=source),
        "sources": choices,
        "source": source or "",
        "here": here,
        "can_write": may_write(request.user, company),  # type: ignore[arg-type]
    }
    if cell:
        year, code = cell
        context |= {
            "cell": f"{year},{code}",
            "cell_year": year,
            "cell_label": fact_label(CATALOGUE[code]),
            "versions": panels.versions_of(company=company, year=year, code=code),
        }
    return render(request, "companies/figures/list.html", context)


class FiguresNewView(CompanyFormPage):
    """录入年度指标: a new version of one year from one source, prefilled with the version in force."""

    form_class = FiguresForm
    heading = _("录入年度指标")
    back = "companies:company-figures"
    submit_label = _("保存指标")

    def get_initial(self) -> dict[str, Any]:
        """Year and source asked for; else last year's audit report."""
        year = self.request.GET.get("year", "")
        is_year = len(year) == 4 and year.isascii() and year.isdigit()
        return {
            "year": int(year) if is_year else localdate().year - 1,
            "source": _source(self.request.GET.get("source", "")) or Source.AUDIT,
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        """The figures in force of that year and source."""
        kwargs = super().get_form_kwargs()
        asked = (kwargs["initial"]["year"], kwargs["initial"]["source"])
        standing = figures_for([self.company.pk], on=localdate()).get(self.company.pk, []) if self.request.method == "GET" else []
        return {**kwargs, "standing": next((row.values for row in standing if (row.year, row.source) == asked), {})}

    def form_valid(self, form: FiguresForm) -> HttpResponse:
        """Save a version, or name what disagrees."""
        given = form.cleaned_data
        try:
            figures_add(
                company_id=self.company.pk,
                year=given["year"],
                source=given["source"],
                values=form.changed_values(),
                by=self.request.user,  # type: ignore[arg-type]
                on=localdate(),
                is_estimate=given["is_estimate"],
                stands_beside=given["stands_beside"],
                note=given["note"],
                is_unit_checked=given["is_unit_checked"],
            )
        except (FiguresDisagree, NothingNew) as refusal:
            for line in refusal.details or [refusal.message]:
                form.add_error(None, line)
            return self.form_invalid(form)
        except UnitInDoubt as refusal:
            form.ask_about_units()
            for line in [*refusal.details, refusal.remedy]:
                form.add_error(None, line)
            return self.form_invalid(form)
        return done(self.request, _g("已保存指标。"), to=self.back_url)


class IncidentNewView(CompanyFormPage):
    """登记负面信息."""

    form_class = IncidentForm
    heading = _("登记负面信息")
    submit_label = _("登记负面信息")

    def form_valid(self, form: IncidentForm) -> HttpResponse:
        """Save, or say which day is wrong."""
        try:
            incident_add(company_id=self.company.pk, by=self.request.user, on=localdate(), **form.cleaned_data)  # type: ignore[arg-type]
        except IncidentDatesDisagree as refusal:
            form.add_error("ends_on" if form.cleaned_data["ends_on"] else "starts_on", refusal.message)
            return self.form_invalid(form)
        return done(self.request, _g("已登记负面信息。"), to=self.back_url)


class IncidentEndView(CompanyFormPage):
    """结束负面信息."""

    form_class = IncidentEndForm
    heading = _("结束负面信息")
    submit_label = _("结束负面信息")

    @cached_property
    def incident(self) -> Incident:
        """The incident of this firm."""
        visible = Incident.objects.visible_to(self.request.user).filter(company=self.company, withdrawn_on__isnull=True)  # type: ignore[arg-type]
        return get_object_or_404(visible, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Names the incident."""
        return super().get_context_data(**{"subject": self.incident, **kwargs})

    def form_valid(self, form: IncidentEndForm) -> HttpResponse:
        """Save, or say which day is wrong."""
        try:
            incident_end(incident_id=self.incident.pk, by=self.request.user, on=localdate(), **form.cleaned_data)  # type: ignore[arg-type]
        except IncidentDatesDisagree as refusal:
            form.add_error("ends_on", refusal.message)
            return self.form_invalid(form)
        return done(self.request, _g("已结束负面信息。"), to=self.back_url)
