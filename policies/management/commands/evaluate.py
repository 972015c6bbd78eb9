"""`./run manage evaluate`: recompute the kept evaluations, or answer one sheet from a file of facts or for one firm."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import localdate

from companies.register import uscc as codes
from companies.register.models import Company
from policies import engine
from policies.management.answers import Asked, facts_of_company, lines_of, sheet_of_company, sheet_of_facts
from policies.standards import services


class Command(BaseCommand):
    """All firms, those that are due, or one; or the sheet of one company and one title, which stores nothing."""

    requires_system_checks = ()  # they ask the database, which need not be there
    help = "Recompute evaluations of firms; with --title answer one sheet, from --facts (no database needed) or for --uscc."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which firms or which sheet, as of which day."""
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="YYYY-MM-DD, today by default")
        parser.add_argument("--uscc", help="one firm")
        parser.add_argument("--due", action="store_true", help="only what is stale or past its last day")
        parser.add_argument("--dry-run", action="store_true", help="count, write nothing")
        parser.add_argument("--facts", metavar="FILE", help="facts of one company as JSON; - reads the standard input")
        parser.add_argument("--title", help="code of a title: answer one sheet, store nothing")
        parser.add_argument("--application", choices=engine.APPLICATIONS, default="认定")
        parser.add_argument("--application-year", type=int, help="the batch's year where it is not the year of --as-of")
        parser.add_argument("--cohort", type=int, help="year of the recognition under review, where the facts do not tell it")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--list-facts", action="store_true", help="every fact a file may hold, with type, unit and meaning")
        parser.add_argument("--print-facts", action="store_true", help="with --uscc and --title: the facts themselves, as such a file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the list of facts, one sheet, or how many firms and rows."""
        if options["list_facts"]:
            self._print(engine.facts_listed() if options["json"] else "\n".join(engine.lines_listed()))
        elif options["title"] or options["facts"]:
            self._answer(options)
        elif options["json"] or options["print_facts"]:
            raise CommandError("--json and --print-facts go with --title")
        else:
            self._recompute(options)

    def _print(self, answer: object) -> None:
        self.stdout.write(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, indent=2))

    def _answer(self, options: dict[str, Any]) -> None:
        if not options["title"]:
            raise CommandError("--facts needs --title")
        if bool(options["facts"]) == bool(options["uscc"]):
            raise CommandError("--title needs either --facts or --uscc")
        if options["due"] or options["dry_run"]:
            raise CommandError("--due and --dry-run are for recomputing; a sheet stores nothing")
        on = options["as_of"] or localdate()
        asked = Asked(options["title"], options["application"], on, options["application_year"], options["cohort"])
        if options["print_facts"]:
            if not options["uscc"]:
                raise CommandError("--print-facts goes with --uscc")
            self._print(engine.facts_written(facts_of_company(options["uscc"], asked)))
            return
        sheet = sheet_of_facts(_facts(options["facts"], on), asked) if options["facts"] else sheet_of_company(options["uscc"], asked)
        self._print(sheet.to_dict() if options["json"] else "\n".join(lines_of(sheet)))

    def _recompute(self, options: dict[str, Any]) -> None:
        on = options["as_of"] or localdate()
        companies = Company.objects.filter(withdrawn_on__isnull=True)
        if options["uscc"]:
            companies = companies.filter(uscc=options["uscc"].strip().upper())
            if not companies.exists():
                raise CommandError("no firm of that code")
        ids = services.evaluations_due(on=on) if options["due"] else list(companies.values_list("pk", flat=True))
        written = 0 if options["dry_run"] else services.evaluation_refresh(company_ids=ids, on=on)
        self.stdout.write(f"{len(ids)} firms, {written} evaluations written")


def _facts(name: str, on: date) -> engine.Snapshot:
    """The file of facts as a snapshot; every problem of it is named."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read: {error}") from error
    try:
        snapshot = engine.read_facts(text, on=on)
    except engine.FactsError as error:
        raise CommandError(f"{name} is refused, nothing was evaluated:\n{error}") from error
    wrong = codes.check(snapshot.uscc) if snapshot.uscc else None
    if wrong is not None:
        raise CommandError(f"{name} is refused, nothing was evaluated:\nuscc：{wrong}")
    return snapshot
