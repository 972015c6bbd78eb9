"""Places where features above the register show themselves on its pages, and where they hear of what happened.

Filled in `wiring.connect()`; read on every request, never changed after start. Nothing here knows who fills it.

- `add_panel(Panel(...))`: a piece of the firm's page. `context(company, user, query, on)` returns what `template` needs, or None to
  leave the piece out; it costs at most two queries and never one per row.
- `add_column(SlotColumn(...))`: a column of 企业名录. `prefetch(rows, user)` returns value by company id in one query, or an
  annotation brings it with the rows.
- `add_filter(SlotFilter(...))`: a filter of 企业名录, a core.filters filter under its name in the address.
- `weigh_incidents(reader)`: `reader(request, incidents)` names the titles each incident stands against, by its id, in one query.
- `add_effect(reader)`: `reader(change)` says in words what confirming or ending a recognition changes above, "" for nothing.
- `add_merge_relation(...)`: a relation to Company that merging two firms must carry over.
- `after(event, handler)` and `emit(event, **facts)`: handlers run at once, in the emitter's transaction, in order of registration; an
  exception of one undoes everything. Events are listed in EVENTS with the facts they carry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

if TYPE_CHECKING:
    from django_filters import Filter

    from accounts.users.models import District, User
    from companies.register.models import Company

# position on the firm's page: beside the name, below the head, in the list of facts, and the columns of 概览 and 认定与调库
POSITIONS = ("name", "strip", "fact", "action", "main", "side", "history")

EVENTS: Mapping[str, str] = {
    "company_changed": "company, changes (field names), by, on",
    "companies_changed": "company_ids, by, on (imports)",
    "figures_added": "figures (YearFigures rows), company_ids, by, on",
    "incident_changed": "incident, by, on",
    "recognition_confirmed": "recognitions, by, on",
    "recognition_ended": "recognitions, by, on",
    "judgement_changed": "judgement, by, on",
    "assignment_changed": "assignment, by, on",
    "evidence_stored": "evidence, by, on",
}


@dataclass(frozen=True, slots=True)
class PanelRequest:
    """What a panel is asked with. `told` is what panels found out and tell those below them on the page, so that nothing is asked twice."""

    company: "Company"
    user: "User"
    query: QueryDict
    on: date
    told: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of the firm's page; `order` sorts within its position, small first."""

    code: str
    position: str
    template: str
    context: Callable[[PanelRequest], dict[str, Any] | None]
    order: int = 50


@dataclass(frozen=True, slots=True)
class SlotColumn:
    """A column of the list. `render(value)` draws a value (missing ones print `—`), `export(value)` is its plain form.

    The values come from `prefetch` (one query for a page) or, where one value per firm is enough, from `annotation()`, an expression
    over Company that is read with the rows and costs no query of its own.
    """

    code: str
    header: Any
    prefetch: Callable[[Sequence["Company"], "User"], Mapping[int, Any]] | None = None
    render: Callable[[Any], Any] = field(default=lambda value: value)
    export: Callable[[Any], Any] = field(default=str)
    is_shown: bool = False
    order: int = 50
    num: bool = False
    annotation: Callable[[], Any] | None = None

    @property
    def attribute(self) -> str:
        """Name of the annotation on the row."""
        return f"slot_{self.code}"


@dataclass(frozen=True, slots=True)
class SlotFilter:
    """A filter of the list under `name` in the address."""

    name: str
    make: Callable[[], "Filter"]
    order: int = 50


@dataclass(frozen=True, slots=True)
class MergeRelation:
    """A foreign key to Company: model label, field, and how a clash of unique rows is answered (`keep_both`, `refuse`)."""

    model: str
    field: str
    on_clash: str = "refuse"


@dataclass(frozen=True, slots=True)
class RecognitionChange:
    """A recognition about to be confirmed, or to end on `ended_on`; the district it counts in, and whether it is the first of its title."""

    recognition: Any
    district: "District"
    is_new: bool
    ended_on: date | None = None


Handler = Callable[..., None]
IncidentReader = Callable[[PanelRequest, Sequence[Any]], Mapping[int, Sequence[str]]]
EffectReader = Callable[[RecognitionChange], str]


class _Slots:
    """The holders."""

    def __init__(self) -> None:
        self.panels: dict[str, Panel] = {}
        self.columns: dict[str, SlotColumn] = {}
        self.filters: dict[str, SlotFilter] = {}
        self.merge_relations: dict[tuple[str, str], MergeRelation] = {}
        self.incident_readers: list[IncidentReader] = []
        self.effects: list[EffectReader] = []
        self.handlers: dict[str, list[Handler]] = {event: [] for event in EVENTS}


slots = _Slots()


def add_panel(panel: Panel) -> None:
    """Show `panel` on the firm's page; a panel of the same code is replaced."""
    if panel.position not in POSITIONS:
        raise ValueError(f"no position {panel.position!r}; there are {', '.join(POSITIONS)}")
    slots.panels[panel.code] = panel


def panels_at(position: str) -> list[Panel]:
    """The panels of one position in their order."""
    found = [panel for panel in slots.panels.values() if panel.position == position]
    return sorted(found, key=lambda panel: (panel.order, panel.code))


def add_column(column: SlotColumn) -> None:
    """Offer `column` in 企业名录; call it before the first request."""
    slots.columns[column.code] = column


def columns() -> list[SlotColumn]:
    """The offered columns in their order."""
    return sorted(slots.columns.values(), key=lambda column: (column.order, column.code))


def add_filter(slot_filter: SlotFilter) -> None:
    """Offer a filter in 企业名录; call it before the first request."""
    slots.filters[slot_filter.name] = slot_filter


def filters() -> list[SlotFilter]:
    """The offered filters in their order."""
    return sorted(slots.filters.values(), key=lambda slot_filter: (slot_filter.order, slot_filter.name))


def weigh_incidents(reader: IncidentReader) -> None:
    """Ask `reader` against which titles incidents stand. Registering twice asks once."""
    if reader not in slots.incident_readers:
        slots.incident_readers.append(reader)


def titles_against(request: PanelRequest, incidents: Sequence[Any]) -> dict[int, list[str]]:
    """Names of the titles each incident stands against, by incident id; those against none are left out."""
    found: dict[int, list[str]] = {}
    for reader in slots.incident_readers:
        for key, names in reader(request, incidents).items():
            found.setdefault(key, []).extend(names)
    return found


def add_effect(reader: EffectReader) -> None:
    """Let `reader` say what a recognition changes; in order of registration. Registering twice says it once."""
    if reader not in slots.effects:
        slots.effects.append(reader)


def effect_of(change: RecognitionChange) -> str:
    """All that a recognition changes, in one line."""
    return "；".join(text for reader in slots.effects if (text := reader(change)))


def add_merge_relation(relation: MergeRelation) -> None:
    """Name a relation that merging carries over."""
    slots.merge_relations[relation.model, relation.field] = relation


def after(event: str, handler: Handler) -> None:
    """Call `handler(**facts)` whenever `event` is emitted, in the same transaction. Registering twice calls once."""
    if event not in EVENTS:
        raise ValueError(f"no event {event!r}; there are {', '.join(EVENTS)}")
    if handler not in slots.handlers[event]:
        slots.handlers[event].append(handler)


def emit(event: str, **facts: Any) -> None:
    """Tell everybody who asked; call it inside the service's transaction, before its audit entry."""
    for handler in slots.handlers[event]:
        handler(**facts)
