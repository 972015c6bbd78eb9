"""The invented people of the demonstration: one sign-in per role and district, officers with 30 to 60 firms each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.audit import services as audit
from accounts.roles import Role
from accounts.users.models import District, Office, Person, User
from cultivation.demo.names import person_names

PASSWORD = "Tidu-demo-2026"  # noqa: S105 (invented data; printed for everybody who tries the demonstration)
FIRMS_PER_OFFICER = 42
_FIRST_NAMES = ("沈雨桐", "王思远", "陈立群", "丁一鸣", "俞可怡", "许知晓")
_SHORT = {"330602": "yuecheng", "330603": "keqiao", "330604": "shangyu", "330624": "xinchang", "330681": "zhuji", "330683": "shengzhou"}


@dataclass(slots=True)
class People:
    """Accounts of the demonstration by what they do."""

    clerk: User
    approvers: list[User]
    auditor: User
    administrator: User
    enterprise: User
    district_approvers: dict[str, User] = field(default_factory=dict)
    district_clerks: dict[str, User] = field(default_factory=dict)
    officers: dict[str, list[User]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignIn:
    """One line of the table of sign-ins."""

    role: str
    scope: str
    username: str
    name: str


class _Maker:
    """Creates persons and accounts that share one password hash: hashing seventy times would cost half a minute."""

    def __init__(self) -> None:
        self.hash = make_password(PASSWORD)
        self.names = self._names()

    def _names(self) -> Iterator[str]:
        yield from _FIRST_NAMES
        yield from person_names(random=Random("people"))  # noqa: S311 (repeatable, guards nothing)

    def account(self, username: str, role: Role, office: str, district: District | None = None) -> User:
        """One person with one account in an office of the district or the city."""
        where = Office.objects.get_or_create(name=office, district=district)[0] if office else None
        return User.objects.create(
            username=username,
            password=self.hash,
            person=Person.objects.create(name=next(self.names)),
            role=role,
            district=district,
            office=where,
            password_changed_at=timezone.now(),
        )


def people_make(*, districts: dict[str, District], firms: dict[str, int], on: date) -> People:
    """Accounts for every role; `firms` says how many firms per district are to be kept by officers."""
    maker = _Maker()
    city = "市经信局企业处"
    people = People(
        clerk=maker.account("clerk-city", Role.CLERK, "市经信局运行处"),
        approvers=[maker.account("approver-city", Role.APPROVER, city), maker.account("approver-city-2", Role.APPROVER, city)],
        auditor=maker.account("auditor-city", Role.AUDITOR, "市政府督查室"),
        administrator=maker.account("admin", Role.ADMINISTRATOR, ""),
        enterprise=maker.account("enterprise", Role.ENTERPRISE, ""),
    )
    for code, district in districts.items():
        short = _SHORT[code]
        people.district_approvers[code] = maker.account(f"approver-{short}", Role.APPROVER, "经信局", district)
        people.district_clerks[code] = maker.account(f"clerk-{short}", Role.CLERK, "经信局运行科", district)
        maker.account(f"auditor-{short}", Role.AUDITOR, "政府督查室", district)
        count = max(1, round(firms.get(code, 0) / FIRMS_PER_OFFICER))
        names = [f"officer-{short}" if number == 1 else f"officer-{short}-{number}" for number in range(1, count + 1)]
        people.officers[code] = [maker.account(name, Role.OFFICER, "经信局企业科", district) for name in names]
    accounts = list(User.objects.select_related("person").order_by("pk"))
    audit.record("demo.accounts", actor=None, after={"accounts": len(accounts)}, on=on)
    return people


def sign_ins() -> list[SignIn]:
    """One account per role and scope, in the order a visitor would try them."""
    order = {role: position for position, role in enumerate(Role)}
    accounts = User.objects.filter(is_active=True).exclude(username__regex=r"-\d+$").select_related("person", "district")
    wanted = [user for user in accounts if user.district is None or user.district.code == "330603"]
    wanted.sort(key=lambda user: (order[Role(user.role)], user.district is None, user.username))
    return [
        SignIn(
            str(Role(user.role).label),
            str(user.district.name if user.district else "全市" if user.is_staff_role else "—"),
            user.username,
            user.name,
        )
        for user in wanted
    ]
