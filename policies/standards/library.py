"""The published standards as the engine uses them: rows are the truth, compiled once per text."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone

from companies.recognitions.models import Title, TitleKind
from core.prepared import Prepared
from policies import engine
from policies.standards.models import Standard

DATA_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Published:
    """One row of the library with its compiled form."""

    row: Standard
    compiled: engine.Standard


_compiled: dict[str, engine.Standard] = {}
_lock = threading.Lock()


def compiled(row: Standard) -> engine.Standard:
    """The compiled form of a row's own text; kept by SHA-256, so a text is compiled once per process."""
    with _lock:
        known = _compiled.get(row.sha256)
        if known is None:
            known = _compiled[row.sha256] = engine.load_standard(row.text, name=row.document_number)
        return known


def standards_seed() -> list[Standard]:
    """Store the files of the repository that are not stored yet; a stored text never changes. Needs the title catalogue. Two statements."""
    titles = {title.code: title for title in Title.objects.all()}
    known = {_place(row): row for row in Standard.objects.all()}
    fresh, stored = [], []
    for standard in engine.load_folder(DATA_FOLDER):
        row = Standard(
            title=titles[standard.title],
            application_type=standard.application,
            jurisdiction=standard.jurisdiction,
            in_force_from=standard.in_force_from,
            in_force_until=standard.in_force_until,
            document_number=standard.document.number,
            annex=standard.document.annex,
            text=standard.text,
            sha256=standard.sha256,
            published_on=timezone.localdate(),
        )
        if _place(row) not in known:
            fresh.append(row)
        stored.append(known.setdefault(_place(row), row))
    Standard.objects.bulk_create(fresh)
    return stored


def _place(row: Standard) -> tuple[int, str, str, date]:
    """What one text of the files stands for; a stored one keeps the place."""
    return row.title_id, row.application_type, row.jurisdiction, row.in_force_from


# of two texts in force from one day the one published last is read first
_rows = Prepared(lambda: Standard.objects.select_related("title").order_by("-published_on", "-pk"))


def library() -> list[Published]:
    """All published standards with their compiled form; one query."""
    return [Published(row, compiled(row)) for row in _rows()]


def in_force(*, on: date, application: str = "认定", cohort: int | None = None) -> dict[str, Published]:
    """Title code → the standard in force on a day, of titles that have one; for a review, the text written for its cohort first."""
    rows = library()
    return in_force_of(rows, on=on, application=application, cohort=cohort)


def evaluated(*, on: date) -> dict[str, Published]:
    """Title code → the standard in force on a day by which every firm is evaluated: not those of titles that a list names."""
    return {code: one for code, one in in_force(on=on).items() if one.row.title.kind == TitleKind.GRANTED}


def in_force_of(rows: Sequence[Published], *, on: date, application: str = "认定", cohort: int | None = None) -> dict[str, Published]:
    """As `in_force`, over rows already read."""
    by_compiled = {id(one.compiled): one for one in rows}
    chosen: dict[str, Published] = {}
    for code in {one.compiled.title for one in rows}:
        best = engine.standard_for([one.compiled for one in rows], title=code, application=application, on=on, cohort=cohort)
        if best is not None:
            chosen[code] = by_compiled[id(best)]
    return chosen
