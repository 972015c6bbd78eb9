"""A confirmed title moves the track, its end moves it back; the log of moves cannot be edited, and `verify` finds what was forced in."""

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.audit.checks import registered
from accounts.decisions.services import decision_sign
from accounts.opening import opening
from accounts.users.models import User
from companies.recognitions.bulk import recognitions_bulk_confirmed, recognitions_reopen, recognitions_withdraw
from companies.recognitions.models import Recognition, Title
from companies.recognitions.services import Entry, recognition_record, recognition_revoke
from companies.register.models import Company
from cultivation.tracks import services
from cultivation.tracks.events import tracks_lapse
from cultivation.tracks.models import MoveKind, TierMove, Track, TrackEvent
from tests.factories import CompanyFactory, EvidenceFactory
from tests.factories.cultivation import TrackFactory, batch, ready_company

TODAY = date(2026, 11, 24)
NUMBER = "工信厅企业函〔2026〕280号"


def title(code: str = "little_giant") -> Title:
    return Title.objects.get(code=code)


def recognise(company: Company, officer: User, signer: User, **more: Any) -> Recognition:
    facts: dict[str, Any] = {
        "title": title(),
        "document_number": NUMBER,
        "announced_on": date(2026, 11, 2),
        "document": EvidenceFactory(company=company, kind="document"),
        **more,
    }
    row = recognition_record(company=company, by=officer, on=TODAY, **facts)
    decision_sign(decision_id=row.decision_id, signer=signer, on=TODAY)  # type: ignore[arg-type]
    return Recognition.objects.get(pk=row.pk)


def problems() -> list[str]:
    return [line for check in registered().values() for line in check()]


def test_a_confirmed_title_turns_the_sprint_track_recognised(officer: User, city_approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="sprint")
    row = recognise(track.company, officer, city_approver)
    event = track.events.last()
    assert Track.objects.get(pk=track.pk).state == "recognised"
    assert (event.kind, event.from_state, event.happened_on, event.known_on) == ("recognise", "sprint", date(2026, 11, 2), TODAY)
    assert (event.recognition, event.decision, row.is_outside_sprint) == (row, row.decision, False)


@pytest.mark.parametrize("state", ["candidate", "starting", "accelerating", "removed"])
def test_a_title_that_reaches_a_firm_outside_the_sprint_pool_is_recorded_and_marked(officer: User, city_approver: User, state: str) -> None:
    track = TrackFactory(company=ready_company(officer), state=state)
    row = recognise(track.company, officer, city_approver)
    assert Track.objects.get(pk=track.pk).state == "recognised"
    assert row.is_outside_sprint


