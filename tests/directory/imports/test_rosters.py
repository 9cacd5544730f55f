"""Boards' rosters onto the licences we hold."""

import csv
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.errors import Invalid
from app.directory.imports.boards import board, boards
from app.directory.imports.sources import ImportRefused
from app.directory.listing_models import Listing
from app.directory.matching import name_key, number_key
from app.directory.models import Licence, LicenceEvent
from tests import factories
from tests.directory.imports.conftest import Import

pytestmark = pytest.mark.databases

FLORIDA = (
    "pro_cde|Profession-Name|lic_id|Expire-Date|Original-Date|Rank-Code|License-Number|Status-Effective-Date|"
    "Board-Action-Indicator|License-Status-Description|Last-Name|First-Name|License-Active-Status-Description"
)
TEXAS = [
    "LICENSE TYPE", "LICENSE NUMBER", "BUSINESS COUNTY", "BUSINESS NAME", "BUSINESS ADDRESS-LINE1",
    "BUSINESS ADDRESS-LINE2", "BUSINESS CITY, STATE ZIP", "BUSINESS TELEPHONE", "LICENSE EXPIRATION DATE (MMDDCCYY)",
    "OWNER NAME", "MAILING ADDRESS LINE1", "MAILING ADDRESS LINE2", "MAILING ADDRESS CITY, STATE ZIP",
    "MAILING ADDRESS COUNTY", "OWNER TELEPHONE", "LICENSE SUBTYPE", "CONTINUING EDUCATION FLAG",
]  # fmt: skip


def licensed(session: Session, region: str, number: str, last: str) -> int:
    """An invented therapist with this licence; the licence's id."""
    one = factories.therapist(session, region=region, last_name=last)
    licence = one.licences[0]
    licence.number, licence.number_key, licence.name_key = number, number_key(number), name_key(last)
    licence.status, licence.checked_how = "unknown", "registry"
    session.commit()
    return licence.id


def licence(session: Session, number: int) -> Licence:
    session.rollback()
    session.expire_all()
    return session.get_one(Licence, number)


def florida(folder: Path, *rows: str) -> Path:
    path = folder / "PROF_ALL.txt"
    path.write_bytes("\r\n".join([FLORIDA, *rows, ""]).encode("cp1252"))
    return path


def florida_row(
    number: str, last: str, status: str = "Clear", activity: str = "Active", until: str = "08/31/2099"
) -> str:
    return f"1901|Massage Therapist|1|{until}|01/02/2003|MA|{number}|01/01/2025|N|{status}|{last}|TESTA|{activity}|"


def table(folder: Path, *rows: list[str]) -> Path:
    path = folder / "roster.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def test_florida_confirms_a_licence(roster: Import, session: Session, tmp_path: Path) -> None:
    at = licensed(session, "FL", "MA 12345", "Samplesön")
    path = florida(
        tmp_path,
        florida_row("12345", "SAMPLESÖN"),
        florida_row("99999", "NOBODY"),
        florida_row("12345", "SAMPLESÖN").replace("|MA|", "|MM|").replace("Therapist", "Establishment"),
        florida_row("5", "BAD") + "one|too many|",
    )
    counts = roster(path, "US-FL")
    assert {name: count for name, count in counts.items() if count} == {
        "rows": 4, "other_professions": 1, "rejected": 1, "not_ours": 1, "matched": 1, "changed": 1,
    }  # fmt: skip
    one = licence(session, at)
    assert (one.status, one.status_raw, one.expires_on) == ("active", "Clear / Active", date(2099, 8, 31))
    assert (one.checked_how, one.checked_on, one.issued_on) == ("board_roster", today(), date(2003, 1, 2))
    assert one.issuer == "Florida Department of Health"
    assert roster(path, "US-FL")["confirmed"] == 1
    assert "16 values where the header has 13 columns" in (tmp_path / "rejects.csv").read_text()


