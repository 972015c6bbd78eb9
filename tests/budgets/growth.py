"""Makes the world of tests/access larger: everything a page lists, up to a number of rows, all of them in sight of everybody there."""

from datetime import date, timedelta

from accounts.inbox.models import Notice
from accounts.users.models import Office, SignIn, User
from companies.evidence.models import EvidenceKind
from companies.imports.models import ImportRow, ImportRun, RowVerdict
from companies.recognitions.models import Title
from companies.register.models import Company, CompanyName
from cultivation.tracks.models import MoveKind, ReasonCode, Track, TrackEvent, TrackState
from cultivation.tracks.services import move_propose
from policies.publishing.models import StandardDraft, TrialCompany
from policies.reach.models import Reach
from policies.standards.models import Judgement
from policies.standards.services import evaluation_refresh
from policies.what_if.models import CompanyPlan, PlanStep
from tests import factories
from tests.access.world import NOW, TODAY, World
from tests.factories.cultivation import TrackFactory

AGO = NOW - timedelta(minutes=5)
JULY = date(2026, 7, 1)


def grow(world: World, *, first: int, last: int) -> None:
    """Add rows number `first` to `last` - 1 of everything."""
    numbers = range(first, last)
    _firms(world, numbers)
    _papers_of_one_firm(world, numbers)
    _runs(world, numbers)
    _drafts(world, numbers)
    _accounts(world, numbers)


def _firms(world: World, numbers: range) -> None:
    """Firms of the officer, each with a main track, a recognition of this year, and a proposal to take it out of the sprint pool."""
    own, title = world.own, Title.objects.get(code="little_giant")
    firms = [factories.CompanyFactory(district=own.company.district) for _n in numbers]
    for number, firm in zip(numbers, firms, strict=True):
        factories.AssignmentFactory(company=firm, officer=own.officer)
        track = TrackFactory(company=firm, title=title, state=TrackState.SPRINT, is_main=True)
        # half of them were entered late
        known = TODAY if number % 2 else TODAY + timedelta(days=1)
        factories.RecognitionFactory(company=firm, title=title, announced_on=JULY, known_on=known, is_first=True)
        move_propose(
            track=track,
            to_state=TrackState.REMOVED,
            by=own.officer,
            on=TODAY,
            reason="企业暂不申报",
            reason_code=ReasonCode.OTHER,
            public_wording="企业暂不申报",
        )
    evaluation_refresh(company_ids=[firm.pk for firm in firms], on=TODAY)
    (trial,) = world.trials
    TrialCompany.objects.bulk_create(
        TrialCompany(
            trial=trial, company=firm, effect="out", before_overall="promising", after_overall="not_yet", after_open=1, opened=" L-2a "
        )
        for firm in firms
    )
    _near(firms)


def _near(firms: list[Company]) -> None:
    """All of them one criterion and one fact from a title, after their evaluation, which knows no figures."""
    title = Title.objects.get(code="single_champion")
    Reach.objects.bulk_create(
        [
            Reach(
                company=firm,
                title=title,
                is_near=True,
                open_count=1,
                open_codes=" C-4 ",
                missing_facts=" main_revenue ",
                open_permille=126,
                earliest_year=2027,
                application_year=2027,
                filing_on=date(2027, 9, 1),
                todo_count=1,
                target_count=0,
                missing_count=0,
                blocked_count=0,
                gap_permille=126,
                words="2026 年主营业务收入再 ≥ 1,000.0 万元（2024、2025 年已有 79,000.0 万元，今年为 40,000.0 万元（预计））",
                next_earliest_year=2027,
            )
            for firm in firms
        ],
        update_conflicts=True,
        unique_fields=["company", "title"],
        update_fields=["is_within", "is_near", "open_count", "open_codes", "missing_facts", "open_permille", "words"],
    )


