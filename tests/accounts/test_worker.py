"""The worker's own words."""

import logging
import signal

import pytest
from django.core.management import call_command

from accounts.management.commands import work


@pytest.mark.django_db
@pytest.mark.parametrize(("verbosity", "level"), [(0, logging.WARNING), (1, logging.NOTSET)])
def test_a_quiet_worker_says_only_what_went_wrong(monkeypatch: pytest.MonkeyPatch, verbosity: int, level: int) -> None:
    log = logging.getLogger("django.tasks")
    monkeypatch.setattr(log, "level", logging.NOTSET)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(work.Command, "_drain", lambda command: None)
    monkeypatch.setattr(work, "run_due", lambda day: None)
    call_command("work", "--once", verbosity=verbosity)
    assert log.level == level
