"""Two districts with one of everything each, and nine people who look at them; confidential fields carry canaries."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.decisions.models import Decision
from accounts.inbox.models import Notice
from accounts.jobs.models import Job, JobState
from accounts.users.models import District, SignIn, User
from companies.evidence.models import Evidence, EvidenceKind
from companies.figures.models import Incident
from companies.imports.models import ImportRun
from companies.imports.services import import_start_check, import_upload
from companies.recognitions.models import Recognition, Title
from companies.recognitions.services import recognition_record
from companies.register.members import CompanyMember
from companies.register.models import Company
from cultivation.seeding import seed
from cultivation.tracks.models import ReasonCode, Track, TrackState
from cultivation.tracks.services import move_propose
from policies.publishing.models import StandardDraft, TextTrial
from policies.publishing.services import draft_create
from policies.publishing.trials import run_trial_job, trial_start
from policies.standards.models import Judgement, Standard
from policies.standards.services import evaluation_refresh
from policies.what_if.models import CompanyPlan, PlanStep
from tests import factories
from tests.companies.imports.books import xlsx
from tests.factories.cultivation import TrackFactory
from tests.rigs.canaries import Canaries

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
OWN, FOREIGN = "330602", "330681"
NO_SUCH_ID = 99_999_999
NO_SUCH_CODE = "91330602MA2ZZZZZ0Z"
PRINCIPALS = ("anonymous", "enterprise", "officer", "other_officer", "approver", "city", "clerk", "city_clerk", "auditor", "administrator")


@dataclass
class Side:
    """One district's firm and one of everything that hangs on it."""

    company: Company
    officer: User
    paper: Evidence
    incident: Incident
    recognition: Recognition
    waiting: Recognition
    track: Track
    decision: Decision
    entry: AuditEntry
    judgement: Judgement
    plan: CompanyPlan
    step: PlanStep
    run: ImportRun


@dataclass
class World:
    """Both sides, everybody's account, a signed-in browser each, and the canaries."""

    canaries: Canaries = field(default_factory=Canaries)
    users: dict[str, User] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    sides: dict[str, Side] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    drafts: list[StandardDraft] = field(default_factory=list)
    trials: list[TextTrial] = field(default_factory=list)

    @property
    def own(self) -> Side:
        """越城区's."""
        return self.sides[OWN]

    @property
    def foreign(self) -> Side:
        """诸暨市's."""
        return self.sides[FOREIGN]


def build() -> World:
    """The whole world, written straight to the tables but for what decisions freeze."""
    seed(on=date(2024, 1, 1))
    world = World()
    mark = world.canaries.mark
    districts = {code: District.objects.get(code=code) for code in (OWN, FOREIGN)}
    offices = {code: factories.OfficeFactory(district=district) for code, district in districts.items()}
    people = {
        "officer": factories.OfficerFactory(district=districts[OWN], office=offices[OWN]),
        "other_officer": factories.OfficerFactory(district=districts[FOREIGN], office=offices[FOREIGN]),
        "approver": factories.ApproverFactory(district=districts[OWN], office=offices[OWN], person__name=mark("reviewer's name")),
        "city": factories.CityApproverFactory(person__name=mark("city reviewer's name")),
        "clerk": factories.ClerkFactory(district=districts[OWN], person__name=mark("clerk's name")),
        "city_clerk": factories.CityClerkFactory(person__name=mark("city clerk's name")),
        "auditor": factories.AuditorFactory(district=districts[OWN], person__name=mark("auditor's name")),
        "administrator": factories.AdministratorFactory(person__name=mark("administrator's name")),
        "enterprise": factories.EnterpriseUserFactory(),
    }
    world.users = people
    world.sides[OWN] = _side(world, districts[OWN], people["officer"], name="绍兴恒砺精密传动有限公司")
    world.sides[FOREIGN] = _side(world, districts[FOREIGN], people["other_officer"], name=f"诸暨{mark('name of another firm')}设备有限公司")
    CompanyMember.objects.create(company=world.own.company, user=people["enterprise"], starts_on=date(2026, 1, 1))
    evaluation_refresh(company_ids=[side.company.pk for side in world.sides.values()], on=TODAY)
    _texts(world)
    _sign_everybody_in(world)
    return world


