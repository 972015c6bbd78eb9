"""The chain's head kept outside the database, so that a cut tail or a full rewrite is seen."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.audit.verify import head_line


def heads_file() -> Path:
    """Where the daily copies of this database go: one line per day, `time number:hash`."""
    return Path(settings.VAR_DIR) / f"audit-heads-{Path(str(connection.settings_dict['NAME'])).name}.txt"


def forget_heads() -> None:
    """A demonstration starts over under the same name: what was known of the one before is no witness against it."""
    heads_file().unlink(missing_ok=True)


def write_head(path: Path | None = None) -> str:
    """Append today's head; returns the line. The worker does it daily, reports print it as well."""
    target = path or heads_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    line = f"{timezone.now().isoformat()} {head_line()}"
    with target.open("a", encoding="ascii") as file:
        file.write(line + "\n")
    return line


def compare_with(path: Path) -> Iterator[str]:
    """Heads in the file that the database no longer holds; nothing where no head was kept yet."""
    if not path.exists():
        return
    for line in path.read_text("ascii").splitlines():
        number, _, value = line.split(" ")[-1].partition(":")
        if number == "0":
            continue
        held = AuditEntry.objects.filter(number=int(number)).values_list("hash", flat=True).first()
        if held is None:
            yield f"audit: entry {number}, known outside, is missing"
        elif held != value:
            yield f"audit: entry {number} differs from the head kept outside"
