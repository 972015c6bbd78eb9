"""试算: exactly the figures the criteria read, verdicts that move, nothing saved; and the plans kept from it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEntry
from companies.figures.models import YearFigures
from companies.register.models import Company
from core.errors import NotPermitted
from policies.engine import Outcome, evaluate
from policies.engine.what_if import Key, changed, inputs_of, parse_key
from policies.what_if import services
from policies.what_if.models import CompanyPlan
from tests.factories import AssignmentFactory, AuditorFactory, OfficerFactory, YearFiguresFactory
from tests.factories.cultivation import MILLION, ready_company
from tests.factories.cultivation import library as ship
from tests.policies.engine_cases import BY_ID
from tests.policies.test_engine_year_end import BASE, ON, WAN, company

# what is drawn and worked out comes alike on every database
pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOV_24 = date(2026, 11, 24)
GIANT = BY_ID["little_giant-2026"]
SHORT = "rd_expense.2025.audit"


@pytest.fixture
def firm(monkeypatch: pytest.MonkeyPatch) -> Company:
    """A firm whose R&D of 2025 is below 3 % of its revenue."""
    for place in ("policies.what_if.views", "accounts.opening"):
        monkeypatch.setattr(f"{place}.localdate", lambda: NOV_24)
    ship()
    return ready_company(rd_expense=4 * MILLION)


@pytest.fixture
def officer(firm: Company) -> Any:
    found = OfficerFactory(district=firm.district)
    AssignmentFactory(company=firm, officer=found)
    return found


def _url(firm: Company, query: str = "", name: str = "what-if") -> str:
    return reverse(f"policies:{name}", args=[firm.uscc, "little_giant"]) + query


def test_there_is_a_field_for_every_figure_the_criteria_read_and_for_no_other() -> None:
    inputs = inputs_of(GIANT, company(), on=ON, application_year=2027)
    keys = {(one.key.fact, one.key.year) for one in inputs}
    assert ("rd_expense", 2026) in keys
    assert ("rd_expense", 2025) in keys
    assert ("rd_expense", 2024) not in keys
    assert {fact for fact, _year in keys} <= set(GIANT.plan.codes)
    assert len(inputs) == len({one.key for one in inputs})
    by_key = {one.key: one for one in inputs}
    estimate = by_key[Key(2026, "rd_expense", "self_reported")]
    assert (estimate.value, estimate.is_estimate) == (700 * WAN, True)


def test_a_changed_figure_moves_its_verdict_and_leaves_the_company_as_it_was() -> None:
    before = company({"2026 rd_expense 预计": 370})
    key = Key(2026, "rd_expense", "self_reported")
    after = changed(before, {key: 411 * WAN})
    assert evaluate(GIANT, before, on=ON, application_year=2027).verdict("L-3b").outcome is Outcome.UNMET
    assert evaluate(GIANT, after, on=ON, application_year=2027).verdict("L-3b").outcome is Outcome.MET
    assert before == company({"2026 rd_expense 预计": 370})


def test_a_figure_nobody_reported_can_be_tried() -> None:
    before = company({key: None for key in BASE if "rd_expense" in key})
    key = next(
        one.key for one in inputs_of(GIANT, before, on=ON, application_year=2027) if one.key.fact == "rd_expense" and one.key.year == 2025
    )
    assert key.source == "audit"
    after = changed(before, {key: 1200 * WAN, Key(2026, "rd_expense", "audit"): Decimal(0)})
    assert evaluate(GIANT, after, on=ON, application_year=2027).verdict("L-3a").outcome is Outcome.MET


@pytest.mark.parametrize(
    "text", ["revenue.2025", "revenue.20a5.audit", "nothing.2025.audit", "revenue.2025.audit.x", "", "revenue.２０２５.audit"]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert parse_key(text) is None


def test_the_page_shows_before_and_after_and_saves_nothing(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    before = {model._meta.label: model._base_manager.count() for model in apps.get_models()}
    page = client.get(_url(firm, f"?{SHORT}=600"))
    assert page.status_code == 200
    pairs = {pair.before.code: pair for pair in page.context["pairs"]}
    assert (pairs["L-3b"].before.outcome, pairs["L-3b"].after.outcome) == (Outcome.UNMET, Outcome.MET)
    assert pairs["L-3b"].is_moved
    assert not pairs["L-2a"].is_moved
    html = page.content.decode()
    assert "400.0 万元 → <strong>600.0 万元</strong>" in html
    assert 'placeholder="400.0 万元"' in html
    assert "暂不满足" in html
    assert {model._meta.label: model._base_manager.count() for model in apps.get_models()} == before
    assert YearFigures.objects.filter(company=firm, year=2025).get().rd_expense == 4 * MILLION


def test_htmx_gets_the_outcome_alone_and_the_whole_page_works_without_script(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    part = client.get(_url(firm, f"?{SHORT}=600"), headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert part.lstrip().startswith("<header><h2")
    assert "保存为一企一策" in part
    whole = client.get(_url(firm)).content.decode()
    assert 'method="get"' in whole
    assert "保存为一企一策" not in whole  # nothing to keep yet


@pytest.mark.parametrize(
    ("query", "message"),
    [
        pytest.param(f"{SHORT}=abc", "“abc”不是数字，请改为如 1,200.0。", id="a word"),
        pytest.param("employees.2025.audit=3.5", "“3.5”不是整数，请改为如 1200。", id="half a person"),
    ],
)
def test_a_bad_number_gets_the_message_of_the_figures_form(client: Client, firm: Company, officer: Any, query: str, message: str) -> None:
    client.force_login(officer)
    page = client.get(_url(firm, f"?{query}"))
    assert page.status_code == 200
    assert message in page.content.decode()
    assert not any(pair.is_moved for pair in page.context["pairs"])


def test_the_next_filing_can_be_tried_as_well(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    assert client.get(_url(firm)).context["trial"].application_year == 2026
    assert client.get(_url(firm, "?year=2027")).context["trial"].application_year == 2027
    assert client.get(_url(firm, "?year=1999")).context["trial"].application_year == 2026


def _plan(client: Client, firm: Company, query: str = f"?{SHORT}=600") -> Any:
    typed = {
        "name": "研发投入达标",
        "lead": "陈静",
        "note": "与财务部核对口径",
        "text_1": "补记研发费用",
        "due_on_1": "2026-12-20",
        "owner_1": "财务部",
    }
    return client.post(_url(firm, query, "plan-new"), typed)


def test_an_officer_keeps_a_trial_as_a_plan_with_steps(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    answer = _plan(client, firm)
    plan = CompanyPlan.objects.get()
    assert answer["Location"] == reverse("policies:plan-detail", args=[plan.pk])
    assert plan.changes == [{"key": SHORT, "before": "4000000.00", "after": "6000000.00"}]
    assert [(step.text, step.due_on, step.owner, step.done_on) for step in plan.steps.all()] == [
        ("补记研发费用", date(2026, 12, 20), "财务部", None)
    ]
    html = client.get(answer["Location"]).content.decode()
    assert "补记研发费用 · 财务部" in html
    assert "牵头人 陈静" in html
    assert "与财务部核对口径" in html
    assert "400.0 万元 → <strong>600.0 万元</strong>" in html
    assert "研发投入达标" in client.get(_url(firm)).content.decode()
    entry: Any = AuditEntry.objects.order_by("-number").first()
    assert (entry.action, entry.target_id) == ("plan.made", str(plan.pk))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param({"name": ""}, "name", id="no name"),
        pytest.param({"name": "甲", "text_1": "做"}, "请填写这一步的期限。", id="a step without a day"),
        pytest.param({"name": "甲", "due_on_2": "2026-12-20"}, "请填写这一步要做什么。", id="a day without a step"),
    ],
)
def test_a_plan_that_is_not_whole_is_refused_with_everything_typed(
    client: Client, firm: Company, officer: Any, typed: dict[str, str], message: str
) -> None:
    client.force_login(officer)
    answer = client.post(_url(firm, f"?{SHORT}=600", "plan-new"), typed)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not CompanyPlan.objects.exists()


def test_a_plan_without_a_changed_figure_is_refused(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    answer = _plan(client, firm, "")
    assert answer.status_code == 422
    assert "还没有改动任何数" in answer.content.decode()


def test_a_step_is_done_once_and_a_closed_plan_changes_no_more(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    _plan(client, firm)
    plan = CompanyPlan.objects.get()
    step = plan.steps.get()
    assert client.post(reverse("policies:plan-step-done", args=[step.pk])).status_code == 302
    step.refresh_from_db()
    assert step.done_on == NOV_24
    assert client.post(reverse("policies:plan-close", args=[plan.pk]), {"reason": "已申报"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.closed_on, plan.closed_by_id, plan.closing_note) == (NOV_24, officer.pk, "已申报")
    assert client.post(reverse("policies:plan-close", args=[plan.pk]), {"reason": "再来"}).status_code == 409
    html = client.get(reverse("policies:plan-detail", args=[plan.pk])).content.decode()
    assert "已结束" in html
    assert "记为完成" not in html


def test_only_the_firms_own_officer_makes_and_changes_plans(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    _plan(client, firm)
    plan = CompanyPlan.objects.get()
    colleague = OfficerFactory(district=firm.district)
    client.force_login(colleague)
    assert client.get(_url(firm, "", "plan-new")).status_code == 404
    assert client.post(reverse("policies:plan-close", args=[plan.pk]), {"reason": "x"}).status_code == 403
    assert client.get(reverse("policies:plan-detail", args=[plan.pk])).status_code == 200
    with pytest.raises(NotPermitted):
        services.plan_close(plan=plan, by=colleague, on=NOV_24, reason="x")
    client.force_login(OfficerFactory(district__code="330681"))
    assert client.get(reverse("policies:plan-detail", args=[plan.pk])).status_code == 404
    assert client.get(_url(firm)).status_code == 404


def test_a_plan_is_read_against_the_figures_of_today(client: Client, firm: Company, officer: Any) -> None:
    client.force_login(officer)
    _plan(client, firm)
    plan = CompanyPlan.objects.get()
    YearFiguresFactory(company=firm, year=2025, source="audit", known_on=NOV_24, revenue=136 * MILLION, rd_expense=5 * MILLION)
    client.force_login(AuditorFactory(district=None))
    html = client.get(reverse("policies:plan-detail", args=[plan.pk])).content.decode()
    assert "500.0 万元 → <strong>600.0 万元</strong>" in html
