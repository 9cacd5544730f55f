"""The registry's second file: further addresses of the same people."""

import csv
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.directory.imports.sources import ImportRefused
from tests.directory.imports import files
from tests.directory.imports.conftest import Import, therapist
from tests.directory.imports.files import massage_therapist, npi, written

pytestmark = pytest.mark.databases


SECONDARY = [
    "NPI", "Provider Secondary Practice Location Address- Address Line 1",
    "Provider Secondary Practice Location Address-  Address Line 2",
    *(f"Provider Secondary Practice Location Address - {name}" for name in (
        "City Name", "State Name", "Postal Code", "Country Code (If outside U.S.)", "Telephone Number",
        "Telephone Extension")),
    "Provider Practice Location Address - Fax Number",
]  # fmt: skip
WACO = [npi(1), "5 SECOND ST", "", "WACO", "TX", "767011111", "US", "2545550100", "", ""]
HOUSTON = [npi(1), "7 THIRD ST", "", "HOUSTON", "TX", "77002", "US", "", "", ""]


def secondary(folder: Path, *rows: list[str]) -> Path:
    path = folder / "pl_pfile.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([SECONDARY, *rows])
    return path


def towns(session: Session) -> list[tuple[str, bool]]:
    return [(each.city, each.active) for each in therapist(session, 1).locations]


def test_secondary_addresses(registry: Import, session: Session, tmp_path: Path) -> None:
    main = written(tmp_path, files.quoted([massage_therapist(1)]))
    path = secondary(
        tmp_path,
        WACO,
        [npi(2), "6 NOBODY ST", "", "WACO", "TX", "76701", "US", "", "", ""],
        [npi(1), "100 EXAMPLE ST", "", "AUSTIN", "TX", "787011234", "US", "", "", ""],
        [npi(3), "SHORT ROW"],
    )
    counts = registry(main, path)
    assert (counts["locations"], counts["locations_rejected"]) == (2, 1)
    assert towns(session) == [("Austin", True), ("Waco", True)]
    assert registry(main, path)["unchanged"] == 1
    assert registry(main, secondary(tmp_path))["updated"] == 1
    assert towns(session) == [("Austin", True), ("Waco", False)]


@pytest.mark.parametrize("unreadable", [HOUSTON[:3], [*HOUSTON[:3], "HOUST\xd1N", *HOUSTON[4:]]])
def test_who_has_an_unreadable_secondary_address_loses_none(
    unreadable: list[str], registry: Import, session: Session, tmp_path: Path
) -> None:
    main = written(tmp_path, files.quoted([massage_therapist(1)]))
    registry(main, secondary(tmp_path, WACO, HOUSTON))
    path = secondary(tmp_path, unreadable, WACO)
    path.write_bytes(path.read_text().encode("latin-1"))
    counts = registry(main, path)
    assert (counts["unchanged"], counts["locations_rejected"]) == (1, 1)
    assert towns(session) == [("Austin", True), ("Waco", True), ("Houston", True)]


@pytest.mark.parametrize("kept", [1, 20, 60])
def test_secondary_addresses_cut_short_are_refused(
    kept: int, registry: Import, session: Session, tmp_path: Path
) -> None:
    """Else everybody in the part that is gone would lose an address."""
    main = written(tmp_path, files.quoted([massage_therapist(1)]))
    registry(main, secondary(tmp_path, WACO, HOUSTON))
    path = secondary(tmp_path, WACO, HOUSTON)
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b'"' + npi(1).encode()) + kept])
    with pytest.raises(ImportRefused, match="ends in the middle of the row on line 3"):
        registry(main, path)
    assert towns(session) == [("Austin", True), ("Waco", True), ("Houston", True)]
