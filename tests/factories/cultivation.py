"""Tracks where their own events put them, and firms that are ready for 专精特新“小巨人” but for what a test takes away."""

from datetime import date
from decimal import Decimal
from typing import Any

import factory

from companies.recognitions.models import Batch, Recognition, Title
from companies.recognitions.seeds import batch_seed, title_seed
from companies.register.models import Company
from cultivation.tracks import moves
from cultivation.tracks.models import MoveKind, Track, TrackEvent, TrackState
from cultivation.tracks.pools import pool_scheme_seed
from policies.standards.library import standards_seed
from policies.standards.models import Judgement, Standard
from tests.factories.accounts import CityApproverFactory
from tests.factories.companies import AssignmentFactory, CompanyFactory, RecognitionFactory, TitleFactory, YearFiguresFactory

MAY_1 = date(2026, 5, 1)
MILLION = Decimal(1_000_000)
MANUAL = ("G-04", "G-06", "L-5", "L-6")


def library() -> None:
    """Titles, batches, standards and gates as shipped."""
    title_seed()
    batch_seed()
    standards_seed()
    pool_scheme_seed()


class TrackFactory(factory.django.DjangoModelFactory):
    """A 小巨人 track at 待入库 with its event; `state` walks there by the named transitions, one event each."""

    class Meta:
        model = Track

    company = factory.SubFactory(CompanyFactory)
    title = factory.SubFactory(
        TitleFactory, code="little_giant", name="专精特新“小巨人”", short_name="小巨人", name_en="Little giant", is_tracked=True
    )
    entered_pool_on = MAY_1
    created_on = MAY_1

    @classmethod
    def _create(cls, model_class: type[Track], *args: Any, **kwargs: Any) -> Track:
        wanted = kwargs.pop("state", TrackState.CANDIDATE)
        track = model_class(*args, **kwargs)
        track.save()
        _event(track, MoveKind.TARGET, "")
        walk(track, wanted)
        return track


def _event(track: Track, kind: str, before: str) -> TrackEvent:
    return TrackEvent.objects.create(
        track=track,
        kind=kind,
        from_state=before,
        to_state=track.state,
        district=track.company.district,
        happened_on=track.entered_pool_on,
        known_on=track.entered_pool_on,
    )


def walk(track: Track, state: str) -> None:
    """Bring a track from 待入库 to a state by its transitions; 已认定 is reached without a recognition row."""
    if state == TrackState.CANDIDATE:
        return
    before = track.state
    if state == TrackState.RECOGNISED:
        track.recognise(on=track.entered_pool_on)
        kind = MoveKind.RECOGNISE
    elif state == TrackState.REMOVED:
        track.remove(on=track.entered_pool_on)
        kind = MoveKind.REMOVE
    else:
        moves.ENTER[state](track)(on=track.entered_pool_on)
        kind = MoveKind.ADMIT
    track.save()
    _event(track, kind, before)


def ready_figures(company: Company, **changes: Any) -> None:
    """Audited 2023, 2024, 2025 and the platform's score of 2026 that meet every figure of the 2026 standard; `changes` replace facts
    of 2025 and the score (None removes)."""
    every: dict[str, Any] = {
        "employees": 320,
        "total_assets": 180 * MILLION,
        "total_liabilities": 80 * MILLION,
        "segment_years": 8,
        "class1_ip": 6,
    }
    for year, revenue in ((2023, 110), (2024, 123), (2025, 136)):
        facts = {
            **every,
            "revenue": revenue * MILLION,
            "main_revenue": (revenue - 4) * MILLION,
            "product_revenue": (revenue - 20) * MILLION,
            "rd_expense": Decimal(revenue) * MILLION * Decimal("0.06"),
        }
        if year == 2025:
            facts = {**facts, **{name: value for name, value in changes.items() if name != "platform_score"}}
        YearFiguresFactory(company=company, year=year, **facts)
    score = changes.get("platform_score", Decimal(72))
    if score is not None:
        YearFiguresFactory(company=company, year=2026, source="platform", period_to=MAY_1, known_on=MAY_1, platform_score=score)


def held(company: Company, code: str = "specialised_sme", **more: Any) -> Recognition:
    """A confirmed recognition in force through 2027."""
    return RecognitionFactory(company=company, title=Title.objects.get(code=code), **more)


def judged(company: Company, *codes: str, outcome: str = "met", title: str = "little_giant") -> None:
    """People's answers to manual criteria of the standard in force since 2026-04-01."""
    standard = Standard.objects.filter(title__code=title, application_type="认定").order_by("-in_force_from").first()
    judge = CityApproverFactory()
    for code in codes or MANUAL:
        Judgement.objects.create(
            company=company,
            standard=standard,
            criterion=code,
            outcome=outcome,
            note="现场核实",
            judged_by=judge,
            happened_on=MAY_1,
            known_on=MAY_1,
        )


def ready_company(officer: Any = None, *, is_judged: bool = True, **changes: Any) -> Company:
    """A firm of 越城区 kept by `officer`, holding 专精特新, that meets the whole 小巨人 standard of 2026. Needs `library()`."""
    company = CompanyFactory(founded_on=date(2008, 3, 1))
    ready_figures(company, **changes)
    held(company)
    if is_judged:
        judged(company)
    if officer is not None:
        AssignmentFactory(company=company, officer=officer)
    return company


def batch(year: int = 2027, title: str = "little_giant") -> Batch:
    """A seeded batch."""
    return Batch.objects.get(year=year, title__code=title)