def _papers_of_one_firm(world: World, numbers: range) -> None:
    """Everything the own firm's pages list: papers, incidents, versions of a figure, titles, moves, judgements, former names."""
    own, title = world.own, Title.objects.get(code="specialised_sme")
    company: Company = own.company
    for number in numbers:
        factories.EvidenceFactory(company=company, name=f"审计报告{number}.pdf", kind=EvidenceKind.AUDIT_REPORT, uploaded_by=own.officer)
        factories.IncidentFactory(company=company, document_number=f"通知〔2026〕{number}号")
        factories.YearFiguresFactory(company=company, year=2025, revenue=100_000_000 + number, entered_by=own.officer)
        factories.RecognitionFactory(company=company, title=title, is_first=False)
    CompanyName.objects.bulk_create(
        CompanyName(company=company, name=f"绍兴恒砺机械{number}厂", until=date(2015, 6, 30), known_on=TODAY) for number in numbers
    )
    Judgement.objects.bulk_create(
        Judgement(
            company=company,
            standard=own.judgement.standard,
            criterion="G-06",
            outcome="met",
            note="现场核实",
            judged_by=own.officer,
            happened_on=TODAY,
            known_on=TODAY,
            withdrawn_on=TODAY,
            withdrawn_by=own.officer,
        )
        for _number in numbers
    )
    _moves(own.track, numbers)
    _plans(world, numbers)


def _plans(world: World, numbers: range) -> None:
    """Plans of the own firm, and steps of the one whose page is opened."""
    own, plan = world.own, world.own.plan
    CompanyPlan.objects.bulk_create(
        CompanyPlan(
            company=own.company,
            title=plan.title,
            name=f"一企一策{number}",
            application_year=2027,
            changes=plan.changes,
            made_by=own.officer,
            happened_on=TODAY,
            known_on=TODAY,
        )
        for number in numbers
    )
    PlanStep.objects.bulk_create(
        PlanStep(plan=plan, position=number + 2, text=f"步骤{number}", due_on=date(2026, 12, 20)) for number in numbers
    )


def _moves(track: Track, numbers: range) -> None:
    before = TrackState.STARTING
    TrackEvent.objects.bulk_create(
        TrackEvent(
            track=track,
            kind=MoveKind.PROMOTE,
            from_state=before,
            to_state=before,
            district=track.company.district,
            happened_on=JULY,
            known_on=JULY,
        )
        for _number in numbers
    )


def _runs(world: World, numbers: range) -> None:
    """Imports of the officer, and rows of the one whose page is opened."""
    run = world.own.run
    ImportRun.objects.bulk_create(
        ImportRun(file=run.file, source=run.source, uploaded_by=run.uploaded_by, happened_on=TODAY) for _number in numbers
    )
    ImportRow.objects.bulk_create(
        ImportRow(run=run, sheet="年度指标", number=1_000 + number, verdict=RowVerdict.NEW, uscc=world.own.company.uscc, values={})
        for number in numbers
    )


def _drafts(world: World, numbers: range) -> None:
    """Drafts beside the one whose page is opened."""
    (draft,) = world.drafts
    own = {"title": draft.title, "prepared_by": draft.prepared_by, "changed_by": draft.prepared_by, "created_on": TODAY}
    StandardDraft.objects.bulk_create(StandardDraft(name=f"草稿{number}", text="x", sha256="0" * 64, **own) for number in numbers)


def _accounts(world: World, numbers: range) -> None:
    """People, offices, and for everybody of the world more sessions and notices, half of them about a firm."""
    district = world.own.company.district
    for number in numbers:
        office = Office.objects.create(name=f"第{number}科", district=district)
        User.objects.create(
            username=f"grown{number}", role="officer", district=district, office=office, person=factories.PersonFactory(name="沈雨桐")
        )
    for name, user in world.users.items():
        Notice.objects.bulk_create(
            Notice(
                user=user,
                matter=f"grown:{number}",
                kind="security",
                text="账号在新的浏览器登录",
                url="/settings/",
                company_uscc=world.own.company.uscc if number % 2 else "",
                updated_at=NOW,
            )
            for number in numbers
        )
        SignIn.objects.bulk_create(
            SignIn(user=user, session_key=f"{name}-{number}", started_at=AGO, seen_at=AGO, agent="Firefox") for number in numbers
        )
