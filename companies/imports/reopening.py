"""Applying an undone run again: its withdrawn rows come back as they were."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from companies.figures.models import YearFigures
from companies.imports.models import ImportRun
from companies.imports.refusals import CannotApplyAgain
from companies.imports.undoing import put_back
from companies.recognitions.bulk import recognitions_reopen
from companies.recognitions.models import Recognition
from companies.register import slots
from companies.register.models import Company, CompanyName
from companies.register.search import index_companies

if TYPE_CHECKING:
    from accounts.users.models import User


def reopen(run: ImportRun, *, by: "User", on: date) -> list[models.Model]:
    """Take the withdrawal off everything the run had added and set changed fields again. Raises CannotApplyAgain."""
    figures = YearFigures.objects.filter(import_run=run, withdrawn_on__isnull=False)
    _refuse_newer(figures)
    companies = list(Company.objects.filter(import_run=run, withdrawn_on__isnull=False))
    for company in companies:
        company.withdrawn_on = None
    Company.objects.bulk_update(companies, ["withdrawn_on"], batch_size=100)
    CompanyName.objects.filter(import_run=run).update(withdrawn_on=None)
    changed = put_back(run, to="values")
    index_companies([company.pk for company in changed])
    versions = list(figures)
    YearFigures.objects.filter(pk__in=[version.pk for version in versions]).update(withdrawn_on=None)
    for version in versions:
        version.withdrawn_on = None
    touched = [*companies, *Company.objects.filter(pk__in=[company.pk for company in changed])]
    if touched:
        slots.emit("companies_changed", company_ids=[company.pk for company in touched], by=by, on=on)
    if versions:
        slots.emit("figures_added", figures=versions, company_ids=sorted({v.company_id for v in versions}), by=by, on=on)
    rows = recognitions_reopen(recognitions=list(Recognition.objects.filter(import_run=run, withdrawn_on__isnull=False)), by=by, on=on)
    return [*touched, *versions, *rows]


def _refuse_newer(figures: models.QuerySet[YearFigures]) -> None:
    newer = YearFigures.objects.filter(
        company=OuterRef("company"), year=OuterRef("year"), source=OuterRef("source"), pk__gt=OuterRef("pk"), withdrawn_on__isnull=True
    )
    clash = figures.annotate(is_newer=Exists(newer)).filter(is_newer=True).select_related("company")
    found = [
        _("%(name)s %(year)s 年（%(source)s）已有更新的数据。")
        % {"name": row.company.name, "year": row.year, "source": row.get_source_display()}
        for row in clash[:20]
    ]
    if found:
        raise CannotApplyAgain(found)
