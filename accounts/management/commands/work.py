"""`./run manage work`: the worker. Runs background jobs and due schedules until it is told to stop."""

import logging
import signal
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections
from django.utils.crypto import get_random_string
from django.utils.timezone import localdate
from django_tasks_db.management.commands.db_worker import Worker

from accounts.jobs.schedules import run_due
from accounts.jobs.services import jobs_recover, jobs_requeue

LOOK_AROUND_SECONDS = 30.0


class Command(BaseCommand):
    """One process that takes queued tasks one by one."""

    help = "Run background jobs and daily schedules."
    stopped = False

    def add_arguments(self, parser: CommandParser) -> None:
        """`--once` empties the queue, runs what is due and stops."""
        parser.add_argument("--once", action="store_true", help="empty the queue, run due schedules, stop")
        parser.add_argument("--only-worker", action="store_true", help="no other worker runs: jobs left running are interrupted ones")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between looks at an empty queue")

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the task under way."""
        self.stopped = True

    def handle(self, *args: Any, **options: Any) -> None:
        """Loop until stopped; a database that is away for a while is waited for. `--verbosity 0` leaves out what went well."""
        if options["verbosity"] == 0:
            logging.getLogger("django.tasks").setLevel(logging.WARNING)
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        jobs_recover(everything=options["only_worker"])
        if options["only_worker"]:  # the worker before may have died with a task in hand
            jobs_requeue(everything=True)
        last_look = 0.0
        while not self.stopped:
            try:
                self._drain()
                if time.monotonic() - last_look > LOOK_AROUND_SECONDS:
                    last_look = time.monotonic()
                    jobs_recover()
                    jobs_requeue()
                    run_due(localdate())
            except OperationalError as error:
                self.stderr.write(f"database away: {error.__class__.__name__}")
                close_old_connections()
            if options["once"]:
                return
            time.sleep(options["interval"])

    def _drain(self) -> None:
        """Run every task that waits."""
        Worker(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        ).run()
