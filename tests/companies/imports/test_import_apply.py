"""Apply and undo: wholly or not at all, twice changes nothing, what somebody has edited since stays and is named."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.audit.models import AuditEntry
from accounts.audit.verify import chain_problems, row_problems
from accounts.decisions.errors import HadAHand, NotAuthorised
from accounts.decisions.models import DecisionState, Level
from accounts.decisions.services import decision_reject, decision_sign
from accounts.jobs.models import Job, JobState
from accounts.jobs.services import jobs_recover
from accounts.opening import NotToday, opening
from accounts.users.models import User
from companies.figures.models import YearFigures
from companies.figures.selectors import figures_for
from companies.figures.services import figures_add
from companies.imports import applying, services
from companies.imports.checking import import_check
from companies.imports.models import ImportRun, ImportState
from companies.imports.refusals import CannotApplyAgain, DecisionNeeded, ListMissing, NothingToImport, NotNow
from companies.imports.undoing import OWN, UndoPlan
from companies.imports.words import RELATED
from companies.recognitions.models import Recognition, RecognitionState
from companies.register.models import Company, CompanyDistrict, CompanyName
from companies.register.services import company_save
from core.errors import NotPermitted, Refusal
from tests.companies.imports.books import FIGURE_HEADS, FIRM_HEADS, RECOGNITION_HEADS, code, firm
from tests.companies.imports.conftest import fresh
from tests.factories import ApproverFactory, AssignmentFactory, CompanyFactory, RecognitionFactory, YearFiguresFactory

Check = Callable[..., ImportRun]
Commit = Callable[..., Any]
FILE = {"企业": [FIRM_HEADS, firm(1), firm(2)], "年度指标": [FIGURE_HEADS, [code(1), 2025, "1,234.50", 100, 88], [code(2), 2025, 99, 9, 9]]}


@pytest.fixture
def apply(django_capture_on_commit_callbacks: Commit, today: date) -> Callable[..., ImportRun]:
    """Start the import and let the background job run."""

    def start(run: ImportRun, *, by: User) -> ImportRun:
        with django_capture_on_commit_callbacks(execute=True):
            services.import_apply(run_id=run.pk, by=by, on=today)
        return fresh(run)

    return start


@pytest.fixture
def sign(django_capture_on_commit_callbacks: Commit, today: date) -> Callable[..., ImportRun]:
    """Submit, sign by a second person, and let the background job run."""

    def submit_and_sign(run: ImportRun, *, by: User, signer: User) -> ImportRun:
        decision = services.import_submit(run_id=run.pk, by=by, on=today)
        with django_capture_on_commit_callbacks(execute=True):
            decision_sign(decision_id=decision.pk, signer=signer, on=today)
        return fresh(run)

    return submit_and_sign


def current(company: Company, today: date) -> dict[str, Any]:
    """Facts in force of the last year."""
    return {name: value for name, value in figures_for([company.pk], on=today)[company.pk][-1].values.items() if value is not None}


def test_an_import_brings_firms_and_figures_with_source_and_run(city_clerk: User, check: Check, apply: Any, today: date) -> None:
    run = apply(check(FILE, by=city_clerk), by=city_clerk)
    assert (run.state, run.applied_on, run.job.state) == (ImportState.APPLIED, today, JobState.DONE)
    company = Company.objects.get(uscc=code(1))
    assert (company.name, company.district.name, company.industry, company.size, company.is_above_scale) == (
        firm(1)[1],
        "越城区",
        "34",
        "2",
        True,
    )
    assert (company.founded_on, company.happened_on, company.import_run) == (date(2012, 5, 8), today, run)
    assert company.search_tokens
    assert CompanyDistrict.objects.get(company=company).starts_on == today
    assert current(company, today) == {"revenue": Decimal("12345000.00"), "rd_expense": Decimal(1_000_000), "employees": 88}
    version = YearFigures.objects.get(company=company)
    assert (version.source, version.entered_by, version.note) == ("audit", city_clerk, "导入“年度指标”第 2 行")
    assert list(row_problems()) + list(chain_problems()) == []
    assert AuditEntry.objects.filter(action="import.applied", items_count=4).count() == 1


def test_the_same_file_twice_reports_all_rows_unchanged_and_imports_nothing(city_clerk: User, check: Check, apply: Any) -> None:
    apply(check(FILE, by=city_clerk), by=city_clerk)
    again = check(FILE, by=city_clerk)
    assert {name: again.totals[name] for name in ("new", "changed", "unchanged", "refused")} == {
        "new": 0,
        "changed": 0,
        "unchanged": 4,
        "refused": 0,
    }
    with pytest.raises(NothingToImport):
        apply(again, by=city_clerk)
    assert (Company.objects.count(), YearFigures.objects.count()) == (2, 2)


def test_changing_a_stored_value_needs_a_second_person_who_sees_before_and_after(
    city_clerk: User, signer: User, check: Check, apply: Any, sign: Any, today: date
) -> None:
    apply(check(FILE, by=city_clerk), by=city_clerk)
    change = check({"年度指标": [FIGURE_HEADS, [code(1), 2025, 1_300, None, None]]}, by=city_clerk)
    with pytest.raises(DecisionNeeded):
        apply(change, by=city_clerk)
    run = sign(change, by=city_clerk, signer=signer)
    assert run.state == ImportState.APPLIED
    line = run.decision.frozen["changes"][-1]
    assert (line["before"], line["after"]) == ("1,234.5 万元", "1,300 万元")
    assert current(Company.objects.get(uscc=code(1)), today) == {
        "revenue": Decimal(13_000_000),
        "rd_expense": Decimal(1_000_000),
        "employees": 88,
    }
    assert AuditEntry.objects.get(action="import.applied", target_id=str(run.pk)).actor == signer


def test_the_uploader_cannot_sign_with_whatever_account_and_a_district_approver_not_for_the_city(
    city_clerk: User, signer: User, check: Check, today: date
) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, revenue=Decimal(10_000))
    run = check({"年度指标": [FIGURE_HEADS, [code(1), 2025, 2, None, None]]}, by=city_clerk)
    decision = services.import_submit(run_id=run.pk, by=city_clerk, on=today)
    signer.person = city_clerk.person
    signer.save()
    with pytest.raises(HadAHand):
        decision_sign(decision_id=decision.pk, signer=signer, on=today)
    with pytest.raises(NotAuthorised):
        decision_sign(decision_id=decision.pk, signer=ApproverFactory(), on=today)
    assert fresh(run).state == ImportState.CHECKED
    assert current(company, today) == {"revenue": Decimal(10_000)}


def test_a_decision_turns_stale_when_a_firm_of_the_file_changed_since(city_clerk: User, signer: User, check: Check, today: date) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, revenue=Decimal(10_000))
    run = check({"年度指标": [FIGURE_HEADS, [code(1), 2025, 2, None, None]]}, by=city_clerk)
    decision = services.import_submit(run_id=run.pk, by=city_clerk, on=today)
    figures_add(company_id=company.pk, year=2024, source="audit", values={"employees": 7}, by=city_clerk, on=today)
    assert decision_sign(decision_id=decision.pk, signer=signer, on=today).state == DecisionState.STALE
    assert YearFigures.objects.filter(import_run=run).count() == 0


def test_a_rejected_import_can_be_checked_and_submitted_again(city_clerk: User, signer: User, check: Check, sign: Any, today: date) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, revenue=Decimal(10_000))
    run = check({"年度指标": [FIGURE_HEADS, [code(1), 2025, 2, None, None]]}, by=city_clerk)
    decision = services.import_submit(run_id=run.pk, by=city_clerk, on=today)
    with pytest.raises(NotNow):
        services.import_start_check(run_id=run.pk, by=city_clerk, on=today)
    decision_reject(decision_id=decision.pk, by=signer, on=today, reason="再核一遍")
    run = services.import_start_check(run_id=run.pk, by=city_clerk, on=today)
    assert sign(run, by=city_clerk, signer=signer).state == ImportState.APPLIED


def test_what_changed_after_the_check_stops_the_import_before_anything_is_written(city_clerk: User, check: Check, today: date) -> None:
    company = CompanyFactory(uscc=code(1))
    run = check({"企业": [FIRM_HEADS, firm(2)], "年度指标": [FIGURE_HEADS, [code(1), 2025, 2, None, None]]}, by=city_clerk)
    figures_add(company_id=company.pk, year=2025, source="audit", values={"revenue": Decimal(30_000)}, by=city_clerk, on=today)
    with pytest.raises(Refusal, match=r"校验之后库内数据已变"):
        applying.import_carry_out(run_id=run.pk, by=city_clerk, on=today)
    run = fresh(run)
    assert (run.state, Company.objects.count(), YearFigures.objects.filter(import_run=run).count()) == (ImportState.FAILED, 1, 0)
    assert "请重新校验" in run.message


def test_an_error_in_the_middle_leaves_nothing_half_applied(
    city_clerk: User, check: Check, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = check(FILE, by=city_clerk)

    def fail(name: str) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(applying.faults, "point", fail)
    with pytest.raises(RuntimeError, match=r"import\.apply"):
        applying.import_carry_out(run_id=run.pk, by=city_clerk, on=today)
    assert (fresh(run).state, Company.objects.count(), YearFigures.objects.count()) == (ImportState.FAILED, 0, 0)
    assert list(row_problems()) + list(chain_problems()) == []


def test_an_import_whose_worker_died_says_so_and_starts_again(
    city_clerk: User, check: Check, today: date, django_capture_on_commit_callbacks: Commit
) -> None:
    run = check(FILE, by=city_clerk)
    services.import_apply(run_id=run.pk, by=city_clerk, on=today)
    job = fresh(run).job
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING)
    applying._start(run.pk, by=city_clerk, on=today, job=job)
    jobs_recover(everything=True)
    run = fresh(run)
    assert (run.state, Company.objects.count()) == (ImportState.INTERRUPTED, 0)
    assert "重新开始" in run.message
    with django_capture_on_commit_callbacks(execute=True):
        services.import_restart(run_id=run.pk, by=city_clerk, on=today)
    assert (fresh(run).state, Company.objects.count()) == (ImportState.APPLIED, 2)
    assert list(row_problems()) + list(chain_problems()) == []


def recognitions(number: int = 1) -> dict[str, Any]:
    return {"获得认定": [RECOGNITION_HEADS, *([code(n), "专精特新中小企业", "认定", None, None] for n in range(1, number + 1))]}


def test_recognitions_need_the_official_list_and_the_city(
    clerk: User, signer: User, check: Check, sign: Any, today: date, official_list: ContentFile
) -> None:
    CompanyFactory(uscc=code(1))
    run = check(recognitions(), by=clerk)
    assert run.totals["refused"] == 1, "neither the row nor the upload names a document"
    run = check({"获得认定": [RECOGNITION_HEADS, [code(1), "专精特新", None, "浙经信〔2025〕1号", "2025-01-10"]]}, by=clerk)
    with pytest.raises(ListMissing):
        services.import_submit(run_id=run.pk, by=clerk, on=today)
    services.import_attach_list(
        run_id=run.pk, file=official_list, document_number="浙经信〔2025〕1号", document_on=date(2025, 1, 10), by=clerk, on=today
    )
    run = services.import_start_check(run_id=run.pk, by=clerk, on=today)
    run = sign(run, by=clerk, signer=signer)
    assert run.decision.level == Level.CITY
    row = Recognition.objects.get()
    assert (row.state, row.document_number, row.happened_on, row.known_on) == (
        RecognitionState.CONFIRMED,
        "浙经信〔2025〕1号",
        date(2025, 1, 10),
        today,
    )
    assert (row.document, row.decision, row.import_run, row.is_first) == (run.official_list, run.decision, run, True)


def test_a_recognition_held_already_is_unchanged_and_with_another_date_refused(
    city_clerk: User, check: Check, official_list: ContentFile
) -> None:
    held = RecognitionFactory(company=CompanyFactory(uscc=code(1)))
    same = [code(1), "专精特新中小企业", "认定", held.document_number, held.announced_on]
    assert check({"获得认定": [RECOGNITION_HEADS, same]}, by=city_clerk).totals["unchanged"] == 1
    other = [*same[:-1], date(2025, 2, 1)]
    assert check({"获得认定": [RECOGNITION_HEADS, other]}, by=city_clerk).totals["refused"] == 1


def test_undo_withdraws_what_the_run_added_and_applying_again_brings_it_back(
    city_clerk: User, check: Check, apply: Any, today: date
) -> None:
    run = apply(check(FILE, by=city_clerk), by=city_clerk)
    run = services.import_undo(run_id=run.pk, by=city_clerk, on=today)
    assert (run.state, run.kept) == (ImportState.UNDONE, [])
    assert Company.objects.visible_to(city_clerk).count() == 0
    assert YearFigures.objects.filter(withdrawn_on=today).count() == 2
    assert (Company.objects.count(), YearFigures.objects.count()) == (2, 2), "nothing is deleted"
    run = apply(run, by=city_clerk)
    assert (run.state, run.undone_on) == (ImportState.APPLIED, None)
    assert Company.objects.visible_to(city_clerk).count() == 2
    assert current(Company.objects.get(uscc=code(1)), today)["employees"] == 88
    assert list(row_problems()) + list(chain_problems()) == []


def test_undo_keeps_what_somebody_has_edited_since_and_names_it(city_clerk: User, check: Check, apply: Any, today: date) -> None:
    run = apply(check(FILE, by=city_clerk), by=city_clerk)
    edited, written = Company.objects.get(uscc=code(1)), Company.objects.get(uscc=code(2))
    company_save(by=city_clerk, on=today, company_id=edited.pk, values={"size": "1"})
    figures_add(company_id=written.pk, year=2025, source="audit", values={"employees": 10}, by=city_clerk, on=today)
    assert UndoPlan(fresh(run)).counts == {"companies": 0, "changed": 0, "figures": 1, "recognitions": 0}
    run = services.import_undo(run_id=run.pk, by=city_clerk, on=today)
    assert {(item["uscc"], item["who"]) for item in run.kept} == {(code(1), city_clerk.name), (code(2), city_clerk.name)}
    assert Company.objects.visible_to(city_clerk).count() == 2
    assert current(written, today)["employees"] == 10
    assert list(row_problems()) + list(chain_problems()) == []


def test_undo_keeps_a_firm_other_records_hang_on(city_clerk: User, check: Check, apply: Any, today: date) -> None:
    run = apply(check(FILE, by=city_clerk), by=city_clerk)
    AssignmentFactory(company=Company.objects.get(uscc=code(1)))
    run = services.import_undo(run_id=run.pk, by=city_clerk, on=today)
    assert [(item["uscc"], item["what"]) for item in run.kept] == [(code(1), "已有挂钩")]
    assert set(Company.objects.visible_to(city_clerk).values_list("uscc", flat=True)) == {code(1)}


def test_whatever_can_outlast_an_undo_has_a_name_in_words() -> None:
    labels = {
        relation.related_model._meta.label
        for relation in Company._meta.related_objects
        if relation.get_accessor_name() not in OWN and relation.field.concrete and not getattr(relation.related_model, "IS_COMPUTED", False)
    }
    assert labels == set(RELATED)


def test_undo_puts_changed_firms_back_and_the_rename_with_them(
    city_clerk: User, signer: User, check: Check, sign: Any, today: date
) -> None:
    company = CompanyFactory(uscc=code(1), name="绍兴旧名有限公司", size="3", industry="34")
    run = sign(
        check({"企业": [["统一社会信用代码", "企业名称", "规模"], [code(1), "绍兴新名有限公司", "中型"]]}, by=city_clerk),
        by=city_clerk,
        signer=signer,
    )
    company = Company.objects.get(pk=company.pk)
    assert (company.name, company.size, run.state) == ("绍兴新名有限公司", "2", ImportState.APPLIED)
    assert CompanyName.objects.get(company=company, withdrawn_on__isnull=True).name == "绍兴旧名有限公司"
    decision_sign(decision_id=services.import_undo_submit(run_id=run.pk, by=city_clerk, on=today).pk, signer=signer, on=today)
    company = Company.objects.get(pk=company.pk)
    assert (company.name, company.size) == ("绍兴旧名有限公司", "3")
    assert CompanyName.objects.filter(company=company, withdrawn_on__isnull=True).count() == 0
    assert list(row_problems()) + list(chain_problems()) == []


def test_applying_again_is_refused_where_newer_figures_stand(city_clerk: User, check: Check, apply: Any, today: date) -> None:
    company = CompanyFactory(uscc=code(1))
    run = apply(check({"年度指标": [FIGURE_HEADS, [code(1), 2025, 10, None, None]]}, by=city_clerk), by=city_clerk)
    services.import_undo(run_id=run.pk, by=city_clerk, on=today)
    figures_add(company_id=company.pk, year=2025, source="audit", values={"revenue": Decimal(5)}, by=city_clerk, on=today)
    with pytest.raises(CannotApplyAgain):
        applying.import_carry_out(run_id=run.pk, by=city_clerk, on=today)
    run = ImportRun.objects.get(pk=run.pk)
    assert run.state == ImportState.FAILED
    assert "请重新上传文件" in run.message
    with pytest.raises(NotNow):  # its rows belong to what it once wrote
        import_check(run_id=run.pk, on=today, by=city_clerk)


def test_a_withdrawn_firm_comes_back_by_another_file(city_clerk: User, check: Check, apply: Any, today: date) -> None:
    run = apply(check(FILE, by=city_clerk), by=city_clerk)
    services.import_undo(run_id=run.pk, by=city_clerk, on=today)
    other = apply(check({"企业": [FIRM_HEADS, firm(1, 规模="小型")]}, by=city_clerk), by=city_clerk)
    assert other.state == ImportState.APPLIED
    company = Company.objects.visible_to(city_clerk).get()
    assert (company.uscc, company.size, company.import_run) == (code(1), "3", other)


def test_nobody_else_goes_on_with_a_run_or_takes_it_back(
    city_clerk: User, clerk: User, officer: User, check: Check, apply: Any, today: date
) -> None:
    run = check(FILE, by=city_clerk)
    for user in (clerk, officer):
        with pytest.raises(NotPermitted):
            apply(run, by=user)
    run = apply(run, by=city_clerk)
    with pytest.raises(NotPermitted):
        services.import_undo(run_id=run.pk, by=clerk, on=today)
    assert fresh(run).state == ImportState.APPLIED


def test_a_past_day_is_written_only_inside_an_opening_and_stamped(city_clerk: User, check: Check) -> None:
    past = date(2024, 3, 1)
    run = check(FILE, by=city_clerk)
    with pytest.raises(NotToday):
        services.import_apply(run_id=run.pk, by=city_clerk, on=past)
    with opening("期初清册"):
        services.import_check(run_id=run.pk, on=past)
    figures = YearFigures.objects
    assert figures.count() == 0
    old = {"企业": FILE["企业"], "年度指标": [FIGURE_HEADS, [code(1), 2023, 10, 1, 1]]}
    run = check(old, by=city_clerk)
    with opening("期初清册"):
        run = services.import_apply(run_id=run.pk, by=city_clerk, on=past)
    assert (run.state, run.applied_on) == (ImportState.APPLIED, past)
    assert {(row.known_on, row.stamp) for row in figures.all()} == {(past, "期初")}
    assert Company.objects.get(uscc=code(1)).known_on == past


def test_more_than_a_thousand_rows_need_a_second_person(city_clerk: User, check: Check, apply: Any) -> None:
    run = check({"企业": [FIRM_HEADS, *(firm(n) for n in range(1_001))]}, by=city_clerk)
    assert run.totals["new"] == 1_001
    with pytest.raises(DecisionNeeded):
        apply(run, by=city_clerk)


def test_a_run_of_many_chunks_plans_one_evaluation_of_its_firms_and_one_of_its_figures(
    city_clerk: User, check: Check, apply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "CHUNK", 20)
    serials = range(1, 71)
    file = {
        "企业": [FIRM_HEADS, *(firm(serial) for serial in serials)],
        "年度指标": [FIGURE_HEADS, *([code(serial), 2025, 90 + serial, 9, 9] for serial in serials)],
    }
    assert apply(check(file, by=city_clerk), by=city_clerk).state == ImportState.APPLIED
    assert YearFigures.objects.count() == len(serials)
    assert list(Job.objects.filter(kind="evaluate").values_list("total", flat=True)) == [70, 70]


def test_the_officer_of_a_changed_firm_cannot_sign_with_an_approvers_account(
    city_clerk: User, signer: User, officer: User, check: Check, today: date
) -> None:
    company = CompanyFactory(uscc=code(1))
    YearFiguresFactory(company=company, revenue=Decimal(10_000))
    AssignmentFactory(company=company, officer=officer)
    signer.person = officer.person
    signer.save()
    run = check({"年度指标": [FIGURE_HEADS, [code(1), 2025, 2, None, None]]}, by=city_clerk)
    decision = services.import_submit(run_id=run.pk, by=city_clerk, on=today)
    with pytest.raises(Refusal, match=r"现任专管员"):
        decision_sign(decision_id=decision.pk, signer=signer, on=today)
