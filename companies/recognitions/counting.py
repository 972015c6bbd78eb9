"""Which day of a recognition counts, in which district, whether it is new, and which one it follows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from companies.recognitions.models import EVER_CONFIRMED, ApplicationType, Batch, CountingBasis, Recognition, Title
from companies.recognitions.refusals import CertificateDateMissing
from companies.register.models import Company, CompanyDistrict

Key = tuple[int, int]


def counting_day(title: Title, *, announced_on: date, certified_on: date | None, batch: Batch | None) -> date:
    """The `happened_on` of a recognition: the date its title counts by (公告日, 证书日 or 批次年度).

    By batch year: the announcement, moved into the batch's year where it falls outside; without a batch the announcement.
    Raises CertificateDateMissing.
    """
    if title.counting_basis == CountingBasis.CERTIFIED:
        if certified_on is None:
            raise CertificateDateMissing(title)
        return certified_on
    if title.counting_basis == CountingBasis.BATCH_YEAR and batch is not None:
        return min(max(announced_on, date(batch.year, 1, 1)), date(batch.year, 12, 31))
    return announced_on


def last_day_of_validity(title: Title, valid_from: date) -> date | None:
    """The day before the same day `validity_years` later; None for titles without an end."""
    if title.validity_years is None:
        return None
    year = valid_from.year + title.validity_years
    if (valid_from.month, valid_from.day) == (2, 29):
        return date(year, 2, 28)
    return date.fromordinal(date(year, valid_from.month, valid_from.day).toordinal() - 1)


def districts_on(days: Iterable[tuple[Company, date]]) -> dict[tuple[int, date], int]:
    """(company id, day) → district id on that day. Before the first known period its district stands, without periods today's."""
    asked = list(days)
    periods: dict[int, list[CompanyDistrict]] = defaultdict(list)
    companies = {company.pk for company, _day in asked}
    for some in _chunks(sorted(companies)):
        for period in CompanyDistrict.objects.filter(company_id__in=some).order_by("company_id", "starts_on"):
            periods[period.company_id].append(period)
    return {(company.pk, day): _district(periods[company.pk], day) or company.district_id for company, day in asked}


def _district(periods: list[CompanyDistrict], day: date) -> int | None:
    if not periods:
        return None
    begun = [period for period in periods if period.starts_on <= day]
    return (begun[-1] if begun else periods[0]).district_id


def district_on(company: Company, day: date) -> int:
    """District id of one firm on a day."""
    return districts_on([(company, day)])[company.pk, day]


def _chunks(keys: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def confirmed_before(pairs: Iterable[Key]) -> dict[Key, list[Recognition]]:
    """(company id, title id) → what was ever confirmed and not withdrawn, oldest first."""
    wanted = set(pairs)
    found: dict[Key, list[Recognition]] = {pair: [] for pair in wanted}
    for some in _chunks(sorted({company for company, _title in wanted})):
        rows = Recognition.objects.filter(company_id__in=some, state__in=EVER_CONFIRMED, withdrawn_on__isnull=True)
        for row in rows.order_by("happened_on", "pk"):
            if (row.company_id, row.title_id) in found:
                found[row.company_id, row.title_id].append(row)
    return found


def is_new(recognition: Recognition, others: Sequence[Recognition]) -> bool:
    """Whether it is the first of its title for the firm: 认定, and nothing confirmed happened before it."""
    if recognition.application_type != ApplicationType.NEW:
        return False
    return not any(_is_before(other, recognition) for other in others)


def followed(recognition: Recognition, others: Sequence[Recognition], taken: set[int]) -> Recognition | None:
    """The one a review or 重新认定 continues: the last before it that nothing follows yet. A new 认定 follows nothing."""
    if recognition.application_type == ApplicationType.NEW:
        return None
    before = [other for other in others if _is_before(other, recognition) and other.pk not in taken]
    return before[-1] if before else None


def _is_before(other: Recognition, recognition: Recognition) -> bool:
    if other is recognition or (other.pk and other.pk == recognition.pk):
        return False
    if other.happened_on != recognition.happened_on:
        return other.happened_on < recognition.happened_on
    return bool(other.pk) and (not recognition.pk or other.pk < recognition.pk)


def taken_ids(pairs: Iterable[Key]) -> set[int]:
    """Ids of recognitions of these firms that another one in force follows already."""
    taken: set[int] = set()
    for some in _chunks(sorted({company for company, _title in pairs})):
        rows = Recognition.objects.filter(company_id__in=some, follows__isnull=False)
        taken.update(key for key in rows.values_list("follows_id", flat=True) if key is not None)
    return taken
