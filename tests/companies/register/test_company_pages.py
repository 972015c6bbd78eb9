"""企业名录 and the firm's pages: doors, scope, filters, sorting, export, budgets."""

import csv
import io
import re
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from companies.figures.services import figures_add
from companies.register.models import Company, CompanyName
from tests.factories import (
    AdministratorFactory,
    ApproverFactory,
    AssignmentFactory,
    AuditorFactory,
    CityApproverFactory,
    ClerkFactory,
    CompanyFactory,
    DistrictFactory,
    EnterpriseUserFactory,
    EvidenceFactory,
    IncidentFactory,
    OfficerFactory,
    ParkFactory,
    RecognitionFactory,
    RecordedRecognitionFactory,
    TitleFactory,
    TownFactory,
    YearFiguresFactory,
)

pytestmark = pytest.mark.django_db
BUDGET = {
    "company-list": 8,
    "company-search": 3,
    "company-detail": 12,
    "company-audit": 12,
    "company-figures": 12,
    "company-history": 12,
    "company-evidence": 12,
}
LIST = "/companies/"


@pytest.fixture
def officer(db):
    return OfficerFactory()


@pytest.fixture
def firm(officer):
    return AssignmentFactory(officer=officer, company__name="绍兴恒砺精密传动有限公司").company


@pytest.fixture
def foreign(db):
    return CompanyFactory(name="诸暨恒砺袜业有限公司", district=DistrictFactory(code="330681"))


@pytest.fixture
def as_user(client):
    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in


def plain(response):
    """The body without the tokens that are new in every answer."""
    return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]+"', "", response.content.decode())


def names(response):
    return [row.name for row in response.context["page"].rows]


FIRM_PAGES = [
    "company-detail",
    "company-figures",
    "company-history",
    "company-evidence",
    "company-audit",
    "figures-new",
    "incident-new",
    "evidence-new",
]


@pytest.mark.parametrize("view", FIRM_PAGES)
def test_a_firm_of_another_district_is_not_found(as_user, officer, firm, foreign, view):
    client = as_user(officer)
    assert client.get(reverse(f"companies:{view}", args=[firm.uscc])).status_code == 200
    missing = client.get(reverse(f"companies:{view}", args=["91330602MA00000000"]))
    hidden = client.get(reverse(f"companies:{view}", args=[foreign.uscc]))
    assert hidden.status_code == missing.status_code == 404
    assert plain(hidden).replace(foreign.uscc, "") == plain(missing).replace("91330602MA00000000", "")


@pytest.mark.parametrize("make", [EnterpriseUserFactory, AdministratorFactory], ids=["enterprise", "administrator"])
@pytest.mark.parametrize("view", FIRM_PAGES)
def test_enterprise_users_and_administrators_find_nothing(as_user, firm, make, view):
    client = as_user(make())
    assert client.get(reverse(f"companies:{view}", args=[firm.uscc])).status_code == 404
    assert client.get(LIST).status_code == 404
    assert client.get("/companies/search/?q=恒砺").status_code == 404


def test_nobody_is_sent_to_sign_in(client, firm):
    response = client.get(f"/companies/{firm.uscc}/")
    assert response.status_code == 302
    assert "next=" in response["Location"]


@pytest.mark.parametrize("make", [OfficerFactory, ApproverFactory, ClerkFactory, AuditorFactory])
def test_each_staff_role_sees_the_firms_of_its_district_and_no_other(as_user, firm, foreign, make):
    response = as_user(make()).get(LIST)
    assert names(response) == [firm.name]
    assert "诸暨" not in response.content.decode()


def test_the_city_sees_all_districts(as_user, firm, foreign):
    response = as_user(CityApproverFactory()).get(LIST)
    assert set(names(response)) == {firm.name, foreign.name}
    assert names(as_user(CityApproverFactory()).get(LIST, {"district": foreign.district_id})) == [foreign.name]


def test_adding_a_foreign_firm_changes_no_byte(as_user, officer, firm):
    client = as_user(officer)
    before = [plain(client.get(url)) for url in (LIST, f"{LIST}?q=恒砺", "/companies/search/?q=恒砺")]
    CompanyFactory(name="诸暨恒砺第二有限公司", district=DistrictFactory(code="330681"))
    after = [plain(client.get(url)) for url in (LIST, f"{LIST}?q=恒砺", "/companies/search/?q=恒砺")]
    assert before == after


