"""What a proposed move rests on: the digest a second person's signature depends on, and its lines in words.

Covers the facts used, their source ids, file hashes, the versions of standard and gate, the district and the verdicts; never the
calendar day, so that a new day alone changes nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.audit.chain import canonical, sha256
from accounts.decisions.kinds import Change
from companies.evidence.models import Evidence
from companies.figures.models import Incident
from companies.recognitions.models import EVER_CONFIRMED, ApplicationType, Batch, Recognition
from companies.register.models import Company
from cultivation.tracks.models import Track
from cultivation.tracks.pools import scheme_versions
from policies.engine import OUTCOME_LABELS, Sheet
from policies.engine.sheet import Verdict
from policies.standards.models import Standard


def digest_of(track: Track, *, to_state: str, batch: Batch | None, sheet: Sheet | None, evidence: Sequence[Evidence]) -> str:
    """SHA-256 of everything the move rests on, the same on every database and every day."""
    company = Company.objects.select_related("district").get(pk=track.company_id)
    facts = {
        "company": company.uscc,
        "district": company.district.code,
        "is_above_scale": company.is_above_scale,
        "title": track.title.code,
        "from": track.state,
        "to": to_state,
        "batch": batch.pk if batch else None,
        "application_year": sheet.application_year if sheet else None,
        "standard": sheet.standard_sha if sheet else None,
        "standards": _standard_versions(track),
        "schemes": scheme_versions(track.title),
        "facts_used": sorted(str(version) for version in sheet.facts_used) if sheet else [],
        "verdicts": [_verdict(verdict) for verdict in sheet.verdicts] if sheet else [],
        "incidents": [list(row) for row in _incidents(company)],
        "titles": [list(row) for row in _titles(company)],
        "evidence": [_file(row) for row in _files(evidence)],
    }
    return sha256(canonical(facts))


def basis_lines(track: Track, *, sheet: Sheet | None, evidence: Sequence[Evidence]) -> list[Change]:
    """The same in words, one line each, so that a stale proposal can name what changed."""
    company = Company.objects.select_related("district").get(pk=track.company_id)
    above_scale = {True: _("是"), False: _("否"), None: _("缺数据")}[company.is_above_scale]
    lines = [
        Change(_("属地"), "", str(company.district)),
        Change(_("规上企业"), "", above_scale),
        Change(_("认定标准"), "", sheet.document if sheet else _("无")),
        Change(_("认定标准版本"), "", "、".join(version[:12] for version in _standard_versions(track))),
        Change(_("入库条件版本"), "", "、".join(version[:12] for version in scheme_versions(track.title))),
        Change(_("负面信息"), "", _incident_text(company)),
        Change(_("已有称号"), "", _titles_text(company)),
        Change(_("佐证材料"), "", _files_text(evidence)),
    ]
    return lines + [Change(verdict.text, "", _verdict_text(verdict)) for verdict in (sheet.verdicts if sheet else ())]


def _standard_versions(track: Track) -> list[str]:
    rows = Standard.objects.filter(title=track.title, application_type=ApplicationType.NEW)
    return sorted(rows.values_list("sha256", flat=True))


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """A verdict without what the calendar alone moves: values are kept where a stored figure stands behind them."""
    judged = verdict.judged
    return {
        "code": verdict.code,
        "outcome": str(verdict.outcome),
        "threshold": verdict.threshold_text,
        "observed": [
            [one.label, one.year, one.source, one.text, sorted(str(version) for version in one.version_ids)]
            for one in verdict.observed
            if one.version_ids
        ],
        "judged": [str(judged.outcome), str(judged.id), judged.evidence_sha] if judged else None,
        "waived_by": verdict.waived_by,
        "children": [_verdict(child) for child in verdict.children],
    }


def _verdict_text(verdict: Verdict) -> str:
    shown = "、".join(
        f"{one.text}（{one.source_label}）" if one.source_label else one.text for one in _observed(verdict) if one.version_ids
    )
    judged = verdict.judged.note if verdict.judged else ""
    return " ".join(part for part in (OUTCOME_LABELS[verdict.outcome], shown, judged) if part)


def _observed(verdict: Verdict) -> Iterable[Any]:
    yield from verdict.observed
    for child in verdict.children:
        yield from _observed(child)


def _incidents(company: Company) -> list[tuple[Any, ...]]:
    rows = Incident.objects.filter(company=company, withdrawn_on__isnull=True).order_by("starts_on", "pk")
    return list(rows.values_list("pk", "kind", "severity", "starts_on", "ends_on"))


def _incident_text(company: Company) -> str:
    rows = Incident.objects.filter(company=company, withdrawn_on__isnull=True).order_by("starts_on", "pk")
    texts = [
        _("%(kind)s（%(from)s 至 %(until)s）")
        % {"kind": row.get_kind_display(), "from": row.starts_on.isoformat(), "until": row.ends_on.isoformat() if row.ends_on else _("今")}
        for row in rows
    ]
    return "、".join(texts) or _("无")


def _titles(company: Company) -> list[tuple[Any, ...]]:
    rows = Recognition.objects.filter(company=company, state__in=EVER_CONFIRMED, withdrawn_on__isnull=True).order_by("pk")
    return list(rows.values_list("pk", "title__code", "state", "valid_from", "valid_until", "ended_on"))


def _titles_text(company: Company) -> str:
    rows = (
        Recognition.objects.filter(company=company, state__in=EVER_CONFIRMED, withdrawn_on__isnull=True)
        .select_related("title")
        .order_by("pk")
    )
    texts = []
    for row in rows:
        ends = row.ended_on or row.valid_until
        texts.append(_("%(title)s（至 %(until)s）") % {"title": row.title.short, "until": ends.isoformat() if ends else _("长期")})
    return "、".join(texts) or _("无")


def _files(evidence: Sequence[Evidence]) -> list[Evidence]:
    return list(Evidence.objects.filter(pk__in=[row.pk for row in evidence]).order_by("pk"))


def _file(row: Evidence) -> list[Any]:
    return [row.pk, row.sha256, row.withdrawn_on is not None]


def _files_text(evidence: Sequence[Evidence]) -> str:
    texts = []
    for row in _files(evidence):
        named = {"name": row.name, "hash": row.sha256[:12]}
        texts.append((_("%(name)s（%(hash)s…，已撤回）") if row.withdrawn_on else _("%(name)s（%(hash)s…）")) % named)
    return "、".join(texts) or _("无")
