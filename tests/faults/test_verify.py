"""Rule 7 of the fault tests: `./run manage verify` finds every kind of break forced in by SQL, names each broken row and exits 1."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.audit import checks
from accounts.audit.models import AuditEntry
from accounts.decisions.models import Decision
from accounts.decisions.services import decision_sign
from accounts.users.models import User
from companies.evidence.models import Evidence
from companies.recognitions.models import Recognition
from companies.recognitions.services import recognition_record
from cultivation.quotas.models import Plan, Quota
from cultivation.quotas.seeds import quotas_divide
from cultivation.tracks.models import PoolScheme, ReasonCode, TierMove, Track, TrackEvent
from cultivation.tracks.services import move_propose, track_set_target
from policies.standards.models import Standard
from tests.rigs.append_only import guards_lifted
from tests.walks.world import City, Clock, built


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    """A city in which everything went through the services; rolled back with the module."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), translation.override(settings.LANGUAGE_CODE):
        patch.setattr(timezone, "now", clock.now)
        with transaction.atomic():
            try:
                city = built(clock)
                _lived(city)
                connection.check_constraints()
                with guards_lifted(connection):
                    yield city
            finally:
                transaction.set_rollback(True)


def _lived(city: City) -> None:
    """Firm 0: recognised by way of the sprint pool of 小巨人. Firm 1: a move waits."""
    today, officer = city.today, city.people[0]
    district, at_city, clerk = city.people[2], city.people[5], city.people[7]
    giant = city.titles[0]
    quotas_divide(plan=Plan.objects.get(first_year__lte=today.year, last_year__gte=today.year), year=today.year, on=today)
    track = track_set_target(company=city.firms[0], title=giant, by=officer, on=today)
    _moved(track, "sprint", officer, district, today)
    row = recognition_record(
        company=city.firms[0],
        title=giant,
        document_number="工信部企业函〔2026〕300号",
        announced_on=today - timedelta(days=10),  # before the firm came into the sprint pool
        document=city.papers[city.firms[0].pk],
        by=clerk,
        on=today,
    )
    assert row.decision is not None
    decision_sign(decision_id=row.decision.pk, signer=at_city, on=today)
    other = track_set_target(company=city.firms[1], title=giant, by=officer, on=today)
    _moved(other, "starting", officer, district, today)
    move_propose(track=other, to_state="removed", by=officer, on=today, reason="企业来函", reason_code=ReasonCode.OWN_WISH)


def _moved(track: Track, to: str, officer: User, approver: User, on: date) -> None:
    move = move_propose(
        track=track, to_state=to, by=officer, on=on, reason="市级专项", is_special=True, document_number="绍经信〔2026〕7号"
    )
    assert decision_sign(decision_id=move.decision_id, signer=approver, on=on).state == "approved"


def found() -> set[str]:
    """What every check says."""
    return {problem for check in checks.registered().values() for problem in check()}


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


class Rows:
    """The rows that are broken, by key."""

    def __init__(self) -> None:
        self.track = Track.objects.get(state="recognised").pk
        self.standing = Track.objects.get(state="starting").pk
        self.entered = TrackEvent.objects.get(kind="admit", track=self.track).pk
        self.recognised = TrackEvent.objects.get(kind="recognise").pk
        self.grant = Recognition.objects.get(state="confirmed").pk
        self.signed = Decision.objects.get(kind="recognition").pk
        self.waiting = Decision.objects.get(state="submitted").pk
        self.open_move = TierMove.objects.get(is_open=True).pk
        self.done_move = TierMove.objects.filter(is_open=False, track=self.track).get().pk
        self.evidence = Evidence.objects.get(pk=Recognition.objects.get(pk=self.grant).document_id).pk
        self.standard = Standard.objects.order_by("pk")[0].pk
        self.scheme = PoolScheme.objects.order_by("pk")[0].pk
        self.quota = Quota.objects.filter(district__isnull=False).order_by("pk")[0].pk
        self.entry = AuditEntry.objects.get(action="track.recognised").number


@pytest.fixture
def rows(city: City, db: None) -> Iterator[Rows]:
    """What a test breaks is mended after it."""
    with transaction.atomic():
        try:
            yield Rows()
        finally:
            transaction.set_rollback(True)


