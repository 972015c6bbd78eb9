"""The city sees all districts' tracks and the decisions about them, not only what it had a hand in."""

from datetime import date

from accounts.audit.models import AuditEntry
from accounts.decisions.models import Decision
from accounts.users.models import User
from cultivation.tracks import services
from cultivation.tracks.models import TierMove, Track
from tests.factories import ApproverFactory, AuditorFactory
from tests.factories.cultivation import TrackFactory, batch, ready_company


def test_the_city_sees_every_districts_moves_and_a_district_only_its_own(officer: User, city_approver: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="accelerating")
    services.move_propose(track=track, to_state="sprint", by=officer, on=date(2026, 11, 24), batch=batch())
    leader, foreign = AuditorFactory(district=None), ApproverFactory(district__code="330681")
    for model in (Track, TierMove, Decision):
        assert model.objects.visible_to(city_approver).count() == 1
        assert model.objects.visible_to(leader).count() == 1
        assert model.objects.visible_to(foreign).count() == 0
    assert AuditEntry.objects.visible_to(leader).count() >= 1
    assert AuditEntry.objects.visible_to(foreign).count() == 0
