"""Brings everything the product ships as data into a new database: titles, batches, standards, pool schemes, districts, plans."""

from datetime import date
from pathlib import Path

import yaml
from django.db import transaction

from accounts.users.models import District, Park, Town
from companies.recognitions.seeds import batch_seed, title_seed
from cultivation.quotas.seeds import plans_seed
from cultivation.tracks.pools import pool_scheme_seed
from policies.standards.library import standards_seed

PLACES = Path(__file__).parent / "places.yaml"


@transaction.atomic
def districts_seed() -> int:
    """Districts of the plan with their GB/T 2260 codes, their towns and parks; returns how many districts."""
    lines = yaml.safe_load(PLACES.read_text("utf-8"))["districts"]
    for position, line in enumerate(lines, start=1):
        values = {name: line[name] for name in ("name", "name_en", "kind")}
        district, _new = District.objects.update_or_create(code=line["code"], defaults={**values, "position": position})
        for model, key in ((Town, "towns"), (Park, "parks")):
            for name in line.get(key, []):
                model.objects.get_or_create(district=district, name=name)
    return len(lines)


@transaction.atomic
def seed(*, on: date) -> dict[str, int]:
    """Store what is not stored yet; counts by kind. Safe to run twice."""
    return {
        "districts": districts_seed(),
        "titles": title_seed(),
        "batches": batch_seed(),
        "standards": len(standards_seed()),
        "pool schemes": pool_scheme_seed(),
        "plans": len(plans_seed(on=on)),
    }
