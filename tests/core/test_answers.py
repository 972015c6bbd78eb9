"""Answers of actions, refusals, errors and forms."""

import json
import re
from typing import Any

import pytest
from django.test import Client, RequestFactory

from core.context import frame
from core.hooks import hooks
from tests.core.listing import Shop

HTMX = {"HTTP_HX_REQUEST": "true"}


def test_a_refusal_is_a_409_page_with_its_reasons_and_the_way_out(client: Client) -> None:
    response = client.get("/act/refusal/")
    html = response.content.decode()
    assert response.status_code == 409
    assert "不能进入冲刺库：未达标须不超过 1 项，现有 3 项" in html
    assert "<li>研发费用占比 2.70%，须 3%</li>" in html
    assert "先补齐数据。" in html


def test_a_refusal_to_htmx_is_a_box_above_the_content(client: Client) -> None:
    response = client.get("/act/refusal/", **HTMX)
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#messages"
    assert b"<html" not in response.content
    assert b'role="alert"' in response.content


def test_a_refusal_is_told_to_the_log(client: Client, monkeypatch: Any) -> None:
    told: list[Exception] = []
    monkeypatch.setattr(hooks, "refused", lambda request, error: told.append(error))
    client.get("/act/refusal/")
    client.get("/act/forbidden/")
    assert [type(error).__name__ for error in told] == ["Refusal", "NotPermitted"]


def test_what_is_not_permitted_says_why_with_403(client: Client) -> None:
    response = client.get("/act/forbidden/")
    assert response.status_code == 403
    assert "您参与过本申请，须由他人审批。" in response.content.decode()


def test_missing_answers_404_with_the_one_sentence(client: Client) -> None:
    response = client.get("/act/missing/")
    assert response.status_code == 404
    assert "没有找到，或您无权查看。" in response.content.decode()
    assert client.get("/no-such-page/").status_code == 404


@pytest.mark.filterwarnings("ignore")
def test_an_unexpected_error_shows_a_reference_and_nothing_of_the_cause(client: Client) -> None:
    response = client.get("/act/broken/")
    html = response.content.decode()
    assert response.status_code == 500
    assert response["X-Request-Id"] in html
    assert "secret-detail" not in html
    assert "Traceback" not in html
    assert "RuntimeError" not in html


def test_done_redirects_plain_requests_and_htmx_each_in_its_way(client: Client, shops: list[Shop]) -> None:
    plain = client.post("/act/done/")
    assert (plain.status_code, plain["Location"]) == (302, "/shops/")
    assert '<div class="toast">已批准。</div>' in client.get("/shops/").content.decode()
    htmx = client.post("/act/done/", **HTMX)
    assert (htmx.status_code, htmx["HX-Redirect"]) == (200, "/shops/")


def test_done_without_a_place_stays_and_toasts(client: Client) -> None:
    response = client.post("/act/stay/", **HTMX)
    assert response.status_code == 204
    assert json.loads(response["HX-Trigger"]) == {"toast": {"message": "已记录。"}}


def test_done_never_leads_to_another_site(client: Client) -> None:
    assert client.post("/act/stay/", HTTP_REFERER="https://elsewhere.example/")["Location"] == "/"
    assert client.post("/act/stay/", HTTP_REFERER="http://testserver/shops/")["Location"] == "http://testserver/shops/"


def test_refuse_says_where_to_look(client: Client) -> None:
    response = client.post("/act/refuse/")
    assert response.status_code == 409
    assert 'href="/shops/"' in response.content.decode()


def test_invalid_input_answers_422_keeps_what_was_typed_and_links_to_the_fields(client: Client) -> None:
    response = client.post("/shops/new/", {"name": "好店", "revenue": "1,2oo", "founded_on": "2026-02-30"})
    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="好店"' in html
    assert 'value="1,2oo"' in html
    assert "有 2 处需要修改" in html
    assert '<a href="#id_revenue">营收：“1,2oo”不是数字，请改为如 1,200.0。</a>' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_revenue_error"' in html
    assert not Shop.objects.exists()


def test_htmx_gets_the_form_alone(client: Client) -> None:
    response = client.get("/shops/new/", **HTMX)
    assert b"<form" in response.content
    assert b"<html" not in response.content


def test_nul_in_a_form_is_an_error_at_its_field(client: Client) -> None:
    response = client.post("/shops/new/", {"name": "a\x00b"})
    assert response.status_code == 422
    assert "U+0000，第 2 个字" in response.content.decode()


def test_nul_in_a_bare_post_is_refused_with_the_name_of_the_field(client: Client) -> None:
    response = client.post("/echo/", {"reason": "a\x00b"})
    assert response.status_code == 400
    assert "“reason”" in response.content.decode()
    assert client.post("/echo/", {"reason": "𠮷㐂﨑"}).content.decode() == "𠮷㐂﨑"


def test_a_token_is_needed_and_its_absence_explained(site: Any) -> None:
    response = Client(enforce_csrf_checks=True).post("/act/done/")
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


@pytest.mark.parametrize("address", ["/shops/", "/act/refusal/", "/no-such-page/", "/shops/?q=%00"])
def test_every_answer_has_its_number_and_is_stored_nowhere(client: Client, address: str) -> None:
    response = client.get(address)
    assert re.fullmatch(r"[0-9a-f]{12}", response["X-Request-Id"])
    assert "geolocation=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.status_code == 400 or response["Cache-Control"] == "no-store, private"


def test_no_page_has_inline_code_or_another_host(client: Client, shops: list[Shop]) -> None:
    for address in ("/shops/", "/shops/new/", "/act/refusal/", "/no-such-page/"):
        html = client.get(address).content.decode()
        assert not re.search(r"<style|<script(?! src)|\son\w+=|\sstyle=|javascript:|(?:src|href)=\"(?:https?:)?//", html)


def test_a_repeated_form_leads_to_the_first_result(site: Any, shops: list[Shop], django_user_model: Any) -> None:
    client = Client()
    client.force_login(someone(django_user_model))
    typed = {"name": "新店", "idempotency_key": "a" * 32}
    first, second = client.post("/shops/new/", typed), client.post("/shops/new/", typed)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Shop.objects.filter(name="新店").count() == 1
    client.post("/shops/new/", {**typed, "idempotency_key": "b" * 32})
    assert Shop.objects.filter(name="新店").count() == 2


def test_a_form_that_failed_may_be_sent_again_with_its_key(site: Any, django_user_model: Any) -> None:
    client = Client()
    client.force_login(someone(django_user_model))
    assert client.post("/shops/new/", {"name": "", "idempotency_key": "c" * 32}).status_code == 422
    assert client.post("/shops/new/", {"name": "新店", "idempotency_key": "c" * 32}).status_code == 302


def someone(user_model: Any) -> Any:
    person = user_model._meta.get_field("person").related_model.objects.create(name="沈雨桐")
    return user_model.objects.create(username="shen", person=person, role="clerk")


def test_request_factory_requests_need_no_frame() -> None:
    context = frame(RequestFactory().get("/"))
    assert context["html_lang"] == "zh-CN"


def test_an_unknown_host_is_refused_with_400(client: Client) -> None:
    assert client.get("/shops/", HTTP_HOST="elsewhere.example").status_code == 400