@pytest.mark.parametrize(
    ("status", "activity", "meaning"),
    [
        ("Clear", "Active", "active"), ("Clear/Active", "Active", "active"), ("CLEAR", "INACTIVE", "inactive"),
        ("Delinquent", "Active", "expired"), ("Null and Void", "Inactive", "expired"), ("Retired", "Inactive", "retired"),
        ("Voluntary Relinquishment", "Inactive", "surrendered"), ("Suspended", "Active", "suspended"),
        ("Revoked", "", "revoked"), ("Probation", "Active", "active_restricted"),
        ("Conditional/Clear", "Active", "active_restricted"), ("Emergency Suspension", "Active", "suspended"),
        ("Deceased", "", "deceased"), ("Zebra", "Active", "unknown"),
    ],
)  # fmt: skip
def test_florida_s_words(
    status: str, activity: str, meaning: str, roster: Import, session: Session, tmp_path: Path
) -> None:
    at = licensed(session, "FL", "MA12345", "Sample")
    roster(florida(tmp_path, florida_row("12345", "SAMPLE", status, activity)), "US-FL")
    one = licence(session, at)
    assert (one.status, one.status_raw) == (meaning, " / ".join(filter(None, (status, activity))))
    assert one.checked_how == ("registry" if meaning == "unknown" else "board_roster")


def test_a_later_roster_suspends_expires_and_restores_a_listing(
    roster: Import, session: Session, tmp_path: Path
) -> None:
    at = licensed(session, "FL", "MA12345", "Sample")

    def listed() -> bool:
        session.rollback()
        until = session.scalars(select(Listing.listed_until)).one_or_none()
        return until is not None and until >= today().toordinal()

    seen = []
    for status, until in (
        ("Clear", "08/31/2099"),
        ("Suspended", "08/31/2099"),
        ("Clear", "08/31/2001"),
        ("Clear", "08/31/2099"),
    ):
        roster(florida(tmp_path, florida_row("12345", "SAMPLE", status, until=until)), "US-FL")
        seen.append(listed())
    assert seen == [True, False, False, True]
    events = session.scalars(select(LicenceEvent).where(LicenceEvent.licence_id == at).order_by(LicenceEvent.id)).all()
    assert [each.new_status for each in events] == ["active", "suspended", "active", "active"]
    assert all("US-FL roster PROF_ALL.txt" in each.actor and each.checked_how == "board_roster" for each in events)


def test_number_alone_or_name_alone_is_no_match(roster: Import, session: Session, tmp_path: Path) -> None:
    at = licensed(session, "FL", "MA12345", "Sample")
    counts = roster(florida(tmp_path, florida_row("12345", "OTHER"), florida_row("777", "SAMPLE")), "US-FL")
    assert (counts["name_differs"], counts["not_ours"], counts["matched"]) == (1, 1, 0)
    assert licence(session, at).checked_how == "registry"


def test_another_state_s_licence_is_no_match(roster: Import, session: Session, tmp_path: Path) -> None:
    licensed(session, "GA", "MA12345", "Sample")
    assert roster(florida(tmp_path, florida_row("12345", "SAMPLE")), "US-FL")["not_ours"] == 1


def test_what_is_ambiguous_is_reported_not_guessed(roster: Import, session: Session, tmp_path: Path) -> None:
    twins = [licensed(session, "FL", number, "Sample") for number in ("MA12345", "12345")]
    torn = licensed(session, "FL", "MA777", "Example")
    path = florida(
        tmp_path,
        florida_row("12345", "SAMPLE"),
        florida_row("777", "EXAMPLE", "Clear"),
        florida_row("777", "EXAMPLE", "Revoked"),
    )
    counts = roster(path, "US-FL")
    assert (counts["ambiguous"], counts["matched"]) == (2, 0)
    assert {licence(session, each).checked_how for each in (*twins, torn)} == {"registry"}
    assert (tmp_path / "rejects.csv").read_text().count("ambiguous") == 2


