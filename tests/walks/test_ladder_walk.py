"""Random walks of random people over tracks, moves, decisions and recognitions, beside a small reference model.

After every step what must never be false (design.md §5: 1, 2, 3, 4, 5, 12) is asked of the database itself. A walk that fails is printed
with the steps and the seed that lead there again.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone, translation
from hypothesis import Phase
from hypothesis import settings as walking
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from accounts.audit import checks
from accounts.decisions.models import Decision, Part
from accounts.decisions.services import decision_reject, decision_sign, decision_withdraw
from accounts.roles import Role
from accounts.users.models import User
from companies.figures.services import figures_add, incident_add
from companies.recognitions.models import Recognition
from companies.recognitions.refusals import AlreadyRecorded, RevocationWaiting
from companies.recognitions.services import recognition_record, recognition_revoke
from core.errors import NotPermitted
from cultivation.quotas.selectors import ANNUAL, Asked, Grid, achieved_rows, counted_by, members, quota_grid, sprint_rows
from cultivation.tracks import events
from cultivation.tracks.models import ReasonCode, Track
from cultivation.tracks.refusals import GateNotMet, JumpNotAllowed, NotYourCompany, OpenMoveExists
from cultivation.tracks.services import move_propose, track_make_main, track_set_target
from tests.walks.asking import answer, problems
from tests.walks.model import DOWN, OUT, POOLS, UP, Grant, Model, Pair, Question
from tests.walks.world import FIRST_DAY, City, Clock, built, move_away

STEPS, WALKS = 100, 7
STEPS_DEEP, WALKS_DEEP = 200, 50
# the dear half of what is never false is asked at every fifth step and where a walk ends
THOROUGH = 5
AT_EVERY_STEP = ("audit chain", "decisions", "tracks against their events", "tier moves", "recognised tracks")
ANY = st.integers(min_value=0, max_value=10**6)


class Ladder(RuleBasedStateMachine):
    """The walk. `city` is set by the test; each walk is rolled back at its end."""

    city: City

    def __init__(self) -> None:
        super().__init__()
        self.city.clock.today = FIRST_DAY
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.turn = 0
        self.model = Model(
            places={firm.pk: [(firm.happened_on, firm.district_id)] for firm in self.city.firms},
            keepers={firm.pk: firm.assignments.get().officer for firm in self.city.firms},
        )

    def teardown(self) -> None:
        assert problems(checks.registered()) == []
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # what a step draws from

    def person(self, number: int) -> User:
        return User.objects.select_related("person", "district", "office").get(pk=self.city.people[number % len(self.city.people)].pk)

    def pair(self, number: int) -> Pair:
        firms, titles = self.city.firms, self.city.titles
        return firms[number % len(firms)].pk, titles[number // len(firms) % len(titles)].pk

    def question(self, number: int) -> int:
        return sorted(self.model.questions)[number % len(self.model.questions)]

    def fitting(self, number: int, people: list[User]) -> User:
        """Mostly somebody who may, sometimes anybody."""
        return self.person(number) if number % 4 == 0 or not people else people[number % len(people)]

    def deciders(self, question: Question) -> list[User]:
        return [user for user in self.city.people if self.model.no_to_signer(question, user) is None]

    def keeper(self, number: int, firm: int) -> User:
        return self.fitting(number, [self.model.keepers[firm]])

    def _firm(self, key: int) -> Any:
        return next(type(firm).objects.get(pk=key) for firm in self.city.firms if firm.pk == key)

    def _title(self, key: int) -> Any:
        return next(title for title in self.city.titles if title.pk == key)

    # steps

    @initialize(one=ANY, two=ANY)
    def begins_with_targets(self, one: int, two: int) -> None:
        for number in (one, two):
            pair = self.pair(number)
            track_set_target(company=self._firm(pair[0]), title=self._title(pair[1]), by=self.model.keepers[pair[0]], on=self.city.today)
            self.model.tracks.setdefault(pair, "candidate")

    @rule(where=ANY, who=ANY)
    def sets_a_target(self, where: int, who: int) -> None:
        pair = self.pair(where)
        by = self.keeper(who, pair[0])
        may = self.model.keeps(by, pair[0], self.city.today)
        try:
            track_set_target(company=self._firm(pair[0]), title=self._title(pair[1]), by=by, on=self.city.today)
        except NotYourCompany:
            assert not may
            return
        assert may
        self.model.tracks.setdefault(pair, "candidate")

    @rule(where=ANY, who=ANY)
    def chooses_the_main_title(self, where: int, who: int) -> None:
        pair = sorted(self.model.tracks)[where % len(self.model.tracks)]
        by = self.keeper(who, pair[0])
        try:
            track_make_main(track=Track.objects.get(company_id=pair[0], title_id=pair[1]), by=by, on=self.city.today)
        except NotYourCompany:
            assert not self.model.keeps(by, pair[0], self.city.today)
            return
        assert self.model.keeps(by, pair[0], self.city.today)
        assert Track.objects.filter(company_id=pair[0], is_main=True).count() == 1

    @rule(where=ANY, who=ANY, to=st.sampled_from([*POOLS, *POOLS, "removed", "candidate", "recognised"]), is_special=st.booleans())
    def proposes_a_move(self, where: int, who: int, to: str, is_special: bool) -> None:
        pair = sorted(self.model.tracks)[where % len(self.model.tracks)]
        state, by = self.model.tracks[pair], self.keeper(who, pair[0])
        refused: set[type[Exception] | None] = set()
        if not self.model.keeps(by, pair[0], self.city.today):
            refused = {NotYourCompany}
        elif pair in self.model.waiting:
            refused = {OpenMoveExists}
        elif (state, to) not in UP | DOWN | OUT:
            refused = {JumpNotAllowed}
        track = Track.objects.get(company_id=pair[0], title_id=pair[1])
        move, no = answer(
            lambda: move_propose(
                track=track,
                to_state=to,
                by=by,
                on=self.city.today,
                reason="按培育计划",
                reason_code=ReasonCode.OTHER,
                batch=self.city.batches[pair[1]] if to == "sprint" else None,
                is_special=is_special,
                document_number="绍经信〔2026〕7号" if is_special else "",
            )
        )
        if no is GateNotMet and not refused:
            assert (state, to) in UP
            assert not is_special
            return
        assert no in (refused or {None})
        if no is not None:
            return
        self.model.waiting[pair] = move.decision_id
        self._asked(move.decision, "tier_move", pair, by, start=state, to=to)

    def _asked(self, decision: Any, kind: str, pair: Pair, by: User, **more: Any) -> None:
        place = self.model.district(pair[0], self.city.today)
        self.model.questions[decision.pk] = Question(
            kind, pair, {by.person_id}, by.person_id, city_only=kind != "tier_move", district=place, **more
        )

    @rule(where=ANY)
    def climbs_one_pool(self, where: int) -> None:
        """Proposed and signed at once, so that walks come further up."""
        above = dict(sorted(UP, reverse=True))  # the lowest pool a state leads to
        able = [pair for pair, state in sorted(self.model.tracks.items()) if state in above and pair not in self.model.waiting]
        if not able:
            return  # the walk goes on: assume() would throw it away
        pair = able[where % len(able)]
        self.proposes_a_move(sorted(self.model.tracks).index(pair), 1, above[self.model.tracks[pair]], True)
        if pair in self.model.waiting:
            self.signs(sorted(self.model.questions).index(self.model.waiting[pair]), 1)

    @precondition(lambda self: self.model.questions)
    @rule(which=ANY, who=ANY)
    def signs(self, which: int, who: int) -> None:
        key = self.question(which)
        question = self.model.questions[key]
        by = self.fitting(who, self.deciders(question))
        if question.state == "approved" and question.decider == by.pk:
            assert decision_sign(decision_id=key, signer=by, on=self.city.today).state == "approved"
            return
        no = self.model.no_to_signer(question, by)
        decision, refused = answer(lambda: decision_sign(decision_id=key, signer=by, on=self.city.today))
        assert refused is no
        if decision is None:
            return
        if decision.state == "stale":
            assert question.is_touched, "only a change of facts makes a decision stale, not a new day"
            self.model.close(key, "stale", by=by)
        else:
            assert decision.state == "approved"
            self.model.carry_out(key, by=by, day=self.city.today)

    @precondition(lambda self: self.model.questions)
    @rule(which=ANY, who=ANY)
    def rejects(self, which: int, who: int) -> None:
        key = self.question(which)
        question = self.model.questions[key]
        by = self.fitting(who, self.deciders(question))
        if question.state == "rejected" and question.decider == by.pk:
            return
        no = self.model.no_to_signer(question, by)
        _decision, refused = answer(lambda: decision_reject(decision_id=key, by=by, on=self.city.today, reason="材料不全"))
        assert refused is no
        if no is not None:
            return
        question.hands.add(by.person_id)
        self.model.close(key, "rejected", by=by)

    @precondition(lambda self: self.model.questions)
    @rule(which=ANY, who=ANY)
    def withdraws(self, which: int, who: int) -> None:
        key = self.question(which)
        question = self.model.questions[key]
        if question.state == "withdrawn":
            return
        by = self.fitting(who, [user for user in self.city.people if user.person_id == question.proposer])
        no = self.model.no_to_withdrawal(question, by)
        _decision, refused = answer(lambda: decision_withdraw(decision_id=key, by=by, on=self.city.today))
        assert refused is no
        if no is None:
            self.model.close(key, "withdrawn", by=by)

    @rule(where=ANY, who=ANY, millions=st.integers(min_value=140, max_value=300))
    def enters_figures(self, where: int, who: int, millions: int) -> None:
        firm = self.pair(where)[0]
        by = self.keeper(who, firm)
        year, values = self.city.today.year - 1, {"revenue": Decimal(millions) * 1_000_000, "employees": 2 * millions}
        _figures, refused = answer(
            lambda: figures_add(company_id=firm, year=year, source="audit", values=values, by=by, on=self.city.today, is_unit_checked=True)
        )
        may = self.model.covers(by, firm, self.city.today) and (by.role == Role.CLERK or self.model.keeps(by, firm, self.city.today))
        assert (refused is NotPermitted) == (not may)
        if refused is None:
            self.model.touch(firm)

    @rule(where=ANY, who=ANY)
    def reports_an_incident(self, where: int, who: int) -> None:
        firm = self.pair(where)[0]
        by = self.keeper(who, firm)
        try:
            incident_add(company_id=firm, kind="dishonest", starts_on=self.city.today, by=by, on=self.city.today)
        except NotPermitted:
            return
        self.model.touch(firm)
        for key, question in self.model.questions.items():  # a veto cancels promotions, and nothing else
            if question.pair[0] == firm and question.state == "submitted" and Decision.objects.get(pk=key).state == "withdrawn":
                assert question.kind == "tier_move"
                assert (question.start, question.to) in UP
                self.model.close(key, "withdrawn", by=by)

    @rule(where=ANY, who=ANY, days_ago=st.integers(min_value=0, max_value=200), number=st.integers(min_value=1, max_value=9))
    def records_a_recognition(self, where: int, who: int, days_ago: int, number: int) -> None:
        pair = self.pair(where)
        by = self.fitting(who, [user for user in self.city.people if self.model.may_record(user, pair[0], self.city.today)])
        try:
            row = recognition_record(
                company=self._firm(pair[0]),
                title=self._title(pair[1]),
                document_number=f"工信部企业函〔2026〕{number}号",
                announced_on=self.city.today - timedelta(days=days_ago),
                document=self.city.papers[pair[0]],
                by=by,
                on=self.city.today,
            )
        except NotPermitted:
            assert not self.model.may_record(by, pair[0], self.city.today)
            return
        except AlreadyRecorded:
            return
        assert self.model.may_record(by, pair[0], self.city.today)
        self.model.grants[row.pk] = Grant(pair, row.happened_on, row.valid_until)
        self._asked(row.decision, "recognition", pair, by, recognition=row.pk)

    @precondition(lambda self: any(grant.state == "confirmed" for grant in self.model.grants.values()))
    @rule(which=ANY, who=ANY)
    def proposes_its_end(self, which: int, who: int) -> None:
        confirmed = sorted(key for key, grant in self.model.grants.items() if grant.state == "confirmed")
        key = confirmed[which % len(confirmed)]
        grant = self.model.grants[key]
        firm = grant.pair[0]
        by = self.fitting(who, [user for user in self.city.people if self.model.may_record(user, firm, self.city.today)])
        row = Recognition.objects.get(pk=key)
        end, refused = answer(
            lambda: recognition_revoke(
                recognition=row,
                ended_on=self.city.today,
                document_number="工信部企业函〔2026〕99号",
                document=self.city.papers[firm],
                reason="企业注销",
                by=by,
                on=self.city.today,
            )
        )
        if not self.model.may_record(by, firm, self.city.today):
            assert refused is NotPermitted
        else:
            assert refused is (RevocationWaiting if key in self.model.ending else None)
        if end is None:
            return
        self.model.ending[key] = end.decision_id
        self._asked(end.decision, "revocation", grant.pair, by, recognition=key, ended_on=self.city.today)

    @rule(where=ANY)
    def moves_to_the_other_district(self, where: int) -> None:
        firm = self.pair(where)[0]
        here = self.model.district(firm, self.city.today)
        there = next(place for place in self.city.districts if place.pk != here)
        move_away(self._firm(firm), there, on=self.city.today)
        self.model.places[firm] = [(since, place) for since, place in self.model.places[firm] if since != self.city.today]
        self.model.places[firm].append((self.city.today, there.pk))
        self.model.touch(firm)

    @rule(days=st.sampled_from([1, 1, 1, 20, 200, 1_100]))
    def days_pass(self, days: int) -> None:
        if self.city.today.year < 2032:
            self.city.clock.today += timedelta(days=days)
        assert events.tracks_lapse(on=self.city.today) == self.model.lapse(self.city.today)

    # what is never false

    @invariant()
    def every_track_stands_where_its_last_event_led(self) -> None:
        for track in Track.objects.prefetch_related("events"):
            wanted = self.model.tracks[track.company_id, track.title_id]
            assert track.state == max(track.events.all(), key=lambda event: event.pk).to_state == wanted

    @invariant()
    def nobody_decides_what_they_had_a_hand_in(self) -> None:
        for decision in Decision.objects.prefetch_related("hands"):
            hands = {hand.part: hand.person_id for hand in decision.hands.all()}
            question = self.model.questions[decision.pk]
            assert decision.state == question.state
            assert set(hands.values()) == question.hands
            assert hands.get(Part.SIGNED, hands.get(Part.REJECTED)) != hands[Part.PROPOSED]

    @invariant()
    def figures_are_as_long_as_their_lists_and_districts_add_up(self) -> None:
        """Every count, and the list behind one of them, another one at each step; the whole page at every fifth."""
        self.turn += 1
        today, leader = self.city.today, self.city.leader
        assert leader is not None
        asked, titles = Asked(today.year, ANNUAL, today, today), [title.pk for title in self.city.titles]
        wanted = {"achieved": self.model.new, "sprint": self.model.in_sprint}
        cells = [(title, place.pk) for title in titles for place in self.city.districts]
        for figure, counted in (
            ("achieved", counted_by(achieved_rows(asked, title_ids=titles, plan=None))),
            ("sprint", counted_by(sprint_rows(asked, title_ids=titles))),
        ):
            assert counted == {cell: number for cell in cells if (number := wanted[figure](*cell, today))}, figure
        title, figure = self.city.titles[self.turn % 2], ("achieved", "sprint")[self.turn // 2 % 2]
        place = self.city.districts[self.turn // 4 % 2]
        listed = members(user=leader, asked=asked, title=title, district=place, figure=figure)
        assert len(listed) == wanted[figure](title.pk, place.pk, today), (figure, title.code)
        if self.turn % THOROUGH == 0:
            self._compare_page(quota_grid(user=leader, asked=asked, kept=True), wanted)

    def _compare_page(self, grid: Grid, wanted: dict[str, Callable[..., int]]) -> None:
        for figure, expected in wanted.items():
            shown = {(row.pk, cell.title.pk): getattr(cell, figure) for row, cells in grid.rows for cell in cells}
            city = {cell.title.pk: getattr(cell, figure) for cell in grid.city}
            assert shown == {(place, title): expected(title, place, self.city.today) for place, title in shown}, figure
            assert city == {key: sum(number for (_place, title), number in shown.items() if title == key) for key in city}, figure

    @invariant()
    def verify_finds_nothing(self) -> None:
        assert problems(checks.registered() if self.turn % THOROUGH == 0 else AT_EVERY_STEP) == []


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    """One city for all walks; the transaction around it is rolled back."""
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), translation.override(django_settings.LANGUAGE_CODE):
        patch.setattr(timezone, "now", clock.now)
        with transaction.atomic():
            try:
                yield built(clock)
            finally:
                transaction.set_rollback(True)


def test_no_walk_makes_false_what_must_never_be_false(city: City, deep: bool, db: None, settings: Any) -> None:
    settings.KEPT_COUNTS = True
    Ladder.city = city
    steps, walks = (STEPS_DEEP, WALKS_DEEP) if deep else (STEPS, WALKS)
    # a walk is told whole: making it shorter takes longer than reading it
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(Ladder, settings=walking(max_examples=walks, stateful_step_count=steps, phases=phases))
