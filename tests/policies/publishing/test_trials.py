"""What a text would change: per district and effect, each count the length of the list it opens, within the reader's scope."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.utils.timezone import localdate

from accounts.jobs.models import Job
from accounts.opening import opening
from accounts.users.models import User
from companies.register.models import Company
from core.errors import NotPermitted
from policies.engine.standard import sha256_of
from policies.publishing.models import StandardDraft, TextTrial, TrialCompany
from policies.publishing.trials import run_trial_job, trial_start, trials_forget
from policies.standards.models import Evaluation, Standard
from tests.factories import CityApproverFactory, DistrictFactory, OfficerFactory
from tests.factories.cultivation import MILLION, ready_company
from tests.policies.publishing.conftest import changed
from tests.rigs.append_only import written_past_the_guard

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def firms(officer: User, shipped: Standard) -> dict[str, Company]:
    """Revenues of 2025 in 万元 around 5000 and 6000, three firms of 越城区 and one of 诸暨市."""
    far = OfficerFactory(district=DistrictFactory(code="330681"))
    small = {"total_assets": 90 * MILLION, "total_liabilities": 30 * MILLION, "rd_expense": 9 * MILLION}
    made = {
        "13600": ready_company(officer),
        "5500": ready_company(officer, revenue=55 * MILLION, main_revenue=54 * MILLION, product_revenue=50 * MILLION, **small),
        "6000": ready_company(officer, revenue=60 * MILLION, main_revenue=59 * MILLION, product_revenue=50 * MILLION, **small),
        "5500 elsewhere": ready_company(far, revenue=55 * MILLION, main_revenue=54 * MILLION, product_revenue=50 * MILLION, **small),
    }
    Company.objects.filter(pk=made["5500 elsewhere"].pk).update(district=far.district)
    return made


def done(trial: TextTrial) -> TextTrial:
    assert trial.job is not None
    run_trial_job(trial.job)
    Job.objects.filter(pk=trial.job.pk).update(state="done")
    return TextTrial.objects.get(pk=trial.pk)


def effects(trial: TextTrial, firms: dict[str, Company]) -> dict[str, tuple[str, str, str]]:
    rows = {row.company_id: row for row in TrialCompany.objects.filter(trial=trial)}
    return {name: (rows[firm.pk].effect, rows[firm.pk].opened, rows[firm.pk].closed) for name, firm in firms.items()}


def without_growth(text: str) -> str:
    """Revenue that falls meets no growth: that line is left out of both texts, so that revenue alone decides."""
    start = text.index("  - code: L-2c")
    return text[:start] + text[text.index("  - code: L-2d") :]


@pytest.fixture
def plain(shipped: Standard) -> Standard:
    """The standard in force without its line on growth."""
    text = changed(without_growth(shipped.text), ("standard: little_giant-2026\n", "standard: little_giant-plain\n"))
    return Standard.objects.create(
        title=shipped.title,
        application_type="复核",
        jurisdiction="national",
        in_force_from=date(2026, 5, 1),
        document_number="试算用",
        text=text,
        sha256=sha256_of(text),
        published_on=date(2026, 5, 1),
    )


def test_a_raised_threshold_throws_out_those_below_it_and_no_others(
    plain: Standard, firms: dict[str, Company], clerk: User, today: date
) -> None:
    text = changed(plain.text, ("at_least: 5000 万元", "at_least: 6000 万元"))
    trial = done(trial_start(text=text, before=plain, by=clerk, on=today))
    assert effects(trial, firms) == {
        "13600": ("same", "", ""),
        "5500": ("out", " L-2a ", ""),
        "6000": ("same", "", ""),  # 以上 includes the number
        "5500 elsewhere": ("out", " L-2a ", ""),
    }
    assert trial.companies == 4
    assert not Evaluation.objects.exists()


def test_a_lowered_threshold_brings_them_back(plain: Standard, firms: dict[str, Company], clerk: User, today: date) -> None:
    high = changed(plain.text, ("at_least: 5000 万元", "at_least: 6000 万元"))
    written_past_the_guard(Standard.objects.filter(pk=plain.pk), text=high, sha256=sha256_of(high))
    trial = done(trial_start(text=plain.text, before=Standard.objects.get(pk=plain.pk), by=clerk, on=today))
    assert {name: found[0] for name, found in effects(trial, firms).items()} == {
        "13600": "same",
        "5500": "in",
        "6000": "same",
        "5500 elsewhere": "in",
    }


def test_a_firm_that_comes_within_one_line_is_near_and_back_again_far(
    plain: Standard, firms: dict[str, Company], clerk: User, today: date
) -> None:
    """Two lines short under one text, one under the other."""
    two = changed(plain.text, ("at_least: 5000 万元", "at_least: 2 亿元"), ("at_least: 4 项", "at_least: 40 项"))
    one = changed(plain.text, ("at_least: 5000 万元", "at_least: 2 亿元"))
    for text in (two, one):
        written_past_the_guard(Standard.objects.filter(pk=plain.pk), text=text, sha256=sha256_of(text))
        other = one if text == two else two
        trial = done(trial_start(text=other, before=Standard.objects.get(pk=plain.pk), by=clerk, on=today))
        expected = ("near", "", " L-4 ") if text == two else ("far", " L-4 ", "")
        assert effects(trial, firms)["13600"] == expected


def test_every_count_opens_exactly_its_firms_for_city_and_district(
    plain: Standard, firms: dict[str, Company], clerk: User, city_approver: User, officer: User, today: date
) -> None:
    """Design 5.3, 5.8."""
    written_past_the_guard(Standard.objects.filter(pk=plain.pk), in_force_from=date(2027, 5, 1))
    text = changed(plain.text, ("at_least: 5000 万元", "at_least: 6000 万元"))
    trial = done(trial_start(text=text, before=plain, by=clerk, on=today))
    TextTrial.objects.filter(pk=trial.pk).update(standard=plain)  # a published text's trial is for all staff
    seen = {}
    for user in (city_approver, officer):
        client = signed_in(user)
        page = client.get(f"/standards/trials/{trial.pk}/")
        cells = [cell for line in page.context["grid"]["rows"] for cell in line["cells"]]
        cells += [one[side] for one in page.context["grid"]["criteria"] for side in ("opened", "closed")]
        for cell in cells:
            listed = client.get(cell["url"])
            assert listed.status_code == 200
            assert len(listed.context["page"].rows) == cell["value"], cell["url"]
        seen[user] = sum(cell["value"] for cell in page.context["grid"]["lines"][0]["cells"])
        body = page.content.decode()
        for link in re.findall(r'href="(/standards/trials/[^"]+)"', body):
            assert client.get(unescape(link)).status_code == 200
        assert (firms["5500 elsewhere"].name in client.get(f"/standards/trials/{trial.pk}/firms/").content.decode()) is (
            user == city_approver
        )
    assert [line["district"].code for line in signed_in(officer).get(f"/standards/trials/{trial.pk}/").context["grid"]["rows"]] == [
        "330602"
    ]


def test_the_trial_of_a_text_that_is_no_law_is_for_who_asked_and_the_city(
    plain: Standard, firms: dict[str, Company], approver: User, officer: User, city_approver: User, today: date
) -> None:
    trial = done(trial_start(text=plain.text, before=plain, by=approver, on=today))
    url = f"/standards/trials/{trial.pk}/"
    assert [signed_in(user).get(url).status_code for user in (approver, city_approver, officer)] == [200, 200, 404]
    assert [signed_in(user).get(f"{url}firms/").status_code for user in (approver, city_approver, officer)] == [200, 200, 404]


def test_the_form_tries_a_text_out_and_publishes_nothing(shipped: Standard, firms: dict[str, Company], clerk: User) -> None:
    client, url = signed_in(clerk), f"/standards/little_giant/{shipped.pk}/try/"
    assert client.get(url).context["form"].initial["text"] == shipped.text
    wrong = client.post(url, {"text": shipped.text.replace("5000 万元", "5000 斤"), "do": "send"})
    assert wrong.status_code == 422
    assert "5000 斤" in wrong.content.decode()
    text = changed(shipped.text, ("at_least: 5000 万元", "at_least: 6000 万元"))
    before = Standard.objects.count()
    sent = client.post(url, {"text": text, "do": "send"})
    trial = TextTrial.objects.get()
    assert sent["Location"] == f"/standards/trials/{trial.pk}/"
    assert trial.before == shipped
    assert "排队" in client.get(sent["Location"]).content.decode()
    done(trial)
    page = client.get(sent["Location"]).content.decode()
    assert "变为未满足" in page
    assert "L-2a" in page
    assert (Standard.objects.count(), StandardDraft.objects.count()) == (before, 0)
    assert client.get(sent["Location"], headers={"hx-request": "true"})["HX-Refresh"] == "true"


def test_a_district_sees_no_number_of_the_whole_register_while_it_works(
    plain: Standard, firms: dict[str, Company], approver: User, today: date
) -> None:
    trial = trial_start(text=plain.text, before=plain, by=approver, on=today)
    assert trial.job is not None
    assert trial.job.total == 4
    assert "已算" not in signed_in(approver).get(f"/standards/trials/{trial.pk}/").content.decode()
    assert "已算 0 / 4 家" in signed_in(CityApproverFactory()).get(f"/standards/trials/{trial.pk}/").content.decode()


def test_the_same_question_is_not_asked_twice_while_the_worker_is_at_it(
    shipped: Standard, clerk: User, colleague: User, today: date
) -> None:
    first = trial_start(standard=shipped, by=clerk, on=today)
    assert trial_start(standard=shipped, by=colleague, on=today) == first
    assert Job.objects.filter(kind="standard.trial").count() == 1
    text = changed(shipped.text, ("at_least: 5000 万元", "at_least: 6000 万元"))
    mine = trial_start(text=text, before=shipped, by=clerk, on=today)
    assert trial_start(text=text, before=shipped, by=clerk, on=today) == mine
    done(mine)
    assert trial_start(text=text, before=shipped, by=clerk, on=today) != mine  # figures may have changed since
    assert trial_start(text=text, before=shipped, by=colleague, on=today) != mine


def test_a_job_that_died_begins_anew(plain: Standard, firms: dict[str, Company], clerk: User, today: date) -> None:
    trial = done(trial_start(text=plain.text, before=plain, by=clerk, on=today))
    rows = TrialCompany.objects.filter(trial=trial).count()
    done(trial)
    assert TrialCompany.objects.filter(trial=trial).count() == rows == 4


def test_a_published_version_is_measured_by_who_may_and_shown_to_all(shipped: Standard, officer: User, approver: User) -> None:
    url = f"/standards/little_giant/{shipped.pk}/trial/"
    assert "还没有测算过" in signed_in(officer).get(url).content.decode()
    assert signed_in(officer).post(url).status_code == 403
    with pytest.raises(NotPermitted):  # by every door
        trial_start(standard=shipped, by=officer, on=localdate())
    assert not TextTrial.objects.exists()
    sent = signed_in(approver).post(url)
    trial = TextTrial.objects.get()
    assert sent["Location"] == f"/standards/trials/{trial.pk}/"
    assert signed_in(officer).get(url)["Location"] == sent["Location"]


def test_old_trials_of_texts_that_are_no_law_are_forgotten(plain: Standard, clerk: User, firms: dict[str, Company], today: date) -> None:
    with opening("期初数据"):
        old = done(trial_start(text=plain.text, before=plain, by=clerk, on=date(2026, 8, 1)))
        law = trial_start(standard=plain, by=clerk, on=date(2026, 8, 1))
    new = trial_start(text=plain.text, before=plain, by=clerk, on=today)
    assert trials_forget(today) == {"trials": 1}
    assert set(TextTrial.objects.all()) == {law, new}
    assert not TrialCompany.objects.filter(trial_id=old.pk).exists()
