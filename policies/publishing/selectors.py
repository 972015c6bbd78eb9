"""Reads for the pages of drafts, comparisons and trials."""

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.users.models import District
from policies import engine
from policies.publishing.models import Effect, StandardDraft, TextTrial, TrialCompany
from policies.standards import library
from policies.standards.models import Standard

if TYPE_CHECKING:
    from accounts.users.models import User

ENDED_SHOWN = 20


def drafts_open(*, user: "User") -> QuerySet[StandardDraft]:
    """Drafts neither published nor withdrawn, last saved first."""
    return _in_full(StandardDraft.objects.visible_to(user).open())


def drafts_ended(*, user: "User") -> QuerySet[StandardDraft]:
    """The last twenty that were."""
    rows = StandardDraft.objects.visible_to(user)
    return _in_full(rows.exclude(pk__in=rows.open().values("pk")))[:ENDED_SHOWN]


def _in_full(rows: QuerySet[StandardDraft]) -> QuerySet[StandardDraft]:
    related = ("title", "decision", "standard__title", "follows__title", "prepared_by__person", "changed_by__person")
    return rows.select_related(*related)


def draft_in_full(*, user: "User") -> QuerySet[StandardDraft]:
    """One draft with what its page shows."""
    return _in_full(StandardDraft.objects.visible_to(user))


def versions_of(title_code: str) -> list[Standard]:
    """All versions of a title, latest first."""
    return list(Standard.objects.filter(title__code=title_code).select_related("title").order_by("-in_force_from", "-pk"))


def latest_trial(*, standard: Standard, user: "User") -> TextTrial | None:
    """The last trial of a published version."""
    return TextTrial.objects.visible_to(user).filter(standard=standard).select_related("job").first()


def trial_grid(*, trial: TextTrial, user: "User") -> dict[str, Any]:
    """Firms per district and effect within the user's scope, each count a door; and what is newly open or closed per criterion."""
    rows = TrialCompany.objects.visible_to(user).filter(trial=trial)
    counted = Counter[tuple[int, str]]()
    for district_id, effect, number in rows.order_by().values_list("company__district_id", "effect").annotate(Count("pk")):
        counted[district_id, effect] += number
    seen = {district_id for district_id, _effect in counted}
    base = reverse("policies:standard-trial-firms", args=[trial.pk])
    lines = [{"district": district, "cells": _cells(counted, base, district)} for district in District.objects.filter(pk__in=seen)]
    total = Counter[tuple[int, str]]()
    for (_district, effect), number in counted.items():
        total[0, effect] += number
    rows_shown = [*lines, {"district": None, "cells": _cells(total, base, None)}] if len(lines) > 1 else lines
    return {"effects": Effect.labels, "lines": lines, "rows": rows_shown, "criteria": _criteria(trial, rows, base)}


def _cells(counted: Counter[tuple[int, str]], base: str, district: District | None) -> list[dict[str, Any]]:
    """One count per effect; of all districts together where `district` is None."""
    place = {} if district is None else {"district": district.code}
    key = 0 if district is None else district.pk
    return [
        {"label": effect.label, "value": counted[key, effect.value], "url": _url(base, effect=effect.value, **place)} for effect in Effect
    ]


def _url(base: str, **query: str) -> str:
    return f"{base}?{urlencode(query)}"


def _criteria(trial: TextTrial, rows: QuerySet[TrialCompany], base: str) -> list[dict[str, Any]]:
    """Criteria in the order of the new text, then those that only the old one has; only where a firm changes sides."""
    opened, closed = Counter[str](), Counter[str]()
    for come, gone, number in rows.exclude(opened="", closed="").order_by().values_list("opened", "closed").annotate(Count("pk")):
        for code in come.split():
            opened[code] += number
        for code in gone.split():
            closed[code] += number
    texts = {one.code: one.text for one in (*engine.load_standard(trial.text, name="").criteria, *_before_criteria(trial))}
    return [
        {
            "code": code,
            "text": text,
            "opened": {"value": opened[code], "url": _url(base, opened=code)},
            "closed": {"value": closed[code], "url": _url(base, closed=code)},
        }
        for code, text in texts.items()
        if opened[code] or closed[code]
    ]


def _before_criteria(trial: TextTrial) -> tuple[engine.Criterion, ...]:
    return library.compiled(trial.before).criteria if trial.before else ()
