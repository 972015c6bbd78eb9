"""The demonstration: three years replayed through the real services, built wholly or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.audit.checks import registered
from accounts.audit.models import AuditEntry
from accounts.decisions.models import Decision, DecisionState
from accounts.opening import DEMO_STAMP
from accounts.roles import Role
from accounts.users.models import User
from companies.imports.fingerprints import facts_of, fingerprint_of
from companies.imports.models import ImportRun, ImportState
from companies.recognitions.models import Recognition
from companies.register.models import Company
from cultivation.demo import people, replay
from cultivation.tracks.models import Track, TrackState
from tests.factories.companies import CompanyFactory

SIZE = 40


@pytest.fixture
def demo(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    monkeypatch.setattr(replay, "workbook_folder", lambda: tmp_path)
    return replay.demo_fill(size=SIZE, say=lambda line: None)


def test_the_story_ends_with_firms_tracks_titles_open_work_and_an_entry_in_the_log(demo: int) -> None:
    assert demo == Company.objects.count() == SIZE
    assert set(Company.objects.values_list("stamp", flat=True)) == {DEMO_STAMP}
    assert Track.objects.filter(state=TrackState.RECOGNISED).exists()
    assert Track.objects.filter(state=TrackState.SPRINT).exists()
    assert Recognition.objects.filter(
        title__code="little_giant", decision__isnull=False, state="confirmed", happened_on__year=2025
    ).exists()
    # every workbook was imported by the real import and none of its rows was refused; one waits for the visitor
    runs = ImportRun.objects.order_by("pk")
    assert runs.filter(state=ImportState.APPLIED).count() == 8
    assert runs.filter(state=ImportState.CHECKED).count() == 1
    assert all(run.totals["refused"] == 0 for run in runs.filter(state=ImportState.APPLIED))
    left = runs.get(state=ImportState.CHECKED)
    assert left.totals["fingerprint"] == fingerprint_of(facts_of(left)), (
        "nothing was written since, so that the visitor can import it at once"
    )
    # nobody signed what they proposed
    for decision in Decision.objects.filter(state=DecisionState.APPROVED).prefetch_related("hands"):
        assert len({hand.person_id for hand in decision.hands.all()}) == 2
    # one sign-in per role, all with the documented password
    assert {user.role for user in User.objects.all()} == set(Role)
    assert User.objects.get(username="officer-keqiao").check_password(people.PASSWORD)
    assert len({line.username for line in people.sign_ins()}) == len(people.sign_ins())
    assert replay.is_finished()
    assert not replay.is_foreign()
    # the log says how it ended, and verifies over everything that was replayed
    assert '"companies":40' in AuditEntry.objects.get(action=replay.FINISHED).after
    assert [problem for check in registered().values() for problem in check()] == []


def test_a_database_with_other_firms_is_left_alone(db: None) -> None:
    CompanyFactory()
    with pytest.raises(replay.NotADemo):
        replay.demo_build(size=SIZE, say=lambda line: None)
    assert Company.objects.count() == 1


def run_in(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TIDU_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="files are replaced on SQLite only")
def test_an_interrupted_build_leaves_no_database_behind_and_the_next_one_starts_over(tmp_path: Path) -> None:
    broken = (
        "from cultivation.demo import replay\n"
        "def stop(**options): raise KeyboardInterrupt\n"
        "replay.demo_fill = stop\n"
        "replay.demo_build(size=40, say=print)"
    )
    assert run_in(tmp_path, broken).returncode != 0
    assert not (tmp_path / "tidu.sqlite3").exists()
    whole = (
        "from cultivation.demo import replay\n"
        "replay.demo_fill = lambda **options: 0\n"
        "replay.demo_build(size=40, say=print)\n"
        "print('finished', replay.is_finished())"
    )
    again = run_in(tmp_path, whole)
    assert again.returncode == 0, again.stderr
    assert "finished False" in again.stdout
    assert (tmp_path / "tidu.sqlite3").exists()
    assert not (tmp_path / "tidu.sqlite3.building").exists()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a database file of its own")
def test_a_demonstration_of_an_earlier_version_is_brought_up_to_date(tmp_path: Path) -> None:
    told = (
        "from django.core.management import call_command\n"
        "from accounts.jobs.models import Job\n"
        "from companies.recognitions.models import Title\n"
        "from cultivation.demo import replay\n"
        "replay.demo_fill = lambda **options: 0\n"
        "replay.demo_build(size=40, say=print)\n"
        "print('behind', replay.demo_update(say=print), Title.objects.count())\n"
        "print('again', replay.demo_update(say=print))\n"
        "call_command('migrate', 'companies', '0007', verbosity=0)\n"
        "print('older', replay.demo_update(say=print), Title.objects.filter(kind='nominated').exists(), Job.objects.count())\n"
    )
    answer = run_in(tmp_path, told)
    assert answer.returncode == 0, answer.stderr
    said = answer.stdout.splitlines()
    assert [line for line in said if line[:6] in {"behind", "again ", "older "}] == ["behind True 19", "again False", "older True True 2"]
    assert said.count("演示数据由较早的版本建立，正在更新……") == 1
