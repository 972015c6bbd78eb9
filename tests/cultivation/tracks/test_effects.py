"""What a recognition changes is said before it is signed, and is so afterwards."""

from datetime import date
from typing import Any

import pytest

from accounts.decisions.services import decision_sign
from accounts.users.models import User
from companies.recognitions.models import Recognition, Title
from companies.recognitions.services import recognition_record, recognition_revoke
from companies.register.models import Company
from cultivation.quotas.counting import first_recognitions
from cultivation.tracks.models import Track
from tests.factories import EvidenceFactory
from tests.factories.cultivation import TrackFactory, ready_company

TODAY = date(2026, 11, 24)


def record(
    company: Company, by: User, *, title: str = "little_giant", number: str = "工信厅企业函〔2026〕280号", **more: Any
) -> Recognition:
    facts = {"announced_on": date(2026, 11, 2), "document": EvidenceFactory(company=company, kind="document"), **more}
    return recognition_record(company=company, title=Title.objects.get(code=title), document_number=number, by=by, on=TODAY, **facts)


def sign(row: Any, by: User) -> None:
    decision_sign(decision_id=row.decision_id, signer=by, on=TODAY)


def counted(title: str = "little_giant") -> int:
    ids = [Title.objects.get(code=title).pk]
    return first_recognitions(title_ids=ids, since=date(2026, 1, 1), on=TODAY, known=TODAY).count()


@pytest.mark.parametrize(("state", "label"), [("sprint", "冲刺库"), ("starting", "起跑库"), ("removed", "已移出")])
def test_a_title_says_where_the_track_goes_and_what_the_district_counts(officer: User, city_approver: User, state: str, label: str) -> None:
    track = TrackFactory(company=ready_company(officer), state=state)
    row = record(track.company, officer)
    assert row.decision.effect == f"培育进程 {label} → 已认定；越城区 小巨人 2026 年首次认定 0 → 1"
    sign(row, city_approver)
    assert (Track.objects.get(pk=track.pk).state, counted()) == ("recognised", 1)


def test_a_firm_without_a_track_and_a_title_without_pools(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    assert record(company, officer).decision.effect == "培育进程 无 → 已认定；越城区 小巨人 2026 年首次认定 0 → 1"
    row = record(company, officer, title="tech_sme")
    assert row.decision.effect == "越城区 科小 2026 年首次认定 0 → 1"
    sign(row, city_approver)
    assert counted("tech_sme") == 1


def test_a_review_moves_nothing_that_stands_and_is_not_counted_as_new(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    sign(record(company, officer), city_approver)
    review = record(company, officer, number="工信厅企业函〔2026〕300号", application_type="复核")
    assert review.decision.effect == ""
    sign(review, city_approver)
    assert counted() == 1


def test_an_end_says_that_the_track_falls_back_and_the_count_with_it(officer: User, city_approver: User) -> None:
    company = ready_company(officer)
    row = record(company, officer)
    sign(row, city_approver)
    end = recognition_revoke(
        recognition=Recognition.objects.get(pk=row.pk),
        ended_on=date(2026, 11, 20),
        document_number="工信厅企业函〔2026〕301号",
        document=EvidenceFactory(company=company, kind="document"),
        reason="数据造假",
        by=officer,
        on=TODAY,
    )
    assert end.decision.effect == "培育进程 已认定 → 冲刺库；越城区 小巨人 2026 年首次认定 1 → 0"
    sign(end, city_approver)
    assert (Track.objects.get(company=company).state, counted()) == ("sprint", 0)


def test_a_title_that_ran_out_before_it_was_recorded_moves_no_track(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="sprint")
    row = record(track.company, officer, announced_on=date(2020, 6, 1))
    assert row.decision.effect == "越城区 小巨人 2020 年首次认定 0 → 1"
