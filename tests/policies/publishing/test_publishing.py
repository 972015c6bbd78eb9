"""A text becomes a version by two people's hands: prepared, submitted, signed; never by one, never over a changed library."""

from datetime import date

import pytest
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.audit.verify import chain_problems
from accounts.decisions.errors import HadAHand, NotAuthorised
from accounts.decisions.models import Decision, DecisionState
from accounts.decisions.services import decision_reject, decision_sign, decision_withdraw
from accounts.jobs.models import Job
from accounts.roles import Role
from accounts.users.models import User
from core.errors import NotPermitted
from policies.publishing.models import StandardDraft, TextTrial
from policies.publishing.refusals import DraftClosed, DraftRefused, SavedMeanwhile
from policies.publishing.services import draft_change, draft_create, draft_submit, draft_withdraw
from policies.publishing.wiring import draft_problems
from policies.standards import library
from policies.standards.models import Evaluation, Standard
from policies.standards.selectors import recomputing
from policies.standards.services import evaluation_refresh
from policies.wiring import evaluate_job, standard_problems
from tests.factories import CityApproverFactory, OfficerFactory
from tests.factories.cultivation import ready_company
from tests.policies.publishing.conftest import NEXT_YEAR, changed

pytestmark = pytest.mark.django_db


def stored(draft: StandardDraft) -> StandardDraft:
    return StandardDraft.objects.get(pk=draft.pk)


def submitted(draft: StandardDraft, by: User, on: date) -> Decision:
    return draft_submit(draft_id=draft.pk, by=by, on=on, reason="按新文件")


def in_force_text(shipped: Standard) -> str:
    """From yesterday on, revenue 6000 万元."""
    return changed(shipped.text, NEXT_YEAR[0], ("from: 2026-04-01", "from: 2026-11-23"), ("at_least: 5000 万元", "at_least: 20000 万元"))


def test_a_second_person_publishes_and_the_version_takes_effect_on_its_day(
    draft: StandardDraft, clerk: User, city_approver: User, shipped: Standard, next_text: str, today: date
) -> None:
    decision = submitted(draft, clerk, today)
    assert not Standard.objects.filter(in_force_from=date(2027, 4, 1)).exists()
    assert decision_sign(decision_id=decision.pk, signer=city_approver, on=today).state == DecisionState.APPROVED
    row = Standard.objects.get(in_force_from=date(2027, 4, 1))
    assert (row.text, row.published_on, row.title, row.application_type) == (next_text, today, shipped.title, "认定")
    assert stored(draft).standard == row
    assert library.in_force(on=date(2027, 3, 31))["little_giant"].row == shipped
    assert library.in_force(on=date(2027, 4, 1))["little_giant"].row == row
    assert list(standard_problems()) == []
    assert list(draft_problems()) == []
    assert list(chain_problems()) == []


def test_the_decision_shows_every_changed_field_and_nothing_else(draft: StandardDraft, clerk: User, today: date) -> None:
    frozen = submitted(draft, clerk, today).frozen
    assert [(line["label"], line["before"], line["after"]) for line in frozen["changes"]] == [
        ("施行日", "2026-04-01", "2027-04-01"),
        ("标准编号", "little_giant-2026", "little_giant-2027"),
        ("L-2a · 门槛（以上）", "5000 万元", "6000 万元"),
    ]
    assert frozen["standard"]["text"] == draft.text


def test_only_a_clerk_of_the_city_prepares(
    shipped: Standard, draft: StandardDraft, district_clerk: User, officer: User, city_approver: User, today: date
) -> None:
    for user in (district_clerk, officer, city_approver):
        with pytest.raises(NotPermitted):
            draft_create(text=shipped.text, by=user, on=today)
        with pytest.raises(NotPermitted):
            draft_change(draft_id=draft.pk, text="x", version=1, by=user, on=today)
        with pytest.raises(NotPermitted):
            draft_submit(draft_id=draft.pk, by=user, on=today)
        with pytest.raises(NotPermitted):
            draft_withdraw(draft_id=draft.pk, by=user, on=today)
    assert stored(draft).version == 1