def _side(world: World, district: District, officer: User, *, name: str) -> Side:
    mark, where = world.canaries.mark, district.code
    company = factories.CompanyFactory(name=name, district=district, founded_on=date(2008, 3, 1), is_above_scale=True)
    factories.AssignmentFactory(company=company, officer=officer)
    figures = {"revenue": 123_000_000, "rd_expense": 6_500_000, "employees": 320, "total_assets": 180_000_000}
    factories.YearFiguresFactory(company=company, year=2025, note=mark(f"figures note {where}"), entered_by=officer, **figures)
    paper = factories.EvidenceFactory(company=company, name=f"{mark(f'paper name {where}')}.pdf", uploaded_by=officer)
    incident = factories.IncidentFactory(
        company=company, note=mark(f"incident note {where}"), document_number=mark(f"incident number {where}")
    )
    recognition = factories.RecognitionFactory(company=company, title=Title.objects.get(code="specialised_sme"), is_first=True)
    waiting = _recorded(world, company, officer, number=mark(f"unconfirmed document {where}"), reason=mark(f"recording reason {where}"))
    track = TrackFactory(company=company, title=Title.objects.get(code="little_giant"), state=TrackState.STARTING, is_main=True)
    moving = TrackFactory(company=company, title=Title.objects.get(code="single_champion"), state=TrackState.STARTING)
    move = move_propose(
        track=moving,
        to_state=TrackState.REMOVED,
        by=officer,
        on=TODAY,
        reason=mark(f"decision reason {where}"),
        reason_code=ReasonCode.OTHER,
        public_wording="企业暂不申报",
    )
    standard = Standard.objects.filter(title__code="little_giant", application_type="认定").order_by("-in_force_from").first()
    judgement = Judgement.objects.create(
        company=company,
        standard=standard,
        criterion="G-04",
        outcome="unmet",
        note=mark(f"judgement note {where}"),
        judged_by=officer,
        happened_on=TODAY,
        known_on=TODAY,
    )
    plan = CompanyPlan.objects.create(
        company=company,
        title=standard.title,  # type: ignore[union-attr]
        name=mark(f"plan name {where}"),
        application_year=2027,
        changes=[{"key": "rd_expense.2025.audit", "before": "6500000", "after": "7000000"}],
        made_by=officer,
        happened_on=TODAY,
        known_on=TODAY,
    )
    step = PlanStep.objects.create(plan=plan, position=1, text=mark(f"plan step {where}"), due_on=date(2026, 12, 20), owner="财务部")
    entry = AuditEntry.objects.filter(target_type="accounts.decision", target_id=str(move.decision_id)).get()
    run = _run(world, district, officer, company)
    return Side(company, officer, paper, incident, recognition, waiting, track, move.decision, entry, judgement, plan, step, run)


def _recorded(world: World, company: Company, officer: User, *, number: str, reason: str) -> Recognition:
    document = factories.EvidenceFactory(company=company, kind=EvidenceKind.DOCUMENT, name="公告.pdf", uploaded_by=officer)
    return recognition_record(
        company=company,
        title=Title.objects.get(code="hidden_champion"),
        application_type="认定",
        batch=None,
        document_number=number,
        announced_on=date(2026, 10, 12),
        document=document,
        reason=reason,
        by=officer,
        on=TODAY,
    )


def _run(world: World, district: District, officer: User, company: Company) -> ImportRun:
    """A checked workbook of the officer: one new row of figures, one refused with what was typed."""
    typed = world.canaries.mark(f"refused import cell {district.code}")
    heads = ["统一社会信用代码", "年度", "营业收入（万元）", "职工人数（人）"]
    rows = [heads, [company.uscc, 2023, 9800, 280], [company.uscc, 2022, typed, 260]]
    name = f"{world.canaries.mark(f'workbook name {district.code}')}.xlsx"
    run = import_upload(file=ContentFile(xlsx({"年度指标": rows}), name=name), source="audit", by=officer, on=TODAY)
    return import_start_check(run_id=run.pk, by=officer, on=TODAY)


def _texts(world: World) -> None:
    """A draft of the city's clerk, and the trial of a published version over both firms."""
    standard = world.own.judgement.standard
    text = standard.text.replace("standard: little_giant-2026", "standard: little_giant-2027").replace(
        "from: 2026-04-01", "from: 2027-04-01"
    )
    world.drafts.append(draft_create(text=text, by=world.users["city_clerk"], on=TODAY, follows=standard))
    trial = trial_start(standard=standard, by=None, on=TODAY)
    assert trial.job is not None
    run_trial_job(trial.job)
    Job.objects.filter(pk=trial.job.pk).update(state=JobState.DONE)
    world.trials.append(trial)


def _sign_everybody_in(world: World) -> None:
    world.clients["anonymous"] = Client()
    for name, user in world.users.items():
        client = Client()
        client.force_login(user)
        world.clients[name] = client
        other = Client()  # a second browser of the same account, to be ended
        other.force_login(user)
        world.sign_ins[name] = SignIn.objects.get(session_key=other.session.session_key)
        world.notices[name] = Notice.objects.create(
            user=user,
            matter="test:1",
            kind="security",
            text=f"{world.canaries.mark(f'notice of {name}')}",
            url="/settings/",
            updated_at=NOW,
        )
        world.jobs[name] = _export_of(world, name, user)


def _export_of(world: World, name: str, user: User) -> Job:
    key = default_storage.save(f"exports/{name}.csv", ContentFile(world.canaries.mark(f"export of {name}").encode()))
    scope = f"{user.role}:{user.district_id or 'city'}"
    payload: dict[str, Any] = {"list": "companies:company-list", "query": "", "columns": ["name"], "format": "csv", "scope": scope}
    result = {"key": key, "name": "企业名录.csv"}
    return Job.objects.create(kind="export", by=user, state=JobState.DONE, payload=payload, result=result, started_at=NOW, ended_at=NOW)
