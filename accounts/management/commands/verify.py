"""`./run manage verify`: exit 0, or 1 with each broken row named. Read only."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.audit import checks
from accounts.audit.outside import compare_with, heads_file
from accounts.audit.verify import head_line


class Command(BaseCommand):
    """Runs every registered check and names what is broken."""

    help = "Check the audit chain, tracks, decisions, recognitions, quotas and files; read only."

    def add_arguments(self, parser: CommandParser) -> None:
        """The chain is compared with the heads the worker keeps outside the database daily; `--head-file` names another copy."""
        parser.add_argument("--only", action="append", default=[], help="run only the check of this name")
        parser.add_argument("--head-file", type=self._file, help="a file of heads kept outside the database")

    @staticmethod
    def _file(name: str) -> Path:
        if not Path(name).is_file():
            raise CommandError(f"{name} is not there")
        return Path(name)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per check; raise CommandError when something is broken."""
        broken = 0
        for name, check in checks.registered().items():
            if options["only"] and name not in options["only"]:
                continue
            problems = list(check())
            broken += len(problems)
            self.stdout.write(f"{name}: {'ok' if not problems else f'{len(problems)} broken'}")
            for problem in problems:
                self.stdout.write(f"  {problem}")
        for problem in compare_with(options["head_file"] or heads_file()):
            broken += 1
            self.stdout.write(f"  {problem}")
        self.stdout.write(f"head {head_line()}")
        if broken:
            raise CommandError(f"{broken} broken rows")