def test_whoever_wrote_at_the_draft_signs_it_with_no_hat(
    draft: StandardDraft, clerk: User, colleague: User, city_approver: User, today: date
) -> None:
    """SF-B1, SF-B2: the one who prepared and the one who changed it, as themselves, with another role, with another account."""
    draft_change(draft_id=draft.pk, text=draft.text + "# 校对\n", version=1, by=colleague, on=today)
    decision = submitted(draft, clerk, today)
    for user in (clerk, colleague):
        User.objects.filter(pk=user.pk).update(role=Role.APPROVER)
        for signer in (User.objects.get(pk=user.pk), CityApproverFactory(person=user.person)):
            with pytest.raises(HadAHand):
                decision_sign(decision_id=decision.pk, signer=signer, on=today)
    assert not Standard.objects.filter(in_force_from=date(2027, 4, 1)).exists()
    assert decision_sign(decision_id=decision.pk, signer=city_approver, on=today).state == DecisionState.APPROVED


def test_an_approver_of_a_district_does_not_sign_for_the_city(draft: StandardDraft, clerk: User, approver: User, today: date) -> None:
    decision = submitted(draft, clerk, today)
    with pytest.raises(NotAuthorised):
        decision_sign(decision_id=decision.pk, signer=approver, on=today)


def test_a_library_changed_in_between_makes_it_stale_and_names_what_changed(
    draft: StandardDraft, clerk: User, colleague: User, city_approver: User, shipped: Standard, today: date
) -> None:
    """SF-B3."""
    decision = submitted(draft, clerk, today)
    other = draft_create(text=changed(in_force_text(shipped), ("little_giant-2027", "little_giant-2026b")), by=colleague, on=today)
    decision_sign(decision_id=submitted(other, colleague, today).pk, signer=city_approver, on=today)
    answer = decision_sign(decision_id=decision.pk, signer=city_approver, on=today)
    assert answer.state == DecisionState.STALE
    assert {line["label"] for line in answer.changed_since} >= {"对照的版本", "该称号已入库的版本"}
    assert not Standard.objects.filter(in_force_from=date(2027, 4, 1)).exists()


def test_of_two_texts_with_one_id_only_the_first_is_published(
    draft: StandardDraft, clerk: User, colleague: User, city_approver: User, next_text: str, today: date
) -> None:
    """The same id for another title, so that neither decision makes the other stale: the library itself refuses."""
    other = draft_create(text=changed(next_text, ("title: little_giant\n", "title: hidden_champion\n")), by=colleague, on=today)
    first, second = submitted(draft, clerk, today), submitted(other, colleague, today)
    decision_sign(decision_id=first.pk, signer=city_approver, on=today)
    with pytest.raises(DraftRefused, match="1 处错误") as refused:
        decision_sign(decision_id=second.pk, signer=city_approver, on=today)
    assert "little_giant-2027" in refused.value.details[0]
    assert Decision.objects.get(pk=second.pk).state == DecisionState.SUBMITTED
    assert Standard.objects.filter(in_force_from=date(2027, 4, 1)).count() == 1


def test_a_text_with_errors_is_kept_but_not_submitted(clerk: User, shipped: Standard, today: date) -> None:
    text = changed(shipped.text, NEXT_YEAR[0], ("at_least: 5000 万元", "at_least: 5000 斤"))
    draft = draft_create(text=text, by=clerk, on=today)
    assert (draft.text, draft.name) == (text, "专精特新“小巨人”企业认定标准（2026）")
    line = 1 + text[: text.index("5000 斤")].count("\n")
    with pytest.raises(DraftRefused) as refused:
        draft_submit(draft_id=draft.pk, by=clerk, on=today)
    assert refused.value.details[0].startswith(f"第 {line} 行：")
    assert stored(draft).decision is None


def test_what_waits_or_ended_is_not_changed(draft: StandardDraft, clerk: User, city_approver: User, today: date) -> None:
    decision = submitted(draft, clerk, today)
    for act in (
        lambda: draft_change(draft_id=draft.pk, text="x", version=1, by=clerk, on=today),
        lambda: draft_submit(draft_id=draft.pk, by=clerk, on=today),
        lambda: draft_withdraw(draft_id=draft.pk, by=clerk, on=today),
    ):
        with pytest.raises(DraftClosed):
            act()
    decision_reject(decision_id=decision.pk, by=city_approver, on=today, reason="门槛过高")
    again = draft_change(draft_id=draft.pk, text=draft.text.replace("6000", "5500"), version=1, by=clerk, on=today)
    second = submitted(again, clerk, today)
    decision_withdraw(decision_id=second.pk, by=clerk, on=today)
    third = submitted(again, clerk, today)
    decision_sign(decision_id=third.pk, signer=city_approver, on=today)
    with pytest.raises(DraftClosed):
        draft_change(draft_id=draft.pk, text="x", version=2, by=clerk, on=today)
    assert "at_least: 5500 万元" in Standard.objects.get(in_force_from=date(2027, 4, 1)).text
    assert Decision.objects.get(pk=decision.pk).frozen["standard"]["text"] == draft.text


