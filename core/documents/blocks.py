"""The plain blocks a document is made of; they say what stands where, never how it is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (the document), 2 (a part) or 3; it stays with what follows and is a bookmark."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a line break in `text` is kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in small type with a rule at its side: how a figure is counted, what is missing."""

    text: str


@dataclass(frozen=True, slots=True)
class KeyValue:
    """Labels with their values, two columns, one pair per line."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `unit` is printed in the head. A `fixed` column (codes, dates, numbers) is as wide as its widest cell and is never
    broken; the others share what is left by `weight` and wrap where they must.
    """

    title: str
    align: Align = "left"
    unit: str = ""
    fixed: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head is repeated on every page it runs over.

    Each row has as many ready-to-print texts as there are columns. `empty` is printed when there are no rows.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows starts on a new page."""


Block = Heading | Paragraph | Note | KeyValue | Table | PageBreak


@dataclass(frozen=True, slots=True)
class Imprint:
    """What every page states about the document: its title, when and for whom it was made, and what it rests on.

    `reading` is how a past day was asked (known then / known now), `chain_head` the head of the log at that moment.
    """

    title: str
    author: str
    generated_at: datetime
    as_of: date
    reading: str
    chain_head: str
    requester: str
    landscape: bool = False
