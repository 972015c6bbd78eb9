"""Counts of what firms near a title lack, per district; each count opens exactly the rows it counts."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from accounts.users.models import District
from companies.figures.catalogue import CATALOGUE
from companies.figures.words import fact_label
from companies.recognitions.models import Title
from policies.reach.selectors import reaches_for_list, reaches_of
from policies.standards import library

if TYPE_CHECKING:
    from accounts.users.models import User


class Door(NamedTuple):
    """A count and the list of the firms it counts."""

    label: str
    number: int
    url: str


class Line(NamedTuple):
    """One district (or one title): how many firms are near, the criterion and the fact most of them lack; None where none lacks any."""

    name: str
    firms: Door
    criterion: Door | None = None
    fact: Door | None = None


def near_for_list(*, user: "User", on: date) -> QuerySet[Any]:
    """Firms near a title, in scope, that do not hold it."""
    return reaches_for_list(user=user, on=on).filter(is_near=True)


def _url(**query: str) -> str:
    return f"{reverse('policies:near-miss-list')}?{urlencode(query)}"


def lines_by_title(*, user: "User", on: date) -> list[Line]:
    """How many firms are near each title, in the catalogue's order; one query."""
    near = reaches_of(user=user, on=on).filter(is_near=True).order_by()
    counted = dict(near.values_list("title").annotate(number=Count("pk")))
    titles = Title.objects.in_bulk(list(counted)) if counted else {}
    ordered = sorted(titles.values(), key=lambda title: (title.position, title.code))
    return [Line(title.short, Door("", counted[title.pk], _url(title=title.code))) for title in ordered]


def lines_by_district(*, user: "User", title: Title, on: date) -> list[Line]:
    """One line per district with firms near the title; three queries, whatever the number of firms.

    The rows are grouped by what they lack in the database: different sets of one or two criteria are few.
    """
    near = reaches_of(user=user, on=on).filter(is_near=True, title=title).order_by()
    rows = near.values_list("company__district", "open_codes", "missing_facts").annotate(number=Count("pk"))
    firms: Counter[int] = Counter()
    codes: dict[int, Counter[str]] = {}
    facts: dict[int, Counter[str]] = {}
    for district, open_codes, missing_facts, number in rows:
        firms[district] += number
        _add(codes.setdefault(district, Counter()), open_codes.split(), number)
        _add(facts.setdefault(district, Counter()), missing_facts.split(), number)
    texts = _texts(title, on=on)
    places = sorted(District.objects.filter(pk__in=list(firms)), key=lambda place: (place.position, place.code)) if firms else []
    return [
        Line(
            str(place),
            Door("", firms[place.pk], _url(title=title.code, district=place.code)),
            _most(codes[place.pk], list(texts), texts, title=title.code, district=place.code, name="criterion"),
            _most(facts[place.pk], list(CATALOGUE), _labels(facts[place.pk]), title=title.code, district=place.code, name="fact"),
        )
        for place in places
    ]


def _add(counter: Counter[str], names: Iterable[str], number: int) -> None:
    for name in names:
        counter[name] += number


def _most(counter: Counter[str], order: list[str], labels: dict[str, str], *, title: str, district: str, name: str) -> Door | None:
    """The commonest; of several equally common ones the first in order."""
    if not counter:
        return None
    code = min(counter, key=lambda one: (-counter[one], order.index(one) if one in order else len(order), one))
    return Door(labels.get(code, code), counter[code], _url(title=title, district=district, **{name: code}))


def _texts(title: Title, *, on: date) -> dict[str, str]:
    """Criterion code → its text in the standard in force, in the order of the clauses."""
    published = library.in_force(on=on).get(title.code)
    return {one.code: one.text for one in published.compiled.criteria} if published else {}


def _labels(counter: Counter[str]) -> dict[str, str]:
    return {code: str(fact_label(CATALOGUE[code])) for code in counter if code in CATALOGUE}
