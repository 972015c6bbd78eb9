"""年度指标: versions, refusals, the grid, the forms; 负面信息."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from accounts import opening
from accounts.audit.models import AuditEntry
from companies.figures.models import Incident, YearFigures
from companies.figures.panels import grid_for, versions_of
from companies.figures.refusals import FiguresDisagree, IncidentDatesDisagree, NothingNew, UnitInDoubt
from companies.figures.selectors import figures_for
from companies.figures.services import figures_add, incident_add, incident_end
from companies.register import slots
from core.errors import NotPermitted
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    AuditorFactory,
    CityClerkFactory,
    ClerkFactory,
    IncidentFactory,
    OfficerFactory,
    YearFiguresFactory,
)

pytestmark = pytest.mark.django_db
WAN = Decimal(10_000)


@pytest.fixture
def officer(db):
    return OfficerFactory()


@pytest.fixture
def firm(officer):
    return AssignmentFactory(officer=officer).company


def add(firm, by, **changes):
    given = {"company_id": firm.pk, "year": 2025, "source": "audit", "values": {"revenue": 13_680 * WAN}, "by": by, "on": localdate()}
    return figures_add(**{**given, **changes})


def test_a_correction_adds_a_version_and_keeps_the_other_figures(firm, officer):
    first = add(firm, officer, values={"revenue": 13_680 * WAN, "rd_expense": Decimal("3693600.00")})
    second = add(firm, officer, values={"revenue": 13_420 * WAN}, note="审计调整")
    first.refresh_from_db()
    assert first.revenue == Decimal(136_800_000)
    assert (second.revenue, second.rd_expense) == (Decimal(134_200_000), Decimal("3693600.00"))
    (current,) = figures_for([firm.pk], on=localdate())[firm.pk]
    assert current.version_id == second.pk
    entry = AuditEntry.objects.filter(action="figures.added").first()
    assert (entry.company_uscc, entry.reason) == (firm.uscc, "审计调整")
    assert [(version.text, version.state) for version in versions_of(company=firm, year=2025, code="revenue")] == [
        ("13,680 万元", "已被替代"),
        ("13,420 万元", "现行"),
    ]


def test_officers_write_their_own_firms_and_lose_that_at_once(firm, officer):
    add(firm, officer)
    for other in (OfficerFactory(), ApproverFactory(), AuditorFactory()):
        with pytest.raises(NotPermitted):
            add(firm, other, values={"revenue": WAN})
    add(firm, ClerkFactory(), values={"revenue": 13_000 * WAN})
    firm.assignments.update(ends_on=localdate())
    with pytest.raises(NotPermitted):
        add(firm, officer, values={"revenue": 14_000 * WAN})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"rd_staff": 50, "employees": 49}, "研发人员（50 人）大于职工人数（49 人）"),
        ({"main_revenue": 2 * WAN, "revenue": 1 * WAN}, "主营业务收入（2 万元）大于营业收入（1 万元）"),
        ({"revenue": -1 * WAN}, "营业收入不能小于 0"),
        ({"market_share_percent": Decimal("100.0001")}, "细分市场占有率不能大于 100"),
    ],
    ids=["staff", "revenue", "negative", "share"],
)
def test_figures_that_disagree_are_named_and_not_kept(firm, officer, values, words):
    with pytest.raises(FiguresDisagree) as refused:
        add(firm, officer, values=values)
    assert words in " ".join(refused.value.details)
    assert not YearFigures.objects.exists()


def test_a_part_is_compared_with_the_whole_already_known(firm, officer):
    add(firm, officer, values={"employees": 100})
    with pytest.raises(FiguresDisagree):
        add(firm, officer, values={"rd_staff": 101})
    assert add(firm, officer, values={"rd_staff": 100}).rd_staff == 100


def test_a_loss_is_a_figure(firm, officer):
    assert add(firm, officer, values={"net_profit": -200 * WAN}).net_profit == -200 * WAN


def test_a_figure_ten_thousand_times_last_years_asks_for_the_unit(firm, officer):
    add(firm, officer, year=2024, values={"revenue": 12_000 * WAN})
    with pytest.raises(UnitInDoubt) as asked:
        add(firm, officer, values={"revenue": 136_800_000 * WAN})
    assert "万元还是元" in asked.value.details[0]
    with pytest.raises(UnitInDoubt):
        add(firm, officer, values={"revenue": Decimal("13680")})
    assert add(firm, officer, values={"revenue": Decimal("13680")}, is_unit_checked=True).revenue == 13_680
    assert add(firm, officer, values={"revenue": 100 * 12_000 * WAN}).revenue == 100 * 12_000 * WAN


def test_nothing_new_is_refused_and_an_estimate_can_become_final(firm, officer):
    add(firm, officer, is_estimate=True)
    with pytest.raises(NothingNew):
        add(firm, officer, is_estimate=True)
    add(firm, officer)
    (current,) = figures_for([firm.pk], on=localdate())[firm.pk]
    assert current.is_estimate is False


def test_a_future_year_and_another_business_day_are_refused(firm, officer):
    with pytest.raises(FiguresDisagree):
        add(firm, officer, year=localdate().year + 1)
    with pytest.raises(opening.NotToday):
        add(firm, officer, on=localdate() - timedelta(days=1))
    with opening.opening("期初数据确认单"):
        assert add(firm, officer, on=date(2026, 1, 31), year=2025).stamp == "期初"


def test_one_source_with_two_papers_is_a_conflict_and_two_sources_are_not(firm, officer):
    add(firm, officer)
    add(firm, officer, source="statistics", values={"revenue": 13_700 * WAN})
    (line,) = grid_for(company=firm, on=localdate(), source=None).lines
    assert [figure.text for figure in line.cells[0].figures] == ["13,680.0 万元", "13,700.0 万元"]
    assert line.cells[0].is_conflict is False
    add(firm, officer, values={"revenue": 13_420 * WAN}, stands_beside=True)
    grid = grid_for(company=firm, on=localdate(), source=None)
    assert grid.has_conflict
    add(firm, officer, values={"revenue": 13_421 * WAN})
    assert not grid_for(company=firm, on=localdate(), source=None).has_conflict


def test_the_apps_above_hear_of_new_figures_in_the_same_transaction(firm, officer):
    def refuse(**facts):
        raise RuntimeError(f"{facts['company_ids']}")

    slots.after("figures_added", refuse)
    try:
        with pytest.raises(RuntimeError, match=str(firm.pk)):
            add(firm, officer)
    finally:
        slots.slots.handlers["figures_added"].remove(refuse)
    assert not YearFigures.objects.exists()
    assert not AuditEntry.objects.filter(action="figures.added").exists()


# pages


def form_of(client, firm, **query):
    page = client.get(reverse("companies:figures-new", args=[firm.uscc]), query)
    form = page.context["form"]
    typed = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    shown = {f"initial-{name}": typed[name] for name, field in form.fields.items() if field.show_hidden_initial}
    return {name: value for name, value in {**typed, **shown}.items() if value is not False}


def test_a_person_enters_ten_thousand_yuan_and_reads_them_back(client, firm, officer):
    client.force_login(officer)
    url = reverse("companies:figures-new", args=[firm.uscc])
    typed = form_of(client, firm, year="2025", source="audit")
    response = client.post(url, {**typed, "revenue": "13,680.5", "employees": "４１２", "has_own_brand": "1", "platform_score": "61.5"})
    assert response.status_code == 302, response.context["form"].errors
    row = YearFigures.objects.get()
    assert (row.revenue, row.employees, row.has_own_brand, row.platform_score) == (Decimal("136805000"), 412, True, Decimal("61.5"))
    assert (row.rd_expense, row.has_certification, row.entered_by_id) == (None, None, officer.pk)
    body = client.get(f"/companies/{firm.uscc}/figures/").content.decode()
    assert "13,680.5 万元" in body
    assert "审计报告" in body
    assert "412 人" in body


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(client, firm, officer):
    client.force_login(officer)
    add(firm, officer, values={"revenue": 13_680 * WAN, "employees": 400})
    typed = form_of(client, firm, year="2025", source="audit")
    add(firm, officer, values={"employees": 412})
    assert client.post(reverse("companies:figures-new", args=[firm.uscc]), {**typed, "revenue": "13,700"}).status_code == 302
    row = YearFigures.objects.latest("pk")
    assert (row.revenue, row.employees) == (13_700 * WAN, 412)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "1E3", "1_000", "٣", "12万", "1.1234567", "9" * 30, "-5", "abc\x00"])
def test_numbers_that_are_none_are_named_and_what_was_typed_stays(client, firm, officer, number):
    client.force_login(officer)
    typed = form_of(client, firm)
    response = client.post(reverse("companies:figures-new", args=[firm.uscc]), {**typed, "revenue": number, "note": "第 3 页"})
    assert response.status_code == 422
    assert "第 3 页" in response.content.decode()
    assert not YearFigures.objects.exists()


def test_the_form_asks_for_the_unit_and_takes_the_answer(client, firm, officer):
    YearFiguresFactory(company=firm, year=2024, revenue=12_000 * WAN)
    client.force_login(officer)
    url, typed = reverse("companies:figures-new", args=[firm.uscc]), form_of(client, firm)
    asked = client.post(url, {**typed, "revenue": "136800000"})
    assert asked.status_code == 422
    assert "万元还是元" in asked.content.decode()
    assert client.post(url, {**typed, "revenue": "136800000", "is_unit_checked": "on"}).status_code == 302


@pytest.mark.parametrize("make", [ApproverFactory, AuditorFactory, OfficerFactory])
def test_readers_get_the_page_but_not_the_form(client, firm, make):
    client.force_login(make())
    assert client.get(f"/companies/{firm.uscc}/figures/").status_code == 200
    for name in ("figures-new", "incident-new"):
        url = reverse(f"companies:{name}", args=[firm.uscc])
        assert client.get(url).status_code == client.post(url, {}).status_code == 403


@pytest.mark.parametrize(
    "query", ["cell=2025,revenue", "cell=9999,revenue", "cell=2025,pk", "cell=x", "source=audit", "source=x", "cell=２０２５,revenue"]
)
def test_any_cell_and_source_of_the_address_is_answered(client, firm, officer, query):
    add(firm, officer)
    client.force_login(officer)
    assert client.get(f"/companies/{firm.uscc}/figures/?{query}").status_code == 200


def test_a_cell_opens_its_versions(client, firm, officer):
    add(firm, officer)
    client.force_login(officer)
    body = client.get(f"/companies/{firm.uscc}/figures/?cell=2025,revenue").content.decode()
    assert "2025 年 营业收入：各版本" in body
    assert officer.person.name in body


# incidents


def test_an_incident_is_recorded_shown_and_ended_with_both_rows_kept(client, firm, officer):
    client.force_login(officer)
    url = reverse("companies:incident-new", args=[firm.uscc])
    assert client.post(url, {"kind": "abnormal_list", "severity": "general", "starts_on": "2026-08-02"}).status_code == 302
    assert "经营异常名录 2026-08-02 起" in client.get(f"/companies/{firm.uscc}/").content.decode()
    incident = Incident.objects.get()
    end = reverse("companies:incident-end", args=[firm.uscc, incident.pk])
    assert client.post(end, {"ends_on": "2026-08-01", "reason": "移出"}).status_code == 422
    assert client.post(end, {"ends_on": "2026-10-01", "reason": "移出决定书"}).status_code == 302
    assert "经营异常名录 2026-08-02 起" not in client.get(f"/companies/{firm.uscc}/").content.decode()
    incident.refresh_from_db()
    assert incident.withdrawn_on == localdate()
    assert Incident.objects.get(withdrawn_on__isnull=True).ends_on == date(2026, 10, 1)
    assert client.get(end).status_code == 404


def test_incident_services_refuse_strangers_and_impossible_days(firm, officer):
    with pytest.raises(NotPermitted):
        incident_add(company_id=firm.pk, kind="tax", starts_on=date(2026, 1, 1), by=ApproverFactory(), on=localdate())
    with pytest.raises(IncidentDatesDisagree):
        incident_add(company_id=firm.pk, kind="tax", starts_on=localdate() + timedelta(days=1), by=officer, on=localdate())
    incident = IncidentFactory(company=firm)
    incident_end(incident_id=incident.pk, ends_on=localdate(), by=CityClerkFactory(), on=localdate())
    with pytest.raises(IncidentDatesDisagree):
        incident_end(incident_id=incident.pk, ends_on=localdate(), by=officer, on=localdate())