def test_texas_goes_by_expiry(roster: Import, session: Session, tmp_path: Path) -> None:
    good, old = licensed(session, "TX", "MT012345", "Sample"), licensed(session, "TX", "MT999", "De la Rosa")
    rows = [[""] * 17 for _ in range(3)]
    for row, facts in zip(
        rows,
        (("Massage Therapist", "12345", "03012099", "SAMPLE, TESTA Q"),
         ("Massage Therapist", "999", "1312020", "DE LA ROSA, TESTO"),
         ("Electrician", "12345", "03012099", "SAMPLE, TESTA Q")),
        strict=True,
    ):  # fmt: skip
        row[0], row[1], row[8], row[9] = facts
    counts = roster(table(tmp_path, TEXAS, *rows), "US-TX")
    assert (counts["matched"], counts["other_professions"]) == (2, 1)
    assert (licence(session, good).status, licence(session, good).expires_on) == ("active", date(2099, 3, 1))
    assert (licence(session, old).status, licence(session, old).expires_on) == ("expired", date(2020, 1, 31))


def test_texas_older_file_without_header(roster: Import, session: Session, tmp_path: Path) -> None:
    at = licensed(session, "TX", "MT12345", "Sample")
    row = [""] * 19
    row[0], row[1], row[8], row[9] = "MT", "12345", "03012099", "SAMPLE, TESTA"
    assert roster(table(tmp_path, row), "US-TX")["matched"] == 1
    assert licence(session, at).status == "active"


@pytest.mark.parametrize(
    ("jurisdiction", "number", "last", "rows", "status", "expires"),
    [
        (
            "US-WA", "MA60123456", "Sample",
            [["credentialnumber", "lastname", "firstname", "credentialtype", "status", "birthyear", "expirationdate"],
             ["MA.MA.60123456", "Sample", "Testa", "Massage Therapist License", "ACTIVE WITH CONDITIONS", "1970", "20990331"]],
            "active_restricted", date(2099, 3, 31),
        ),
        (
            "US-CT", "007351", "Sample",
            [["FullCredentialCode", "CredentialNumber", "Name", "Credential", "CredentialType", "Status", "StatusReason", "ExpirationDate"],
             ["39.007351", "7351", "TESTA Q SAMPLE", "Massage Therapist", "39", "INACTIVE", "LAPSED DUE TO NON-RENEWAL", "06/30/2020"],
             ["001.007351", "7351", "TESTA Q SAMPLE", "Physician/Surgeon", "1", "ACTIVE", "CURRENT", "06/30/2099"]],
            "expired", date(2020, 6, 30),
        ),
        (
            "US-CT", "007351", "Sample",
            [["credentialnumber", "name", "credential", "status", "expirationdate"],
             ["7351", "TESTA SAMPLE", "Massage Therapist", "ACTIVE", "2099-06-30T00:00:00.000"]],
            "active", date(2099, 6, 30),
        ),
        (
            "US-CO", "MT-0012345", "Sample",
            [["lastname", "firstname", "licensetype", "licensenumber", "licenseexpirationdate", "licensestatusdescription", "casenumber"],
             ["SAMPLE", "TESTA", "MT", "12345", "2099-04-30T00:00:00.000", "Active", "A-1"],
             ["SAMPLE", "TESTA", "MT", "12345", "04/30/2099", "Active", "A-2"],
             ["SAMPLE", "TESTA", "RN", "12345", "2001-04-30", "Revoked", ""]],
            "active", date(2099, 4, 30),
        ),
        (
            "US-IL", "227.012345", "Sample",
            [["license_type", "description", "license_number", "license_status", "business", "last_name", "first_name", "expiration_date"],
             ["MASSAGE LICENSING BOARD", "LICENSED MASSAGE THERAPIST", "227012345", "NOT RENEWED", "N", "SAMPLE", "TESTA", "12/31/2022"],
             ["MASSAGE LICENSING BOARD", "MASSAGE ESTABLISHMENT", "227012345", "ACTIVE", "Y", "SAMPLE", "", "12/31/2099"]],
            "expired", date(2022, 12, 31),
        ),
    ],
)  # fmt: skip
def test_other_boards(
    jurisdiction: str, number: str, last: str, rows: list[list[str]], status: str, expires: date,
    roster: Import, session: Session, tmp_path: Path,
) -> None:  # fmt: skip
    at = licensed(session, jurisdiction.removeprefix("US-"), number, last)
    assert roster(table(tmp_path, *rows), jurisdiction)["matched"] == 1
    assert (licence(session, at).status, licence(session, at).expires_on) == (status, expires)


