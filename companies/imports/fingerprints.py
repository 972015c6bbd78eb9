"""What an import rests on, in few queries: if this changed since the check, the check no longer holds."""

import json
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.audit.chain import canonical, sha256
from accounts.decisions.kinds import Change
from companies.assignments.models import Assignment
from companies.evidence.models import Evidence
from companies.figures.models import YearFigures
from companies.imports.models import ImportRow, ImportRun, RowVerdict
from companies.recognitions.models import Recognition, RecognitionState
from companies.register.models import Company
from core.units import count

CHUNK = 2_000


def facts_of(run: ImportRun) -> dict[str, Any]:
    """Counts, highest keys and versions of everything stored about the firms of the run's accepted rows. Never the calendar day."""
    codes = ImportRow.objects.filter(run=run).exclude(verdict=RowVerdict.REFUSED).values("uscc")
    firms = Company.objects.filter(uscc__in=codes)
    companies = firms.aggregate(
        n=Count("pk"),
        versions=Coalesce(Sum("version"), 0),
        districts=Coalesce(Sum("district_id"), 0),
        withdrawn=Count("pk", filter=Q(withdrawn_on__isnull=False)),
    )
    figures = YearFigures.objects.filter(company__in=firms).aggregate(
        n=Count("pk"), newest=Max("pk"), withdrawn=Count("pk", filter=Q(withdrawn_on__isnull=False))
    )
    recognitions = Recognition.objects.filter(company__in=firms).aggregate(
        n=Count("pk"),
        newest=Max("pk"),
        confirmed=Count("pk", filter=Q(state=RecognitionState.CONFIRMED)),
        withdrawn=Count("pk", filter=Q(withdrawn_on__isnull=False)),
    )
    own = Assignment.objects.filter(company__in=firms, ends_on__isnull=True, officer_id=run.uploaded_by_id).count()
    paper = Evidence.objects.filter(pk=run.official_list_id or 0).values_list("sha256", "withdrawn_on").first()
    return {"companies": companies, "figures": figures, "recognitions": recognitions, "own": own, "paper": paper}


def fingerprint_of(facts: dict[str, Any]) -> str:
    """One value for `facts_of`."""
    return sha256(canonical(facts))


def rows_digest(run: ImportRun) -> str:
    """One value for everything the check decided about the run's rows."""
    digest = ""
    rows = ImportRow.objects.filter(run=run).order_by("pk").values_list("sheet", "number", "verdict", "uscc", "values", "before")
    part: list[Any] = []
    for row in rows.iterator(chunk_size=CHUNK):
        part.append(list(row))
        if len(part) == CHUNK:
            digest, part = sha256(digest + _written(part)), []
    return sha256(digest + _written(part))


def _written(part: list[Any]) -> str:
    """As `canonical`, for what came out of JSON and needs no look at every value."""
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def basis_lines(facts: dict[str, Any]) -> list[Change]:
    """The facts in words, for the page of a decision that turned stale."""
    return [
        Change(
            _("库内企业"),
            "",
            _("%(n)s 家，版本合计 %(v)s") % {name: count(facts["companies"][key]) for name, key in (("n", "n"), ("v", "versions"))},
        ),
        Change(
            _("库内年度指标"),
            "",
            _("%(n)s 条，最新 %(v)s 号") % {"n": count(facts["figures"]["n"]), "v": facts["figures"]["newest"] or "—"},
        ),
        Change(
            _("库内认定"),
            "",
            _("%(n)s 条，最新 %(v)s 号") % {"n": count(facts["recognitions"]["n"]), "v": facts["recognitions"]["newest"] or "—"},
        ),
        Change(_("公告文件"), "", str(facts["paper"][0])[:12] if facts["paper"] else _("无")),
    ]


def lock_companies(run: ImportRun) -> None:
    """Hold the firms the run writes, in order of their key, until the transaction ends: every writer of a firm locks its row first."""
    codes = ImportRow.objects.filter(run=run, verdict__in=[RowVerdict.NEW, RowVerdict.CHANGED]).values("uscc")
    firms = Company.objects.filter(uscc__in=codes).order_by("pk").select_for_update().values_list("pk", flat=True)
    for _pk in firms.iterator(chunk_size=2_000):
        pass
