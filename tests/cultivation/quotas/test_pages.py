"""目标进度 as each reader sees it, and as a PDF with the same figures."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.audit.models import AuditEntry
from accounts.users.models import District
from companies.recognitions.models import Title
from cultivation.seeding import seed
from tests.factories import (
    ApproverFactory,
    AuditorFactory,
    ClerkFactory,
    CompanyFactory,
    EnterpriseUserFactory,
    OfficerFactory,
    RecognitionFactory,
)

pytestmark = pytest.mark.django_db
URL = "/quotas/"


@pytest.fixture(autouse=True)
def two_little_giants(db: None) -> None:
    seed(on=date(2024, 1, 1))
    for code, name in (("330602", "绍兴恒砺精密传动有限公司"), ("330681", "诸暨浣江流体设备有限公司")):
        company = CompanyFactory(
            district=District.objects.get(code=code), name=name, happened_on=date(2024, 1, 1), known_on=date(2024, 1, 1)
        )
        RecognitionFactory(
            company=company,
            title=Title.objects.get(code="little_giant"),
            district=company.district,
            happened_on=date(2026, 7, 1),
            announced_on=date(2026, 7, 1),
            known_on=date(2026, 7, 2),
            valid_from=date(2026, 7, 1),
            valid_until=date(2029, 6, 30),
        )


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_city_reads_every_district_and_opens_the_firms_behind_a_number() -> None:
    client = _client(AuditorFactory(district=None))
    page = client.get(URL, {"year": "2026", "cell": "city,little_giant"}).content.decode()
    assert "诸暨浣江流体设备有限公司" in page
    assert "绍兴恒砺精密传动有限公司" in page
    assert "共 2 家" in page


def test_a_title_without_pools_shows_no_nought_where_nobody_can_stand() -> None:
    client = _client(AuditorFactory(district=None))
    page = client.get(URL, {"year": "2026"}).content.decode()
    assert "city,little_giant&amp;figure=sprint" in page
    assert "city,high_tech&amp;figure=achieved" in page
    assert "high_tech&amp;figure=sprint" not in page
    report = client.post(f"{reverse('cultivation:quota-report')}?year=2026").content
    text = "".join(sheet.extract_text() for sheet in PdfReader(BytesIO(report)).pages)
    city = text[text.index("全市合计") :].split("\n")
    assert "—" in city[:20], city[:20]
    assert "0" in city[:20]


def test_a_district_reads_its_own_row_only() -> None:
    officer = OfficerFactory(district=District.objects.get(code="330602"))
    page = _client(officer).get(URL, {"year": "2026", "cell": "330681,little_giant"}).content.decode()
    assert "诸暨浣江流体设备有限公司" not in page
    assert "诸暨市" not in page
    own = _client(officer).get(URL, {"year": "2026", "cell": "330602,little_giant"}).content.decode()
    assert "绍兴恒砺精密传动有限公司" in own


@pytest.mark.parametrize("factory", [ClerkFactory, EnterpriseUserFactory], ids=["clerk", "enterprise"])
def test_whoever_does_not_read_quotas_finds_no_such_page(factory: Any) -> None:
    assert _client(factory()).get(URL).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "year=abcd",
        "year=99999999999",
        "asof=2026-02-30",
        "asof=2099-01-01",
        "known=maybe",
        "kind=__all__",
        "cell=1",
        "cell=330602,nothing",
        "figure=x",
    ],
)
def test_a_value_nobody_understands_is_dropped_and_named(query: str) -> None:
    response = _client(ApproverFactory(district=None)).get(f"{URL}?{query}")
    assert response.status_code == 200
    assert "已忽略地址里不认识或无效的条件" in response.content.decode()


def test_years_before_the_data_say_so() -> None:
    page = _client(AuditorFactory(district=None)).get(URL, {"year": "2022"}).content.decode()
    assert "最早可查 2024-01-01" in page
    assert "缺数据" in page


def test_the_contradictions_of_the_plan_stand_beside_its_figures() -> None:
    page = _client(AuditorFactory(district=None)).get(URL, {"year": "2023", "kind": "stock"}).content.decode()
    assert "口径冲突" in page
    assert "指标体系 11" in page
    assert "三（三）3 每年10家" in page


def test_the_pdf_holds_the_figures_the_firms_and_the_head_of_the_log() -> None:
    user = AuditorFactory(district=None)
    response = _client(user).post(f"{reverse('cultivation:quota-report')}?year=2026")
    assert response["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages).replace("\n", "")
    assert "绍兴恒砺精密传动有限公司" in text
    assert "诸暨浣江流体设备有限公司" in text
    assert "2 / 10" in text
    assert AuditEntry.objects.get(action="report.exported").actor == user


def test_the_page_costs_the_same_whatever_the_number_of_firms(count_queries: Any) -> None:
    client = _client(AuditorFactory(district=None))
    few = count_queries(client, f"{URL}?year=2026")
    for _number in range(10):
        CompanyFactory(district=District.objects.get(code="330602"))
    assert count_queries(client, f"{URL}?year=2026") == few <= 15


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        pytest.param({}, "single_champion", id="the first title"),
        pytest.param({"title": "little_giant"}, "little_giant", id="the title asked for"),
        pytest.param({"cell": "city,little_giant"}, "little_giant", id="the title of the opened cell"),
        pytest.param({"title": "nonsense"}, "single_champion", id="no title"),
    ],
)
def test_a_phone_shows_one_title_and_the_way_to_the_others(query: dict[str, str], shown: str) -> None:
    page = _client(AuditorFactory(district=None)).get(URL, {"year": "2026", **query})
    choices = {choice["url"]: choice["current"] for choice in page.context["narrow_choices"]}
    assert [url for url, is_current in choices.items() if is_current] == [url for url in choices if f"title={shown}#" in url]
    assert len(choices) == len(page.context["grid"].titles) + 1
    html = page.content.decode()
    assert html.count('class="q chosen') == len(page.context["grid"].rows) + 1
    whole = _client(AuditorFactory(district=None)).get(URL, {"year": "2026", "title": "all"}).content.decode()
    assert 'class="q chosen' not in whole
    assert "one-title" not in whole


def test_a_year_without_a_plan_is_still_the_year_chosen() -> None:
    page = _client(AuditorFactory(district=None)).get(URL, {"year": "2035"}).content.decode()
    assert "<option selected>2035</option>" in page
    assert "2035 年目标尚未下达。" in page


def test_no_name_of_a_title_or_a_district_becomes_markup_in_the_grid() -> None:
    Title.objects.filter(code="little_giant").update(short_name="<b>\"'巨人")
    District.objects.filter(code="330602").update(name="<i>越城")
    page = _client(AuditorFactory(district=None)).get(URL, {"year": "2026"}).content.decode()
    assert 'aria-label="&lt;i&gt;越城 &lt;b&gt;&quot;&#x27;巨人 完成 1 家"' in page
    assert "<i>越城" not in page
    assert "<b>" not in page
