"""Every error of a text stands with its line; a text without one is held against the library."""

from datetime import date

import pytest

from policies.engine import load_standard
from policies.publishing.checking import check, problems_of
from policies.publishing.kinds import publish
from policies.standards.models import Standard
from tests.policies.publishing.conftest import NEXT_YEAR, changed

# what is drawn and worked out comes alike on every database
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


def test_every_wrong_criterion_and_every_wrong_key_of_the_head_is_named_with_its_line(shipped: Standard) -> None:
    text = changed(
        shipped.text,
        ("jurisdiction: national", "jurisdiction: moon"),
        ("at_least: 5000 万元", "at_least: 5000 斤"),
        ("holds: [specialised_sme]", "holds: [no_such_title]"),
        ("  - code: G-04\n", "  - code: G-03\n"),
    )
    found = problems_of(text)
    lines = {one.line for one in found}
    assert lines >= {line_of(text, "moon"), line_of(text, "5000 斤"), line_of(text, "no_such_title")}
    twice = [one for one in found if "出现两次" in one.reason]
    assert [text.split("\n")[one.line - 1].strip() for one in twice] == ["- code: G-03"]
    assert len(found) == 4
    assert all(one.written == text.split("\n")[one.line - 1].strip() for one in found)


def test_missing_keys_of_the_head_do_not_hide_each_other(shipped: Standard) -> None:
    text = changed(shipped.text, ("title: little_giant\n", ""), ("grade: B2\n", ""))
    reasons = {one.reason for one in problems_of(text)}
    assert reasons == {"缺少“title”", "缺少“grade”"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("standard: [", 2, id="no YAML"),
        pytest.param("", 1, id="nothing"),
        pytest.param("- a\n- b\n", 1, id="a list"),
        pytest.param("standard: &x a\nname: *x\n", 1, id="anchors"),
        pytest.param("criteria: []\n", 1, id="a head without anything"),
    ],
)
def test_a_text_that_is_no_standard_at_all_has_an_error_and_ends(text: str, line: int) -> None:
    found = problems_of(text)
    assert found
    assert found[0].line <= line


def test_the_end_before_the_beginning_is_an_error(shipped: Standard) -> None:
    text = changed(shipped.text, ("until: null", "until: 2026-03-31"))
    (found,) = problems_of(text)
    assert (found.line, "早于" in found.reason) == (line_of(text, "2026-03-31"), True)


def test_a_sound_text_names_the_version_it_follows_and_that_the_other_still_runs(shipped: Standard, next_text: str) -> None:
    checked = check(next_text)
    assert checked.is_sound
    assert checked.replaces is not None
    assert checked.replaces.row == shipped
    assert len(checked.notes) == 1
    assert "2027-04-01" in checked.notes[0]


def test_the_text_of_the_library_itself_is_nothing_new(shipped: Standard) -> None:
    checked = check(shipped.text + "\n\n")
    assert ["已经入库" in one.reason for one in checked.problems] == [True]


def test_an_id_used_already_is_refused_at_its_line(shipped: Standard) -> None:
    text = changed(shipped.text, NEXT_YEAR[1])
    (found,) = check(text).problems
    assert found.line == line_of(text, "standard: little_giant-2026")
    assert "已被" in found.reason


def test_two_versions_may_not_begin_on_one_day(shipped: Standard) -> None:
    text = changed(shipped.text, NEXT_YEAR[0])
    (found,) = check(text).problems
    assert found.line == line_of(text, "in_force:")
    assert "同一天" in found.reason


@pytest.mark.parametrize(("until", "is_refused"), [("null", True), ("2026-04-01", True), ("2026-03-31", False)])
def test_a_version_put_before_a_later_one_must_end_before_it(shipped: Standard, until: str, is_refused: bool) -> None:
    text = changed(shipped.text, NEXT_YEAR[0], ("{from: 2026-04-01, until: null}", f"{{from: 2026-01-01, until: {until}}}"))
    reasons = [one.reason for one in check(text).problems]
    assert any("2026-03-31" in reason for reason in reasons) is is_refused
    assert bool(reasons) is is_refused


def test_days_without_any_standard_are_named(shipped: Standard, today: date) -> None:
    ended = changed(shipped.text, NEXT_YEAR[0], ("title: little_giant\n", "title: hidden_champion\n"), ("until: null", "until: 2026-06-30"))
    publish(load_standard(ended), on=today)
    later = changed(ended, ("little_giant-2027", "hidden-2028"), ("{from: 2026-04-01, until: 2026-06-30}", "{from: 2027-01-01}"))
    checked = check(later)
    assert checked.is_sound
    assert ["2026-06-30" in note and "没有标准" in note for note in checked.notes] == [True]


def test_the_first_version_of_a_title_follows_nothing(shipped: Standard) -> None:
    text = changed(shipped.text, NEXT_YEAR[0], ("title: little_giant\n", "title: hidden_champion\n"))
    checked = check(text)
    assert checked.is_sound
    assert checked.replaces is None
    assert "第一个版本" in checked.notes[0]
