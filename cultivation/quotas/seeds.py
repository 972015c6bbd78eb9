"""Stores the shipped plans and divides their yearly targets over the districts; running it twice changes nothing."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit import services as audit
from accounts.users.models import District
from companies.recognitions.models import Title
from companies.register.models import CompanyDistrict
from cultivation.quotas.models import CountingRule, Plan, PlanConflict, Quota

DATA_FILE = Path(__file__).parent / "data" / "plans.yaml"


def largest_remainder(total: int, weights: dict[Any, int]) -> dict[Any, int]:
    """Divide whole `total` in proportion to `weights`; the parts add up to it.

    Method: Hamilton's, the largest remainders get the rest; ties go to the larger weight, then to the earlier key. Integer arithmetic.
    Raises ValueError when there is nothing to divide by.
    """
    whole = sum(weights.values())
    if whole <= 0:
        raise ValueError("weights add up to nothing")
    parts = {key: total * weight // whole for key, weight in weights.items()}
    order = sorted(weights, key=lambda key: (-(total * weights[key] % whole), -weights[key], list(weights).index(key)))
    for key in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def above_scale_by_district(day: date) -> dict[int, int]:
    """District id → above-scale firms in the register on a day, by the district they belonged to then; districts in their order."""
    periods = CompanyDistrict.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day),
        starts_on__lte=day,
        company__is_above_scale=True,
        company__happened_on__lte=day,
        company__withdrawn_on__isnull=True,
    )
    found = dict(periods.values_list("district_id").annotate(firms=Count("company_id", distinct=True)).order_by())
    return {pk: found.get(pk, 0) for pk in District.objects.values_list("pk", flat=True)}


@transaction.atomic
def plans_seed(*, on: date) -> list[Plan]:
    """Store plans, conflicts, counting rules and the city's targets from the shipped file."""
    written = yaml.safe_load(DATA_FILE.read_text("utf-8"))["plans"]
    titles = {title.code: title for title in Title.objects.all()}
    by_code = {entry["code"]: entry for entry in written}
    plans = []
    for entry in written:
        fields = ("name", "first_year", "last_year", "is_sample", "note")
        plan, created = Plan.objects.get_or_create(code=entry["code"], defaults={name: entry[name] for name in fields if name in entry})
        plans.append(plan)
        if not created:
            continue
        source = by_code[entry.get("annual_of", entry["code"])]
        _store_conflicts(plan, entry, titles, on=on)
        for year in range(plan.first_year, plan.last_year + 1):
            for line in [*source["annual"], *source["kept"]]:
                _city_quota(plan, year, line, titles, on=on)
        for line in entry.get("stock", []):
            _city_quota(plan, line["year"], line, titles, on=on)
        rules = source.get("counting_rules", [])
        CountingRule.objects.bulk_create(
            CountingRule(
                plan=plan,
                subject=rule["subject"],
                title=titles.get(rule.get("title")),
                rule=rule["rule"],
                reason=rule["reason"],
                decided_on=on,
            )
            for rule in rules
        )
        audit.record("plan.stored", actor=None, target=plan, items=list(plan.quotas.all()), on=on)
    return plans


def _store_conflicts(plan: Plan, entry: dict[str, Any], titles: dict[str, Title], *, on: date) -> None:
    PlanConflict.objects.bulk_create(
        PlanConflict(
            plan=plan,
            name=conflict["name"],
            title=titles.get(conflict.get("title")),
            figures=conflict["figures"],
            choice=conflict["choice"],
        )
        for conflict in entry.get("conflicts", [])
    )


def _city_quota(plan: Plan, year: int, line: dict[str, Any], titles: dict[str, Title], *, on: date) -> Quota:
    return Quota.objects.create(
        plan=plan,
        year=year,
        title=titles[line["title"]],
        district=None,
        kind=line["kind"],
        value=line["value"],
        verb=line["verb"],
        clause=line["clause"],
        note=line.get("note", ""),
        known_on=on,
        stamp=opening.stamp(),
    )


@transaction.atomic
def quotas_divide(*, plan: Plan, year: int, on: date) -> int:
    """Divide the city's targets of one year over the districts by share of above-scale firms on 1 January; marked 本地设定.

    Largest remainder, stored; returns the rows written, 0 when the year is divided already or nobody was in the register that day.
    """
    weights = above_scale_by_district(date(year, 1, 1))
    if not sum(weights.values()) or Quota.objects.filter(plan=plan, year=year, district__isnull=False).exists():
        return 0
    rows = []
    for city in Quota.objects.filter(plan=plan, year=year, district__isnull=True).select_related("title"):
        for district_id, value in largest_remainder(city.value, weights).items():
            rows.append(
                Quota(
                    plan=plan,
                    year=year,
                    title=city.title,
                    district_id=district_id,
                    kind=city.kind,
                    value=value,
                    verb=city.verb,
                    clause=city.clause,
                    is_local=True,
                    note=_("按当年1月1日在库规上企业数占比，最大余额法分解"),
                    known_on=on,
                    stamp=opening.stamp(),
                )
            )
    Quota.objects.bulk_create(rows)
    stored = list(Quota.objects.filter(plan=plan, year=year, district__isnull=False))
    audit.record("quota.divided", actor=None, target=plan, after={"year": year, "rows": len(stored)}, items=stored, on=on)
    return len(stored)
