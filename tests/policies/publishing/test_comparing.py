"""Two versions side by side: nothing that is written differs without being shown, and numbers say whether they rose."""

import pytest

from policies.publishing.comparing import Piece, compare, pieces_of
from policies.standards.library import DATA_FOLDER
from policies.standards.models import Standard
from tests.policies.publishing.conftest import changed

GIANT = (DATA_FOLDER / "little_giant-2026.yaml").read_text("utf-8")
OLDER = (DATA_FOLDER / "little_giant-2022.yaml").read_text("utf-8")


def test_a_text_compared_with_itself_has_no_change() -> None:
    found = compare(GIANT, GIANT)
    assert found.changed == ()
    assert found.head_changed == ()
    assert found.counts["same"] == len(found.criteria) > 20


def test_a_raised_threshold_is_the_only_change_and_says_up() -> None:
    found = compare(GIANT, changed(GIANT, ("at_least: 5000 万元", "at_least: 6000 万元")))
    assert [one.code for one in found.changed] == ["L-2a"]
    (line,) = found.changed[0].changed
    assert (line.before_text, line.after_text) == ("5000 万元", "6000 万元")
    assert line.after == (Piece("6000", "up"), Piece(" 万元"))
    assert line.before == (Piece("5000", "changed"), Piece(" 万元"))


def test_a_changed_source_period_or_clause_is_no_less_a_change() -> None:
    text = GIANT.replace("clause: 附件2 一\n", "clause: 附件2 二\n", 1)
    found = compare(GIANT, text)
    assert [(one.code, [line.key for line in one.changed]) for one in found.changed] == [("L-1a", ["clause"])]


def test_added_and_removed_criteria_are_whole() -> None:
    added = "  - code: N-1\n    text: 新增条件\n    clause: 附件2 九\n    question: 是否\n"
    found = compare(GIANT, GIANT.rstrip("\n") + "\n" + added)
    assert [(one.code, one.kind) for one in found.changed] == [("N-1", "added")]
    assert [line.key for line in found.changed[0].fields] == ["text", "clause", "question"]
    back = compare(GIANT.rstrip("\n") + "\n" + added, GIANT)
    assert [(one.code, one.kind) for one in back.changed] == [("N-1", "removed")]


def test_branches_waivers_and_steps_of_bands_are_compared_by_their_own_code() -> None:
    assert {"G-02a", "G-02b"} <= {one.code for one in compare("", GIANT).criteria}
    text = changed(OLDER, ("- when: {at_least: 5000 万元}\n", "- when: {at_least: 4000 万元}\n"))
    (one,) = compare(OLDER, text).changed
    assert (one.code, [(line.key, line.after_text) for line in one.changed]) == ("C-1a2", [("when.at_least", "4000 万元")])


def test_every_shipped_text_can_be_compared_with_every_other() -> None:
    texts = [path.read_text("utf-8") for path in sorted(DATA_FOLDER.glob("*.yaml"))]
    for before in texts:
        for after in texts:
            found = compare(before, after)
            assert sum(found.counts.values()) == len(found.criteria)


def test_dates_of_force_stand_in_the_head() -> None:
    found = compare(GIANT, changed(GIANT, ("until: null", "until: 2028-12-31")))
    assert [(line.key, line.before_text, line.after_text) for line in found.head_changed] == [("in_force.until", "", "2028-12-31")]


@pytest.mark.parametrize(
    ("before", "after", "marks"),
    [
        pytest.param("3%", "5%", ["up", ""], id="rises"),
        pytest.param("10 年", "5 年", ["down", ""], id="falls"),
        pytest.param("3.0%", "3.00%", ["changed", ""], id="the same number spelled otherwise is still shown"),
        pytest.param("审计报告", "统计年报", ["changed"], id="words"),
        pytest.param("", "4 项", ["changed"], id="new"),
    ],
)
def test_numbers_stay_whole_and_say_which_way(before: str, after: str, marks: list[str]) -> None:
    _left, right = pieces_of(before, after)
    assert "".join(piece.text for piece in right) == after
    assert [piece.mark for piece in right][: len(marks)] == marks


@pytest.mark.django_db
def test_the_page_shows_two_versions_and_refuses_a_version_of_another_title(shipped: Standard, officer: object, client: object) -> None:
    client.force_login(officer)  # type: ignore[attr-defined]
    older = Standard.objects.get(title__code="little_giant", application_type="认定", in_force_from__lt=shipped.in_force_from)
    page = client.get("/standards/little_giant/compare/")  # type: ignore[attr-defined]
    assert (page.context["before"], page.context["after"]) == (older, shipped)
    body = page.content.decode()
    assert "<ins>" in body
    assert client.get(f"/standards/little_giant/compare/?from={older.pk}&to={shipped.pk}").content  # type: ignore[attr-defined]
    other = Standard.objects.exclude(title__code="little_giant").first()
    assert other is not None
    assert client.get(f"/standards/little_giant/compare/?from={other.pk}").status_code == 404  # type: ignore[attr-defined]
    assert client.get("/standards/no_such/compare/").status_code == 404  # type: ignore[attr-defined]
    assert client.get(f"/standards/little_giant/compare/?from={shipped.pk}&to={shipped.pk}").status_code == 200  # type: ignore[attr-defined]
