"""Finding firms by name, former name, pinyin, initials and parts of the credit code."""

from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from companies.register.models import Company, CompanyName
from companies.register.search import companies_matching, fold, index_companies, name_key_for, question_for
from companies.register.uscc import make
from tests.factories import CompanyFactory

pytestmark = pytest.mark.django_db
HENGLI = "绍兴恒砺精密传动有限公司"


def found(text: str) -> list[str]:
    return [company.name for company in companies_matching(Company.objects.order_by("name_key", "pk"), text)]


@pytest.mark.parametrize(
    "text",
    [
        "恒砺",
        "传动",
        "绍兴恒砺",
        "sxhl",
        "SXHL",
        "ｓｘｈｌ",
        "hl",
        "hengli",
        "hengl",
        "shaoxinghengli",
        "绍兴恒砺精密传动有限责任公司",
        "恒砺 传动",
        "恒  密传动",
        "绍",
        "s",
        "jmcd",
    ],
    ids=str,
)
def test_a_firm_is_found_by_name_pinyin_and_initials(text):
    CompanyFactory(name="诸暨大唐袜业集团股份公司", uscc=make("91", "330681", 77))
    CompanyFactory(name=HENGLI)
    assert found(text) == [HENGLI]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("绍兴会稽酒业有限公司", "kuaiji"),
        ("嵊州单氏厨具有限公司", "shanshi"),
        ("诸暨长三角轴承有限公司", "zhuji"),
        ("新昌轴承有限公司", "zc"),
    ],
)
def test_readings_of_this_region_are_right(name, text):
    CompanyFactory(name=name)
    assert found(text) == [name]


def test_a_firm_is_found_by_part_of_its_code_in_any_spelling():
    firm = CompanyFactory(name=HENGLI)
    CompanyFactory()
    part = firm.uscc[10:]
    assert found(part) == found(part.lower()) == found(firm.uscc) == [HENGLI]


def test_a_firm_is_found_by_a_former_name_until_it_is_withdrawn():
    firm = CompanyFactory(name=HENGLI)
    former = CompanyName.objects.create(company=firm, name="绍兴恒力齿轮厂", until=date(2015, 6, 30), known_on=date(2024, 1, 1))
    assert index_companies([firm.pk]) == 1
    assert found("齿轮") == [HENGLI]
    former.withdrawn_on = date(2026, 1, 1)
    former.save()
    index_companies([firm.pk])
    assert found("齿轮") == []


def test_the_index_follows_updates_and_deletes():
    firm = CompanyFactory(name=HENGLI)
    other = CompanyFactory(name="上虞化工有限公司")
    Company.objects.filter(pk=firm.pk).update(name="绍兴天衡仪表有限公司")
    index_companies([firm.pk])
    assert found("恒砺") == []
    assert found("天衡") == ["绍兴天衡仪表有限公司"]
    other.district_periods.all().delete()
    other.delete()
    assert found("化工") == []


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_question_leaves_the_list_alone(text):
    CompanyFactory(name=HENGLI)
    assert found(text) == [HENGLI]


@pytest.mark.parametrize(
    "text",
    [
        "%",
        "*",
        '"',
        "'",
        "\\",
        "（）",
        '" OR rowid > 0 --',
        "' | 'x",
        "恒砺'",
        'AND" NEAR(',
        "𠮷𠮷",
        "😀",
        "a\u0301b",
        "-1",
        "\u200b\u200b",
        "x" * 5000,
        "NULL",
        "<b>",
    ],
)
def test_no_text_breaks_the_question(text):
    CompanyFactory(name=HENGLI)
    assert found(text) in ([], [HENGLI])


def test_rare_characters_are_found_and_kept():
    name = "绍兴𠮷祥㐂𬭎电器有限公司"
    CompanyFactory(name=name)
    assert found("𠮷祥") == found("㐂𬭎") == found("𬭎电") == [name]


def test_a_word_in_many_names_is_answered_in_list_order(monkeypatch):
    monkeypatch.setattr("companies.register.search.MANY", 3)
    CompanyFactory.create_batch(8)
    CompanyFactory(name="北方机床厂")
    names = found("有限公司")
    assert len(names) == 8
    assert names == sorted(names, key=name_key_for)


def test_spellings_are_folded():
    assert fold("绍兴（ＡＢＣ）有限责任公司") == "绍兴abc有限公司"
    assert name_key_for("绍兴ABC有限公司") == "shao xing abc you xian gong si"


def test_a_long_question_stays_small():
    terms = question_for(" ".join(["xianxianxian"] * 60))
    assert sum(len(readings) for readings in terms) < 80


def test_the_search_index_exists_and_can_be_taken_back():
    migration = import_module("companies.migrations.0002_search_index")
    with connection.cursor() as cursor:
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)
        migration.drop_search_index(None, editor)
        migration.make_search_index(None, editor)
    CompanyFactory(name=HENGLI)
    assert found("恒砺") == [HENGLI]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="triggers are SQLite's way; PostgreSQL keeps the index itself")
def test_sqlite_still_has_the_triggers_after_all_migrations():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'companies_company' ORDER BY name")
        names = {row[0] for row in cursor.fetchall()}
    assert {"companies_search_added", "companies_search_changed", "companies_search_removed"} <= names