def test_the_list_is_filtered_by_each_fact(as_user, officer, firm):
    town, park = TownFactory(), ParkFactory()
    CompanyFactory(name="越城轴承厂", town=town, park=park, industry="17", size="4")
    client = as_user(officer)
    for query in ({"town": town.pk}, {"park": park.pk}, {"industry": "17"}, {"size": "4"}, {"q": "zc"}, {"q": "轴承"}):
        assert names(client.get(LIST, query)) == ["越城轴承厂"], query
    assert names(client.get(LIST, {"officer": "me"})) == [firm.name]
    assert names(client.get(LIST, {"officer": officer.person.name})) == [firm.name]


def test_only_a_title_in_force_counts_as_held(as_user, officer, firm):
    title = TitleFactory(code="little_giant", name="专精特新“小巨人”", short_name="小巨人")
    RecognitionFactory(company=firm, title=title, announced_on=date(2024, 9, 1), valid_until=date(2030, 6, 30))
    RecognitionFactory(company__name="已到期公司", title=title, announced_on=date(2020, 9, 1), valid_until=date(2023, 6, 30))
    RecordedRecognitionFactory(company__name="待确认公司", title=title)
    client = as_user(officer)
    assert names(client.get(LIST, {"title": "little_giant"})) == [firm.name]
    assert "小巨人 至 2030-06-30" in client.get(f"/companies/{firm.uscc}/").content.decode()


@pytest.mark.parametrize("sort", ["district__name", "_state", "search_tokens", "assignments__officer__username", "-pk", "name_key"])
def test_undeclared_sorts_and_columns_are_dropped_and_named(as_user, officer, firm, sort):
    response = as_user(officer).get(LIST, {"sort": sort, "district__code": "330602", "cols": sort})
    assert names(response) == [firm.name]
    assert {"sort", "district__code", "cols"} <= set(response.context["dropped"])


@pytest.mark.parametrize(
    "query", ["page=10000000000", "page=-1", "per_page=1000000", "q=%25%25", "q=" + "x" * 101, "town=1e400", "page=1&page=2"]
)
def test_strange_addresses_give_a_list_and_no_error(as_user, officer, firm, query):
    assert as_user(officer).get(f"{LIST}?{query}").status_code in {200, 400}


def test_an_export_is_the_view_and_its_cells_are_inert(as_user, officer, firm):
    CompanyFactory(name="=HYPERLINK(1)有限公司", uscc="91330602MA2ABCDEXA")
    client = as_user(officer)
    response = client.post(f"{LIST}?cols=name,uscc,officer", {"export": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["企业", "统一社会信用代码", "专管员"]
    assert rows[1:] == [
        ["'=HYPERLINK(1)有限公司", "91330602MA2ABCDEXA", ""],
        [firm.name, firm.uscc, officer.person.name],
    ]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.post(f"{LIST}?cols=name,uscc", {"export": "xlsx"}).streaming_content)))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert cells[1] == ["=HYPERLINK(1)有限公司", "91330602MA2ABCDEXA"]
    assert book.active["A2"].data_type == "s"


def test_type_ahead_marks_what_matched_and_escapes_the_rest(as_user, officer, firm):
    CompanyFactory(name="恒砺<b>电器</b>有限公司")
    body = as_user(officer).get("/companies/search/?q=恒砺").content.decode()
    assert "绍兴<u>恒砺</u>精密传动有限公司" in body
    assert "<u>恒砺</u>&lt;b&gt;" in body
    assert "绍兴<u>恒砺</u>精密" in as_user(officer).get("/companies/search/?q=hengli").content.decode()
    assert "<u>恒砺精密</u>" in as_user(officer).get("/companies/search/?q=hljm").content.decode()
    assert "没有找到“&lt;i&gt;”" in as_user(officer).get("/companies/search/?q=<i>").content.decode()


