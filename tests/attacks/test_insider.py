"""SF-A7, and what leaving a district or losing a firm means at once: papers, runs, decisions, judgements and the log."""

from datetime import date
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from accounts.audit.models import AuditEntry
from accounts.decisions.models import Decision
from accounts.users.models import District, User
from companies.evidence.models import Evidence
from companies.imports.models import ImportRun
from companies.imports.services import import_start_check
from companies.register.models import Company
from core.errors import NotPermitted, Refusal
from policies.standards.models import Judgement
from policies.standards.services import judgement_make
from tests.attacks import proposals
from tests.factories import AssignmentFactory, CompanyFactory, EvidenceFactory, OfficerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def moved(user: User, district: District | None) -> None:
    User.objects.filter(pk=user.pk).update(district=district, office=None)


@pytest.mark.parametrize("who", ["officer", "clerk"])
def test_who_leaves_the_district_reads_nothing_of_it_any_more_not_even_what_they_brought(
    request: pytest.FixtureRequest, company: Company, who: str, elsewhere: District, today: date
) -> None:
    user: User = request.getfixturevalue(who)
    run = proposals.checked_run(company, user, today)
    pages = [f"/imports/{run.pk}/", f"/imports/{run.pk}/rows/", f"/imports/{run.pk}/file/", f"/evidence/{run.file_id}/download/"]
    client = signed_in(user)
    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    moved(user, elsewhere)
    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
    assert run.file.name not in client.get("/imports/").content.decode()
    before = AuditEntry.objects.filter(is_refusal=False).count()
    for action in ("check", "submit", "apply", "undo"):
        assert client.post(f"/imports/{run.pk}/{action}/").status_code == 404
    with pytest.raises(NotPermitted):
        import_start_check(run_id=run.pk, by=User.objects.get(pk=user.pk), on=today)
    assert AuditEntry.objects.filter(is_refusal=False).count() == before
    assert ImportRun.objects.get(pk=run.pk).state == "checked"


def test_who_leaves_the_city_no_longer_reads_the_workbooks_of_the_city(
    company: Company, city_clerk: User, elsewhere: District, today: date
) -> None:
    run = proposals.checked_run(company, city_clerk, today)
    client = signed_in(city_clerk)
    for page in (f"/imports/{run.pk}/", f"/evidence/{run.file_id}/download/"):
        moved(city_clerk, None)
        assert client.get(page).status_code == 200
        moved(city_clerk, elsewhere)
        assert client.get(page).status_code == 404


@pytest.mark.parametrize("kind", [kind for kind in proposals.KINDS if kind not in proposals.OF_NO_FIRM])
def test_who_leaves_the_district_no_longer_opens_their_own_proposals(kind: str, officer: User, elsewhere: District, today: date) -> None:
    proposed = proposals.KINDS[kind](officer, today)
    page, client = f"/decisions/{proposed.decision.pk}/", signed_in(officer)
    assert client.get(page).status_code == 200
    moved(officer, elsewhere)
    assert client.get(page).status_code == 404
    assert client.post(f"{page}withdraw/").status_code == 404
    assert proposed.company.name not in client.get("/decisions/").content.decode()
    assert Decision.objects.get(pk=proposed.decision.pk).state == "submitted"


def test_the_own_part_of_the_log_shows_firms_of_the_own_district_only(company: Company, officer: User, elsewhere: District) -> None:
    client = signed_in(officer)
    client.post(f"/companies/{company.uscc}/figures/new/", {"year": "2024", "source": "audit", "employees": "300"})
    entry = AuditEntry.objects.get(action="figures.added")
    assert client.get(f"/audit/{entry.number}/").status_code == 200
    moved(officer, elsewhere)
    assert client.get(f"/audit/{entry.number}/").status_code == 404
    assert company.uscc not in client.get("/audit/?cols=action,company_uscc").content.decode()


def _made(company: Company, by: User, on: date, **more: Any) -> Judgement:
    title = proposals.Title.objects.get(code="little_giant")
    return judgement_make(company=company, title=title, criterion="L-5", outcome="met", note="现场核实", by=by, on=on, **more)


def test_a_judgement_rests_on_no_paper_of_another_firm_and_on_none_withdrawn(company: Company, officer: User, today: date) -> None:
    other = EvidenceFactory(company=AssignmentFactory(officer=officer, company=CompanyFactory()).company)
    withdrawn = EvidenceFactory(company=company, withdrawn_on=today)
    for paper in (other, withdrawn):
        with pytest.raises(Refusal, match="不是该企业的"):
            _made(company, officer, today, evidence=paper)
    assert _made(company, officer, today, evidence=EvidenceFactory(company=company)).evidence is not None


def test_a_keeper_who_left_the_district_judges_nothing_more_there(
    company: Company, officer: User, elsewhere: District, today: date
) -> None:
    moved(officer, elsewhere)
    with pytest.raises(NotPermitted):
        _made(company, User.objects.get(pk=officer.pk), today)
    moved(officer, company.district)
    assert _made(company, User.objects.get(pk=officer.pk), today).pk


def test_losing_the_firm_ends_writing_at_once_by_every_door(company: Company, officer: User, today: date) -> None:
    client, base = signed_in(officer), f"/companies/{company.uscc}"
    forms = [f"{base}/figures/new/", f"{base}/incidents/new/", f"{base}/evidence/new/", f"{base}/sheets/little_giant/judge/"]
    assert [client.get(form).status_code for form in forms] == [200] * len(forms)
    company.assignments.update(ends_on=today)
    AssignmentFactory(company=company, officer=OfficerFactory(), starts_on=today)
    counts = Evidence.objects.count(), Judgement.objects.count(), AuditEntry.objects.filter(is_refusal=False).count()
    file = ContentFile(proposals.PDF, name="a.pdf")
    sent = {
        "year": "2024",
        "source": "audit",
        "employees": "300",
        "kind": "other",
        "file": file,
        "starts_on": "2026-11-01",
        "title": "little_giant",
    }
    answers = [client.post(form, sent).status_code for form in [*forms, f"{base}/tracks/new/"]]
    assert set(answers) <= {403, 404}
    assert (Evidence.objects.count(), Judgement.objects.count(), AuditEntry.objects.filter(is_refusal=False).count()) == counts
    assert client.get(f"{base}/").status_code == 200  # the district is still theirs to read
