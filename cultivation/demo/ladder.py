"""Firms climb and fall: tracks proposed by their officers and signed by a second person, through the services every page uses."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from accounts.decisions.models import Decision
from accounts.decisions.services import decision_reject, decision_sign
from accounts.users.models import User
from companies.assignments.models import Assignment
from companies.assignments.services import assignment_start
from companies.evidence.models import Evidence
from companies.recognitions.models import Batch, Recognition, Title
from companies.recognitions.services import recognition_record
from companies.register.models import Company
from core.errors import Refusal
from cultivation.demo.grants import Grant
from cultivation.demo.people import People
from cultivation.demo.world import InventedCompany
from cultivation.tracks.models import ReasonCode, TierMove, Track, TrackState
from cultivation.tracks.services import move_propose, track_set_target


@dataclass(slots=True)
class Ladder:
    """What the replay needs to move firms: people, companies by credit code, titles; `counts` says what was done."""

    people: People
    companies: dict[str, Company] = field(default_factory=dict)
    officers: dict[int, User] = field(default_factory=dict)
    titles: dict[str, Title] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def refresh(self) -> None:
        """Read firms, officers and titles again after an import."""
        self.companies = {company.uscc: company for company in Company.objects.select_related("district")}
        current = Assignment.objects.filter(ends_on__isnull=True).select_related("officer__person", "officer__office")
        self.officers = {row.company_id: row.officer for row in current}
        self.titles = {title.code: title for title in Title.objects.all()}

    def assign(self, firms: Iterable[InventedCompany], *, on: date) -> None:
        """Spread the firms of each district over its officers, by order of an approver of the district."""
        turn: Counter[str] = Counter()
        for firm in firms:
            company = self.companies.get(firm.uscc)
            if company is None or company.pk in self.officers:
                continue
            officers = self.people.officers[firm.district]
            officer = officers[turn[firm.district] % len(officers)]
            turn[firm.district] += 1
            assignment_start(company_id=company.pk, officer=officer, by=self.people.district_approvers[firm.district], on=on)
            self.officers[company.pk] = officer
            self.counts["assignments"] += 1

    def target(self, firm: InventedCompany, title: str, *, on: date) -> Track | None:
        """Set the title as the firm's target; None for a firm nobody keeps."""
        company = self.companies[firm.uscc]
        officer = self.officers.get(company.pk)
        if officer is None:
            return None
        return track_set_target(company=company, title=self.titles[title], by=officer, on=on)

    def propose(
        self, firm: InventedCompany, title: str, to: str, *, on: date, batch: Batch | None = None, reason: str = ""
    ) -> Decision | None:
        """The officer proposes a move; None where the gate refused it, which the counts keep."""
        track = self.target(firm, title, on=on)
        if track is None or track.state == to:
            return None
        company = self.companies[firm.uscc]
        code = ReasonCode.NO_PROGRESS if _is_down(track.state, to) else ""
        try:
            move: TierMove = move_propose(
                track=track, to_state=to, by=self.officers[company.pk], on=on, batch=batch, reason=reason, reason_code=code
            )
        except Refusal as refusal:
            self.counts[f"refused {refusal.code}"] += 1
            return None
        self.counts[f"proposed {to}"] += 1
        return move.decision

    def move(
        self, firm: InventedCompany, title: str, to: str, *, on: date, signed_on: date | None = None, batch: Batch | None = None
    ) -> bool:
        """Propose a move and have it signed by the district's approver; True when it was carried out."""
        decision = self.propose(firm, title, to, on=on, batch=batch, reason="按培育计划推进")
        if decision is None:
            return False
        self.sign(decision, on=signed_on or on)
        return True

    def sign(self, decision: Decision, *, on: date) -> Decision:
        """The district's approver signs, the city's where the city decides."""
        return decision_sign(decision_id=decision.pk, signer=self.approver_of(decision), on=on, note="同意")

    def reject(self, decision: Decision, *, on: date, reason: str) -> Decision:
        """A second person says no."""
        return decision_reject(decision_id=decision.pk, by=self.approver_of(decision), on=on, reason=reason)

    def approver_of(self, decision: Decision) -> User:
        """Who signs in the demonstration: never the person who proposed."""
        if decision.level == "district" and decision.district is not None:
            return self.people.district_approvers[decision.district.code]
        return next(user for user in self.people.approvers if user.person_id != decision.proposer.person_id)

    def recognise(self, firm: InventedCompany, grant: Grant, *, document: Evidence, on: date, confirmed: bool = True) -> Recognition:
        """Record a recognition with its paper; a second person of the city confirms it unless it is left waiting."""
        on_list = grant.on
        title = self.titles[on_list.title]
        batch = Batch.objects.filter(title=title, year=on_list.year, name=on_list.batch).first() if on_list.has_batch else None
        row = recognition_record(
            company=self.companies[firm.uscc],
            title=title,
            document_number=on_list.document,
            announced_on=on_list.announced_on,
            application_type=on_list.application,
            document=document,
            by=self.people.clerk,
            on=on,
            batch=batch,
            reason=f"{on_list.batch}名单",
        )
        if confirmed and row.decision is not None:
            self.sign(row.decision, on=on)
        self.counts["recognitions"] += 1
        return row


def _is_down(state: str, to: str) -> bool:
    order: list[str] = [TrackState.STARTING, TrackState.ACCELERATING, TrackState.SPRINT]
    return to == TrackState.REMOVED or (state in order and to in order and order.index(to) < order.index(state))
