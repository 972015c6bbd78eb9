"""Check of `verify`: every stored file is there and is what was stored."""

from collections.abc import Iterator

from companies.evidence.models import Evidence
from companies.evidence.services import FileDamaged, evidence_content


def damaged_files() -> Iterator[str]:
    """One line per file that is gone or changed."""
    for evidence in Evidence.objects.filter(withdrawn_on__isnull=True).order_by("pk").iterator(chunk_size=500):
        try:
            evidence_content(evidence)
        except FileDamaged as damage:
            yield f"evidence {evidence.pk}: {damage.message}"
