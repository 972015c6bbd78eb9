"""Tests of what a company holds, what stands against it, and who it is: titles, incidents, attributes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from policies.engine import wording
from policies.engine.conditions.base import MET, UNKNOWN, UNMET, Condition, Gap
from policies.engine.facts import INCIDENT_LABELS, LISTINGS, SEVERITY_LABELS, IncidentFact, IncidentKind, Severity
from policies.engine.outcomes import GapKind
from policies.engine.sheet import Missing, Observed
from policies.engine.slots import Facts
from policies.engine.units import Unit

YEARS = Unit("年")


def add_years(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class HoldsTitle(Condition):
    """Any of the titles valid on the day."""

    def __init__(self, titles: tuple[str, ...]) -> None:
        self.titles = titles
        wanted = frozenset(titles)
        self.names = wording.TITLE_OR.join(wording.TITLE_LABELS[title] for title in titles)
        self.threshold_text = wording.TITLE_THRESHOLD.format(titles=self.names)

        def judge(facts: Facts) -> int:
            valid = facts.valid_titles
            if valid is None:
                return UNKNOWN
            return UNMET if wanted.isdisjoint(valid) else MET

        self.judge = judge

    def closes(self, facts: Facts, earliest: int) -> str:
        return wording.CLOSE_TITLE.format(titles=self.names)

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        shown = []
        for held in facts.snapshot.titles or ():
            if held.title in self.titles and held.is_valid_on(facts.on):
                label = wording.TITLE_LABELS[held.title]
                until = held.valid_until
                text = (
                    wording.TITLE_HELD_OPEN.format(title=label)
                    if until is None
                    else wording.TITLE_HELD.format(title=label, until=until.isoformat())
                )
                shown.append(Observed(held.valid_from.isoformat(), text, version_ids=(held.recognition_id,)))
        none = wording.NOT_LOOKED_INTO if facts.snapshot.titles is None else wording.TITLE_NONE
        return tuple(shown) or (Observed("", none),)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return (Missing("titles", self.names, None, (), wording.MISSING_TITLES),)


@dataclass(frozen=True, slots=True)
class Bar:
    """Incidents of some kinds from some severity on (1 一般 … 4 特别重大)."""

    kinds: frozenset[str]
    rank: int


class NoIncident(Condition):
    """No incident of the kinds: in force on the day, or within the last years counted back from the day.

    An incident exactly `years` years old still counts; a listing counts until that long after it was lifted. By the
    calendar (上年和当年) it counts to the end of the year after. An
    accident without a severity leaves the answer open where the severity matters.
    """

    def __init__(self, bars: tuple[Bar, ...], years: int, *, by_calendar: bool = False) -> None:
        self.bars, self.years, self.by_calendar = bars, years, by_calendar
        self.kinds = frozenset(kind for bar in bars for kind in bar.kinds)
        self.names = wording.YEARS_JOIN.join(INCIDENT_LABELS[kind] for kind in IncidentKind if kind.value in self.kinds)
        self.threshold_text = wording.INCIDENT_THRESHOLD_YEARS.format(years=years) if years else wording.INCIDENT_THRESHOLD_NOW
        if by_calendar:
            self.threshold_text = wording.INCIDENT_THRESHOLD_CALENDAR

        def judge(facts: Facts) -> int:
            incidents = facts.snapshot.incidents
            if not incidents:
                return UNKNOWN if incidents is None else MET
            against = [self._against(incident, facts.on) for incident in incidents]
            return UNMET if UNMET in against else UNKNOWN if UNKNOWN in against else MET

        self.judge = judge

    def _against(self, incident: IncidentFact, on: date) -> int:
        outcome = MET
        for bar in self.bars:
            if incident.kind not in bar.kinds or not self._in_sight(incident, on):
                continue
            if bar.rank <= 1:
                return UNMET
            try:
                if Severity(incident.severity).rank >= bar.rank:
                    return UNMET
            except ValueError:
                outcome = UNKNOWN
        return outcome

    def _in_sight(self, incident: IncidentFact, on: date) -> bool:
        if incident.starts_on > on:
            return False
        free = self.free_on(incident)
        return free is None or on < free

    def free_on(self, incident: IncidentFact) -> date | None:
        """The first day on which the incident no longer counts; None while a listing has no end."""
        end = incident.ends_on
        if end is None:
            if incident.kind in LISTINGS:
                return None
            end = incident.starts_on
        if self.by_calendar:
            return date(end.year + self.years + 1, 1, 1)
        return add_years(end, self.years) + timedelta(days=1)

    def _standing(self, facts: Facts) -> list[IncidentFact]:
        return [i for i in facts.snapshot.incidents or () if self._against(i, facts.on) == UNMET]

    def earliest(self, facts: Facts) -> int:
        free = [day.year for i in self._standing(facts) if (day := self.free_on(i)) is not None]
        return max([facts.year, *free])

    def not_before(self, facts: Facts) -> date | None:
        return max((day for i in self._standing(facts) if (day := self.free_on(i)) is not None), default=None)

    def turns_on(self, facts: Facts) -> date | None:
        if not facts.snapshot.incidents:
            return None
        days = []
        for incident in facts.snapshot.incidents:
            if incident.kind in self.kinds:
                days += [incident.starts_on, self.free_on(incident)]
        return min((day for day in days if day is not None and day > facts.on), default=None)

    def gap(self, facts: Facts) -> Gap:
        ends = [self.free_on(incident) for incident in self._standing(facts)]
        return Gap(GapKind.CURABLE if None in ends else GapKind.WAITING)

    def closes(self, facts: Facts, earliest: int) -> str:
        standing = self._standing(facts)
        ends = [self.free_on(incident) for incident in standing]
        names = wording.YEARS_JOIN.join(dict.fromkeys(kind_label(incident.kind) for incident in standing))
        if None in ends:
            return wording.CLOSE_LISTING.format(kinds=names)
        day = max(end for end in ends if end is not None)
        return wording.CLOSE_INCIDENT.format(kinds=names, day=day.isoformat(), earliest=earliest)

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        if facts.snapshot.incidents is None:
            return (Observed("", wording.NOT_LOOKED_INTO),)
        shown = [self._shown(i) for i in facts.snapshot.incidents if self._against(i, facts.on) != MET]
        return tuple(shown) or (Observed("", wording.INCIDENT_NONE),)

    def _shown(self, incident: IncidentFact) -> Observed:
        label, start = kind_label(incident.kind), incident.starts_on.isoformat()
        if incident.kind not in LISTINGS:
            text = wording.INCIDENT_SHOWN.format(kind=label, severity=severity_label(incident.severity), day=start)
        elif incident.ends_on is None:
            text = wording.INCIDENT_LISTED.format(kind=label, day=start)
        else:
            text = wording.INCIDENT_PAST.format(kind=label, day=start, end=incident.ends_on.isoformat())
        return Observed(start, text, incident.starts_on.year, version_ids=(incident.id,))

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        if facts.snapshot.incidents is None:
            return (Missing("incidents", self.names, None, (), wording.MISSING_INCIDENTS),)
        return tuple(
            Missing(
                "severity",
                kind_label(incident.kind),
                incident.starts_on.year,
                (),
                wording.MISSING_SEVERITY.format(kind=kind_label(incident.kind), day=incident.starts_on.isoformat()),
            )
            for incident in facts.snapshot.incidents
            if self._against(incident, facts.on) == UNKNOWN
        )


def kind_label(kind: str) -> str:
    """负面信息 kind as printed."""
    return INCIDENT_LABELS[IncidentKind(kind)]


def severity_label(severity: str) -> str:
    """Severity as printed; 等级未填 when it is not one."""
    try:
        return SEVERITY_LABELS[Severity(severity)]
    except ValueError:
        return wording.UNKNOWN_SEVERITY


class Attribute(Condition):
    """A test of one attribute: `starts_with`, `one_of`, `on_or_before` the day, `years_at_least`, `in_last_years`, or `is` 是/否."""

    def __init__(self, name: str, test: str, wanted: Sequence[str] | int | bool) -> None:
        self.name, self.test, self.wanted = name, test, wanted
        self.label = wording.ATTRIBUTE_LABELS[name]
        self.threshold_text = self._threshold()
        self.unit = YEARS if test == "years_at_least" else Unit("")

        def judge(facts: Facts) -> int:
            value = self._value(facts)
            if value is None or value == "":
                return UNKNOWN
            return MET if self._passes(value, facts) else UNMET

        self.judge = judge

    def _value(self, facts: Facts) -> object:
        if self.name == "uscc":
            return facts.snapshot.uscc
        if self.name == "district":
            return facts.snapshot.district
        return facts.snapshot.attributes.get(self.name)

    def _passes(self, value: object, facts: Facts) -> bool:
        wanted, on = self.wanted, facts.on
        if self.test == "starts_with":
            return str(value).startswith(tuple(wanted))  # type: ignore[arg-type]
        if self.test == "one_of":
            return value in wanted  # type: ignore[operator]
        if self.test == "is":
            return value is wanted
        if not isinstance(value, date):
            raise TypeError(f"{self.name} is a date, not {type(value).__name__}")
        if self.test == "on_or_before":
            return value <= on
        if self.test == "in_last_years":
            return value.year >= facts.year - int(wanted)  # type: ignore[arg-type]
        return self.reached_on(value) <= on

    def reached_on(self, since: date) -> date:
        """The day on which the years are full."""
        return add_years(since, int(self.wanted))  # type: ignore[arg-type]

    def _threshold(self) -> str:
        if self.test == "years_at_least":
            return wording.ATTRIBUTE_THRESHOLD_YEARS.format(years=self.wanted)
        if self.test == "in_last_years":
            return wording.ATTRIBUTE_THRESHOLD_LAST.format(years=self.wanted)
        if self.test == "on_or_before":
            return wording.ATTRIBUTE_THRESHOLD_BEFORE
        if self.test == "is":
            return wording.FLAG_LINE[bool(self.wanted)]
        words = wording.ATTRIBUTE_THRESHOLD_PREFIX if self.test == "starts_with" else wording.ATTRIBUTE_THRESHOLD_ONE_OF
        return words.format(values=wording.YEARS_JOIN.join(map(str, self.wanted)))  # type: ignore[arg-type]

    def changes_on(self, facts: Facts) -> date | None:
        """The day on which the calendar alone turns the answer; None when it cannot."""
        value = self._value(facts)
        if not isinstance(value, date) or self.test == "in_last_years" or self.judge(facts) == MET:
            return None
        return value if self.test == "on_or_before" else self.reached_on(value)

    def not_before(self, facts: Facts) -> date | None:
        return self.changes_on(facts)

    def turns_on(self, facts: Facts) -> date | None:
        return self.changes_on(facts)

    def earliest(self, facts: Facts) -> int:
        day = self.changes_on(facts)
        return facts.year if day is None else max(facts.year, day.year)

    def gap(self, facts: Facts) -> Gap:
        day = self.changes_on(facts)
        if day is None:
            return Gap(GapKind.NONE)
        amount = Decimal(max(day.year - facts.on_year, 1)) if self.test == "years_at_least" else None
        return Gap(GapKind.WAITING, amount, self.unit)

    def closes(self, facts: Facts, earliest: int) -> str:
        if self.changes_on(facts) is None:
            return wording.CLOSE_ATTRIBUTE
        return wording.CLOSE_WAIT_DAY.format(label=self.threshold_text, day=self.changes_on(facts), earliest=earliest)

    def observe(self, facts: Facts) -> tuple[Observed, ...]:
        value = self._value(facts)
        if value is None or value == "":
            return (Observed(self.label, wording.NO_DATA),)
        text = wording.FLAG_TEXT[value] if isinstance(value, bool) else str(value)
        return (Observed(self.label, text),)

    def missing(self, facts: Facts) -> tuple[Missing, ...]:
        return (Missing(self.name, self.label, None, (), wording.MISSING_ATTRIBUTE.format(label=self.label)),)
