"""A number that stands where none is known names nobody; every other number is taken at its word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.matching.stand_ins import stands_for_no_number


@pytest.mark.parametrize(
    "value",
    [
        *("0000000000", "1111111111", "4444444444", "9999999999", "999 999 9999", "000000", "A000000", "00/0A", "0000"),
        *("123456", "1234567", "12345678", "0123456789", "1234567890", "987654321", "A1234567", "1234-5678"),
        *("UNKNOWN0", "Unknown", "not known 1", "NONE", "TEST123", "XXXX1"),
    ],
)
def test_one_digit_alone_digits_in_a_row_and_words_stand_for_no_number(value: str) -> None:
    assert stands_for_no_number(value)


@pytest.mark.parametrize(
    "value",
    [
        *("1", "22", "A1", "12", "12345", "9434765919", "485 777 3456", "533401372", "B7700412", "07/123456X"),
        *("Z0000101", "NRM/2026/0001", "2004-1190-0032-4450", "X1122334", "112233445"),
    ],
)
def test_other_numbers_name_somebody(value: str) -> None:
    assert not stands_for_no_number(value)


@given(st.text(max_size=50))
def test_of_any_text_at_all_it_can_be_told(value: str) -> None:
    assert stands_for_no_number(value) in {True, False}