BREAKS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "an entry of the log": (
        "UPDATE accounts_auditentry SET reason = 'x' WHERE number = %s",
        "entry",
        ("audit: entry {entry} was changed",),
    ),
    "an item of an entry": (
        "UPDATE accounts_audititem SET target_hash = 'x' WHERE entry_id IN (SELECT id FROM accounts_auditentry WHERE number = %s)",
        "entry",
        ("audit: the items of entry {entry} were changed",),
    ),
    "a track's state": (
        "UPDATE cultivation_track SET state = 'sprint' WHERE id = %s",
        "standing",
        ("track {standing}: stands at sprint, its last event led to starting", "cultivation.track {standing}: the row differs"),
    ),
    "an event that is gone": (
        "DELETE FROM cultivation_trackevent WHERE id = %s",
        "entered",
        (
            "track {track}: event {recognised} does not begin where the one before ended",
            "tier move {done_move}: approved, and no event carries it out",
            "cultivation.trackevent {entered}: the row of audit entry",
        ),
    ),
    "an event's end": (
        "UPDATE cultivation_trackevent SET to_state = 'starting' WHERE id = %s",
        "recognised",
        ("track {track}: stands at recognised, its last event led to starting", "cultivation.trackevent {recognised}: the row differs"),
    ),
    "an event without its decision": (
        "UPDATE cultivation_trackevent SET decision_id = NULL WHERE id = %s",
        "entered",
        ("track event {entered}: moved without an approved decision",),
    ),
    "a hand that is gone": (
        "DELETE FROM accounts_decisionhand WHERE part = 'signed' AND decision_id = %s",
        "signed",
        ("decision {signed}: decided by fewer than two persons", "decision {signed}: decided without a signature"),
    ),
    "a hand in another's name": (
        "UPDATE accounts_decisionhand SET person_id = (SELECT max(id) FROM accounts_person) WHERE part = 'signed' AND decision_id = %s",
        "signed",
        ("decision {signed}: a hand is in the name of another person",),
    ),
    "a hand of another account": (
        "UPDATE accounts_decisionhand SET user_id = (SELECT max(id) FROM accounts_user) WHERE part = 'signed' AND decision_id = %s",
        "signed",
        ("decision {signed}: signed by another than its decider",),
    ),
    "a proposer's hand that is gone": (
        "DELETE FROM accounts_decisionhand WHERE part = 'proposed' AND decision_id = %s",
        "waiting",
        ("decision {waiting}: its proposer has no hand in it",),
    ),
    "a decision's digest": (
        "UPDATE accounts_decision SET digest = '' WHERE id = %s",
        "waiting",
        ("decision {waiting}: submitted without a digest", "accounts.decision {waiting}: the row differs"),
    ),
    "a decision's digest replaced": (
        "UPDATE accounts_decision SET digest = 'f' WHERE id = %s",
        "signed",
        ("accounts.decision {signed}: the row differs",),
    ),
    "a decision's state": (
        "UPDATE accounts_decision SET state = 'approved' WHERE id = %s",
        "waiting",
        (
            "decision {waiting}: decided by fewer than two persons",
            "decision {waiting}: decided without a signature",
            "tier move {open_move}: waits, its decision does not",
            "tier move {open_move}: approved, and no event carries it out",
        ),
    ),
    "a move closed behind its decision": (
        "UPDATE cultivation_tiermove SET is_open = false WHERE id = %s",
        "open_move",
        ("tier move {open_move}: closed, its decision still waits",),
    ),
    "a recognition's state": (
        "UPDATE companies_recognition SET state = 'recorded' WHERE id = %s",
        "grant",
        (
            "recognition {grant}: recorded, its decision does not wait",
            "track {track}: recognised, the firm holds no confirmed recognition of that title",
            "track event {recognised}: recognised without a confirmed recognition",
        ),
    ),
    "a recognition's paper": (
        "UPDATE companies_recognition SET document_id = NULL WHERE id = %s",
        "grant",
        ("recognition {grant}: confirmed without a document",),
    ),
    "a recognition's decision": (
        "UPDATE companies_recognition SET decision_id = NULL WHERE id = %s",
        "grant",
        ("recognition {grant}: confirmed without an approved decision",),
    ),
    "a recognition's mark as the first": (
        "UPDATE companies_recognition SET is_first = false WHERE id = %s",
        "grant",
        ("recognition {grant}: the first of its title is not marked as such", "companies.recognition {grant}: the row differs"),
    ),
    "a standard's text": (
        "UPDATE policies_standard SET text = text || '# x' WHERE id = %s",
        "standard",
        ("standard {standard}: the text differs from its SHA-256",),
    ),
    "a gate's text": (
        "UPDATE cultivation_poolscheme SET sha256 = 'x' WHERE id = %s",
        "scheme",
        ("pool scheme {scheme}: the text does not match its SHA-256",),
    ),
    "a district's target": ("UPDATE cultivation_quota SET value = value + 1 WHERE id = %s", "quota", ("the districts add up to",)),
    "a file's hash": ("UPDATE companies_evidence SET sha256 = 'x' WHERE id = %s", "evidence", ("evidence {evidence}: ",)),
}


def test_what_went_through_the_services_raises_no_alarm(rows: Rows) -> None:
    assert found() == set()
    printed = StringIO()
    call_command("verify", stdout=printed)
    assert "broken" not in printed.getvalue()


@pytest.mark.parametrize("what", BREAKS)
def test_a_break_forced_in_by_sql_is_named(rows: Rows, what: str) -> None:
    statement, key, said = BREAKS[what]
    sql(statement, getattr(rows, key))
    printed = StringIO()
    with pytest.raises(CommandError, match="broken rows") as failed:
        call_command("verify", stdout=printed)
    assert failed.value.returncode == 1
    for sentence in said:
        assert sentence.format(**vars(rows)) in printed.getvalue()


@pytest.mark.parametrize("change", ["changed", "gone"])
def test_a_file_changed_or_gone_behind_its_row_is_named(rows: Rows, change: str) -> None:
    path = Path(default_storage.path(Evidence.objects.get(pk=rows.evidence).storage_key))
    content = path.read_bytes()
    try:
        if change == "gone":
            path.unlink()
        else:
            path.write_bytes(content + b" ")
        assert [problem.partition(":")[0] for problem in found()] == [f"evidence {rows.evidence}"]
    finally:
        path.write_bytes(content)


def test_a_figure_that_counts_other_rows_than_there_are_is_named(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cultivation.quotas.checks.counted_by", lambda rows: {})
    grant = Recognition.objects.get(pk=rows.grant)
    assert found() == {
        f"figure new {grant.happened_on.year}, title {grant.title_id}, district {grant.district_id}: the page shows 0, there are 1"
    }
