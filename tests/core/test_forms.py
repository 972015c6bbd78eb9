"""What form fields refuse and what they bring to one spelling."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from core.forms import DateField, IdentifierField, NormalTextField, StrictDecimalField, StrictIntegerField, WanField


@pytest.mark.parametrize(
    ("typed", "value"), [("1,205.4", "1205.4"), ("１２３", "123"), ("-5", "-5"), (" 7 ", "7"), ("1，200", "1200"), ("0", "0")]
)
def test_numbers_as_people_write_them_are_understood(typed: str, value: str) -> None:
    assert StrictDecimalField().clean(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["1_000", "1E3", "1e400", "NaN", "Infinity", "٣", "१", "1,2oo", "12,34", "1.2.3", "0x10", "--1", "+", "1.234", "9" * 30, "二"]
)
def test_every_other_spelling_of_a_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        StrictDecimalField().clean(typed)
    with pytest.raises(ValidationError):
        WanField().clean(typed if typed != "1.234" else "1.2345678")


@pytest.mark.parametrize("typed", ["1_000", "1.0", "1E3", "٣", "9" * 30, "9223372036854775808", "a", "9" * 5_000])
def test_whole_numbers_are_whole_and_bounded(typed: str) -> None:
    with pytest.raises(ValidationError):
        StrictIntegerField().clean(typed)


def test_whole_numbers_as_people_write_them() -> None:
    assert StrictIntegerField().clean("１,200") == 1200


@pytest.mark.parametrize(("wan", "yuan"), [("5000", "50000000"), ("0.000001", "0.01"), ("1,205.4", "12054000")])
def test_money_is_typed_in_wan_and_kept_in_yuan(wan: str, yuan: str) -> None:
    assert WanField().clean(wan) == Decimal(yuan)
    assert WanField().clean(WanField().prepare_value(Decimal(yuan))) == Decimal(yuan)


def test_money_finer_than_a_fen_or_beyond_the_column_is_refused() -> None:
    for typed in ("0.0000001", "99999999999999"):
        with pytest.raises(ValidationError):
            WanField().clean(typed)


def test_unchanged_money_counts_as_unchanged() -> None:
    assert not WanField().has_changed(Decimal("12054000.00"), "1,205.4")
    assert WanField().has_changed(Decimal("12054000.00"), "1,205.5")


@pytest.mark.parametrize("text", ["绍兴恒砺", "𠮷㐂﨑", "e\u0301", "😀", "=1+1", "<b>{{ x }}</b>", "a\u200bb", "Ａ１"])
def test_text_is_kept_exactly_as_typed(text: str) -> None:
    assert NormalTextField().clean(text) == text


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\ud800b", "a\u202eb", "a\u2066b", "\u200b", "\u200b \ufeff", "a\x0bb", "a\ufffeb", "长" * 201]
)
def test_text_that_cannot_be_stored_or_seen_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        NormalTextField().clean(text)


def test_an_identifier_has_one_spelling() -> None:
    assert IdentifierField().clean(" ９１33\u200b0603 ma2ab\u3000cdexa ") == "91330603MA2ABCDEXA"


@pytest.mark.parametrize(
    ("typed", "day"), [("2026-11-24", date(2026, 11, 24)), ("2026/1/5", date(2026, 1, 5)), ("２０２６-11-24", date(2026, 11, 24))]
)
def test_days_are_written_year_first(typed: str, day: date) -> None:
    assert DateField().clean(typed) == day


@pytest.mark.parametrize("typed", ["2026-02-30", "24-11-24", "11/24/2026", "0000-01-01", "1899-12-31", "2101-01-01", "9999-01-01", "今天"])
def test_other_days_are_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        DateField().clean(typed)
