"""培育库, 提请调库, 培育阶梯 as people open them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from accounts.decisions.models import Decision
from accounts.users.models import User
from companies.recognitions.models import Title
from cultivation.tracks.models import TierMove, Track
from policies.standards.models import Evaluation
from policies.standards.services import evaluation_refresh
from tests.factories import (
    AdministratorFactory,
    ApproverFactory,
    AuditorFactory,
    ClerkFactory,
    DistrictFactory,
    EnterpriseUserFactory,
    EvidenceFactory,
    OfficerFactory,
)
from tests.factories.cultivation import TrackFactory, batch, ready_company

TODAY = date(2026, 11, 24)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


def move_url(track: Track, **query: str) -> str:
    return reverse("cultivation:move-new", args=[track.pk], query=query or None)


@pytest.fixture
def track(officer: User) -> Track:
    company = ready_company(officer)
    evaluation_refresh(company_ids=[company.pk], on=TODAY)
    return TrackFactory(company=company, state="accelerating", is_main=True)


def test_the_list_has_one_row_per_track_and_counts_tracks(officer: User, track: Track) -> None:
    TrackFactory(company=track.company, title=Title.objects.get(code="single_champion"))
    html = page(signed_in(officer), reverse("cultivation:track-list"))
    assert "共 2 条" in html
    assert html.count(track.company.name) >= 2


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"title": "little_giant"}, True),
        ({"title": "single_champion"}, False),
        ({"pool": "accelerating"}, True),
        ({"pool": "sprint"}, False),
        ({"district": "330602"}, True),
        ({"district": "330681"}, False),
        ({"officer": "me"}, True),
        ({"officer": "别人"}, False),
        ({"officer": "沈雨桐"}, True),
        ({"open_at_most": "0"}, True),
        ({"verdict": "hopeful"}, True),
        ({"verdict": "not_yet"}, False),
        ({"waiting": "0"}, True),
        ({"waiting": "1"}, False),
        ({"main": "1"}, True),
        ({"main": "0"}, False),
    ],
    ids=lambda value: str(value),
)
def test_each_filter_keeps_what_it_says(officer: User, track: Track, query: dict[str, str], found: bool) -> None:
    DistrictFactory(code="330681")
    if query.get("verdict"):
        Evaluation.objects.filter(company=track.company).update(overall="hopeful")
    html = page(signed_in(officer), reverse("cultivation:track-list", query=query))
    assert ("共 1 条" in html) is found


def test_a_foreign_district_sees_no_track(track: Track) -> None:
    stranger = signed_in(OfficerFactory(district__code="330681"))
    assert track.company.name not in page(stranger, reverse("cultivation:track-list"))
    missing, foreign = stranger.get(move_url(Track(pk=10**9))), stranger.get(move_url(track))
    assert (missing.status_code, foreign.status_code) == (404, 404)


def test_the_page_of_a_move_shows_gate_sheet_and_who_can_sign(officer: User, approver: User, city_approver: User, track: Track) -> None:
    html = page(signed_in(officer), move_url(track))
    for words in (
        "冲刺库",
        "入库条件",
        "未达标与缺数据",
        "差距表（提交后固定）",
        "近两年研发费用合计",
        "谁能批",
        "陈立群",
        "何静",
        "第九批",
    ):
        assert words in html


def test_submitting_puts_the_move_to_a_second_person(officer: User, track: Track) -> None:
    file = EvidenceFactory(company=track.company)
    response = signed_in(officer).post(move_url(track), {"to": "sprint", "batch": batch().pk, "reason": "各项达标", "evidence": [file.pk]})
    move = TierMove.objects.get(track=track)
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("accounts:decision-detail", args=[move.decision_id])
    assert (move.to_state, move.batch, list(move.evidence.all())) == ("sprint", batch(), [file])
    assert "待审批" in page(signed_in(officer), reverse("cultivation:track-list", query={"waiting": "1"}))


def test_submitting_with_gaps_lists_each_missing_item_and_keeps_what_was_typed(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer, rd_expense=Decimal("1000000"), class1_ip=2), state="accelerating")
    response = signed_in(officer).post(move_url(track), {"to": "sprint", "batch": batch().pk, "reason": "先报上去看看"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "未达标须不超过 1 项，现有 3 项" in html
    assert "2 项（2025），门槛 ≥ 4 项" in html
    assert "先报上去看看" in html
    assert not Decision.objects.exists()


def test_the_page_refuses_a_jump_with_the_way_out(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer), state="starting")
    for response in (signed_in(officer).get(move_url(track, to="sprint")), signed_in(officer).post(move_url(track), {"to": "sprint"})):
        assert response.status_code == 409
        assert "须先进入加速库" in response.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("to_state", ["recognised", "candidate", "nonsense", "starting' OR 1=1"])
def test_a_state_that_cannot_be_proposed_is_refused_by_the_page(officer: User, track: Track, to_state: str) -> None:
    response = signed_in(officer).post(move_url(track), {"to": to_state, "state": to_state, "reason": "强行"})
    assert response.status_code == 409
    assert Track.objects.get(pk=track.pk).state == "accelerating"


def test_an_open_move_is_named_instead_of_a_second_form(officer: User, track: Track) -> None:
    client = signed_in(officer)
    client.post(move_url(track), {"to": "sprint", "batch": batch().pk})
    again = client.get(move_url(track))
    assert again.status_code == 409
    assert "沈雨桐" in again.content.decode()
    response = client.post(move_url(track), {"to": "starting", "reason_code": "other", "reason": "再来"})
    assert response.status_code in {409, 422}
    assert TierMove.objects.count() == 1


def test_a_special_permission_is_a_quiet_link_and_asks_for_reason_and_document(officer: User) -> None:
    track = TrackFactory(company=ready_company(officer, class1_ip=0, segment_years=1), state="accelerating")
    client = signed_in(officer)
    assert "特批" in page(client, move_url(track))
    sent = {"to": "sprint", "special": "1", "batch": batch().pk}
    assert client.post(move_url(track), sent).status_code == 422
    assert client.post(move_url(track), {**sent, "reason": "重大项目", "document_number": "绍经信〔2026〕9号"}).status_code == 302
    assert Decision.objects.get().is_special


@pytest.mark.parametrize("who", [ApproverFactory, ClerkFactory, AuditorFactory, EnterpriseUserFactory, AdministratorFactory])
def test_only_officers_have_the_page(track: Track, who: Callable[[], Any]) -> None:
    client = signed_in(who())
    assert client.get(move_url(track)).status_code == 404
    assert client.post(move_url(track), {"to": "sprint"}).status_code == 404
    assert client.post(reverse("cultivation:track-new", args=[track.company.uscc]), {"title": "single_champion"}).status_code == 404
    assert Track.objects.count() == 1


def test_an_officer_of_the_same_district_reads_but_does_not_propose(track: Track) -> None:
    colleague = signed_in(OfficerFactory())
    assert "提请调库" not in page(colleague, reverse("companies:company-detail", args=[track.company.uscc]))
    assert colleague.get(move_url(track)).status_code == 403
    assert colleague.post(reverse("cultivation:track-main", args=[track.pk])).status_code == 403


def test_the_firms_page_shows_the_ladder_with_its_doors(officer: User, track: Track) -> None:
    html = page(signed_in(officer), reverse("companies:company-detail", args=[track.company.uscc]))
    for words in ("培育阶梯", "加速库", "主培育称号", "2027-04-25 起", move_url(track), "设“单项冠军”为目标"):
        assert words in html


def test_setting_a_target_from_the_firms_page(officer: User, track: Track) -> None:
    url = reverse("cultivation:track-new", args=[track.company.uscc])
    client = signed_in(officer)
    for _twice in range(2):
        assert client.post(url, {"title": "single_champion"}).status_code == 302
    made = Track.objects.get(company=track.company, title__code="single_champion")
    assert client.post(reverse("cultivation:track-main", args=[made.pk])).status_code == 302
    assert Track.objects.get(pk=made.pk).is_main
    assert client.post(url, {"title": "high_tech"}).status_code == 404


def test_the_history_names_moves_recognitions_and_both_persons(officer: User, approver: User, track: Track) -> None:
    client = signed_in(officer)
    client.post(move_url(track), {"to": "sprint", "batch": batch().pk})
    decision = Decision.objects.get()
    assert signed_in(approver).post(reverse("accounts:decision-sign", args=[decision.pk])).status_code == 302
    html = page(client, reverse("companies:company-history", args=[track.company.uscc]))
    assert "小巨人：加速库 → 冲刺库" in html
    assert "沈雨桐 提请，陈立群 审批" in html
    assert "专精特新（认定）" in html


def test_the_decision_page_shows_the_frozen_sheet_and_gate(officer: User, approver: User, track: Track) -> None:
    signed_in(officer).post(move_url(track), {"to": "sprint", "batch": batch().pk})
    html = page(signed_in(approver), reverse("accounts:decision-detail", args=[Decision.objects.get().pk]))
    for words in ("提交时的差距表", "入库条件", "越城区 小巨人 冲刺库 0 → 1", "批准"):
        assert words in html


def test_the_company_list_has_columns_and_filters_of_the_ladder(officer: User, track: Track) -> None:
    client = signed_in(officer)
    url = reverse("companies:company-list")
    assert "小巨人" in page(client, url)
    for query, found in (
        ({"pool": "accelerating"}, True),
        ({"pool": "sprint"}, False),
        ({"track": "little_giant"}, True),
        ({"track": "single_champion"}, False),
    ):
        assert (track.company.name in page(client, reverse("companies:company-list", query=query))) is found


def test_the_list_and_the_ladder_cost_the_same_for_few_and_many(
    officer: User, track: Track, count_queries: Callable[[Client, str], int]
) -> None:
    client = signed_in(officer)
    url = reverse("cultivation:track-list")
    few = count_queries(client, url)
    TrackFactory.create_batch(12)
    assert count_queries(client, url) == few <= 9
    assert count_queries(client, reverse("companies:company-detail", args=[track.company.uscc])) <= 30


def test_a_conclusion_that_is_to_be_worked_out_anew_is_never_shown_as_current(officer: User, client: Client) -> None:
    company = ready_company(officer, class1_ip=2)
    TrackFactory(company=company, title=Title.objects.get(code="little_giant"), is_main=True)
    client.force_login(officer)
    pages = [reverse("cultivation:track-list"), reverse("companies:company-list"), reverse("companies:company-detail", args=[company.uscc])]
    evaluation_refresh(company_ids=[company.pk], on=localdate())
    for page in pages:
        assert "待重算" not in client.get(page).content.decode()
    kept = Evaluation.objects.filter(company=company, title__code="little_giant")
    for change in ({"is_stale": True}, {"is_stale": False, "stale_after": localdate()}):  # facts changed; the calendar alone
        kept.update(**change)
        for page in pages:
            assert "待重算" in client.get(page).content.decode(), (page, change)
