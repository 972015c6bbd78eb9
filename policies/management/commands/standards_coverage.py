"""`./run manage standards_coverage`: which criteria of which versions are decided by figures, by people, and how well they are read."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from policies.management.answers import texts
from policies.management.coverage import count_cases, coverage_of, plain_of, table_of, titles_without


class Command(BaseCommand):
    """Titles × versions × criteria; reads, stores nothing."""

    requires_system_checks = ()  # they ask the database, which need not be there
    help = "Print what the library of standards covers: criteria by who decides, by grade, and their worked cases."

    def add_arguments(self, parser: CommandParser) -> None:
        """How to print, and where the worked cases are."""
        parser.add_argument("--json", action="store_true", help="criterion by criterion, as JSON")
        folder = Path(settings.BASE_DIR) / "tests" / "policies" / "cases"
        parser.add_argument("--cases", type=Path, default=folder, help="folder of the worked cases")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table or the data."""
        standards = texts().standards
        covered, without = coverage_of(standards, count_cases(options["cases"])), titles_without(standards)
        if options["json"]:
            self.stdout.write(json.dumps(plain_of(covered, without), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(table_of(covered, without)))
