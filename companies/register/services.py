"""Writes who a firm is: create, change, rename. Every door calls `company_save`."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import opening
from accounts.audit.services import record
from accounts.roles import Role
from accounts.scope import covers
from companies.register import slots
from companies.register.models import Company, CompanyDistrict, CompanyName
from companies.register.refusals import ChangedMeanwhile, CodeHeld, InvalidCompany, LooksAlike
from companies.register.search import name_key_for, search_tokens_for
from companies.register.selectors import look_alikes
from companies.register.uscc import check, normalise
from core.errors import NotPermitted

if TYPE_CHECKING:
    from accounts.users.models import User

FIELDS = ("name", "town", "park", "industry", "size", "is_above_scale", "founded_on")


def require_clerk(user: "User", district_id: Any) -> None:
    """Raise NotPermitted unless the user is a clerk whose scope covers the district."""
    if user.role == Role.OFFICER:
        raise NotPermitted(_("新建企业由数据员办理：请把企业名称和统一社会信用代码发给本地数据员，建好后即可在名录里看到。"))
    if user.role != Role.CLERK or not covers(user, district_id):
        raise NotPermitted(_("企业资料由本地数据员新建和修改，请联系数据员。"))


@transaction.atomic
def company_save(
    *,
    by: "User",
    on: date,
    values: Mapping[str, Any],
    company_id: int | None = None,
    version: int | None = None,
    is_another_confirmed: bool = False,
) -> Company:
    """Create a firm (`values` with uscc, name, district and any of FIELDS) or change one (`company_id`, `version`, any of FIELDS).

    A new name keeps the old one as 曾用名. Raises NotPermitted, InvalidCompany, CodeHeld, LooksAlike, ChangedMeanwhile or NotToday.
    """
    opening.check_on(on)
    if company_id is None:
        return _create(by=by, on=on, values=values, is_another_confirmed=is_another_confirmed)
    company = Company.objects.select_for_update(of=("self",)).select_related("district").get(pk=company_id, withdrawn_on__isnull=True)
    require_clerk(by, company.district_id)
    if version is not None and version != company.version:
        raise ChangedMeanwhile
    return _change(company, by=by, on=on, values=values)


def _create(*, by: "User", on: date, values: Mapping[str, Any], is_another_confirmed: bool) -> Company:
    company = Company(**{name: values[name] for name in ("uscc", "name", "district", *FIELDS) if name in values})
    require_clerk(by, company.district_id)
    company.uscc = normalise(company.uscc)
    if error := check(company.uscc):
        raise InvalidCompany(str(error))
    _check_places(company)
    if Company.objects.filter(uscc=company.uscc).exists():
        raise CodeHeld
    alike = look_alikes(name=company.name, user=by)
    if alike and not is_another_confirmed:
        raise LooksAlike([_("%(name)s（%(uscc)s）：%(reason)s") % {"name": a.name, "uscc": a.uscc, "reason": a.reason} for a in alike])
    company.name_key = name_key_for(company.name)
    company.search_tokens = search_tokens_for(company)
    company.happened_on = company.known_on = on
    company.stamp = opening.stamp()
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError as error:  # somebody else added the code meanwhile
        raise CodeHeld from error  # type: ignore[misc]
    CompanyDistrict.objects.create(company=company, district_id=company.district_id, starts_on=on, known_on=on)
    slots.emit("company_changed", company=company, changes=["uscc"], by=by, on=on)
    record("company.created", actor=by, target=company, after=_shown(company, ("uscc", "name", "district", *FIELDS)), on=on)
    return company


def _change(company: Company, *, by: "User", on: date, values: Mapping[str, Any]) -> Company:
    changes = [name for name in FIELDS if name in values and getattr(company, name) != values[name]]
    if not changes:
        return company
    before, old_name = _shown(company, changes), company.name
    for name in changes:
        setattr(company, name, values[name])
    _check_places(company)
    if "name" in changes:
        CompanyName.objects.update_or_create(company=company, name=old_name, defaults={"until": on, "known_on": on, "withdrawn_on": None})
        CompanyName.objects.filter(company=company, name=company.name).update(withdrawn_on=on)
        company.name_key = name_key_for(company.name)
        former = company.former_names.filter(withdrawn_on__isnull=True).values_list("name", flat=True)
        company.search_tokens = search_tokens_for(company, former)
    company.version += 1
    company.save()
    slots.emit("company_changed", company=company, changes=changes, by=by, on=on)
    record("company.changed", actor=by, target=company, before=before, after=_shown(company, changes), on=on)
    return company


def _check_places(company: Company) -> None:
    for place in (company.town, company.park):
        if place is not None and place.district_id != company.district_id:
            raise InvalidCompany(_("%(place)s不在%(district)s，请重新选择。") % {"place": place, "district": company.district})


def _shown(company: Company, names: Any) -> dict[str, Any]:
    """Fields as the log keeps them: text, or None."""
    return {name: None if getattr(company, name) in {None, ""} else str(getattr(company, name)) for name in names}
