"""Brings the title catalogue and the known batches from the files into the database; safe to run twice."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from companies.recognitions.models import Batch, BatchStep, Title
from core.plain_yaml import plain_yaml

FOLDER = Path(__file__).resolve().parent
TITLES = FOLDER / "titles.yaml"
BATCHES = FOLDER / "batches.yaml"
TITLE_FIELDS = (
    "name",
    "short_name",
    "name_en",
    "level",
    "kind",
    "validity_years",
    "counting_basis",
    "is_tracked",
    "is_list_decided",
    "grade",
)


def _lines(path: Path, key: str) -> list[dict[str, Any]]:
    return list(plain_yaml(path.read_text(encoding="utf-8"))[key])


@transaction.atomic
def title_seed() -> int:
    """Create or bring up to date the titles of titles.yaml, in the file's order; others stay. Returns how many lines. One statement."""
    lines = _lines(TITLES, "titles")
    rows = [
        Title(code=line["code"], position=position, **{name: line[name] for name in TITLE_FIELDS if name in line})
        for position, line in enumerate(lines, start=1)
    ]
    Title.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=[*TITLE_FIELDS, "position"])
    return len(lines)


def _step(batch: Batch, step: str, days: dict[str, date]) -> None:
    planned = {"planned_from": days.get("from"), "planned_to": days.get("to")}
    BatchStep.objects.get_or_create(batch=batch, step=step, defaults={**planned, "actual_on": days.get("actual")})


@transaction.atomic
def batch_seed() -> int:
    """Create the batches of batches.yaml that are not there; what people have entered since is left alone. Returns how many lines."""
    lines = _lines(BATCHES, "batches")
    titles = {title.code: title for title in Title.objects.filter(code__in={line["title"] for line in lines})}
    for line in lines:
        batch, _new = Batch.objects.get_or_create(
            title=titles[line["title"]],
            year=line["year"],
            name=line["name"],
            defaults={
                "document_number": line.get("document_number", ""),
                "is_local": line.get("is_local", False),
                "grade": line.get("grade", ""),
            },
        )
        for step, days in (line.get("steps") or {}).items():
            _step(batch, step, days)
    return len(lines)
