"""`./run manage seed`: what the product ships as data; safe to run twice."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import localdate

from cultivation.seeding import seed


class Command(BaseCommand):
    """Stores districts, titles, batches, standards, pool schemes and plans."""

    help = "Store the shipped data: districts, titles, batches, standards, pool schemes, plans."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print counts."""
        for name, number in seed(on=localdate()).items():
            self.stdout.write(f"{name}: {number}")
