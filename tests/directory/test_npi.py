"""The check digit, against the standard's own wording: Luhn over the number with 80840 in front."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.npi import check_digit, is_npi


def luhn_holds(digits: str) -> bool:
    """The textbook rule, from the right, on the whole string."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character) * (2 if position % 2 else 1)
        total += value // 10 + value % 10
    return total % 10 == 0


@given(st.from_regex(r"[12][0-9]{9}", fullmatch=True))
def test_agrees_with_luhn_over_the_prefixed_number(npi: str) -> None:
    assert is_npi(npi) == luhn_holds("80840" + npi)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_the_check_digit_completes_a_number(first_nine: str) -> None:
    assert is_npi(first_nine + str(check_digit(first_nine)))


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(first_nine: str, place: int, shift: int) -> None:
    npi = first_nine + str(check_digit(first_nine))
    wrong = str((int(npi[place]) + shift) % 10)
    assert not is_npi(npi[:place] + wrong + npi[place + 1 :])


def test_the_example_of_the_standard() -> None:
    assert is_npi("1234567893")


@pytest.mark.parametrize(
    "text", ["", "123456789", "12345678933", "1234567893 ", "3234567893", "123456789x", "١٢٣٤٥٦٧٨٩٣"]
)
def test_what_is_no_npi(text: str) -> None:
    assert not is_npi(text)