def test_former_names_stand_under_the_name_without_withdrawn_ones(as_user, officer, firm):
    CompanyName.objects.create(company=firm, name="绍兴县恒砺传动机械有限公司", until=date(2019, 3, 1), known_on=date(2024, 1, 1))
    CompanyName.objects.create(company=firm, name="绍兴恒力齿轮厂", until=date(2015, 6, 1), known_on=date(2024, 1, 1))
    CompanyName.objects.create(company=firm, name="误录名称", known_on=date(2024, 1, 1), withdrawn_on=date(2025, 1, 1))
    body = as_user(officer).get(f"/companies/{firm.uscc}/").content.decode()
    assert "曾用名：绍兴恒力齿轮厂（2015-06 前）、绍兴县恒砺传动机械有限公司（2019-03 前）" in body
    assert "误录名称" not in body


def test_the_firms_log_is_read_in_words_and_only_as_far_as_one_may(client, officer, firm):
    figures_add(company_id=firm.pk, year=2025, source="audit", values={"employees": 412}, by=officer, on=localdate(), note="第 3 页")
    url = f"/companies/{firm.uscc}/audit/"
    for reader, seen in ((officer, True), (AuditorFactory(), True), (OfficerFactory(), False)):
        client.force_login(reader)
        body = client.get(url).content.decode()
        assert ("第 3 页" in body) is seen
        assert ("录入年度指标</td>" in body) is seen


def test_another_spelling_of_the_code_leads_to_the_one_address(as_user, officer, firm):
    response = as_user(officer).get(f"/companies/{firm.uscc.lower()}/")
    assert response.status_code == 302
    assert response["Location"] == f"/companies/{firm.uscc}/"


def test_j_and_k_walk_the_list_the_user_came_from(as_user, officer):
    first, second, third = (CompanyFactory(name=name) for name in ("安泰有限公司", "博远有限公司", "长城有限公司"))
    Company.objects.filter(pk=second.pk).update(size="4")
    client = as_user(officer)

    def goes(firm, side, tail=""):
        return client.get(f"/companies/{firm.uscc}/{side}/neighbour/{tail}")["Location"]

    assert goes(first, "next") == f"/companies/{second.uscc}/"
    assert goes(third, "next") == f"/companies/{third.uscc}/"
    assert goes(third, "previous") == f"/companies/{second.uscc}/"
    assert goes(first, "next", "?from=size%3D2") == f"/companies/{third.uscc}/?from=size%3D2"
    assert client.get(f"/companies/{first.uscc}/sideways/neighbour/").status_code == 404


def test_incidents_in_force_stand_at_the_top(as_user, officer, firm):
    IncidentFactory(company=firm)
    IncidentFactory(company=firm, kind="tax", ends_on=date(2026, 9, 1))
    body = as_user(officer).get(f"/companies/{firm.uscc}/").content.decode()
    assert "经营异常名录 2026-08-02 起" in body
    assert "偷漏税" not in body
    history = as_user(officer).get(f"/companies/{firm.uscc}/history/").content.decode()
    assert "偷漏税" in history


def test_the_list_costs_the_same_for_10_and_200_rows(as_user, officer, count_queries):
    client = as_user(officer)
    client.get(LIST)
    title = TitleFactory()

    def add(number):
        for _number in range(number):
            firm = CompanyFactory(town=TownFactory(), park=ParkFactory())
            AssignmentFactory(company=firm, officer=officer)
            RecognitionFactory(company=firm, title=title, document=None)

    url = f"{LIST}?per_page=200&cols=name,district,town,park,titles,officer"
    add(10)
    few = count_queries(client, url)
    add(190)
    assert count_queries(client, url) == few
    assert count_queries(client, LIST) <= BUDGET["company-list"]
    assert count_queries(client, f"{LIST}?q=gongsi") <= BUDGET["company-list"] + 1
    assert count_queries(client, "/companies/search/?q=gs") <= BUDGET["company-search"]


@pytest.mark.parametrize("view", ["company-detail", "company-figures", "company-history", "company-evidence", "company-audit"])
def test_a_firm_page_costs_the_same_for_little_and_much_data(as_user, officer, firm, count_queries, view):
    client = as_user(officer)
    url = reverse(f"companies:{view}", args=[firm.uscc])
    client.get(url)
    few = count_queries(client, url)
    for year in range(2019, 2026):
        YearFiguresFactory(company=firm, year=year, revenue=year)
        RecognitionFactory(company=firm)
        EvidenceFactory(company=firm)
        IncidentFactory(company=firm)
    assert few <= count_queries(client, url) <= BUDGET[view]
    assert count_queries(client, url) - few <= 1
