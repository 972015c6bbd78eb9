"""`manage.py demo`: an invented city to try everything with."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cultivation.demo import people, replay
from cultivation.demo.world import PUBLISHED_SIZE


class Command(BaseCommand):
    """Builds the demonstration once; asked again, says that it is there."""

    help = "Fill the database with an invented city by real imports and three years of replayed work; prints one sign-in per role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--companies, --reset, --sign-ins; with --no-serve the sign-ins follow at once, else ./run shows them once it serves."""
        parser.add_argument("--companies", type=int, default=PUBLISHED_SIZE, metavar="N", help="about how many firms (default 2000)")
        parser.add_argument("--reset", action="store_true", help="start over")
        parser.add_argument("--no-serve", action="store_true", help="print the sign-ins at once; ./run demo stops before serving")
        parser.add_argument("--sign-ins", action="store_true", help="only print the table of sign-ins")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build where there is nothing yet, then print the sign-ins where nobody else will."""
        if not settings.DEMO:
            raise CommandError(_("演示只在演示设置下运行（DJANGO_SETTINGS_MODULE=config.settings.dev）。"))
        if not 30 <= options["companies"] <= 100_000:
            raise CommandError(_("--companies 须在 30 到 100000 之间。"))
        if options["sign_ins"]:
            if not replay.is_finished():
                raise CommandError(_("演示数据还没有建好，请先运行 ./run demo。"))
        elif options["reset"] or not replay.is_finished():
            try:
                count = replay.demo_build(size=options["companies"], say=self.stdout.write)
            except replay.NotADemo as refusal:
                raise CommandError(refusal.message) from refusal
            self.stdout.write(_("演示数据已建好：%(count)s 家企业。") % {"count": f"{count:,}"})
        else:
            replay.demo_update(say=self.stdout.write)
            self.stdout.write(_("演示数据已在（--reset 重建）。"))
        if options["sign_ins"] or options["no_serve"]:
            self._print_sign_ins()

    def _print_sign_ins(self) -> None:
        self.stdout.write(_("登录账号（密码均为 %(password)s）：") % {"password": people.PASSWORD})
        for line in people.sign_ins():
            self.stdout.write(f"  {line.role:　<5}{line.scope:　<5}{line.username:<20}{line.name}")
