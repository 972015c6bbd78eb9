"""What two people brought in is taken back by two: recognitions and changed values, by no door by one person alone."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.audit.checks import registered
from accounts.audit.models import AuditEntry
from accounts.audit.verify import chain_problems, items_problems, row_problems
from accounts.decisions.errors import HadAHand, IsTheOfficer, NotAuthorised
from accounts.decisions.models import Decision, DecisionState, Level, Part
from accounts.decisions.services import decision_reject, decision_sign, decision_withdraw
from accounts.users.models import User
from companies.figures.services import figures_add
from companies.imports import services
from companies.imports.checks import undo_problems
from companies.imports.kinds import IMPORT
from companies.imports.models import ImportRun, ImportState
from companies.imports.refusals import DecisionNeeded, NotNow, UndoDecisionNeeded
from companies.recognitions.models import Recognition, Title
from companies.register.models import Company
from companies.register.services import company_save
from core.errors import NotPermitted
from cultivation.quotas.counting import first_recognitions
from tests.companies.imports.books import FIGURE_HEADS, FIRM_HEADS, RECOGNITION_HEADS, code, firm
from tests.companies.imports.conftest import fresh
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    CityApproverFactory,
    CityClerkFactory,
    ClerkFactory,
    CompanyFactory,
    OfficerFactory,
    YearFiguresFactory,
)

Check = Callable[..., ImportRun]
Settle = Callable[[Decision], ImportRun]
NUMBER, DAY = "浙经信〔2025〕1号", date(2025, 1, 10)
PAPER = {"document_number": NUMBER, "document_on": DAY}


@pytest.fixture
def settle(signer: User, today: date, django_capture_on_commit_callbacks: Any) -> Settle:
    """Sign a decision of an import, let its job run, and read the run again."""

    def sign(decision: Decision) -> ImportRun:
        with django_capture_on_commit_callbacks(execute=True):
            decision_sign(decision_id=decision.pk, signer=signer, on=today)
        return ImportRun.objects.select_related("decision", "undo_decision").get(decision__kind="import")

    return sign


@pytest.fixture
def listed(city_clerk: User, clerk: User, check: Check, settle: Settle, today: date, official_list: ContentFile) -> ImportRun:
    """专精特新 of two firms, uploaded by the clerk of 越城区, signed by the city."""
    for n in (1, 2):
        CompanyFactory(uscc=code(n), name=f"绍兴第{n}精密有限公司")
    rows = [[code(n), "专精特新中小企业", "认定", None, None] for n in (1, 2)]
    run = check({"获得认定": [RECOGNITION_HEADS, *rows]}, by=clerk, official_list=official_list, **PAPER)
    return settle(services.import_submit(run_id=run.pk, by=clerk, on=today))


@pytest.fixture
def changed(city_clerk: User, clerk: User, check: Check, settle: Settle, today: date) -> ImportRun:
    """A run of 越城区 that renamed a firm and replaced its revenue."""
    company = CompanyFactory(uscc=code(1), name="绍兴旧名有限公司", size="3")
    YearFiguresFactory(company=company, revenue=Decimal(10_000))
    sheets = {
        "企业": [["统一社会信用代码", "企业名称"], [code(1), "绍兴新名有限公司"]],
        "年度指标": [FIGURE_HEADS, [code(1), 2025, 2, None, None]],
    }
    run = check(sheets, by=clerk)
    return settle(services.import_submit(run_id=run.pk, by=clerk, on=today))


def achieved(today: date) -> int:
    """What the quota counts as new since 2025."""
    title = Title.objects.get(code="specialised_sme")
    return first_recognitions(title_ids=[title.pk], since=date(2025, 1, 1), on=today, known=today).count()


def problems() -> list[str]:
    """What `verify` says."""
    checks = [problem for check in registered().values() for problem in check()]
    return [*checks, *chain_problems(), *items_problems(), *row_problems()]


def test_thousands_are_separated_in_what_the_second_person_reads(listed: ImportRun) -> None:
    listed.totals = {**listed.totals, "new": 5396, "changed": 12, "firms": 1000, "replaces": 999, "recognitions": 4396}
    proposal = IMPORT.proposal(listed)
    assert proposal.summary.endswith("：新增 5,396 行，更新 12 行")
    assert proposal.effect == "新企业 1,000 家，改动已有数值 999 个，认定 4,396 条"
    assert proposal.changes[-1].after == "还有 5,195 处，见导入页的行清单"


def test_one_person_does_not_take_back_what_the_city_signed_two_do_and_the_quota_moves_back(
    listed: ImportRun, clerk: User, signer: User, settle: Settle, today: date
) -> None:
    assert achieved(today) == 2
    with pytest.raises(UndoDecisionNeeded):
        services.import_undo(run_id=listed.pk, by=clerk, on=today)
    decision = services.import_undo_submit(run_id=listed.pk, by=clerk, on=today, reason="名单有误")
    assert (achieved(today), fresh(listed).state, decision.level) == (2, ImportState.APPLIED, Level.CITY)
    run = settle(decision)
    assert (achieved(today), run.state, run.undone_on, run.kept) == (0, ImportState.UNDONE, today, [])
    assert Recognition.objects.filter(withdrawn_on=today).count() == 2
    assert AuditEntry.objects.get(action="import.undone").actor == signer
    assert problems() == []


def test_the_second_person_reads_what_is_withdrawn_put_back_and_kept_and_why(
    listed: ImportRun, clerk: User, signer: User, today: date
) -> None:
    held = Recognition.objects.get(company__uscc=code(2))
    held.revoke(ended_on=today, known_on=today, document_number="浙经信〔2026〕9号")
    held.save()
    decision = services.import_undo_submit(run_id=listed.pk, by=clerk, on=today)
    lines = {line["label"]: (line["before"], line["after"]) for line in decision.frozen["changes"]}
    assert lines["绍兴第1精密有限公司 · 认定"] == ("专精特新中小企业 认定 浙经信〔2025〕1号", "撤回")
    assert [after for label, (_before, after) in lines.items() if "第2" in label] == ["保留"]
    assert lines["公告文号"] == ("", NUMBER)
    assert decision.effect == "撤回认定 1 条、年度指标 0 条、新增企业 0 家，恢复企业资料 0 家，保留 1 项"
    client = Client()
    client.force_login(signer)
    page = client.get(reverse("accounts:decision-detail", args=[decision.pk])).content.decode()
    assert "撤回认定 1 条" in page
    assert reverse("companies:import-detail", args=[listed.pk]) in page


def test_values_that_were_replaced_read_backwards(changed: ImportRun, clerk: User, settle: Settle, today: date) -> None:
    decision = services.import_undo_submit(run_id=changed.pk, by=clerk, on=today)
    lines = {line["label"]: (line["before"], line["after"]) for line in decision.frozen["changes"]}
    assert lines["绍兴新名有限公司 · 企业名称"] == ("绍兴新名有限公司", "绍兴旧名有限公司")
    assert lines["绍兴新名有限公司 · 2025 营业收入（审计报告）"] == ("2 万元", "1 万元")
    assert decision.level == Level.DISTRICT
    settle(decision)
    assert Company.objects.get(uscc=code(1)).name == "绍兴旧名有限公司"
    assert problems() == []


def test_a_firm_edited_since_is_kept_by_name_and_its_figure_is_withdrawn(
    changed: ImportRun, city_clerk: User, clerk: User, settle: Settle, today: date
) -> None:
    company_save(by=city_clerk, on=today, company_id=Company.objects.get(uscc=code(1)).pk, values={"name": "绍兴又名有限公司"})
    decision = services.import_undo_submit(run_id=changed.pk, by=clerk, on=today)
    lines = {line["label"]: line["after"] for line in decision.frozen["changes"]}
    assert lines["绍兴又名有限公司 · 企业资料"] == f"保留（{city_clerk.name} 之后有改动）"
    assert lines["绍兴又名有限公司 · 2025 营业收入（审计报告）"] == "1 万元"
    run = settle(decision)
    assert [item["uscc"] for item in run.kept] == [code(1)]
    assert Company.objects.get(uscc=code(1)).name == "绍兴又名有限公司"


@pytest.mark.parametrize("maker", ["the proposer", "the uploader", "who attached the list", "who submitted", "the firm's officer"])
def test_nobody_with_a_hand_in_it_signs_but_the_signer_of_the_import_may(
    maker: str, city_clerk: User, clerk: User, signer: User, check: Check, settle: Settle, today: date, official_list: ContentFile
) -> None:
    company = CompanyFactory(uscc=code(1))
    attaching, submitting, proposing = ClerkFactory(), CityClerkFactory(), ClerkFactory()
    run = check({"获得认定": [RECOGNITION_HEADS, [code(1), "专精特新中小企业", "认定", NUMBER, DAY]]}, by=clerk)
    services.import_attach_list(run_id=run.pk, file=official_list, by=attaching, on=today, **PAPER)
    services.import_start_check(run_id=run.pk, by=clerk, on=today)
    settle(services.import_submit(run_id=run.pk, by=submitting, on=today))
    officer = AssignmentFactory(company=company, officer=OfficerFactory()).officer
    decision = services.import_undo_submit(run_id=run.pk, by=proposing, on=today)
    people = {
        "the proposer": proposing,
        "the uploader": clerk,
        "who attached the list": attaching,
        "who submitted": submitting,
        "the firm's officer": officer,
    }
    account = CityApproverFactory(person=people[maker].person)
    with pytest.raises(IsTheOfficer if maker == "the firm's officer" else HadAHand):
        decision_sign(decision_id=decision.pk, signer=account, on=today)
    assert account not in services.signers_of(fresh(run), proposing, kind=services.IMPORT_UNDO)
    with pytest.raises(NotAuthorised):
        decision_sign(decision_id=decision.pk, signer=ApproverFactory(), on=today)
    assert set(decision.hands.filter(part=Part.EDITED).values_list("user", flat=True)) == {clerk.pk, attaching.pk, submitting.pk}
    assert settle(decision).state == ImportState.UNDONE


def test_an_edit_after_the_proposal_turns_it_stale_and_nothing_is_withdrawn(
    changed: ImportRun, clerk: User, signer: User, settle: Settle, today: date
) -> None:
    decision = services.import_undo_submit(run_id=changed.pk, by=clerk, on=today)
    company_save(by=clerk, on=today, company_id=Company.objects.get(uscc=code(1)).pk, values={"size": "1"})
    stale = decision_sign(decision_id=decision.pk, signer=signer, on=today)
    assert stale.state == DecisionState.STALE
    assert "库内企业" in {line["label"] for line in stale.changed_since}
    assert (fresh(changed).state, Company.objects.get(uscc=code(1)).name) == (ImportState.APPLIED, "绍兴新名有限公司")
    again = services.import_undo_submit(run_id=changed.pk, by=clerk, on=today)
    assert decision_withdraw(decision_id=decision.pk, by=clerk, on=today).state == DecisionState.WITHDRAWN
    assert settle(again).state == ImportState.UNDONE


def test_a_recognition_that_ended_meanwhile_turns_it_stale(listed: ImportRun, clerk: User, signer: User, today: date) -> None:
    decision = services.import_undo_submit(run_id=listed.pk, by=clerk, on=today)
    row = Recognition.objects.get(company__uscc=code(1))
    row.revoke(ended_on=today, known_on=today, document_number="浙经信〔2026〕9号")
    row.save()
    assert decision_sign(decision_id=decision.pk, signer=signer, on=today).state == DecisionState.STALE
    assert (fresh(listed).state, Recognition.objects.filter(withdrawn_on__isnull=True).count()) == (ImportState.APPLIED, 2)


def test_a_refused_undo_leaves_all_as_it_was_and_may_be_asked_again(
    listed: ImportRun, clerk: User, signer: User, settle: Settle, today: date
) -> None:
    decision = services.import_undo_submit(run_id=listed.pk, by=clerk, on=today)
    with pytest.raises(NotNow):
        services.import_undo_submit(run_id=listed.pk, by=clerk, on=today)
    decision_reject(decision_id=decision.pk, by=signer, on=today, reason="名单无误")
    assert (fresh(listed).state, achieved(today)) == (ImportState.APPLIED, 2)
    assert settle(services.import_undo_submit(run_id=listed.pk, by=clerk, on=today)).state == ImportState.UNDONE


def test_only_who_may_go_on_with_the_run_proposes_its_undo(changed: ImportRun, officer: User, clerk: User, today: date) -> None:
    for user in (officer, ClerkFactory(district__code="330603")):
        with pytest.raises(NotPermitted):
            services.import_undo_submit(run_id=changed.pk, by=user, on=today)
    assert services.import_undo_submit(run_id=changed.pk, by=clerk, on=today).state == DecisionState.SUBMITTED


def test_what_two_took_back_one_does_not_bring_again(listed: ImportRun, clerk: User, settle: Settle, today: date) -> None:
    run = settle(services.import_undo_submit(run_id=listed.pk, by=clerk, on=today))
    with pytest.raises(DecisionNeeded):
        services.import_apply(run_id=run.pk, by=clerk, on=today)
    assert achieved(today) == 0
    run = settle(services.import_submit(run_id=run.pk, by=clerk, on=today))
    assert (run.state, run.undone_on, achieved(today)) == (ImportState.APPLIED, None, 2)
    assert settle(services.import_undo_submit(run_id=run.pk, by=clerk, on=today)).state == ImportState.UNDONE
    assert problems() == []


def test_a_run_that_needed_no_decision_is_taken_back_at_once(
    city_clerk: User, check: Check, today: date, django_capture_on_commit_callbacks: Any
) -> None:
    run = check({"企业": [FIRM_HEADS, firm(1)]}, by=city_clerk)
    with django_capture_on_commit_callbacks(execute=True):
        services.import_apply(run_id=run.pk, by=city_clerk, on=today)
    assert services.import_undo(run_id=run.pk, by=city_clerk, on=today).state == ImportState.UNDONE
    assert fresh(run).undo_decision_id is None
    assert problems() == []


def test_a_stale_import_that_was_submitted_anew_can_still_be_withdrawn(
    city_clerk: User, signer: User, check: Check, settle: Settle, today: date
) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, revenue=Decimal(10_000))
    run = check({"年度指标": [FIGURE_HEADS, [code(1), 2025, 2, None, None]]}, by=city_clerk)
    decision = services.import_submit(run_id=run.pk, by=city_clerk, on=today)
    figures_add(company_id=company.pk, year=2024, source="audit", values={"employees": 7}, by=city_clerk, on=today)
    assert decision_sign(decision_id=decision.pk, signer=signer, on=today).state == DecisionState.STALE
    services.import_start_check(run_id=run.pk, by=city_clerk, on=today)
    again = services.import_submit(run_id=run.pk, by=city_clerk, on=today)
    assert decision_withdraw(decision_id=decision.pk, by=city_clerk, on=today).state == DecisionState.WITHDRAWN
    assert settle(again).state == ImportState.APPLIED


@pytest.mark.parametrize("left", ["no decision", "another run's"])
def test_verify_names_an_undo_nobody_signed(left: str, listed: ImportRun, clerk: User, check: Check, settle: Settle, today: date) -> None:
    run = settle(services.import_undo_submit(run_id=listed.pk, by=clerk, on=today))
    assert list(undo_problems()) == []
    if left == "no decision":
        ImportRun.objects.filter(pk=run.pk).update(undo_decision=None)
    else:
        Decision.objects.filter(pk=run.undo_decision_id).update(frozen={"import_undo": {"run": run.pk + 1}})
    assert list(undo_problems()) == [f"import {run.pk}: undone without an approved decision"]


def test_the_pages_lead_from_the_run_to_the_decision_and_back(
    listed: ImportRun, clerk: User, signer: User, settle: Settle, today: date
) -> None:
    client = Client()
    client.force_login(clerk)
    here, undo = reverse("companies:import-detail", args=[listed.pk]), reverse("companies:import-undo", args=[listed.pk])
    assert "提请撤销" in client.get(here).content.decode()
    page = client.get(undo).content.decode()
    for words in ("将撤回新增企业 0 家、年度指标 0 条、认定 2 条", "撤销也一样", "谁能批", signer.name, "提请撤销"):
        assert words in page, words
    assert client.post(undo, {"reason": "名单有误"}).headers["Location"] == here
    decision = fresh(listed).undo_decision
    assert decision is not None
    assert decision.reason == "名单有误"
    page = client.get(here).content.decode()
    assert "撤销待审批" in page
    assert reverse("accounts:decision-detail", args=[decision.pk]) in page
    assert undo not in page
    assert client.get(undo).headers["Location"] == here
    assert client.post(undo).status_code == 409
    settle(decision)
    page = client.get(here).content.decode()
    assert "提交审批" in page, "bringing it again is put to a second person as well"
    assert "重新导入" not in page
