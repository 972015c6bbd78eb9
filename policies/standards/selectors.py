"""Reads for the pages of standards and judgements."""

from typing import Any

from django.db.models import QuerySet

from companies.recognitions.models import Title
from companies.register.models import Company
from policies import engine
from policies.standards.library import Published
from policies.standards.models import Judgement


def criteria_of(standard: engine.Standard) -> list[dict[str, Any]]:
    """Criteria of a standard in the order of its clauses, each with its printed threshold and its alternatives below it."""
    return [_criterion(one) for one in (*standard.exclusions, *standard.criteria)]


def _criterion(one: engine.Criterion) -> dict[str, Any]:
    return {
        "criterion": one,
        "threshold": engine.threshold_of(one),
        "children": [_criterion(child) for child in engine.children_of(one)],
        "waivers": [_criterion(waiver) for waiver in one.waivers],
        "needs_check": bool(one.dispute) or one.grade not in {"A", "B2", "B"},
    }


def judgements_of(*, company: Company, title: Title) -> QuerySet[Judgement]:
    """All judgements of a firm for a title, withdrawn ones included, newest first."""
    rows = Judgement.objects.filter(company=company, standard__title=title)
    return rows.select_related("judged_by__person", "withdrawn_by__person", "evidence", "standard")


def manual_choices(*, company: Company, published: Published) -> list[tuple[str, str]]:
    """(code, text) of the manual criteria that carry no judgement in force."""
    judged = set(
        Judgement.objects.filter(company=company, standard=published.row, withdrawn_on__isnull=True).values_list("criterion", flat=True)
    )
    return [(code, f"{code} {text}") for code, text in engine.manual_criteria_of(published.compiled) if code not in judged]
