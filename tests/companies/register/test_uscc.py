"""SF-F2. Credit codes: both check characters, the spellings people use, and made-up codes."""

import pytest

from companies.register import uscc

PUBLISHED = [
    "11330600002577014T",
    "11330683002584812B",
    "11331002002673575G",
    "11370881004339597L",
    "91330100799655058B",
    "9144030071526726XG",
    "914403001922038216",
]


@pytest.mark.parametrize("code", PUBLISHED)
def test_a_published_code_passes_both_checks(code: str) -> None:
    assert uscc.check(code) is None


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_single_changed_character_is_found(code: str) -> None:
    for position in range(18):
        for other in uscc.ALPHABET:
            if other != code[position]:
                assert uscc.check(code[:position] + other + code[position + 1 :]) is not None


def test_a_wrong_inner_organisation_code_is_found_though_the_outer_check_passes() -> None:
    problem = uscc.check("91330600MA2ABCDE1K")
    assert problem is not None
    assert problem.position == 17
    assert "组织机构代码" in problem.reason
    assert uscc.check("91330600MA2ABCDEXA") is None


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        pytest.param("9133060071526726XI", 18, "字母 I", id="letter-I"),
        pytest.param("9133O100799655058B", 5, "字母 O", id="letter-O"),
        pytest.param("S1330100799655058B", 1, "字母 S", id="letter-S"),
        pytest.param("91330100799655058", None, "17 位", id="17-characters"),
        pytest.param("91330100799655058BB", None, "19 位", id="19-characters"),
        pytest.param("", None, "0 位", id="empty"),
        pytest.param("91330100799655058C", 18, "第 18 位校验码不符", id="outer-check"),
        pytest.param("9133A100799655058B", 5, "登记机关区划", id="letter-in-region"),
        pytest.param("91330100799655企58B", 15, "第 15 位", id="chinese-character"),
        pytest.param("01330100799655058B", 1, "第 1 位", id="no-registrar"),
    ],
)
def test_the_refusal_says_which_position_and_why(text: str, position: int | None, words: str) -> None:
    problem = uscc.check(text)
    assert problem is not None
    assert problem.position == position
    assert words in str(problem)


@pytest.mark.parametrize(
    "spelling",
    [
        "91330100799655058b",
        "９１３３０１００７９９６５５０５８Ｂ",
        " 9133 0100 7996 5505 8B ",
        "91330100\u200b799655058B\ufeff",
        "'91330100799655058B",
        "91330100-799655058B",
        "91330100799655058B\n",
    ],
)
def test_every_spelling_becomes_the_one_code(spelling: str) -> None:
    assert uscc.normalise(spelling) == "91330100799655058B"
    assert uscc.check(spelling) is None


def test_made_up_codes_are_valid_different_and_repeatable() -> None:
    codes = [uscc.make("91", "330602", serial) for serial in range(2_000)]
    assert len(set(codes)) == 2_000
    assert all(uscc.is_valid(code) for code in codes)
    assert uscc.make("91", "330602", 7) == codes[7]


def test_a_code_is_not_made_from_a_wrong_district() -> None:
    with pytest.raises(ValueError, match="district"):
        uscc.make("91", "3306", 1)
