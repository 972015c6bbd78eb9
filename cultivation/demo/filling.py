"""Fills a scratch database with many invented firms by bulk, for measuring; nothing here is how the product writes."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import batched
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.audit import services as audit
from accounts.roles import Role
from accounts.users.models import District, Office, Park, Person, Town, User
from companies.assignments.models import Assignment
from companies.figures.catalogue import CATALOGUE, Kind, Source
from companies.figures.models import YearFigures
from companies.recognitions.models import Recognition, Title
from companies.register.models import Company, CompanyDistrict
from companies.register.search import name_key_for, search_tokens_for
from cultivation.demo.grants import GIANT_LISTS, SPECIALISED_LISTS, List, yearly
from cultivation.demo.shapes import Kind as FirmKind
from cultivation.demo.world import SEED, InventedCompany, companies_make
from cultivation.quotas.models import Plan
from cultivation.quotas.seeds import quotas_divide
from cultivation.seeding import seed
from cultivation.tracks.models import MoveKind, Track, TrackEvent

CHUNK = 1_000
FIRMS_PER_OFFICER = 45
FIRST_DAY = date(2023, 12, 29)
YEARS = (2023, 2024, 2025)
WAN = Decimal(10_000)
FILLED = "bench.filled"


class Filler:
    """Writes `size` firms with three years of figures, titles, tracks and officers."""

    def __init__(self, *, size: int, say: Callable[[str], None]) -> None:
        self.size, self.say = size, say
        seed(on=FIRST_DAY)
        self.districts = {district.code: district for district in District.objects.all()}
        self.towns = {(town.district_id, town.name): town for town in Town.objects.all()}
        self.parks = {(park.district_id, park.name): park for park in Park.objects.all()}
        self.titles = {title.code: title for title in Title.objects.all()}
        self.hash = make_password(None)
        self.officers: dict[str, list[User]] = {}

    def fill(self) -> None:
        """Everything, chunk by chunk; the log says when it is whole."""
        started = time.monotonic()
        self._accounts()
        random = Random(SEED)  # noqa: S311 (repeatable, guards nothing)
        made = companies_make(size=self.size, seed=SEED, random=random, is_published=False)
        done = 0
        for firms in batched(made, CHUNK):
            self._chunk(firms)
            done += len(firms)
            if done % 10_000 == 0 or done == self.size:
                self.say(f"{done:,} firms, {time.monotonic() - started:.0f} s")
        quotas_divide(plan=Plan.objects.get(code="sample-2024-2026"), year=2026, on=FIRST_DAY)
        audit.record(FILLED, actor=None, after={"companies": done}, on=FIRST_DAY)

    def _accounts(self) -> None:
        """One officer for 45 firms in each district, one city auditor and one city clerk."""
        for code, district in self.districts.items():
            office = Office.objects.get_or_create(name="经信局企业科", district=district)[0]
            count = max(1, self.size // 6 // FIRMS_PER_OFFICER)
            self.officers[code] = [self._account(f"officer-{code}-{n}", Role.OFFICER, district, office) for n in range(count)]
        for name, role in (("auditor", Role.AUDITOR), ("clerk", Role.CLERK), ("approver", Role.APPROVER)):
            self._account(name, role, None, None)

    def _account(self, username: str, role: Role, district: District | None, office: Office | None) -> User:
        person = Person.objects.create(name=username)
        return User.objects.create(username=username, password=self.hash, person=person, role=role, district=district, office=office)

    def _chunk(self, firms: tuple[InventedCompany, ...]) -> None:
        companies = Company.objects.bulk_create([self._company(firm) for firm in firms], batch_size=500)
        pairs = list(zip(firms, companies, strict=True))
        CompanyDistrict.objects.bulk_create(
            [CompanyDistrict(company=c, district_id=c.district_id, starts_on=FIRST_DAY, known_on=FIRST_DAY) for c in companies]
        )
        YearFigures.objects.bulk_create([row for firm, company in pairs for row in _figures(firm, company)], batch_size=250)
        Assignment.objects.bulk_create([self._assignment(firm, company) for firm, company in pairs])
        Recognition.objects.bulk_create([row for firm, company in pairs for row in self._recognitions(firm, company)])
        tracks = Track.objects.bulk_create([track for firm, company in pairs if (track := self._track(firm, company))])
        TrackEvent.objects.bulk_create([self._event(track) for track in tracks])

    def _company(self, firm: InventedCompany) -> Company:
        district = self.districts[firm.district]
        company = Company(
            uscc=firm.uscc,
            name=firm.name,
            name_key=name_key_for(firm.name),
            district=district,
            town=self.towns[district.pk, firm.town],
            park=self.parks.get((district.pk, firm.park)),
            industry=firm.industry,
            size=firm.size_in(2025),
            is_above_scale=firm.is_above_scale_in(2025),
            founded_on=firm.founded_on,
            happened_on=FIRST_DAY,
            known_on=FIRST_DAY,
        )
        company.search_tokens = search_tokens_for(company)
        return company

    def _assignment(self, firm: InventedCompany, company: Company) -> Assignment:
        officers = self.officers[firm.district]
        officer = officers[firm.number % len(officers)]
        return Assignment(company=company, officer=officer, office_name="经信局企业科", starts_on=FIRST_DAY, known_on=FIRST_DAY)

    def _recognitions(self, firm: InventedCompany, company: Company) -> Iterator[Recognition]:
        """At most three titles a firm, by what it is."""
        lists: list[List] = []
        if firm.kind is FirmKind.GIANT:
            lists.append(GIANT_LISTS[max(firm.cohort, 2022)])
        if firm.kind in {FirmKind.GIANT, FirmKind.NEAR, FirmKind.SPECIALISED}:
            lists.append(SPECIALISED_LISTS["2025二批" if firm.number % 3 else "2023一批"])
        if firm.kind is not FirmKind.PLAIN:
            lists.append(yearly("high_tech", 2023 + firm.number % 3))
        if firm.number % 4 == 0:
            lists.append(yearly("tech_sme", 2026))
        for one in lists:
            row = Recognition(
                company=company,
                title=self.titles[one.title],
                application_type=one.application,
                district_id=company.district_id,
                document_number=one.document,
                announced_on=one.announced_on,
                certified_on=one.announced_on,
                happened_on=one.announced_on,
                known_on=one.announced_on,
                valid_from=one.announced_on,
                valid_until=one.announced_on.replace(year=one.announced_on.year + 3, day=1),
                is_first=True,
            )
            row.confirm(known_on=one.announced_on)
            yield row

    def _track(self, firm: InventedCompany, company: Company) -> Track | None:
        if firm.kind not in {FirmKind.GIANT, FirmKind.NEAR, FirmKind.SPECIALISED, FirmKind.CHAMPION}:
            return None
        title = self.titles["single_champion" if firm.kind is FirmKind.CHAMPION else "little_giant"]
        track = Track(company=company, title=title, entered_pool_on=FIRST_DAY, created_on=FIRST_DAY, is_main=True)
        if firm.kind is FirmKind.GIANT:
            track.recognise(on=FIRST_DAY)
        else:
            [track.enter_starting, track.enter_accelerating, track.enter_sprint][firm.number % 3](on=FIRST_DAY)
        return track

    def _event(self, track: Track) -> TrackEvent:
        return TrackEvent(
            track=track,
            kind=MoveKind.ADMIT,
            from_state="candidate",
            to_state=track.state,
            district_id=track.company.district_id,
            happened_on=FIRST_DAY,
            known_on=FIRST_DAY,
        )


def _figures(firm: InventedCompany, company: Company) -> Iterator[YearFigures]:
    for year in YEARS:
        figures = firm.figures.get(year)
        if figures is not None:
            values = {code: _value(code, value) for code, value in figures.items()}
            yield YearFigures(
                company=company, year=year, source=Source.AUDIT, period_to=date(year, 12, 31), known_on=date(year + 1, 4, 30), **values
            )


def _value(code: str, value: float | int | bool | None) -> object:
    """A figure of the world in the product's units: yuan, counts, decimals, flags."""
    if value is None:
        return None
    match CATALOGUE[code].kind:
        case Kind.MONEY:
            return (Decimal(str(value)) * WAN).quantize(Decimal("0.01"))
        case Kind.NUMBER | Kind.PERCENT:
            return Decimal(str(value))
    return value
