"""Two versions signed at the same moment: the library never holds one id twice, nor two gates of one day."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_sign
from accounts.users.models import User
from companies.recognitions.models import Title
from core.errors import Refusal
from cultivation.gates.services import gate_propose
from cultivation.tracks.models import PoolScheme
from cultivation.tracks.pools import Rule
from policies.publishing.models import StandardDraft
from policies.publishing.services import draft_create, draft_submit
from policies.standards.models import Standard
from tests.factories import CityApproverFactory
from tests.rigs.faultrig import verified
from tests.rigs.racer import race

ROUNDS, ROUNDS_DEEP = 3, 20


@pytest.fixture
def rounds(deep: bool) -> int:
    return ROUNDS_DEEP if deep else ROUNDS


def text_of(title: str, number: int) -> str:
    """A version of another year each round, with one id for whatever title."""
    shipped = Standard.objects.get(title__code="little_giant", application_type="认定", in_force_from=date(2026, 4, 1)).text
    begins = date(2030 + number, 1, 1).isoformat()
    text = shipped.replace("standard: little_giant-2026\n", f"standard: raced-{number}\n").replace("from: 2026-04-01", f"from: {begins}")
    return text.replace("title: little_giant\n", f"title: {title}\n")


def test_of_two_texts_with_one_id_signed_at_once_one_is_published(clerk: User, rounds: int) -> None:
    signers = [CityApproverFactory(), CityApproverFactory()]
    for number in range(rounds):
        decisions = []
        for title in ("little_giant", "hidden_champion"):
            draft = draft_create(text=text_of(title, number), by=clerk, on=localdate())
            decisions.append(draft_submit(draft_id=draft.pk, by=clerk, on=localdate()))
        raced = race(
            [
                lambda pk=decision.pk, by=signer: decision_sign(decision_id=pk, signer=by, on=localdate())
                for decision, signer in zip(decisions, signers, strict=True)
            ]
        )
        assert [isinstance(error, Refusal) for error in raced.errors] == [True], raced.outcomes
        assert Standard.objects.filter(in_force_from=date(2030 + number, 1, 1)).count() == 1
        states = sorted(Decision.objects.filter(pk__in=[one.pk for one in decisions]).values_list("state", flat=True))
        assert states == [DecisionState.APPROVED, DecisionState.SUBMITTED]
        assert StandardDraft.objects.filter(standard__isnull=False).count() == number + 1
    verified()


def test_of_two_proposals_for_one_title_s_gates_made_at_once_one_stands(clerk: User, rounds: int) -> None:
    title, signer = Title.objects.get(code="little_giant"), CityApproverFactory()
    for number in range(rounds):
        begins = localdate() + timedelta(days=30 + number)

        def propose(most: int, by: User, begins: date = begins) -> object:
            pools = {"sprint": [Rule("open_at_most", most=most), Rule("no_veto")]}
            return gate_propose(title=title, begins=begins, pools=pools, reason="调整", by=by, on=localdate())

        raced = race([lambda: propose(5, clerk), lambda: propose(6, clerk)])
        assert [isinstance(error, Refusal) for error in raced.errors] == [True], raced.outcomes
        (change,) = raced.results
        decision_sign(decision_id=change.decision_id, signer=signer, on=localdate())
        assert PoolScheme.objects.filter(title=title, in_force_from=begins).count() == 1
    verified()