def test_a_dry_run_changes_nothing(roster: Import, session: Session, tmp_path: Path) -> None:
    at = licensed(session, "FL", "MA12345", "Sample")
    assert roster(florida(tmp_path, florida_row("12345", "SAMPLE")), "US-FL", dry_run=True)["changed"] == 1
    assert licence(session, at).checked_how == "registry"


def test_the_file_of_another_board_is_refused(roster: Import, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="Expected the roster of the Texas"):
        roster(florida(tmp_path, florida_row("12345", "SAMPLE")), "US-TX")


def test_a_roster_without_rows_is_refused(roster: Import, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no rows"):
        roster(florida(tmp_path), "US-FL")


WRONG = {
    "empty": (b"", "empty"),
    "binary": (bytes(range(256)) * 9, "binary"),
    "utf-16": (FLORIDA.encode("utf-16"), "UTF-16"),
    "zero byte": (f"{FLORIDA}\n{florida_row('1', 'SAMPLE') * 200}\0\n".encode(), "line 2 holds a zero byte"),
    "lines end with CR alone": (f"{FLORIDA}\r{florida_row('12345', 'SAMPLE')}\r".encode(), "CR alone"),
    "another delimiter": (f"{FLORIDA}\n".replace("|", ";").encode(), "no column 'License-Number'"),
    "cut in a row": (f"{FLORIDA}\n{florida_row('12345', 'SAMPLE')}\n1901|Mass".encode(), "middle of the row on line 3"),
    "endless line": (f"{FLORIDA}\n{'Z' * 200_000}\n".encode(), "line 2 is longer than"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file(kind: str, roster: Import, session: Session, tmp_path: Path) -> None:
    at = licensed(session, "FL", "MA12345", "Sample")
    content, found = WRONG[kind]
    path = tmp_path / "PROF_ALL.txt"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match="Expected the roster of the") as refusal:
        roster(path, "US-FL")
    assert found in refusal.value.message
    assert licence(session, at).checked_how == "registry"


def test_a_quote_that_is_never_closed_is_refused(roster: Import, tmp_path: Path) -> None:
    """It takes in all rows that follow: they would be lost without a word."""
    header, row = TEXAS, ["MT", "12345", *[""] * 15]
    path = table(tmp_path, header, row, row)
    path.write_text(path.read_text().replace("MT,12345", 'MT,"12345', 1))
    with pytest.raises(ImportRefused, match="middle of the row on line 2"):
        roster(path, "US-TX")


def test_a_board_without_mapping_is_named() -> None:
    with pytest.raises(Invalid, match="US-CO, US-CT, US-FL, US-IL, US-TX, US-WA"):
        board("US-ZZ")


def test_every_mapping_is_sound() -> None:
    for jurisdiction, each in boards().items():
        assert each.statuses or each.by_expiry, jurisdiction
        assert {name.rstrip("?") for name in each.statuses} <= each.columns.keys()
        assert {name for condition in each.only for name in condition.columns} <= each.columns.keys()
        assert "number" in each.columns
        assert {"last", "name"} & each.columns.keys()
        assert not any("birth" in name.lower() for names in each.columns.values() for name in names)
