"""The cockpit's counts are kept until something changes, and every change shows at once: through services, as the log tells it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit import services as audit
from accounts.decisions.services import decision_sign
from accounts.users.models import District, User
from companies.imports.services import import_check, import_submit, import_undo_submit, import_upload
from companies.recognitions.models import Recognition, Title
from companies.recognitions.services import recognition_record, recognition_revoke
from companies.register.models import Company
from cultivation.quotas import kept
from cultivation.seeding import seed
from cultivation.tracks.services import move_propose, track_set_target
from tests.companies.imports.books import RECOGNITION_HEADS, code, named, xlsx
from tests.factories import (
    ApproverFactory,
    AssignmentFactory,
    AuditorFactory,
    CityApproverFactory,
    CityClerkFactory,
    CompanyFactory,
    EvidenceFactory,
    OfficerFactory,
)
from tests.factories.cultivation import ready_company

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
URL = "/quotas/"
CELL = {"year": "2026", "cell": "330602,little_giant"}


@pytest.fixture(autouse=True)
def counts_are_kept(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    moment = datetime(2026, 11, 24, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "now", lambda: moment)
    settings.KEPT_COUNTS = True
    cache.clear()
    seed(on=date(2024, 1, 1))


@pytest.fixture
def officer() -> User:
    """专管员 of 越城区."""
    return OfficerFactory(person__name="沈雨桐")


@pytest.fixture
def company(officer: User) -> Company:
    """A firm of 越城区 the officer keeps."""
    firm = CompanyFactory(happened_on=date(2024, 1, 1), known_on=date(2024, 1, 1), uscc=code(1))
    return AssignmentFactory(officer=officer, company=firm).company


@pytest.fixture
def city() -> Client:
    """An auditor of the city, who reads."""
    return _client(AuditorFactory(district=None))


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _recorded(company: Company, by: User) -> Recognition:
    return recognition_record(
        company=company,
        by=by,
        title=Title.objects.get(code="little_giant"),
        document_number="工信部企业函〔2026〕88号",
        announced_on=date(2026, 11, 10),
        document=EvidenceFactory(company=company, kind="document"),
        on=TODAY,
    )


def _figure(client: Client, figure: str = "achieved", **query: str) -> int:
    """What the cell shows, which is as long as the list it opens; asked twice, since the second answer comes from what is kept."""
    shown = set()
    for _again in range(2):
        page = client.get(URL, {**CELL, "figure": figure, **query})
        (cell,) = (cell for cell in page.context["grid"].cells() if cell.code == CELL["cell"])
        assert getattr(cell, figure) == page.context["members"]["count"]
        shown.add(getattr(cell, figure))
    (number,) = shown
    return number


def _counts_anew(client: Client) -> bool:
    with CaptureQueriesContext(connection) as captured:
        client.get(URL, {"year": "2026"})
    counting = [query["sql"] for query in captured if "GROUP BY" in query["sql"]]
    return any("accounts_notice" not in sql for sql in counting)  # the bell counts unread notices on every page


def test_a_confirmation_and_a_revocation_show_at_once_and_the_past_day_stays(city: Client, company: Company, officer: User) -> None:
    signer = CityApproverFactory()
    assert _figure(city) == 0
    row = _recorded(company, officer)
    assert _figure(city) == 0, "only recorded"
    decision_sign(decision_id=row.decision_id, signer=signer, on=TODAY)  # type: ignore[arg-type]
    assert _figure(city) == 1
    assert _figure(city, asof="2026-11-23") == 0, "not known on the day before"
    assert _figure(city, asof="2026-11-23", known="today") == 1
    assert city.get(URL, {"year": "2026", "asof": "2026-11-23"}).context["grid"].late_count == 1
    document = EvidenceFactory(company=company, kind="document")
    end = recognition_revoke(
        recognition=Recognition.objects.get(), by=officer, ended_on=date(2026, 11, 20), document_number="工信厅企业函〔2026〕300号",
        document=document, reason="数据造假", on=TODAY,
    )  # fmt: skip
    assert _figure(city) == 1
    decision_sign(decision_id=end.decision_id, signer=signer, on=TODAY)
    assert _figure(city) == 0
    assert _figure(city, asof="2026-11-23") == 0
    assert _figure(city, asof="2026-11-19", known="today") == 1, "before its end it counted"


def test_a_move_between_pools_shows_at_once(city: Client, officer: User) -> None:
    company = ready_company(officer)
    track = track_set_target(company=company, title=Title.objects.get(code="little_giant"), by=officer, on=TODAY)
    assert _figure(city, "sprint") == 0
    approver = ApproverFactory()
    batch = track.title.batches.order_by("-year")[0]
    move = move_propose(track=track, to_state="sprint", by=officer, on=TODAY, batch=batch)
    assert _figure(city, "sprint") == 0
    decision_sign(decision_id=move.decision_id, signer=approver, on=TODAY)
    assert _figure(city, "sprint") == 1
    assert _figure(city, "sprint", asof="2026-11-23") == 0


def test_an_import_and_its_undoing_show_at_once(
    city: Client, company: Company, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    clerk, signer = CityClerkFactory(), CityApproverFactory()
    row = [company.uscc, Title.objects.get(code="little_giant").name, "认定", None, None]
    run = import_upload(
        file=named(xlsx({"获得认定": [RECOGNITION_HEADS, row]})), source="audit", by=clerk, on=TODAY,
        official_list=ContentFile(PDF, name="公告.pdf"), document_number="工信部企业函〔2026〕88号", document_on=date(2026, 11, 10),
    )  # fmt: skip
    assert import_check(run_id=run.pk, on=TODAY).totals["new"] == 1
    assert _figure(city) == 0
    decision = import_submit(run_id=run.pk, by=clerk, on=TODAY)
    assert _figure(city) == 0
    with django_capture_on_commit_callbacks(execute=True):
        decision_sign(decision_id=decision.pk, signer=signer, on=TODAY)
    assert _figure(city) == 1
    undo = import_undo_submit(run_id=run.pk, by=clerk, on=TODAY)
    assert _figure(city) == 1
    decision_sign(decision_id=undo.pk, signer=signer, on=TODAY)
    assert _figure(city) == 0


def test_a_log_begun_anew_shares_no_count_with_the_one_before(city: Client, company: Company, officer: User) -> None:
    """A demo that starts over has other firms under the same numbers of entries."""
    signer, numbers = CityApproverFactory(), []
    for wanted, reason in ((1, "第一次"), (0, "重来")):
        with transaction.atomic():
            if wanted:
                decision_sign(decision_id=_recorded(company, officer).decision_id, signer=signer, on=TODAY)  # type: ignore[arg-type]
            while audit.record("company.changed", actor=None, target=company, reason=reason).number < 100:
                pass
            numbers.append(audit.AuditHead.objects.get().number)
            assert _figure(city) == wanted
            transaction.set_rollback(True)
    assert numbers == [100, 100]


def test_counts_are_kept_over_sign_ins_and_refusals_and_made_anew_after_a_change(city: Client, company: Company, officer: User) -> None:
    audit.record("company.changed", actor=None, target=company)
    assert _counts_anew(city)
    assert not _counts_anew(city)
    audit.record("user.signed_in", actor=officer, target=officer)
    audit.record_refusal("company.refused", actor=officer, target=company, reason="不在职责范围内")
    assert not _counts_anew(city)
    audit.record("company.changed", actor=officer, target=company)
    assert _counts_anew(city)


def test_where_no_change_is_within_reach_each_entry_is_a_state_of_its_own(
    city: Client, company: Company, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "REACH", 1)
    audit.record("company.changed", actor=None, target=company)
    before = kept.newest_change()
    audit.record("user.signed_in", actor=officer, target=officer)
    assert kept.newest_change() not in {"", before}
    assert _counts_anew(city)
    assert not _counts_anew(city)


def test_a_district_reads_no_figure_of_another_from_what_the_city_had_counted(city: Client, company: Company, officer: User) -> None:
    decision_sign(decision_id=_recorded(company, officer).decision_id, signer=CityApproverFactory(), on=TODAY)  # type: ignore[arg-type]
    assert _figure(city) == 1
    late = {"year": "2026", "asof": "2026-11-23"}
    assert city.get(URL, late).context["grid"].late_count == 1
    other = _client(AuditorFactory(district=District.objects.get(code="330681")))
    grid = other.get(URL, late).context["grid"]
    assert {cell.code.partition(",")[0] for cell in grid.cells()} == {"330681"}
    assert sum(cell.achieved or 0 for cell in grid.cells()) == grid.late_count == 0
    own = _client(AuditorFactory(district=company.district))
    assert own.get(URL, late).context["grid"].late_count == 1
    assert _figure(own) == 1
