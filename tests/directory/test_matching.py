"""Numbers and names as boards and people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.matching import is_last_name_of, name_key, number_key, number_keys


@pytest.mark.parametrize(
    ("board", "registry"),
    [
        ("MA12345", "MA 12345"),
        ("MA12345", "12345"),
        ("12345", "0012345"),
        ("227.012345", "227012345"),
        ("C1-0024514", "0024514"),
        ("MA60123456", "MA.60123456"),
        ("PEN.0018966", "18966"),
        ("MT.0012345", "MT-12345"),
        ("010521", "010521-1"),
        ("MT 12", "12"),
    ],
)
def test_two_spellings_of_one_number(board: str, registry: str) -> None:
    assert number_keys(board) & number_keys(registry)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MA12345", "MA12346"),
        ("12345", "123450"),
        ("227.012345", "227.112345"),
        ("010521-1", "020304-1"),
        ("MT-12-34", "34"),
    ],
)
def test_different_numbers(one: str, other: str) -> None:
    assert not number_keys(one) & number_keys(other)


@given(st.integers(1, 10**9), st.integers(0, 6), st.sampled_from(["", "MT", "MA ", "LMT-", "#"]))
def test_zeros_and_letters_in_front_change_nothing(number: int, zeros: int, prefix: str) -> None:
    assert number_key(f"{prefix}{'0' * zeros}{number}") == str(number)


@given(st.text(max_size=30))
def test_any_text_has_keys_of_bounded_length_without_leading_zeros(number: str) -> None:
    assert len(number_key(number)) <= 40
    assert all(key and not key.startswith("0") for key in number_keys(number) if key.isdigit())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O'BRIEN", "Obrien"),
        ("SMITH-JONES", "Smith Jones"),
        ("Muñoz", "MUNOZ"),
        ("DE LA CRUZ", "Delacruz"),
        ("WALKER JR.", "Walker"),
        ("Sample, III", "SAMPLE"),
    ],
)
def test_one_last_name_in_two_spellings(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_a_full_name_ends_with_its_last_name() -> None:
    assert is_last_name_of(name_key("de la Cruz"), "MARIA DE LA CRUZ JR")
    assert is_last_name_of(name_key("Singh"), "Joseph U Singh")
    assert not is_last_name_of(name_key("Joseph"), "Joseph U Singh")
    assert not is_last_name_of(name_key("Singh"), "Singh")
    assert not is_last_name_of("", "Joseph U Singh")
