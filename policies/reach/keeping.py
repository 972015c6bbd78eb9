"""Keeps what firms within reach of a title lack, in the transaction and from the very snapshots of their evaluation."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from operator import itemgetter
from typing import Any

from core.prepared import Prepared
from policies.engine.near import Near, near_of
from policies.engine.year_end import year_end_summary
from policies.reach.aims import Aim, aim_of
from policies.reach.models import UNMEASURED, Reach
from policies.standards import library
from policies.standards.keeping import COLUMNS, Kept
from policies.standards.library import Published
from policies.standards.models import Overall
from policies.standards.snapshots import Subject, windows_of_all, with_judgements

# 本地设定: how many criteria may be open for a firm to be within reach, and to be 差一点; and the part of a line it may be short at most
WITHIN_REACH, NEAR = 3, 2
MOST_SHORT = Decimal("0.5")
MOST_PERMILLE = UNMEASURED - 1
KEY = ("company_id", "title_id")
OF_ROW = tuple(field.attname for field in Reach._meta.concrete_fields if not field.primary_key)
_kept = itemgetter(*(COLUMNS.index(name) for name in (*KEY, "overall", "open_count", "open_codes", "nearest_text", "earliest_year")))


def permille(part: Decimal | None, *, nothing: bool) -> int:
    """Thousandths of a line, rounded up so that what is short is never nothing; 0 where nothing is open, last what has no measure."""
    if part is None:
        return 0 if nothing else UNMEASURED
    return min(int((part * 1000).to_integral_value(ROUND_CEILING)), MOST_PERMILLE)


def padded(words: Iterable[str]) -> str:
    """Words between blanks; what does not fit is left out whole."""
    text = " "
    for word in words:
        if len(text) + len(word) >= 300:
            break
        text += f"{word} "
    return text.rstrip() and text


def shortened(words: str) -> str:
    """A sentence that fits its column, with a mark where it was cut."""
    return words if len(words) <= 300 else f"{words[:299]}…"


def aims_of(codes: Iterable[str], *, on: date) -> dict[str, Aim]:
    """Title code → its next filing; titles without a text are left out. Two queries."""
    rows, windows = library.library(), windows_of_all()
    found = {code: aim_of(code, on=on, rows=rows, windows=windows.get(code, ())) for code in codes}
    return {code: aim for code, aim in found.items() if aim is not None}


def reach_keep(subjects: Sequence[Subject], rows: Sequence[Kept], standards: Collection[Published], on: date) -> None:
    """Write the rows of one chunk of evaluations that say something new; those out of reach now are marked."""
    within = {}
    for row in rows:
        company_id, title_id, overall, open_count, *_rest = told = _kept(row)
        if open_count <= WITHIN_REACH and overall != Overall.NOT_APPLICABLE:
            within[company_id, title_id] = told
    known = {tuple(row[: len(OF_ROW)]): row[-1] for row in _rows(ids=[subject.company_id for subject in subjects])}
    before = {row[:2]: pk for row, pk in known.items() if row[OF_ROW.index("is_within")]}
    if not within and not before:
        return
    aims = aims_of([one.row.title.code for one in standards], on=on)
    fresh, standing = [], set()
    for subject in subjects:
        held = {one.title for one in subject.snapshot.titles or () if one.is_valid_on(on)}
        for published in standards:
            if published.compiled.title in held:
                continue  # a holder faces its review, not this filing
            told = within.get((subject.company_id, published.row.title_id))
            aim = aims.get(published.row.title.code)
            if told is None or aim is None:
                continue
            shot = with_judgements(subject, published.row.pk)
            near = near_of(published.compiled, shot, on=on, codes=frozenset(told[4].split()))
            if (near.gap is not None and near.gap > MOST_SHORT) or told[3] + near.exceptions > WITHIN_REACH:
                continue
            values = _values(subject, aim, told, near, on=on)
            standing.add(values[:2])
            if values not in known:
                fresh.append(Reach(**dict(zip(OF_ROW, values, strict=True))))
    if fresh:
        Reach.objects.bulk_create(fresh, update_conflicts=True, unique_fields=["company", "title"], update_fields=_FIELDS)
    gone = [pk for key, pk in before.items() if key not in standing]
    if gone:
        Reach.objects.filter(pk__in=gone).update(is_within=False, is_near=False)


_FIELDS = [field.name for field in Reach._meta.concrete_fields if not field.primary_key and field.attname not in KEY]
_rows = Prepared(lambda ids: Reach.objects.filter(company_id__in=ids).order_by().values_list(*OF_ROW, "pk"))


def _values(subject: Subject, aim: Aim, told: tuple[Any, ...], near: Near, *, on: date) -> tuple[Any, ...]:
    """The row of one firm and title, in the order of OF_ROW."""
    company_id, title_id, _overall, open_count, open_codes, nearest_text, earliest_year = told
    shot = with_judgements(subject, aim.published.row.pk)
    standing = year_end_summary(aim.published.compiled, shot, on=on, application_year=aim.year, windows=aim.windows)
    earliest = earliest_year or on.year
    row = {
        "company_id": company_id,
        "title_id": title_id,
        "is_within": True,
        "is_near": 0 < open_count + near.exceptions <= NEAR and earliest <= aim.year and not standing.is_excluded,
        "open_count": open_count,
        "open_codes": padded(open_codes.split()),
        "missing_facts": padded(near.missing_facts),
        "open_permille": permille(near.gap, nothing=open_count == 0),
        "nearest_text": nearest_text,
        "earliest_year": earliest,
        "application_year": aim.year,
        "filing_on": aim.window.opens_on,
        "todo_count": standing.todo,
        "target_count": standing.target,
        "missing_count": standing.missing,
        "blocked_count": standing.blocked,
        "gap_permille": permille(standing.gap, nothing=not standing.open_codes),
        "words": shortened(standing.words),
        "next_earliest_year": standing.earliest_year,
    }
    return tuple(row[name] for name in OF_ROW)
