"""入库条件 as dated data: the files seed the database, a row is the truth and never changes."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from companies.recognitions.models import Title
from core.plain_yaml import plain_yaml
from cultivation.tracks.models import POOLS, PoolScheme
from policies.engine import canonical_text
from policies.engine.standard import sha256_of

FOLDER = Path(__file__).resolve().parent / "data"
RULES = {
    "above_scale": set(),
    "no_veto": set(),
    "open_at_most": {"most"},
    "holds_any": {"titles"},
    "curable_before_batch": set(),
    "manual_listed": set(),
}


class PoolSchemeError(ValueError):
    """A scheme that cannot be read: which file and why. Nothing of it is used."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a gate: `most` for open_at_most, `titles` for holds_any."""

    rule: str
    most: int = 0
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """The gates of one title in one version; `pools` maps a pool's code to its lines, in the order they are shown."""

    title: str
    in_force_from: date
    is_local: bool
    sha256: str
    pools: dict[str, tuple[Rule, ...]]
    text: str = ""

    def gate(self, pool: str) -> tuple[Rule, ...]:
        """Lines of one pool's entry gate; empty where the title does not use the pool."""
        return self.pools.get(pool, ())


def scheme_read(text: str, *, name: str = "") -> Scheme:
    """A scheme from its YAML text. Raises PoolSchemeError for anything unknown, missing or doubled."""
    try:
        plain = plain_yaml(text)
        pools = {pool: tuple(_rule(line) for line in lines) for pool, lines in plain["pools"].items()}
        title, begins, is_local = plain["title"], plain["in_force_from"], plain["is_local"]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise PoolSchemeError(f"{name}: {error}") from error
    if unknown := set(pools) - {pool.value for pool in POOLS}:
        raise PoolSchemeError(f"{name}: unknown pools {sorted(unknown)}")
    if not isinstance(begins, date) or not isinstance(is_local, bool) or not isinstance(title, str):
        raise PoolSchemeError(f"{name}: title, in_force_from or is_local is of the wrong kind")
    return Scheme(title, begins, is_local, sha256_of(text), pools, canonical_text(text))


def _rule(line: dict[str, Any]) -> Rule:
    known = RULES[line["rule"]]
    if set(line) - {"rule"} != known:
        raise ValueError(f"{line['rule']} takes {sorted(known)}")
    most = line.get("most", 0)
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise ValueError(f"most: {most!r}")
    return Rule(line["rule"], most, tuple(line.get("titles", ())))


@transaction.atomic
def pool_scheme_seed(folder: Path = FOLDER) -> int:
    """Add the schemes of the files that are not there yet; one that is there with another text is refused. Returns how many files."""
    paths = sorted(folder.glob("*.yaml"))
    titles = {title.code: title for title in Title.objects.all()}
    known = {(row.title_id, row.in_force_from): row.sha256 for row in PoolScheme.objects.all()}
    fresh = []
    for path in paths:
        scheme = scheme_read(path.read_text(encoding="utf-8"), name=path.name)
        title = titles[scheme.title]
        sha = known.get((title.pk, scheme.in_force_from))
        if sha is None:
            row = PoolScheme(title=title, in_force_from=scheme.in_force_from, text=scheme.text, sha256=scheme.sha256)
            row.is_local = scheme.is_local
            fresh.append(row)
        elif sha != scheme.sha256:
            raise PoolSchemeError(f"{path.name}: this day has another text already; write a new version with a later in_force_from")
    PoolScheme.objects.bulk_create(fresh)
    return len(paths)


def scheme_for(title: Title, on: date) -> Scheme | None:
    """The scheme of a title in force on a day; None where the title has no pools then."""
    row = PoolScheme.objects.filter(title=title, in_force_from__lte=on).order_by("-in_force_from").first()
    return scheme_read(row.text, name=f"{title.code} {row.in_force_from}") if row else None


def scheme_versions(title: Title) -> list[str]:
    """SHA-256 of every version of a title's scheme: a new one makes waiting proposals stale."""
    return sorted(PoolScheme.objects.filter(title=title).values_list("sha256", flat=True))
