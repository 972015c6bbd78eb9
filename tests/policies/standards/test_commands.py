"""`evaluate` from a file and for a firm, and the coverage of the library."""

import json
import os
import re
import subprocess
import sys
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from companies.recognitions.models import Title
from policies import engine
from policies.management.coverage import count_cases, coverage_of
from policies.standards import library, services
from policies.standards.models import Evaluation, Standard
from tests.factories import CompanyFactory, IncidentFactory, RecognitionFactory
from tests.factories.cultivation import library as ship
from tests.factories.cultivation import ready_company
from tests.policies.engine_cases import BY_ID, ROOT, STANDARDS
from tests.rigs.append_only import written_past_the_guard

GUIDE = ROOT / "docs" / "how-to" / "evaluate-from-a-file.md"
CASES = ROOT / "tests" / "policies" / "cases"
MAY_5 = date(2026, 5, 5)


def printed(*words: str, **options: Any) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def sheet(*words: str) -> engine.Sheet:
    """The sheet a command prints as JSON."""
    return engine.Sheet.from_dict(json.loads(printed("evaluate", *words, "--json")))


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is not there."""

    def absent() -> None:
        raise DatabaseError("no such table")

    monkeypatch.setattr(library, "library", absent)


def facts_in(tmp_path: Path, text: str) -> str:
    path = tmp_path / "facts.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def example(tmp_path: Path) -> str:
    """The worked example of the guide as a file."""
    found = re.search(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return facts_in(tmp_path, found[1])


@pytest.mark.usefixtures("no_database")
def test_the_worked_example_of_the_guide_comes_out_as_printed_there(example: str) -> None:
    shown = re.search(r"```text\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    answer = printed("evaluate", "--facts", example, "--title", "specialised_sme", "--application", "认定", "--as-of", "2026-05-01")
    assert shown[1] in answer
    assert "暂不满足" in answer.splitlines()[1]


@pytest.mark.usefixtures("no_database")
def test_without_a_database_the_files_judge(example: str) -> None:
    found = sheet("--facts", example, "--title", "specialised_sme", "--as-of", "2026-05-01")
    assert (found.standard_id, found.standard_sha) == ("specialised_sme-2026", BY_ID["specialised_sme-2026"].sha256)
    assert (found.open_codes, found.earliest_year) == (("P-3a",), 2028)
    later = sheet("--facts", example, "--title", "specialised_sme", "--as-of", "2026-05-01", "--application-year", "2027")
    assert later.application_year == 2027


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.sqlite3", "postgres://nobody:none@127.0.0.1:1/none"], ids=["no file", "no server"]
)
def test_the_command_line_needs_no_database_at_all(example: str, tmp_path: Path, url: str) -> None:
    place = {"DATABASE_URL": url, "TIDU_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    command = [sys.executable, "manage.py", "evaluate", "--facts", example, "--title", "specialised_sme", "--as-of", "2026-05-01", "--json"]
    answer = subprocess.run(command, cwd=ROOT, env={**os.environ, **place}, capture_output=True, text=True, timeout=60, check=True)
    assert engine.Sheet.from_dict(json.loads(answer.stdout)).open_codes == ("P-3a",)


@pytest.mark.usefixtures("no_database")
def test_a_review_reads_the_text_of_its_cohort(tmp_path: Path) -> None:
    plain = '{"titles": [{"title": "little_giant", "from": "2023-07-14", "until": "2026-07-13"}]}'
    words = ("--facts", facts_in(tmp_path, plain), "--title", "little_giant", "--application", "复核", "--as-of", "2026-05-01")
    assert sheet(*words).standard_id == "little_giant-2022-review"
    assert sheet(*words, "--cohort", "2024").standard_id == "little_giant-2026-review"


@pytest.mark.django_db
def test_the_published_rows_stand_before_the_files(example: str) -> None:
    ship()
    text = BY_ID["specialised_sme-2026"].text.replace("at_least: 100 万元", "at_least: 99 万元")
    row = Standard.objects.get(sha256=BY_ID["specialised_sme-2026"].sha256)
    written_past_the_guard(Standard.objects.filter(pk=row.pk), text=text, sha256=engine.load_standard(text).sha256)
    assert sheet("--facts", example, "--title", "specialised_sme", "--as-of", "2026-05-01").open_codes == ()


@pytest.mark.django_db
def test_an_empty_library_leaves_it_to_the_files(example: str) -> None:
    assert sheet("--facts", example, "--title", "specialised_sme", "--as-of", "2026-05-01").open_codes == ("P-3a",)


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["little_giant", "single_champion", "specialised_sme", "hidden_champion"])
def test_the_same_facts_give_the_same_digest_from_file_and_from_the_register(tmp_path: Path, title: str) -> None:
    ship()
    firm = ready_company()
    IncidentFactory(company=firm, starts_on=date(2020, 1, 1), known_on=date(2020, 1, 1))
    RecognitionFactory(company=firm, title=Title.objects.get(code="innovative_sme"))
    asked = ("--uscc", firm.uscc, "--title", title, "--as-of", "2026-05-05")
    facts = facts_in(tmp_path, printed("evaluate", *asked, "--print-facts"))
    kept = services.sheet_for(company=firm, title=Title.objects.get(code=title), on=MAY_5)
    of_the_register, of_the_file = sheet(*asked), sheet("--facts", facts, "--title", title, "--as-of", "2026-05-05")
    assert of_the_register.digest == of_the_file.digest == kept.digest
    assert of_the_register == of_the_file
    assert of_the_register.facts_used


@pytest.mark.django_db
def test_a_sheet_stores_nothing_and_recomputing_still_does(example: str) -> None:
    ship()
    firm = CompanyFactory()
    sheet("--uscc", firm.uscc, "--title", "little_giant", "--as-of", "2026-05-05")
    sheet("--facts", example, "--title", "little_giant", "--as-of", "2026-05-05")
    assert not Evaluation.objects.exists()
    assert printed("evaluate", "--uscc", firm.uscc, "--as-of", "2026-05-05", "--dry-run") == "1 firms, 0 evaluations written\n"
    printed("evaluate", "--uscc", firm.uscc, "--as-of", "2026-05-05")
    assert Evaluation.objects.filter(company=firm, title__code="little_giant").exists()


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        pytest.param(("--facts", "nowhere.json", "--title", "little_giant"), "cannot be read", id="no file"),
        pytest.param(("--facts", "FILE"), "--facts needs --title", id="no title"),
        pytest.param(("--title", "little_giant"), "either --facts or --uscc", id="of whom"),
        pytest.param(("--facts", "FILE", "--uscc", "x", "--title", "little_giant"), "either --facts or --uscc", id="of two"),
        pytest.param(("--facts", "FILE", "--title", "little_giant", "--dry-run"), "stores nothing", id="dry run"),
        pytest.param(("--facts", "FILE", "--title", "little_giant", "--print-facts"), "goes with --uscc", id="facts of a file"),
        pytest.param(("--json",), "go with --title", id="JSON of a recomputation"),
        pytest.param(("--facts", "FILE", "--title", "gold"), "no title gold; known: innovative_sme", id="unknown title"),
        pytest.param(
            ("--facts", "FILE", "--title", "little_giant", "--as-of", "2020-01-01"), "there are: little_giant-2022", id="before any text"
        ),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(tmp_path: Path, words: tuple[str, ...], reason: str) -> None:
    path = facts_in(tmp_path, "{}")
    with pytest.raises(CommandError, match=re.escape(reason)):
        printed("evaluate", *(path if word == "FILE" else word for word in words))


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param('{"figures": [{"year": 2025, "source": "平台", "values": {"score": 1}}]}', "figures[0].values.score：", id="a key"),
        pytest.param('{"uscc": "91330603MA2XD07KXA"}', "uscc：", id="a code"),
        pytest.param("{", "不是 JSON", id="no JSON"),
    ],
)
def test_a_wrong_file_is_refused_whole(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(CommandError, match=re.escape(reason)):
        printed("evaluate", "--facts", facts_in(tmp_path, text), "--title", "little_giant")


@pytest.mark.django_db
def test_a_firm_that_is_not_there_is_refused() -> None:
    ship()
    with pytest.raises(CommandError, match="no firm of that code"):
        printed("evaluate", "--uscc", "91330603MA2XD07KXJ", "--title", "little_giant", "--json")


def test_every_fact_is_listed_in_words_and_as_data() -> None:
    assert json.loads(printed("evaluate", "--list-facts", "--json")) == engine.facts_listed()
    assert "revenue" in printed("evaluate", "--list-facts")


@pytest.mark.usefixtures("no_database")
def test_the_coverage_counts_every_criterion_of_every_version_with_its_cases() -> None:
    plain = json.loads(printed("standards_coverage", "--json"))
    by_id = {one["standard"]: one for one in plain["standards"]}
    assert set(by_id) == set(BY_ID)
    giant = by_id["little_giant-2026"]
    assert giant["decided_by"] == {"figures": 16, "people": 4}
    assert giant["grades"] == {"A": 5, "B2": 14, "B": 1}
    group = next(one for one in giant["criteria"] if one["code"] == "G-02")
    assert (group["tests"], group["cases"], group["fewest_cases"]) == (2, 5, 3)
    line = next(one for one in by_id["single_champion-2023"]["criteria"] if one["code"] == "C-4")
    assert (line["decided_by"], line["needs_check"]) == ("both", True)
    assert all(one["is_local"] for one in by_id["eagle-local"]["criteria"])  # named by a list: nothing but our own lines
    assert not set(plain["titles_without_a_standard"]) & {one["title"] for one in plain["standards"]}


@pytest.mark.usefixtures("no_database")
def test_the_table_says_the_same_in_lines(tmp_path: Path) -> None:
    lines = printed("standards_coverage").splitlines()
    named = {line.split()[0] for line in lines if line}
    assert set(BY_ID) <= named
    giant = next(line for line in lines if line.startswith("little_giant-2026 ")).split()
    assert giant[-3:] == ["A:5", "B:1", "B2:14"]
    without = printed("standards_coverage", "--cases", str(tmp_path)).splitlines()
    assert next(line for line in without if line.startswith("total")).split()[-2:] == ["0", "0"]


def test_no_criterion_is_without_three_worked_cases() -> None:
    thin = [
        (one.standard, part.code) for one in coverage_of(STANDARDS, count_cases(CASES)) for part in one.criteria if part.fewest_cases < 3
    ]
    assert thin == []


@pytest.mark.django_db
def test_a_stored_text_stays_when_the_file_says_something_else() -> None:
    ship()
    row = Standard.objects.get(sha256=BY_ID["hidden_champion-2026"].sha256)
    text = row.text.replace("at_most: 75%", "at_most: 74%")
    written_past_the_guard(Standard.objects.filter(pk=row.pk), text=text, sha256=engine.load_standard(text).sha256)
    before = Standard.objects.count()
    library.standards_seed()
    assert Standard.objects.count() == before
    row.refresh_from_db()
    assert row.text == text
