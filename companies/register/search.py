"""Finding firms: the two-character tokens kept with each company, and the question made from what a person types.

A company's tokens are words of ASCII letters, digits and Chinese characters separated by single blanks, each with a tag in front:
`n` two characters of a name, `p` two pinyin syllables joined, `i` two to four pinyin initials, `u` four characters of the credit
code, `0` the first character and the first initial of a name. The index over them is made by migration 0002 (FTS5 on SQLite, a GIN
index over the same words on PostgreSQL); triggers keep it, so saving `search_tokens` is all a writer has to do.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import import_module
from itertools import pairwise
from typing import Any

from django.db import models
from django.db.models.sql.compiler import SQLCompiler

from companies.register.models import Company, CompanyName
from companies.register.uscc import normalise

MAX_QUERY = 100
NAME_KEY_LENGTH = 400
_FOLDED = (("有限责任公司", "有限公司"),)


def fold(text: str) -> str:
    """The spelling that is compared: NFKC, lower case, 有限责任公司 as 有限公司, only letters, digits and other written signs."""
    plain = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(c for c in plain if (c.isalnum() if c.isascii() else unicodedata.category(c)[0] not in "PZC"))
    for long, short in _FOLDED:
        kept = kept.replace(long, short)
    return kept


@cache
def _dictionary() -> Any:
    """The readings take 48 MB and a quarter of a second: loaded when a name is first read, not by every process."""
    return import_module("companies.register.pinyin")


@lru_cache(maxsize=4_096)
def syllables(folded: str) -> tuple[str, ...]:
    """Pinyin of a folded name, one item per Chinese character; runs of Latin letters and digits count as one item."""
    return tuple(part.lower() for part in _dictionary().syllables(folded))


def name_key_for(name: str) -> str:
    """The sort key of a name: pinyin syllables separated by blanks, the same order on every database."""
    return " ".join(syllables(fold(name)))[:NAME_KEY_LENGTH]


def search_tokens_for(company: Company, former_names: Iterable[str] = ()) -> str:
    """The tokens of a company (saved or not) and its former names: single blanks between words, each word once."""
    words: dict[str, None] = dict.fromkeys(_code_tokens(company.uscc))
    for name in (company.name, *former_names):
        folded = fold(name)
        words.update(dict.fromkeys(_name_tokens(folded, syllables(folded))))
    return " ".join(words)


def _grams(text: str, length: int, tag: str) -> list[str]:
    return [tag + text[start : start + length] for start in range(len(text) - length + 1)]


def _name_tokens(folded: str, pinyin: Sequence[str]) -> list[str]:
    if not folded:
        return []
    initials = "".join(part[0] for part in pinyin if part)
    pairs = ["p" + first + second for first, second in pairwise(pinyin)]
    last = ["p" + pinyin[-1]] if pinyin else []
    short = [gram for length in (2, 3, 4) for gram in _grams(initials, length, "i")]
    return [*_grams(folded, 2, "n"), *pairs, *last, *short, "0" + folded[0], "0" + initials[:1]]


def _code_tokens(uscc: str) -> list[str]:
    return _grams(uscc.lower(), 4, "u")


def index_companies(ids: Iterable[int]) -> int:
    """Write `name_key` and `search_tokens` of these companies anew from their names; the number written.

    For bulk paths that changed names without giving tokens; `bulk_create` may set both columns itself and needs no call.
    """
    written = 0
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        former: dict[int, list[str]] = {}
        names = CompanyName.objects.filter(company_id__in=part, withdrawn_on__isnull=True)
        for company_id, name in names.values_list("company_id", "name"):
            former.setdefault(company_id, []).append(name)
        companies = list(Company.objects.filter(pk__in=part).only("pk", "uscc", "name"))
        for company in companies:
            company.name_key = name_key_for(company.name)
            company.search_tokens = search_tokens_for(company, former.get(company.pk, ()))
        written += Company.objects.bulk_update(companies, ["name_key", "search_tokens"], batch_size=100)
    return written


# ---------------------------------------------------------------- asking


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    readings = _dictionary().readings()
    plain = {"".join(c for c in unicodedata.normalize("NFD", r.replace("ü", "v")) if c.isascii()) for r in readings}
    return frozenset(part for part in plain if part.isalpha())


def _segmentations(letters: str, most: int = 4) -> list[list[str]]:
    """Up to `most` ways to read letters as pinyin syllables; the last part may be the beginning of one."""
    known = _known_syllables()
    found: list[list[str]] = []
    pending: list[tuple[int, list[str]]] = [(0, [])]
    steps = 0
    while pending and len(found) < most and steps < 200:
        steps += 1
        start, parts = pending.pop()
        if start == len(letters):
            found.append(parts)
            continue
        for length in range(1, min(6, len(letters) - start) + 1):
            part = letters[start : start + length]
            is_last = start + length == len(letters)
            if part in known or (is_last and any(syllable.startswith(part) for syllable in known)):
                pending.append((start + length, [*parts, part]))
    return found


type Word = tuple[str, bool]  # token, and whether longer tokens beginning with it count too


def _pinyin_reading(parts: Sequence[str]) -> list[Word]:
    if len(parts) == 1:
        return [("p" + parts[0], True)]
    pairs = [("p" + first + second, False) for first, second in pairwise(parts)]
    return [*pairs[:-1], (pairs[-1][0], True)]


def _readings(term: str) -> list[list[Word]]:
    """The ways a folded term may be meant; one reading is a list of tokens that must all be there."""
    if len(term) == 1:
        return [[("0" + term, False)]]
    readings: list[list[Word]] = [[(gram, False) for gram in _grams(term, 2, "n")]]
    if not term.isascii():
        return readings
    if term.isalpha():
        readings.append([(gram, False) for gram in _grams(term, min(len(term), 4), "i")])
        if len(term) <= 30:
            readings.extend(_pinyin_reading(parts) for parts in _segmentations(term))
    if len(term) >= 4:
        readings.append([(gram, False) for gram in _grams(normalise(term).lower(), 4, "u")])
    return readings


def question_for(text: str) -> list[list[list[Word]]]:
    """What a person typed as terms (all must hold) of readings (one must hold) of tokens (all must be there). Empty: nothing to ask."""
    terms = [term for part in text[:MAX_QUERY].split() if (term := fold(part))]
    if len(terms) > 1:
        terms = [term for term in terms if len(term) > 1] or terms[:1]
    return [_readings(term) for term in terms[:8]]


def _spoken(question: Sequence[Sequence[Sequence[Word]]], *, both: str, either: str, prefix: str, quote: str) -> str:
    def word(token: str, is_prefix: bool) -> str:
        return f"{quote}{token}{quote}{prefix if is_prefix else ''}"

    return both.join(
        "(" + either.join("(" + both.join(word(*token) for token in reading) + ")" for reading in readings) + ")" for readings in question
    )


class Matches(models.Lookup):
    """Condition on Company: its tokens answer the question.

    A lookup, not a function: SQLite would compare a function with true, and read the whole table to do so.
    `is_broad` says that very many do: an ordered list is then walked in its order and looked up in the hits, not the other way round.
    """

    lookup_name = "matches"
    prepare_rhs = False

    def __init__(self, question: Sequence[Sequence[Sequence[Word]]], *, is_broad: bool = False) -> None:
        super().__init__(models.F("search_tokens"), models.F("pk"))
        self.question = question
        self.is_broad = is_broad

    @property
    def identity(self) -> tuple[Any, ...]:
        """Two are the same if they ask the same."""
        return (*super().identity, self.question, self.is_broad)

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """FTS5; see migration 0002. The plus keeps SQLite from reading and sorting every hit to show one page."""
        key, params = compiler.compile(self.rhs)
        asked = _spoken(self.question, both=" AND ", either=" OR ", prefix="*", quote='"')
        walk = "+" if self.is_broad and compiler.query.order_by else ""
        return f"{walk}{key} IN (SELECT rowid FROM companies_search WHERE companies_search MATCH %s)", [*params, asked]  # noqa: S608

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """GIN over the same words; see migration 0002. The planner chooses between collecting and walking."""
        tokens, params = compiler.compile(self.lhs)
        asked = _spoken(self.question, both=" & ", either=" | ", prefix=":*", quote="'")
        return f"(array_to_tsvector(string_to_array({tokens}, ' ')) @@ %s::tsquery)", [*params, asked]


MANY = 1_000


def companies_matching(companies: "models.QuerySet[Company]", text: str) -> "models.QuerySet[Company]":
    """The rows of `companies` that answer `text`: a name, former name, pinyin, initials or part of a credit code. Costs one short query.

    Few hits are read by their keys; for a word in thousands of names the list is walked in its order, so that
    neither sorts the table. One character finds names that begin with it. Nothing but signs: no rows.
    """
    question = question_for(text)
    if not question:
        return companies.none() if text.strip() else companies
    hits = Company.objects.filter(Matches(question)).order_by().values_list("pk", flat=True)[: MANY + 1]
    found = list(hits)
    if len(found) <= MANY:
        return companies.filter(pk__in=found)
    return companies.filter(Matches(question, is_broad=True))
