"""Reads the register: lists, type-ahead, look-alikes, places."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models
from django.db.models import Value
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.users.models import District, Park, Town
from companies.register.models import Company, CompanyName
from companies.register.search import Matches, fold, name_key_for, question_for, syllables
from core.prepared import Prepared

if TYPE_CHECKING:
    from accounts.users.models import User

MOST_SUGGESTED = 8


def companies_for_list(*, user: "User") -> "models.QuerySet[Company]":
    """Firms in scope; the places a list shows are joined by it, search tokens are left in the database."""
    return Company.objects.visible_to(user).defer("search_tokens").fetch_mode(models.FETCH_RAISE)


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A firm in scope that may be the same, and why."""

    uscc: str
    name: str
    reason: str


def look_alikes(*, name: str, user: "User", but: int | None = None) -> list[LookAlike]:
    """At most ten firms in scope whose name or former name is the same when 有限责任公司 reads as 有限公司, or sounds the same."""
    folded, key = fold(name), name_key_for(name)
    visible = Company.objects.visible_to(user).exclude(pk=but)  # type: ignore[misc]
    found = []
    for uscc, known in visible.filter(name_key=key).order_by("name_key", "pk").values_list("uscc", "name")[:10]:
        if known == name:
            reason = _("名称相同")
        elif fold(known) == folded:
            reason = _("名称仅差“责任”或标点")
        else:
            reason = _("名称读音相同")
        found.append(LookAlike(uscc, known, reason))
    former = CompanyName.objects.filter(company__in=visible, name=name, withdrawn_on__isnull=True).select_related("company")
    found += [LookAlike(row.company.uscc, row.company.name, _("曾用名相同")) for row in former[:10]]
    return found[:10]


class Suggestion(NamedTuple):
    """One line of the type-ahead: the name in three parts, the middle one is what matched."""

    uscc: str
    before: str
    match: str
    after: str
    district: str


def suggestions(*, user: "User", text: str) -> list[Suggestion]:
    """At most eight firms in scope that answer `text`, in list order; one query."""
    question = question_for(text)
    if not question:
        return []
    visible = Company.objects.visible_to(user).filter(Matches(question)).order_by("name_key", "pk")
    district = "district__name_en" if get_language() == "en" else "district__name"
    rows = visible.values_list("uscc", "name", district)[:MOST_SUGGESTED]
    return [Suggestion(uscc, *_parts(name, text), place) for uscc, name, place in rows]


def _parts(name: str, text: str) -> tuple[str, str, str]:
    """The name split around what matched: the words themselves, or the characters whose pinyin or initials were typed."""
    term = next(iter(text.split()), "").lower()
    at = name.lower().find(term)
    if at >= 0 and term:
        return name[:at], name[at : at + len(term)], name[at + len(term) :]
    sounds = [syllables(fold(character)) for character in name]
    words = [sound[0] if sound else "" for sound in sounds]
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            initials = "".join(word[:1] for word in words[start:end])
            whole = "".join(words[start:end])
            if term in {initials, whole} or (whole.startswith(term) and not "".join(words[start : end - 1]).startswith(term)):
                return name[:start], name[start:end], name[end:]
            if len(initials) > len(term):
                break
    return name, "", ""


class Places(NamedTuple):
    """Choices of the places in scope: (value, label) lists; towns and parks of several districts are grouped by district."""

    districts: list[tuple[Any, Any]]
    towns: list[tuple[Any, Any]]
    parks: list[tuple[Any, Any]]


def _places(district_name: str, *, district_id: int | None = None) -> Any:
    scope = {} if district_id is None else {"district_id": district_id}
    district_scope = {} if district_id is None else {"pk": district_id}

    def rows(queryset: Any, kind: str, name: str, group: str, position: str) -> Any:
        return queryset.order_by().values_list(Value(kind, models.CharField()), "pk", name, group, position)

    return (
        rows(District.objects.filter(**district_scope), "district", district_name, district_name, "position")
        .union(
            rows(Town.objects.filter(**scope), "town", "name", f"district__{district_name}", "district__position"),
            rows(Park.objects.filter(**scope), "park", "name", f"district__{district_name}", "district__position"),
            all=True,
        )
        .order_by()
    )


_prepared_places = Prepared(_places)


def places_for(*, user: "User", is_english: bool = False) -> Places:
    """Districts, towns and parks of the user's scope, in one query."""
    own = {} if user.district_id is None else {"district_id": user.district_id}
    every = _prepared_places("name_en" if is_english else "name", **own)
    found: dict[str, dict[str, list[tuple[Any, Any]]]] = {"district": {}, "town": {}, "park": {}}
    for kind, key, name, group, _position in sorted(every, key=lambda row: (row[4], row[3], row[2])):
        found[kind].setdefault(group, []).append((key, name))
    districts = [item for items in found["district"].values() for item in items]
    return Places(districts, _grouped(found["town"]), _grouped(found["park"]))


def _grouped(groups: dict[str, list[tuple[Any, Any]]]) -> list[tuple[Any, Any]]:
    return list(next(iter(groups.values()))) if len(groups) == 1 else list(groups.items())