def test_a_firm_without_a_track_gets_one_and_it_is_its_main_one(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    row = recognise(company, officer, city_approver)
    track = Track.objects.get(company=company)
    assert (track.state, track.is_main, row.is_outside_sprint) == ("recognised", True, True)
    assert [(event.kind, event.from_state) for event in track.events.all()] == [("recognise", "")]


def test_a_title_without_pools_moves_no_track(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    row = recognise(company, officer, city_approver, title=title("hidden_champion"))
    assert not Track.objects.exists()
    assert not row.is_outside_sprint


def test_a_title_that_ran_out_before_it_was_recorded_moves_no_track(officer: User, city_approver: User) -> None:
    recognise(ready_company(officer), officer, city_approver, announced_on=date(2020, 1, 5))
    assert not Track.objects.exists()


def test_a_review_of_a_recognised_firm_writes_no_second_move(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    recognise(company, officer, city_approver)
    recognise(company, officer, city_approver, document_number="工信厅企业函〔2026〕290号", application_type="复核")
    assert TrackEvent.objects.count() == 1


def revoke(row: Recognition, officer: User, signer: User) -> None:
    end = recognition_revoke(
        recognition=row,
        ended_on=date(2026, 11, 20),
        document_number="工信厅企业函〔2026〕300号",
        document=EvidenceFactory(company=row.company, kind="document"),
        reason="数据造假",
        by=officer,
        on=TODAY,
    )
    decision_sign(decision_id=end.decision_id, signer=signer, on=TODAY)


def test_a_revoked_title_falls_back_to_the_sprint_pool(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    row = recognise(company, officer, city_approver)
    revoke(row, officer, city_approver)
    track = Track.objects.get(company=company)
    event = track.events.last()
    assert (track.state, event.kind, event.happened_on) == ("sprint", "lapse", date(2026, 11, 20))


def test_while_another_recognition_of_the_title_is_valid_nothing_lapses(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    row = recognise(company, officer, city_approver)
    recognise(company, officer, city_approver, document_number="工信厅企业函〔2026〕290号", application_type="复核")
    revoke(row, officer, city_approver)
    assert Track.objects.get(company=company).state == "recognised"


def test_a_title_that_runs_out_lapses_the_day_after_its_last(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    recognise(company, officer, city_approver, announced_on=date(2024, 3, 1), valid_until=TODAY)
    with opening("期初台账"):
        assert tracks_lapse(on=TODAY) == 0
        assert Track.objects.get(company=company).state == "recognised"
    Recognition.objects.update(valid_until=date(2026, 11, 23))
    assert tracks_lapse(on=TODAY) == 1
    assert tracks_lapse(on=TODAY) == 0
    assert Track.objects.get(company=company).state == "sprint"
    assert TrackEvent.objects.last().happened_on == TODAY


# official lists through an import


def entries(count: int, **more: Any) -> list[Entry]:
    return [Entry(company, title(), NUMBER, date(2026, 11, 2), **more) for company in CompanyFactory.create_batch(count)]


def confirm(rows: list[Entry], by: User) -> list[Recognition]:
    document = EvidenceFactory(company=None, kind="document")
    return recognitions_bulk_confirmed(entries=rows, document=document, decision=None, import_run=None, by=by, on=TODAY)


def test_a_list_confirms_by_the_rules_of_a_single_one(city_approver: User) -> None:
    rows = confirm(entries(3), city_approver)
    assert {(row.state, row.is_first, row.known_on, row.district.code) for row in rows} == {("confirmed", True, TODAY, "330602")}
    assert Track.objects.filter(state="recognised", is_main=True).count() == 3
    assert TrackEvent.objects.filter(kind=MoveKind.RECOGNISE).count() == 3


def test_a_list_links_reviews_to_what_they_follow_even_within_itself(city_approver: User) -> None:
    company = CompanyFactory()
    rows = confirm(
        [
            Entry(company, title(), "工信厅企业函〔2024〕2号", date(2024, 9, 2), application_type="复核"),
            Entry(company, title(), "工信厅企业函〔2021〕1号", date(2021, 8, 1)),
        ],
        city_approver,
    )
    first, review = sorted(rows, key=lambda row: row.happened_on)
    assert (first.is_first, review.is_first, review.follows) == (True, False, first)
    assert Track.objects.get(company=company).events.count() == 1


def test_a_list_costs_a_bounded_number_of_queries(city_approver: User, django_assert_max_num_queries: Any) -> None:
    rows = entries(40)
    with django_assert_max_num_queries(44):  # four of them keep who is within reach of a title
        confirm(rows, city_approver)


def test_undo_takes_a_list_back_and_applying_again_brings_it_back(city_approver: User) -> None:
    rows = confirm(entries(2), city_approver)
    touched = recognitions_withdraw(recognitions=rows, by=city_approver, on=TODAY)
    assert touched == rows
    assert not Recognition.objects.counted(on=TODAY, known=TODAY).exists()
    assert set(Track.objects.values_list("state", flat=True)) == {"sprint"}
    recognitions_reopen(recognitions=rows, by=city_approver, on=TODAY)
    assert Recognition.objects.new(on=TODAY, known=TODAY).count() == 2
    assert set(Track.objects.values_list("state", flat=True)) == {"recognised"}


def test_withdrawing_the_first_makes_the_next_one_the_first(city_approver: User) -> None:
    company = CompanyFactory()
    wrong, right = confirm(
        [Entry(company, title(), "一号", date(2024, 1, 2)), Entry(company, title(), "二号", date(2025, 1, 2))], city_approver
    )
    assert (wrong.is_first, right.is_first) == (True, False)
    recognitions_withdraw(recognitions=[wrong], by=city_approver, on=TODAY)
    assert list(Recognition.objects.new(on=TODAY, known=TODAY)) == [right]


# the log and its checker


@pytest.mark.parametrize("statement", ["UPDATE cultivation_trackevent SET to_state = 'sprint'", "DELETE FROM cultivation_trackevent"])
def test_the_database_refuses_to_edit_or_delete_an_event(statement: str) -> None:
    track = TrackFactory(state="starting")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(track.events.values_list("to_state", flat=True)) == ["candidate", "starting"]


def test_nothing_is_wrong_after_the_whole_climb(officer: User, approver: User, city_approver: User) -> None:
    company = ready_company(officer)
    Recognition.objects.filter(company=company).update(is_first=True)
    track = services.track_set_target(company=company, title=title(), by=officer, on=TODAY)
    for state in ("starting", "accelerating", "sprint"):
        move = services.move_propose(
            track=track, to_state=state, by=officer, on=TODAY, batch=batch() if state == "sprint" else None, reason="各项达标"
        )
        decision_sign(decision_id=move.decision_id, signer=approver, on=TODAY)
    row = recognise(company, officer, city_approver)
    revoke(row, officer, city_approver)
    only_fixtures = "confirmed without an approved decision"
    assert [line for line in problems() if only_fixtures not in line] == []


def test_a_state_forced_in_by_sql_is_named() -> None:
    track = TrackFactory(state="starting")
    assert not [line for line in problems() if line.startswith(f"track {track.pk}")]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cultivation_track SET state = 'sprint' WHERE id = %s", [track.pk])
    assert f"track {track.pk}: stands at sprint, its last event led to starting" in problems()


def test_an_event_forced_in_is_named() -> None:
    track = TrackFactory(state="starting")
    event = TrackEvent.objects.create(
        track=track,
        kind=MoveKind.PROMOTE,
        from_state="accelerating",
        to_state="sprint",
        district=track.company.district,
        happened_on=TODAY,
        known_on=TODAY,
    )
    found = problems()
    assert f"track {track.pk}: event {event.pk} does not begin where the one before ended" in found
    assert f"track event {event.pk}: moved without an approved decision" in found


def test_a_recognition_forced_to_confirmed_is_named(officer: User) -> None:
    company = ready_company(officer)
    row = recognition_record(
        company=company,
        title=title(),
        document_number=NUMBER,
        announced_on=TODAY,
        document=EvidenceFactory(company=company, kind="document"),
        by=officer,
        on=TODAY,
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE companies_recognition SET state = 'confirmed' WHERE id = %s", [row.pk])
    found = problems()
    assert f"recognition {row.pk}: confirmed without an approved decision" in found
    assert any(line.startswith(f"companies.recognition {row.pk}: the row differs") for line in found)


def test_a_move_closed_behind_its_decision_is_named(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    move = services.move_propose(track=track, to_state="sprint", by=officer, on=TODAY, batch=batch())
    TierMove.objects.filter(pk=move.pk).update(is_open=False)
    assert f"tier move {move.pk}: closed, its decision still waits" in problems()
