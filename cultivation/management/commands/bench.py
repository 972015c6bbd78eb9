"""`manage.py bench`: what pages, evaluation, import and PDF cost at a size, beside their budgets."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from cultivation.demo import bench


class Command(BaseCommand):
    """Prints a table; nothing fails because a machine is slow."""

    help = "Fill a scratch database with invented firms and print p50, p95 and query counts beside each budget."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--companies; --part is how the command calls itself."""
        parser.add_argument("--companies", type=int, default=100_000, metavar="N", help="how many firms (default 100000)")
        parser.add_argument("--part", choices=["all", "import"], default="all", help="only the import, answered as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill where needed, measure, print."""
        size = options["companies"]
        if not 100 <= size <= 10_000_000:
            raise CommandError("--companies must lie between 100 and 10,000,000.")
        with bench.scratch_database(size=size, say=self.stdout.write):
            if options["part"] == "import":
                self.stdout.write(json.dumps(bench.import_once(today=localdate(), folder=Path(settings.VAR_DIR))))
                return
            figures = bench.run(size=size, say=self.stdout.write)
        self.stdout.write(f"\n{size:,} firms, {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[-1]}")
        for line in bench.table(figures):
            self.stdout.write(line)
