"""The sheet of a firm before and after some of its figures are changed."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from companies.figures.catalogue import CATALOGUE
from companies.figures.words import fact_label
from companies.recognitions.models import Title
from companies.register.models import Company
from policies import engine
from policies.engine.units import show, unit_of
from policies.engine.what_if import Input, Key, changed, inputs_of
from policies.engine.wording import FLAG_TEXT, source_label
from policies.reach.aims import aim_of
from policies.standards import library
from policies.standards.library import Published
from policies.standards.sayings import said
from policies.standards.services import no_standard
from policies.standards.snapshots import Reading, snapshots_for, windows_of, with_judgements


class Moved(NamedTuple):
    """One criterion before and after."""

    before: engine.Verdict
    after: engine.Verdict

    @property
    def is_moved(self) -> bool:
        """Whether its outcome or its gap changed."""
        return (self.before.outcome, self.before.gap_text) != (self.after.outcome, self.after.gap_text)


class Trial(NamedTuple):
    """What can be tried out for one firm, title and filing: the figures read, and the sheet as it is."""

    published: Published
    snapshot: engine.Snapshot
    on: date
    application_year: int
    years: tuple[int, ...]
    inputs: tuple[Input, ...]

    def sheet(self, values: Mapping[Key, Any]) -> engine.Sheet:
        """The sheet with these figures in place of the firm's own."""
        text = self.published.compiled
        snapshot = changed(self.snapshot, values) if values else self.snapshot
        return engine.evaluate(text, snapshot, on=self.on, application_year=self.application_year)


def trial_for(*, company: Company, title: Title, on: date, application_year: int | None = None) -> Trial:
    """This year's filing, or the next one when it is asked for; any other year reads as this. Raises NoStandard."""
    rows, windows = library.library(), windows_of(title.code)
    current, aim = library.in_force_of(rows, on=on).get(title.code), aim_of(title.code, on=on, rows=rows, windows=windows)
    if aim is None:
        raise no_standard(title, on)
    is_next = application_year == aim.year or current is None
    published = aim.published if is_next or current is None else current
    year = aim.year if is_next else on.year
    text = published.compiled
    (subject,) = snapshots_for([company.pk], on=on, reading=Reading(facts=tuple(sorted(engine.facts_of(text)))))
    snapshot = with_judgements(subject, published.row.pk)
    years = (aim.year,) if current is None else (on.year, aim.year)
    return Trial(published, snapshot, on, year, years, inputs_of(text, snapshot, on=on, application_year=year))


def moved(before: engine.Sheet, after: engine.Sheet) -> list[Moved]:
    """Every criterion before and after, those that moved first, each part in the order of the clauses."""
    pairs = [Moved(one, after.verdict(one.code)) for one in before.verdicts]
    return sorted(pairs, key=lambda pair: not pair.is_moved)


def label_of(key: Key) -> str:
    """`2025 年 营业收入（审计报告）` in the reader's language."""
    fact, source = fact_label(CATALOGUE[key.fact]), said(source_label(key.source))
    return f"{key.year} {fact}（{source}）"


def value_shown(key: Key, value: Any) -> str:
    """A figure with its unit; a dash where there is none."""
    if value is None:
        return "—"
    unit = unit_of(CATALOGUE[key.fact])
    return said(FLAG_TEXT[bool(value)] if unit.is_flag else show(Decimal(value), unit))


def changes_shown(trial: Trial, values: Mapping[Key, Any]) -> Iterator[dict[str, str]]:
    """Each changed figure with what it was and what it is tried with."""
    known = {one.key: one.value for one in trial.inputs}
    for key, value in values.items():
        yield {"label": label_of(key), "before": value_shown(key, known.get(key)), "after": value_shown(key, value)}
