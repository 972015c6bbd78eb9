"""List pages: what is seen, asked for, refused and exported."""

import re
from typing import Any

import pytest
from django.core.exceptions import FieldFetchBlocked
from django.db import models
from django.test import Client

from core import paginator
from core.hooks import hooks
from tests.core.listing import Shop, ShopTable

HTMX = {"HTTP_HX_REQUEST": "true"}


def names(html: str) -> list[str]:
    return re.findall(r"店\d{3}", re.sub(r"<(script|form).*?</\1>", "", html, flags=re.S))


def walk(client: Client, url: str, link: str = "下一页") -> list[str]:
    seen: list[str] = []
    for _step in range(10):
        html = client.get(url).content.decode()
        seen = seen + names(html) if link == "下一页" else names(html) + seen
        found = re.search(rf'href="([^"]+)"[^>]*>{link}<', html)
        if not found:
            return seen
        url = "/shops/" + found.group(1).replace("&amp;", "&").removeprefix("/shops/")
    raise AssertionError("no end")


def test_the_first_page_shows_25_rows_and_the_whole_count(client: Client, shops: list[Shop]) -> None:
    html = client.get("/shops/").content.decode()
    assert names(html) == [f"店{number:03}" for number in range(1, 26)]
    assert "共 60 家" in html


@pytest.mark.parametrize("sort", ["name", "-name", "founded_on", "-founded_on", "revenue", "-revenue"])
def test_walking_forwards_and_backwards_meets_every_row_once_in_the_same_order(client: Client, shops: list[Shop], sort: str) -> None:
    forwards = walk(client, f"/shops/?sort={sort}")
    assert sorted(forwards) == sorted(shop.name for shop in shops)
    assert walk(client, f"/shops/?sort={sort}&page=last", link="上一页") == forwards


@pytest.mark.parametrize("sort", ["founded_on", "-founded_on"])
def test_rows_without_a_value_come_last_in_both_directions(client: Client, shops: list[Shop], sort: str) -> None:
    last = walk(client, f"/shops/?sort={sort}&per_page=100")[-15:]
    assert sorted(last) == sorted(shop.name for shop in shops if shop.founded_on is None)


def test_htmx_gets_the_rows_alone_and_caches_keep_the_two_apart(client: Client, shops: list[Shop]) -> None:
    whole, rows = client.get("/shops/"), client.get("/shops/", **HTMX)
    assert b"<html" in whole.content
    assert b"<html" not in rows.content
    assert names(rows.content.decode()) == names(whole.content.decode())
    assert "HX-Request" in whole["Vary"]
    assert "HX-Request" in rows["Vary"]


@pytest.mark.parametrize("header", ["HTTP_HX_BOOSTED", "HTTP_HX_HISTORY_RESTORE_REQUEST"])
def test_boosted_links_and_the_back_button_get_the_whole_page(client: Client, shops: list[Shop], header: str) -> None:
    assert b"<html" in client.get("/shops/", **HTMX, **{header: "true"}).content


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("sort=secret", "sort"),
        ("sort=name__contains", "sort"),
        ("sort=_state", "sort"),
        ("sort=--name", "sort"),
        ("secret=canary-1", "secret"),
        ("size__startswith=s", "size__startswith"),
        ("size=huge", "size"),
        ("number=1_000", "number"),
        ("number=1E1", "number"),
        ("number=" + "9" * 30, "number"),
        ("page=1000000000", "page"),
        ("page=-1", "page"),
        ("page=" + "9" * 21, "page"),
        ("page=x:y", "page"),
        ("per_page=1000000", "per_page"),
        ("per_page=26", "per_page"),
        ("cols=secret", "cols"),
        ("cols=name,name", "cols"),
        ("size=small&size=medium", "size"),
        ("sort=name&sort=revenue", "sort"),
    ],
)
def test_what_no_page_declared_is_dropped_and_named(client: Client, shops: list[Shop], query: str, named: str) -> None:
    plain = client.get("/shops/").content.decode()
    response = client.get(f"/shops/?{query}")
    html = response.content.decode()
    assert response.status_code == 200
    assert names(html) == names(plain)
    assert f"已忽略地址里不认识或无效的条件：{named}<" in html
    assert "已忽略" not in plain


def test_a_cursor_of_another_order_is_refused(client: Client, shops: list[Shop]) -> None:
    html = client.get("/shops/?sort=revenue").content.decode()
    cursor = re.search(r'page=([^"&]+)"[^>]*>下一页', html)
    assert cursor
    assert "已忽略" in client.get(f"/shops/?sort=name&page={cursor.group(1)}").content.decode()


