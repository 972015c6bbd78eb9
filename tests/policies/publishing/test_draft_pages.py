"""The pages of drafts: nothing typed is lost, errors stand beside the text, and what is not yours is not there."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.users.models import User
from policies.publishing.forms import MOST_BYTES
from policies.publishing.models import StandardDraft
from policies.publishing.services import draft_change, draft_submit
from policies.standards.models import Standard
from tests.policies.publishing.conftest import changed

pytestmark = pytest.mark.django_db
NEW = "/standards/drafts/new/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_draft_begins_with_the_text_of_the_version_it_follows(clerk: User, shipped: Standard) -> None:
    page = signed_in(clerk).get(f"{NEW}?from={shipped.pk}")
    assert page.context["form"].initial["text"] == shipped.text
    assert signed_in(clerk).get(f"{NEW}?from=99999").status_code == 404


def test_check_shows_every_error_with_its_line_and_keeps_what_was_typed(clerk: User, shipped: Standard) -> None:
    text = changed(shipped.text, ("at_least: 5000 万元", "at_least: 5000 斤"), ("holds: [specialised_sme]", "holds: [nobody]"))
    page = signed_in(clerk).post(NEW, {"text": text, "do": "check"})
    body = page.content.decode()
    assert page.status_code == 200
    assert "5000 斤</textarea>" not in body
    assert "at_least: 5000 斤\n" in page.context["form"]["text"].value()
    for words in ("5000 斤", "nobody"):
        line = 1 + text[: text.index(words)].count("\n")
        assert f"第 {line} 行" in body
    assert not StandardDraft.objects.exists()


def test_check_of_a_sound_text_shows_what_it_changes(clerk: User, next_text: str) -> None:
    page = signed_in(clerk).post(NEW, {"text": next_text, "do": "check"})
    assert "没有发现错误。" in page.content.decode()
    assert [one.code for one in page.context["comparison"].changed] == ["L-2a"]
    assert "↑" in page.content.decode()
    assert not StandardDraft.objects.exists()


def test_a_draft_is_saved_submitted_and_shown_to_the_second_person(
    clerk: User, city_approver: User, shipped: Standard, next_text: str
) -> None:
    client = signed_in(clerk)
    saved = client.post(f"{NEW}?from={shipped.pk}", {"text": next_text, "do": "send"})
    draft = StandardDraft.objects.get()
    assert saved["Location"] == f"/standards/drafts/{draft.pk}/"
    assert draft.follows == shipped
    page = client.get(saved["Location"]).content.decode()
    assert "提交审批" in page
    assert city_approver.name in page
    assert client.post(f"/standards/drafts/{draft.pk}/submit/", {"reason": "新文件"}).status_code == 302
    waiting = client.get(f"/standards/drafts/{draft.pk}/").content.decode()
    assert "待审批" in waiting
    assert f"/standards/drafts/{draft.pk}/change/" not in waiting
    decision = StandardDraft.objects.get().decision
    assert decision is not None
    shown = signed_in(city_approver).get(f"/decisions/{decision.pk}/").content.decode()
    assert "6000 万元" in shown
    assert "批准" in shown
    assert "您参与过本申请" not in shown
    assert signed_in(city_approver).post(f"/decisions/{decision.pk}/sign/").status_code == 302
    assert "已发布：" in client.get(f"/standards/drafts/{draft.pk}/").content.decode()
    assert "尚未施行" in client.get("/standards/?state=upcoming").content.decode()


def test_a_file_takes_the_place_of_what_was_typed(clerk: User, next_text: str) -> None:
    client = signed_in(clerk)
    file = SimpleUploadedFile("标准.yaml", b"\xef\xbb\xbf" + next_text.replace("\n", "\r\n").encode())
    client.post(NEW, {"text": "name: 甲", "file": file, "do": "send"})
    assert StandardDraft.objects.get().text == next_text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"\xd0\xa1\xbe\xde\xc8\xcb", "UTF-8", id="GBK"),
        pytest.param(b"#" * (MOST_BYTES + 1), "512 KB", id="too large"),
        pytest.param(b"name: a\x00b", "U+0000", id="a control character"),
        pytest.param(b"", "文件是空的", id="empty"),
    ],
)
def test_a_file_that_is_not_taken_is_named_at_its_field(clerk: User, content: bytes, message: str) -> None:
    page = signed_in(clerk).post(NEW, {"text": "name: 甲", "file": SimpleUploadedFile("a.yaml", content), "do": "send"})
    assert page.status_code == 422
    assert message in page.content.decode()
    assert "name: 甲" in page.content.decode() or "name: a" in page.content.decode() or content == b""
    assert not StandardDraft.objects.exists()


def test_a_second_tab_loses_nothing(draft: StandardDraft, clerk: User, colleague: User, today: date) -> None:
    """Design 5.14: somebody saved in between; both texts stand there, and saving once more is a choice."""
    draft_change(draft_id=draft.pk, text=draft.text.replace("6000", "5500"), version=1, by=colleague, on=today)
    client, url = signed_in(clerk), f"/standards/drafts/{draft.pk}/change/"
    mine = draft.text.replace("6000", "7000")
    page = client.post(url, {"text": mine, "seen_version": "1", "do": "send"})
    assert page.status_code == 422
    body = page.content.decode()
    assert "金立 已于" in body
    assert "5500" in page.context["other_text"]
    assert page.context["form"]["text"].value().replace("\r\n", "\n") == mine
    assert page.context["form"]["seen_version"].value() == "2"
    assert client.post(url, {"text": mine, "seen_version": "2", "do": "send"}).status_code == 302
    assert "7000" in StandardDraft.objects.get().text


def test_drafts_are_not_there_for_anybody_but_the_city_s_clerks_approvers_and_auditors(
    draft: StandardDraft, clerk: User, district_clerk: User, officer: User, approver: User, city_approver: User
) -> None:
    for user in (district_clerk, officer, approver):
        client = signed_in(user)
        for url in ("/standards/drafts/", NEW, f"/standards/drafts/{draft.pk}/", f"/standards/drafts/{draft.pk}/change/"):
            assert client.get(url).status_code == 404, (user, url)
        for door in ("submit", "withdraw", "trial", "change"):
            assert client.post(f"/standards/drafts/{draft.pk}/{door}/", {"text": "x"}).status_code == 404
    assert signed_in(city_approver).get(f"/standards/drafts/{draft.pk}/").status_code == 200
    assert signed_in(city_approver).get(NEW).status_code == 404
    assert StandardDraft.objects.get().version == 1
    assert draft.name in signed_in(clerk).get("/standards/drafts/").content.decode()


def test_the_proposer_decides_by_no_door(draft: StandardDraft, clerk: User, city_approver: User, today: date) -> None:
    decision = draft_submit(draft_id=draft.pk, by=clerk, on=today)
    for door in ("sign", "reject"):
        answer = signed_in(clerk).post(f"/decisions/{decision.pk}/{door}/", {"note": "好"})
        assert answer.status_code == 403
        assert "参与" in answer.content.decode()
    assert not Standard.objects.filter(in_force_from=date(2027, 4, 1)).exists()


def test_a_version_published_has_no_door_that_changes_it(shipped: Standard, clerk: User, city_approver: User) -> None:
    before = list(Standard.objects.order_by("pk").values())
    for user in (clerk, city_approver):
        client = signed_in(user)
        for url in (f"/standards/little_giant/{shipped.pk}/", f"/standards/little_giant/{shipped.pk}/try/", "/standards/"):
            for method in ("post", "put", "patch", "delete"):
                getattr(client, method)(url, {"text": "x", "do": "send"} if method == "post" else "")
    assert list(Standard.objects.order_by("pk").values()) == before