def test_nobody_saves_over_what_they_have_not_read(draft: StandardDraft, clerk: User, colleague: User, today: date) -> None:
    draft_change(draft_id=draft.pk, text="name: 甲", version=1, by=colleague, on=today)
    with pytest.raises(SavedMeanwhile, match="金立"):
        draft_change(draft_id=draft.pk, text="name: 乙", version=1, by=clerk, on=today)
    assert stored(draft).text == "name: 甲\n"


def test_a_withdrawn_draft_stays_with_its_text_and_comes_back_no_more(draft: StandardDraft, clerk: User, today: date) -> None:
    gone = draft_withdraw(draft_id=draft.pk, by=clerk, on=today, reason="文件未出")
    assert (gone.withdrawn_on, gone.withdrawn_by, gone.text) == (today, clerk, draft.text)
    with pytest.raises(DraftClosed):
        draft_submit(draft_id=draft.pk, by=clerk, on=today)
    assert AuditEntry.objects.get(action="standard.draft_withdrawn").reason == "文件未出"


def test_a_version_in_force_today_makes_kept_evaluations_stale_and_the_worker_renews_them(
    clerk: User, officer: User, city_approver: User, shipped: Standard, today: date
) -> None:
    firm = ready_company(officer)
    evaluation_refresh(company_ids=[firm.pk], on=today)
    before = Evaluation.objects.get(company=firm, title=shipped.title)
    others = Evaluation.objects.exclude(title=shipped.title).filter(is_stale=True).count()
    draft = draft_create(text=in_force_text(shipped), by=clerk, on=today)
    decision_sign(decision_id=submitted(draft, clerk, today).pk, signer=city_approver, on=today)
    assert Evaluation.objects.get(pk=before.pk).is_stale
    assert Evaluation.objects.exclude(title=shipped.title).filter(is_stale=True).count() == others
    assert [recomputing(title=shipped.title, on=today, user=user) for user in (city_approver, officer)] == [1, 1]
    assert recomputing(title=shipped.title, on=today, user=OfficerFactory(district__code="330681")) == 0
    evaluate_job(Job.objects.get(kind="evaluate"))
    after = Evaluation.objects.get(pk=before.pk)
    assert (after.is_stale, after.standard) == (False, stored(draft).standard)
    assert (before.overall, after.overall) == ("promising", "not_yet")
    assert recomputing(title=shipped.title, on=today, user=city_approver) == 0


def test_a_version_to_come_renews_nothing_yet_and_is_tried_out(
    draft: StandardDraft, clerk: User, officer: User, city_approver: User, shipped: Standard, today: date
) -> None:
    evaluation_refresh(company_ids=[ready_company(officer).pk], on=today)
    decision_sign(decision_id=submitted(draft, clerk, today).pk, signer=city_approver, on=today)
    assert not Evaluation.objects.filter(is_stale=True).exists()
    assert not Job.objects.filter(kind="evaluate").exists()
    assert TextTrial.objects.get().before == shipped


def test_verify_names_a_draft_published_past_the_second_person(draft: StandardDraft, shipped: Standard) -> None:
    StandardDraft.objects.filter(pk=draft.pk).update(standard=shipped)
    assert [line.partition(": ")[2] for line in draft_problems()] == [
        "published without an approved decision",
        "the version published is another text",
    ]
    StandardDraft.objects.filter(pk=draft.pk).update(standard=None, text="x")
    assert [line.partition(": ")[2] for line in draft_problems()] == ["the text differs from its SHA-256"]


def test_each_step_leaves_its_entry(draft: StandardDraft, clerk: User, city_approver: User, client: Client, today: date) -> None:
    decision = submitted(draft, clerk, today)
    decision_sign(decision_id=decision.pk, signer=city_approver, on=today)
    actions = list(AuditEntry.objects.order_by("number").values_list("action", flat=True))
    assert actions == ["standard.drafted", "decision.submitted", "decision.approved"]