def test_a_query_string_of_100_kb_is_refused_with_400(client: Client, shops: list[Shop]) -> None:
    response = client.get("/shops/?q=" + "a" * 100_000)
    assert response.status_code == 400
    assert "8,192" in response.content.decode()


def test_nul_in_the_address_is_refused_with_400(client: Client, shops: list[Shop]) -> None:
    assert client.get("/shops/?q=%00").status_code == 400


def test_filters_narrow_count_and_rows_alike_and_links_keep_them(client: Client, shops: list[Shop]) -> None:
    html = client.get("/shops/?size=small&asof=2026-01-01").content.decode()
    assert "共 30 家" in html
    assert set(names(html)) <= {f"店{number:03}" for number in range(1, 61, 2)}
    links = re.findall(r'href="(/shops/\?[^"]+)"[^>]*>(?:下一页|末页)', html)
    assert len(links) == 2
    assert all("size=small" in link and "asof=2026-01-01" in link for link in links)


def test_empty_by_filter_and_empty_by_nature_are_different(client: Client, shops: list[Shop]) -> None:
    assert "清除筛选" in client.get("/shops/?q=nobody").content.decode()
    Shop.objects.all().delete()
    html = client.get("/shops/").content.decode()
    assert "还没有内容。" in html
    assert "清除筛选" not in html


def test_the_table_tells_its_sorting_its_row_header_and_its_labels(client: Client, shops: list[Shop]) -> None:
    html = client.get("/shops/?sort=-name").content.decode()
    assert html.count("aria-sort") == 1
    assert 'aria-sort="descending"' in html
    assert '<caption class="sr-only">店铺</caption>' in html
    assert html.count('scope="row"') == 25
    assert 'data-l="营收（万元）"' in html
    assert "营收<span" in html
    assert "万元" in html


def test_missing_revenue_is_said_and_never_zero(client: Client, shops: list[Shop]) -> None:
    html = client.get("/shops/?q=店005").content.decode()
    assert '<span class="missing">缺数据</span>' in html
    assert ">0.0<" not in html


def test_choosing_columns_is_a_post_that_keeps_filters(client: Client, shops: list[Shop]) -> None:
    response = client.post("/shops/?size=small", {"cols": ["revenue", "nonsense"]})
    assert response.status_code == 302
    assert response["Location"] == "/shops/?size=small&cols=revenue"
    html = client.get(response["Location"]).content.decode()
    assert re.findall(r'<th role="columnheader"[^>]*>(?:<a [^>]*>)?(\w+)', html) == ["名称", "营收"]


def test_chosen_columns_are_remembered_where_an_app_keeps_them(client: Client, shops: list[Shop], monkeypatch: Any) -> None:
    kept: dict[str, list[str]] = {}
    monkeypatch.setattr(hooks, "save_columns", lambda request, name, columns: kept.update({name: list(columns)}))
    monkeypatch.setattr(hooks, "load_columns", lambda request, name: kept.get(name, ()))
    client.post("/shops/", {"cols": ["size"]})
    assert kept == {"shop-list": ["size"]}
    assert 'data-l="营收（万元）"' not in client.get("/shops/").content.decode()


@pytest.mark.parametrize("rows", [10, 60])
def test_a_list_costs_two_queries_whatever_its_rows(client: Client, shops: list[Shop], rows: int, count_queries: Any) -> None:
    Shop.objects.filter(name__gt=f"店{rows:03}").delete()
    assert count_queries(client, "/shops/?per_page=100") == 2


def test_a_count_above_the_limit_says_only_that_there_are_more(client: Client, shops: list[Shop], monkeypatch: Any) -> None:
    monkeypatch.setattr(paginator, "COUNT_LIMIT", 50)
    assert "共 50+ 家" in client.get("/shops/").content.decode()
    monkeypatch.setattr(paginator, "COUNT_LIMIT", 60)
    assert "共 60 家" in client.get("/shops/").content.decode()


def test_a_page_whose_rows_are_gone_gives_the_nearest_one(client: Client, shops: list[Shop]) -> None:
    html = client.get("/shops/").content.decode()
    url = re.search(r'href="([^"]+)"[^>]*>下一页', html)
    Shop.objects.filter(name__gt="店025").delete()
    assert url is not None
    assert names(client.get(url.group(1)).content.decode())[-1] == "店025"


def test_a_column_that_was_not_loaded_is_an_error_and_not_an_empty_cell(shops: list[Shop]) -> None:
    rows = list(Shop.objects.defer("size").fetch_mode(models.FETCH_RAISE))
    with pytest.raises(FieldFetchBlocked):
        ShopTable(rows).body()
