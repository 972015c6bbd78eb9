"""Sheets and kept evaluations from the register's own rows, and what people may judge."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import QueryDict
from django.utils.timezone import localdate

from accounts.audit.verify import row_problems
from accounts.jobs.models import Job
from accounts.opening import opening
from companies.figures.models import Incident
from companies.figures.selectors import figures_for
from companies.recognitions.models import Title
from companies.register.slots import PanelRequest
from core.errors import NotPermitted
from policies.engine import Outcome, Overall
from policies.engine.describe import nearest_text
from policies.engine.outcomes import GapKind
from policies.engine.sheet import Nearest
from policies.standards import library, services
from policies.standards.models import Evaluation, Judgement, Standard
from policies.standards.panels import titles_against
from policies.standards.snapshots import snapshots_for
from policies.wiring import evaluate_job
from tests.factories import AssignmentFactory, ClerkFactory, CompanyFactory, IncidentFactory, OfficerFactory, YearFiguresFactory
from tests.factories.cultivation import held, ready_company
from tests.factories.cultivation import library as ship

pytestmark = pytest.mark.django_db
MAY_5 = date(2026, 5, 5)


@pytest.fixture(autouse=True)
def shipped(db: None) -> None:
    ship()


def _little_giant() -> Title:
    return Title.objects.get(code="little_giant")


def test_a_firm_that_meets_every_line_is_promising_and_never_called_recognised() -> None:
    sheet = services.sheet_for(company=ready_company(), title=_little_giant(), on=MAY_5)
    assert sheet.overall == Overall.PROMISING
    assert sheet.counts.open == 0


def test_a_closed_year_below_the_line_is_closed_and_gives_the_earliest_filing() -> None:
    firm = ready_company(rd_expense=Decimal("3_672_000"))  # 2.70 % of 1.36 亿元
    sheet = services.sheet_for(company=firm, title=_little_giant(), on=MAY_5)
    verdict = sheet.verdict("L-3b")
    assert verdict.outcome == Outcome.UNMET
    assert (verdict.gap_kind, verdict.earliest_year) == ("closed", 2028)
    assert sheet.overall == Overall.NOT_YET


def test_the_text_in_force_on_the_day_is_the_one_applied() -> None:
    firm = ready_company()
    assert services.sheet_for(company=firm, title=_little_giant(), on=date(2026, 3, 31)).document.startswith("工信部企业〔2022〕63号")
    assert services.sheet_for(company=firm, title=_little_giant(), on=date(2026, 4, 1)).document.startswith("工信部企业〔2026〕2号")


def test_a_past_day_gives_the_sheet_of_that_day_in_both_readings() -> None:
    firm = ready_company(platform_score=None)
    later = date(2026, 6, 1)
    YearFiguresFactory(company=firm, year=2026, source="platform", period_to=MAY_5, known_on=later, platform_score=Decimal(72))
    then = services.sheet_for(company=firm, title=_little_giant(), on=MAY_5)
    now = services.sheet_for(company=firm, title=_little_giant(), on=MAY_5, known=later)
    assert then.verdict("L-7").outcome == Outcome.UNKNOWN
    assert now.verdict("L-7").outcome == Outcome.MET


def test_two_papers_of_one_source_that_disagree_are_a_conflict_and_read_as_missing() -> None:
    firm = ready_company()
    first = figures_for([firm.pk], on=MAY_5)[firm.pk][-1]
    assert first.source == "platform"
    YearFiguresFactory(company=firm, year=2025, source="audit", stands_beside=True, known_on=MAY_5, revenue=Decimal(99_000_000))
    verdict = services.sheet_for(company=firm, title=_little_giant(), on=MAY_5).verdict("L-2a")
    assert verdict.outcome == Outcome.UNKNOWN
    assert len(verdict.observed[0].conflict) == 2


def test_a_later_version_replaces_the_earlier_one() -> None:
    firm = ready_company()
    YearFiguresFactory(company=firm, year=2025, source="audit", known_on=MAY_5, revenue=Decimal(99_000_000))
    verdict = services.sheet_for(company=firm, title=_little_giant(), on=MAY_5).verdict("L-2a")
    assert [one.text for one in verdict.observed] == ["9,900.0 万元"]


def test_the_kept_evaluation_agrees_with_the_sheet_and_follows_a_change() -> None:
    firm = ready_company()
    assert services.evaluation_refresh(company_ids=[firm.pk], on=MAY_5) == len(library.evaluated(on=MAY_5))
    kept = Evaluation.objects.get(company=firm, title__code="little_giant")
    sheet = services.sheet_for(company=firm, title=_little_giant(), on=MAY_5)
    assert (kept.overall, kept.open_count, kept.digest) == (sheet.overall.value, sheet.counts.open, sheet.digest)
    Incident.objects.create(company=firm, kind="abnormal_list", starts_on=MAY_5, known_on=MAY_5)
    assert services.evaluation_refresh(company_ids=[firm.pk], on=MAY_5) == len(library.evaluated(on=MAY_5))
    assert Evaluation.objects.get(company=firm, title__code="little_giant").digest != kept.digest


def test_the_digest_does_not_know_the_calendar_day() -> None:
    firm = ready_company()
    days = (date(2026, 5, 5), date(2026, 6, 20), date(2026, 10, 9))
    assert len({services.sheet_for(company=firm, title=_little_giant(), on=day).digest for day in days}) == 1


def test_an_incident_says_against_which_titles_it_stands(django_assert_num_queries: Any, client: Any) -> None:
    listed, accident, grave = IncidentFactory(), IncidentFactory(kind="safety"), IncidentFactory(kind="safety", severity="larger")
    officer = OfficerFactory(district=listed.company.district)
    request = PanelRequest(listed.company, officer, QueryDict(), date(2026, 8, 20))
    with django_assert_num_queries(1):
        found = titles_against(request, [listed, accident, grave])
    # 138号 names 重大 accidents, 2号文 较大 ones
    assert found[listed.pk][:2] == ["单项冠军", "小巨人"]
    assert "小巨人" in found[grave.pk]
    assert "单项冠军" not in found[grave.pk]
    assert set(found) == {listed.pk, grave.pk}
    named = set(found[listed.pk]) | set(found[grave.pk])
    assert named.isdisjoint(Title.objects.filter(kind="nominated").values_list("short_name", flat=True))
    client.force_login(officer)
    assert (
        f"影响 {len(found[listed.pk])} 个称号：{'、'.join(found[listed.pk])}"
        in client.get(f"/companies/{listed.company.uscc}/").content.decode()
    )
    assert "个称号" not in client.get(f"/companies/{accident.company.uscc}/").content.decode()


def test_facts_of_many_firms_cost_as_many_queries_as_of_one(django_assert_num_queries: Any) -> None:
    firms = [ready_company().pk for _number in range(4)]
    with django_assert_num_queries(4):
        snapshots_for(firms[:1], on=MAY_5)
    with django_assert_num_queries(4):
        snapshots_for(firms, on=MAY_5)


def test_firms_never_evaluated_stale_or_past_their_day_are_due() -> None:
    first, second = ready_company(), ready_company()
    assert services.evaluations_due(on=MAY_5) == [first.pk, second.pk]
    services.evaluation_refresh(company_ids=[first.pk, second.pk], on=MAY_5)
    assert services.evaluations_due(on=MAY_5) == []
    Evaluation.objects.filter(company=second).update(is_stale=True)
    assert services.evaluations_due(on=MAY_5) == [second.pk]
    assert services.evaluations_due(on=date(2027, 1, 2)) == [first.pk, second.pk]


def test_a_job_that_waited_answers_for_today_and_never_for_the_day_it_was_queued() -> None:
    firm, today = ready_company(), localdate()
    services.evaluation_refresh(company_ids=[firm.pk], on=today)
    late = Job.objects.create(kind="evaluate", payload={"on": MAY_5.isoformat()})
    Evaluation.objects.update(is_stale=True)
    assert evaluate_job(late)["companies"] == 1
    kept = Evaluation.objects.get(company=firm, title=_little_giant())
    assert (kept.evaluated_on, kept.is_stale) == (today, False)
    assert evaluate_job(late)["companies"] == 0


def test_the_nearest_gap_is_printed_as_the_sheet_prints_it() -> None:
    standard = services.standard_in_force(title=_little_giant(), on=MAY_5).compiled

    def told(gap: str, unit: str) -> str:
        return nearest_text(standard, Nearest("L-3b", Decimal(gap), unit, GapKind.CLOSED)).partition("：")[2]

    assert told("0.06328", "个百分点") == "差 0.07 个百分点（已关账）"
    assert told("832.37", "万元") == "差 832.4 万元（已关账）"
    assert told("2", "项") == "差 2 项（已关账）"


def test_the_officer_judges_a_manual_line_with_a_note_and_may_withdraw_it() -> None:
    officer = OfficerFactory()
    firm = ready_company(is_judged=False)
    AssignmentFactory(company=firm, officer=officer)
    on = localdate()
    judgement = services.judgement_make(
        company=firm, title=_little_giant(), criterion="L-6", outcome="met", note="核心基础零部件目录第 12 项", by=officer, on=on
    )
    assert services.sheet_for(company=firm, title=_little_giant(), on=on).verdict("L-6").outcome == Outcome.MET
    services.judgement_withdraw(judgement=judgement, by=officer, on=on, reason="目录已更新")
    assert services.sheet_for(company=firm, title=_little_giant(), on=on).verdict("L-6").outcome == Outcome.MANUAL
    assert Judgement.objects.get().withdrawal_note == "目录已更新"
    assert list(row_problems()) == []


def test_nobody_judges_what_figures_decide() -> None:
    officer = OfficerFactory()
    firm = ready_company(officer)
    with pytest.raises(services.NotManual, match="由指标判定"):
        services.judgement_make(
            company=firm, title=_little_giant(), criterion="L-3b", outcome="met", note="看好", by=officer, on=localdate()
        )
    assert not Judgement.objects.filter(criterion="L-3b").exists()


@pytest.mark.parametrize("factory", [OfficerFactory, ClerkFactory], ids=["another officer", "clerk"])
def test_only_the_firms_officer_judges(factory: Any) -> None:
    firm = CompanyFactory()
    with pytest.raises(NotPermitted):
        services.judgement_make(
            company=firm,
            title=_little_giant(),
            criterion="L-6",
            outcome="met",
            note="看好",
            by=factory(district=firm.district),
            on=localdate(),
        )


def test_the_stored_text_is_the_truth_and_seeding_twice_stores_nothing_twice() -> None:
    before = Standard.objects.count()
    library.standards_seed()
    assert Standard.objects.count() == before


def test_a_question_of_the_review_is_answered_under_the_text_of_the_cohort() -> None:
    officer = OfficerFactory()
    firm = ready_company(officer)
    title = _little_giant()
    asked = {"company": firm, "title": title, "criterion": "Y-1", "outcome": "met", "note": "现场核实", "by": officer, "on": MAY_5}
    with opening("期初数据"), pytest.raises(services.NoStandard):
        services.judgement_make(**asked, is_review=True)
    day = date(2023, 7, 14)
    held(firm, "little_giant", announced_on=day, happened_on=day, known_on=day, valid_from=day, valid_until=date(2026, 7, 13))
    with opening("期初数据"), pytest.raises(services.NotManual):
        services.judgement_make(**asked)  # the text of 2026 has no such criterion
    with opening("期初数据"):
        judgement = services.judgement_make(**asked, is_review=True)
    assert judgement.standard.document_number == "工信部企业〔2022〕63号"
    review = services.review_sheet_for(company=firm, title=title, on=MAY_5)
    assert review is not None
    assert review.verdict("Y-1").outcome == Outcome.MET
    assert review.application_year == 2026


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_published_text_is_never_changed_or_deleted(verb: str) -> None:
    rows = Standard.objects.filter(title__code="little_giant")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(text="x") if verb == "update" else rows._raw_delete(rows.db)
    assert rows.exclude(text="x").count() == rows.count() > 0
