"""A small city to walk about in: three firms of two districts, everybody who has a hand in decisions, and a clock that can be moved."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.audit.services import record
from accounts.users.models import District, User
from companies.evidence.models import Evidence, EvidenceKind
from companies.recognitions.models import Batch, Title
from companies.register.models import Company, CompanyDistrict
from cultivation.seeding import seed
from tests import factories
from tests.factories.cultivation import ready_figures

FIRST_DAY = date(2026, 6, 1)
TITLES = ("little_giant", "single_champion")


@dataclass
class Clock:
    """Today, for every service."""

    today: date = FIRST_DAY

    def now(self) -> datetime:
        """Ten in the morning in Shaoxing."""
        return datetime.combine(self.today, time(10), ZoneInfo("Asia/Shanghai"))


@dataclass
class City:
    """Who and what there is, in a fixed order so that a walk can be walked again."""

    clock: Clock
    districts: list[District] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    firms: list[Company] = field(default_factory=list)
    titles: list[Title] = field(default_factory=list)
    papers: dict[int, Evidence] = field(default_factory=dict)
    batches: dict[int, Batch] = field(default_factory=dict)
    leader: User | None = None

    @property
    def today(self) -> date:
        """The clock's day."""
        return self.clock.today


def built(clock: Clock) -> City:
    """The city on its first day: firms kept by the officers of their districts, one of them ready for the sprint pool."""
    seed(on=date(2024, 1, 1))
    city = City(clock)
    here, there = (factories.DistrictFactory(code=code) for code in ("330602", "330603"))
    officer, other = factories.OfficerFactory(district=here), factories.OfficerFactory(district=there)
    city.districts = [here, there]
    city.people = [
        officer,
        other,
        factories.ApproverFactory(district=here),
        factories.ApproverFactory(district=there),
        factories.ApproverFactory(district=here, person=officer.person),  # the officer's second account
        factories.CityApproverFactory(),
        factories.CityApproverFactory(),
        factories.CityClerkFactory(),
        factories.AuditorFactory(district=here),
        factories.EnterpriseUserFactory(),
        factories.AdministratorFactory(),
    ]
    city.leader = factories.AuditorFactory(district=None)
    city.titles = [Title.objects.get(code=code) for code in TITLES]
    for place, keeper, is_ready in ((here, officer, True), (here, officer, False), (there, other, False)):
        firm = factories.CompanyFactory(district=place, founded_on=date(2008, 3, 1))
        factories.AssignmentFactory(company=firm, officer=keeper)
        if is_ready:
            ready_figures(firm)
        city.firms.append(firm)
        city.papers[firm.pk] = factories.EvidenceFactory(company=firm, kind=EvidenceKind.DOCUMENT)
    city.batches = {title.pk: Batch.objects.filter(title=title, year__gte=2027).order_by("year").first() for title in city.titles}
    return city


def move_away(firm: Company, to: District, *, on: date) -> None:
    """The firm moves to another district, dated, as a correction would write it; the product has no such page yet."""
    now = CompanyDistrict.objects.get(company=firm, ends_on__isnull=True)
    if now.starts_on == on:  # twice on one day: the last one counts
        now.district = to
        now.save(update_fields=["district"])
    else:
        now.ends_on = on - timedelta(days=1)
        now.save(update_fields=["ends_on"])
        CompanyDistrict.objects.create(company=firm, district=to, starts_on=on, known_on=on)
    company = Company.objects.get(pk=firm.pk)
    company.district = to
    company.save(update_fields=["district"])
    record("company.changed", actor=None, target=company, district=to, on=on)
