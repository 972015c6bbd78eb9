"""`./run manage evaluate`: recompute the kept evaluations; safe to run twice."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from companies.register.models import Company
from policies.standards import services


class Command(BaseCommand):
    """All firms, those that are due, or one."""

    help = "Recompute evaluations of firms against the standards in force."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which firms, as of which day."""
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="YYYY-MM-DD, today by default")
        parser.add_argument("--uscc", help="one firm")
        parser.add_argument("--due", action="store_true", help="only what is stale or past its last day")
        parser.add_argument("--dry-run", action="store_true", help="count, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many firms and rows."""
        on = options["as_of"] or localdate()
        companies = Company.objects.filter(withdrawn_on__isnull=True)
        if options["uscc"]:
            companies = companies.filter(uscc=options["uscc"].strip().upper())
            if not companies.exists():
                raise CommandError("no firm of that code")
        ids = services.evaluations_due(on=on) if options["due"] else list(companies.values_list("pk", flat=True))
        written = 0 if options["dry_run"] else services.evaluation_refresh(company_ids=ids, on=on)
        self.stdout.write(f"{len(ids)} firms, {written} evaluations written")
