"""What a registry's cell means."""

from datetime import date

import pytest

from app.directory.imports import cleaning


@pytest.mark.parametrize(
    ("cell", "number"),
    [("MT012345", "MT012345"), (" 00735 ", "00735"), ("ma  123", "MA 123"), ("36.098765", "36.098765")],
)
def test_licence_numbers_stay_as_written(cell: str, number: str) -> None:
    assert cleaning.licence_number(cell) == number


@pytest.mark.parametrize(
    "cell",
    ["", "=", "=========", "$$$$$$$$$", "********", "*****", "_________", "NULL", "null", "N/A", "n/a", "<UNAVAIL>",
     "NONE", "0", "00000", "PENDING", "--", "Not Required"],
)  # fmt: skip
def test_masked_licence_numbers_are_none(cell: str) -> None:
    assert cleaning.licence_number(cell) is None


@pytest.mark.parametrize(
    ("cell", "zip_code"),
    [
        ("78701", "78701"), ("787011234", "78701-1234"), ("78701-1234", "78701-1234"), ("688482168.0", "68848-2168"),
        ("80032118.0", "08003-2118"), ("2860.0", "02860"), ("10001.0", "10001"), ("022860000", "02286"),
        ("", ""), ("00000", ""), ("K1A 0B1", ""), ("1234567890", ""),
    ],
)  # fmt: skip
def test_zip_codes(cell: str, zip_code: str) -> None:
    assert cleaning.zip_code(cell) == zip_code


@pytest.mark.parametrize(
    ("cell", "country", "number"),
    [
        ("5125550100", "US", "+15125550100"), ("5125550100.0", "US", "+15125550100"), ("15125550100", "US", "+15125550100"),
        ("(512) 555-0100", "US", "+15125550100"), ("555-0100", "US", None), ("0000000000", "US", None), ("", "US", None),
        ("030 901820", "DE", "+4930901820"), ("1", "DE", None),
    ],
)  # fmt: skip
def test_phones(cell: str, country: str, number: str | None) -> None:
    assert cleaning.phone(cell, country) == number


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("MARY-ANN", "Mary-Ann"), ("O'BRIEN", "O'Brien"), ("MCDONALD", "McDonald"), ("DE LA CRUZ", "De La Cruz"),
        ("van der Berg", "van der Berg"), ("100 N 23RD ST STE 4B", "100 N 23rd St Ste 4B"), ("PO BOX 9", "PO Box 9"),
        ("NULL", ""), ("MUÑOZ", "Muñoz"),
    ],
)  # fmt: skip
def test_capitals_become_names(cell: str, shown: str) -> None:
    assert cleaning.proper(cell) == shown


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("03/03/2021", date(2021, 3, 3)),
        ("2021-03-03", date(2021, 3, 3)),
        ("13/40/2021", None),
        ("", None),
        ("soon", None),
    ],
)
def test_dates(cell: str, day: date | None) -> None:
    assert cleaning.registry_date(cell) == day
