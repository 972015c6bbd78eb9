"""The small reference model of a walk: what should be where, told in a hundred lines without a database."""

from dataclasses import dataclass, field
from datetime import date

from accounts.decisions.errors import AlreadyDecided, HadAHand, IsTheOfficer, NotAuthorised, NotYours
from accounts.roles import Role
from accounts.users.models import User

Pair = tuple[int, int]  # firm, title
POOLS = ("starting", "accelerating", "sprint")
UP = {(state, pool) for state in ("candidate", "removed") for pool in POOLS} | {("starting", "accelerating"), ("accelerating", "sprint")}
DOWN = {("sprint", "accelerating"), ("accelerating", "starting")}
OUT = {(state, "removed") for state in ("candidate", *POOLS, "recognised")}


@dataclass
class Question:
    """One decision: who has a hand in it, what it would do, and whether the facts of its firm were touched since."""

    kind: str
    pair: Pair
    hands: set[int]
    proposer: int
    city_only: bool
    district: int
    start: str = ""  # where the track stood when the move was proposed: a recognition may carry it on meanwhile
    to: str = ""
    recognition: int = 0
    ended_on: date | None = None
    state: str = "submitted"
    decider: int = 0
    is_touched: bool = False


@dataclass
class Grant:
    """One recognition."""

    pair: Pair
    happened_on: date
    valid_until: date | None
    state: str = "recorded"
    district: int = 0
    ended_on: date | None = None

    def counts(self, day: date) -> bool:
        """Confirmed and not ended by the day."""
        return self.state in {"confirmed", "revoked"} and not (self.ended_on and self.ended_on <= day)

    def is_valid(self, day: date) -> bool:
        """Counts, and has not run out."""
        return self.counts(day) and (self.valid_until is None or self.valid_until >= day)


@dataclass
class Model:
    """Everything the walk expects of the product."""

    tracks: dict[Pair, str] = field(default_factory=dict)
    waiting: dict[Pair, int] = field(default_factory=dict)  # open moves
    ending: dict[int, int] = field(default_factory=dict)  # recognition → its open revocation
    questions: dict[int, Question] = field(default_factory=dict)
    grants: dict[int, Grant] = field(default_factory=dict)
    places: dict[int, list[tuple[date, int]]] = field(default_factory=dict)  # firm → (since, district), oldest first
    keepers: dict[int, User] = field(default_factory=dict)

    def district(self, firm: int, day: date) -> int:
        """Where the firm was on a day."""
        begun = [place for since, place in self.places[firm] if since <= day]
        return begun[-1] if begun else self.places[firm][0][1]

    def covers(self, user: User, firm: int, day: date) -> bool:
        """Whether the firm lies in the user's scope."""
        return user.role not in {Role.ENTERPRISE, Role.ADMINISTRATOR} and user.district_id in {None, self.district(firm, day)}

    def keeps(self, user: User, firm: int, day: date) -> bool:
        """The firm's officer, within the district."""
        return user.role == Role.OFFICER and self.keepers[firm].pk == user.pk and self.covers(user, firm, day)

    def may_record(self, user: User, firm: int, day: date) -> bool:
        """Who records recognitions and their ends."""
        return self.keeps(user, firm, day) or (user.role in {Role.CLERK, Role.APPROVER} and self.covers(user, firm, day))

    def no_to_signer(self, question: Question, user: User) -> type[Exception] | None:
        """Why the user may not decide, or None."""
        if question.state != "submitted":
            return AlreadyDecided
        if user.person_id in question.hands:
            return HadAHand
        in_scope = user.district_id is None or (not question.city_only and user.district_id == question.district)
        if user.role != Role.APPROVER or not in_scope:
            return NotAuthorised
        return IsTheOfficer if user.person_id == self.keepers[question.pair[0]].person_id else None

    def no_to_withdrawal(self, question: Question, user: User) -> type[Exception] | None:
        """Why the user may not take it back, or None."""
        if question.state in {"approved", "rejected"}:
            return AlreadyDecided
        return None if user.person_id == question.proposer else NotYours

    def touch(self, firm: int) -> None:
        """Facts of the firm changed: what waits may come back stale."""
        for question in self.questions.values():
            if question.pair[0] == firm and question.state == "submitted":
                question.is_touched = True

    def close(self, key: int, state: str, *, by: User) -> None:
        """A question ended without being carried out."""
        question = self.questions[key]
        question.state, question.decider = state, by.pk
        self.waiting = {pair: open_key for pair, open_key in self.waiting.items() if open_key != key}
        self.ending = {row: open_key for row, open_key in self.ending.items() if open_key != key}
        if question.kind == "recognition" and self.grants[question.recognition].state == "recorded":
            self.grants[question.recognition].state = "rejected"

    def carry_out(self, key: int, *, by: User, day: date) -> None:
        """A question was signed."""
        question = self.questions[key]
        question.hands.add(by.person_id)
        firm = question.pair[0]
        if question.kind == "tier_move":
            self.tracks[question.pair] = question.to
        elif question.kind == "recognition":
            grant = self.grants[question.recognition]
            grant.state, grant.district = "confirmed", self.district(firm, grant.happened_on)
            if grant.is_valid(day):
                self.tracks[question.pair] = "recognised"
        else:
            grant = self.grants[question.recognition]
            grant.state, grant.ended_on = "revoked", question.ended_on
            self.lapse(day)
        self.close(key, "approved", by=by)
        self.touch(firm)

    def lapse(self, day: date) -> int:
        """Recognised without a title in force: back to the sprint pool. Returns how many fell."""
        fallen = [pair for pair, state in self.tracks.items() if state == "recognised" and not self._holds(pair, day)]
        for pair in fallen:
            self.tracks[pair] = "sprint"
            self.touch(pair[0])
        return len(fallen)

    def _holds(self, pair: Pair, day: date) -> bool:
        return any(grant.pair == pair and grant.is_valid(day) for grant in self.grants.values())

    def new(self, title: int, district: int, day: date) -> int:
        """First recognitions of the year by the district on the day of the event."""
        firsts: dict[Pair, Grant] = {}
        ever = [(grant.happened_on, key, grant) for key, grant in self.grants.items() if grant.state in {"confirmed", "revoked"}]
        for _happened_on, _key, grant in sorted(ever, key=lambda one: one[:2]):
            firsts.setdefault(grant.pair, grant)
        return sum(
            pair[1] == title and grant.district == district and grant.happened_on.year == day.year and grant.counts(day)
            for pair, grant in firsts.items()
        )

    def in_sprint(self, title: int, district: int, day: date) -> int:
        """Tracks in the sprint pool by the firm's district today."""
        standing = [firm for (firm, of_title), state in self.tracks.items() if state == "sprint" and of_title == title]
        return sum(self.district(firm, day) == district for firm in standing)
