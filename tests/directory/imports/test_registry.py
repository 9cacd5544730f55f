"""The registry's files, as they come, into the directory."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.imports import registry_apply, registry_plan
from app.directory.imports.models import ImportRun
from app.directory.models import Licence, Location, Therapist
from tests.directory.imports import files
from tests.directory.imports.conftest import Import, therapist
from tests.directory.imports.files import deactivated, massage_therapist, npi, organization, somebody_else, written

pytestmark = pytest.mark.databases


def nonzero(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def test_a_massage_therapist_becomes_an_unclaimed_one(registry: Import, session: Session, tmp_path: Path) -> None:
    rows = [massage_therapist(1, middle="QUILL"), somebody_else(2), organization(3), deactivated(4)]
    counts = registry(written(tmp_path, files.quoted(rows)))
    assert nonzero(counts) == {
        "rows": 4, "added": 1, "other_individuals": 1, "organizations": 1, "deactivated_not_ours": 1,
        "licences_added": 1, "locations": 1, "locations_without_coordinates": 1,
    }  # fmt: skip
    one = therapist(session, 1)
    assert (one.name, one.first_name, one.last_name) == ("Testa Q. Sampleson", "Testa", "Sampleson")
    assert (one.credentials, one.gender, one.phone) == ("LMT", "female", "+15125550100")
    assert (one.claimed, one.origin, one.booking_mode, one.registry_active) == (False, "nppes", "none", True)
    (licence,) = one.licences
    assert (licence.jurisdiction, licence.number, licence.number_key, licence.name_key) == (
        "US-TX", "MT000001", "1", "sampleson",
    )  # fmt: skip
    assert (licence.status, licence.checked_how, licence.checked_on) == ("unknown", "registry", None)
    (location,) = one.locations
    assert (location.street, location.city, location.region, location.postcode) == (
        "100 Example St", "Austin", "TX", "78701-1234",
    )  # fmt: skip


def test_every_edition_and_packing_gives_the_same(registry: Import, session: Session, tmp_path: Path) -> None:
    rows = [massage_therapist(1), somebody_else(2, unit="STE 4, FLOOR 2"), organization(3), deactivated(4)]
    first = registry(written(tmp_path, files.quoted(rows)), dry_run=True)
    data = "npidata_pfile_20250101-20250107.csv"
    packings = [
        written(tmp_path, files.quoted(rows, width=329), "older.csv"),
        written(tmp_path, files.quoted(rows, end="\r\n"), "windows.csv"),
        written(tmp_path, b"\xef\xbb\xbf" + files.quoted(rows), "mark.csv"),
        written(tmp_path, files.resaved(rows), "resaved.csv"),
        written(tmp_path, files.quoted(rows).rstrip(b"\n"), "no-last-newline.csv"),
        files.zipped(
            tmp_path,
            {
                "npidata_pfile_20250101-20250107_FileHeader.csv": files.quoted([]),
                f"folder/{data}": files.quoted(rows),
                "pl_pfile_20250101-20250107.csv": b"NPI\n",
            },
        ),
    ]
    for path in packings:
        assert registry(path, dry_run=True) == first, path.name
    assert session.scalar(select(func.count()).select_from(Therapist)) == 0


def test_a_spreadsheet_s_numbers_are_read_back(registry: Import, session: Session, tmp_path: Path) -> None:
    registry(written(tmp_path, files.resaved([massage_therapist(1, postcode="080032118", state="NJ")])))
    one = therapist(session, 1)
    assert (one.locations[0].postcode, one.phone) == ("08003-2118", "+15125550100")


def test_any_of_fifteen_taxonomies_counts_and_gives_its_own_licence(
    registry: Import, session: Session, tmp_path: Path
) -> None:
    row = somebody_else(
        1,
        **{
            "Provider License Number_1": "MD9",
            "Healthcare Provider Taxonomy Code_7": files.MASSAGE,
            "Provider License Number_7": "00735",
            "Provider License Number State Code_7": "CT",
            "Healthcare Provider Taxonomy Code_15": files.MASSAGE,
            "Provider License Number_15": "MA 15082",
            "Provider License Number State Code_15": "MA",
        },
    )
    registry(written(tmp_path, files.quoted([row])))
    licences = {(each.jurisdiction, each.number) for each in therapist(session, 1).licences}
    assert licences == {("US-CT", "00735"), ("US-MA", "MA 15082")}


def test_masked_and_stateless_numbers_are_counted_not_kept(registry: Import, session: Session, tmp_path: Path) -> None:
    rows = [
        massage_therapist(1, **{"Provider License Number_1": "$$$$$$$$$"}),
        massage_therapist(2, **{"Provider License Number_1": "=========="}),
        massage_therapist(3, **{"Provider License Number_1": "NULL"}),
        massage_therapist(4, **{"Provider License Number State Code_1": "NULL"}),
        massage_therapist(5, **{"Provider License Number State Code_1": "ZZ"}),
    ]
    counts = registry(written(tmp_path, files.quoted(rows)))
    assert (counts["added"], counts["licence_numbers_masked"], counts["licences_without_state"]) == (5, 3, 2)
    assert session.scalar(select(func.count()).select_from(Licence)) == 0


def test_a_foreign_address_is_kept_as_it_is(registry: Import, session: Session, tmp_path: Path) -> None:
    row = massage_therapist(1, city="TORONTO", state="ONTARIO", postcode="M5V 2T6", country="CA", phone="4165550100")
    registry(written(tmp_path, files.quoted([row])))
    (location,) = therapist(session, 1).locations
    assert (location.city, location.region, location.postcode, location.country) == (
        "Toronto",
        "Ontario",
        "M5V 2T6",
        "CA",
    )
    assert location.lat is None


def test_running_it_twice_changes_nothing(registry: Import, session: Session, tmp_path: Path) -> None:
    path = written(tmp_path, files.quoted([massage_therapist(number) for number in range(5)]))
    registry(path)
    before = [(one.id, one.slug, one.version) for one in session.scalars(select(Therapist))]
    counts = registry(path)
    assert (counts["added"], counts["updated"], counts["unchanged"]) == (0, 0, 5)
    session.expire_all()
    assert [(one.id, one.slug, one.version) for one in session.scalars(select(Therapist))] == before


def test_a_weekly_file_updates_and_deactivates(registry: Import, session: Session, tmp_path: Path) -> None:
    registry(written(tmp_path, files.quoted([massage_therapist(number) for number in range(4)])))
    weekly = [
        massage_therapist(0, updated="02/01/2025", city="DALLAS", **{"Provider License Number_1": "MT777"}),
        deactivated(1, on="02/02/2025"),
        somebody_else(2, updated="02/03/2025"),
        massage_therapist(3, updated="01/01/2020", city="HOUSTON"),
    ]
    counts = registry(written(tmp_path, files.quoted(weekly)))
    outcomes = ("updated", "deactivated", "no_longer_massage", "older_than_ours")
    assert [counts[name] for name in outcomes] == [1, 1, 1, 1]
    moved = therapist(session, 0)
    assert [each.city for each in moved.locations] == ["Dallas"]
    assert [each.number for each in moved.licences] == ["MT777"]
    assert not therapist(session, 1).registry_active
    assert not therapist(session, 2).registry_active
    assert therapist(session, 3).locations[0].city == "Austin"


def test_deactivated_then_reactivated(registry: Import, session: Session, tmp_path: Path) -> None:
    registry(written(tmp_path, files.quoted([massage_therapist(1)])))
    registry(written(tmp_path, files.quoted([deactivated(1, on="02/02/2025")])))
    back = massage_therapist(1, deactivated="02/02/2025", reactivated="03/01/2025")
    counts = registry(written(tmp_path, files.quoted([back])))
    assert counts["reactivated"] == 1
    assert therapist(session, 1).registry_active


def test_deactivated_after_its_last_reactivation_is_not_added(registry: Import, tmp_path: Path) -> None:
    row = massage_therapist(1, deactivated="02/02/2025", reactivated="03/01/2024")
    counts = registry(written(tmp_path, files.quoted([row])))
    assert (counts["added"], counts["rows"]) == (0, 1)


def test_what_an_owner_has_claimed_stays_theirs(registry: Import, session: Session, tmp_path: Path) -> None:
    registry(written(tmp_path, files.quoted([massage_therapist(1)])))
    one = therapist(session, 1)
    one.claimed, one.name, one.phone = True, "Testa of the Quiet Room", "+15125550199"
    one.locations[0].street = "Own words"
    session.commit()
    new = massage_therapist(1, updated="05/05/2025", last="OTHERNAME", street="9 NEW RD",
                            **{"Provider License Number_2": "LA5", "Provider License Number State Code_2": "LA",
                               "Healthcare Provider Taxonomy Code_2": files.MASSAGE})  # fmt: skip
    registry(written(tmp_path, files.quoted([new])))
    one = therapist(session, 1)
    assert (one.name, one.last_name, one.phone) == ("Testa of the Quiet Room", "Sampleson", "+15125550199")
    assert one.locations[0].street == "Own words"
    assert {each.jurisdiction for each in one.licences} == {"US-TX", "US-LA"}
    registry(written(tmp_path, files.quoted([deactivated(1, on="06/06/2025")])))
    assert not therapist(session, 1).registry_active


def test_a_licence_that_a_board_checked_outlives_the_registry_s_silence(
    registry: Import, session: Session, tmp_path: Path
) -> None:
    registry(written(tmp_path, files.quoted([massage_therapist(1)])))
    therapist(session, 1).licences[0].checked_how = "board_roster"
    session.commit()
    changed = massage_therapist(1, updated="05/05/2025", **{"Provider License Number_1": "MT9"})
    registry(written(tmp_path, files.quoted([changed])))
    assert {each.number for each in therapist(session, 1).licences} == {"MT000001", "MT9"}


def test_values_may_hold_line_breaks_and_quotes(registry: Import, session: Session, tmp_path: Path) -> None:
    rows = [
        somebody_else(1, street="12 MAIN ST\nSUITE 5"),
        massage_therapist(2, street='THE "BACK"\nROOM'),
        organization(3) | {"organization": 'SAID "HI"\n\nAND LEFT'},
        massage_therapist(4),
    ]
    for content in (files.quoted(rows), files.resaved(rows)):
        counts = registry(written(tmp_path, content), dry_run=True)
        assert (counts["rows"], counts["added"], counts["rejected"]) == (4, 2, 0)
    registry(written(tmp_path, files.quoted(rows)))
    assert therapist(session, 2).locations[0].street == 'The "Back" Room'


def test_rows_that_cannot_be_read_are_set_aside_with_line_and_reason(
    registry: Import, session: Session, tmp_path: Path
) -> None:
    lines = files.quoted([massage_therapist(number) for number in range(7)]).split(b"\n")
    lines[1] = lines[1].removesuffix(b',""')
    lines[2] = lines[2].replace(npi(1).encode(), b"1000000000")
    lines[3] = lines[3].replace(b"SAMPLESON", b"MU\xd1OZ")
    lines[4] = lines[4].replace(b'"SAMPLESON"', b'""')
    lines[5] = lines[5].replace(b'"SAMPLESON"', b'"SAMPLESON')
    lines[6] = lines[7]
    counts = registry(written(tmp_path, b"\n".join(lines)))
    assert (counts["rows"], counts["added"], counts["rejected"]) == (7, 1, 6)
    with (tmp_path / "rejects.csv").open(encoding="utf-8") as file:
        found = {int(row["line"]): row["reason"] for row in csv.DictReader(file)}
    assert found == {
        2: "329 values where the header has 330 columns",
        3: "'1000000000' is not an NPI (ten digits with a check digit)",
        4: "not UTF-8 text",
        5: "no last name",
        6: found[6],
        8: f"NPI {npi(6)} is already on line 7",
    }
    assert therapist(session, 6).name == "Testa Sampleson"


def test_a_zero_byte_costs_its_row_only(registry: Import, tmp_path: Path) -> None:
    """PostgreSQL stores none: it would stop the import halfway."""
    lines = files.quoted([massage_therapist(number) for number in range(20)]).split(b"\n")
    lines[20] = lines[20].replace(b"SAMPLESON", b"SAMPLE\0SON")
    counts = registry(written(tmp_path, b"\n".join(lines)))
    assert (counts["added"], counts["rejected"]) == (19, 1)
    assert "21,not text: it holds a zero byte" in (tmp_path / "rejects.csv").read_text()


def test_an_unclosed_quote_costs_one_row_only(registry: Import, tmp_path: Path) -> None:
    lines = files.quoted([massage_therapist(number) for number in range(3)]).split(b"\n")
    lines[2] = lines[2][: len(lines[2]) // 2]
    counts = registry(written(tmp_path, b"\n".join(lines)))
    assert (counts["added"], counts["rejected"]) == (2, 1)


def test_a_stopped_run_is_taken_up_again(
    registry: Import, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.directory.imports.spool.BATCH", 2)
    path = written(tmp_path, files.quoted([massage_therapist(number) for number in range(6)]))
    apply = registry_apply.apply
    calls = []

    def stopped_in_the_third(*arguments: object) -> None:
        calls.append(1)
        apply(*arguments)  # type: ignore[arg-type]
        if len(calls) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(registry_apply, "apply", stopped_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        registry(path)
    assert session.scalar(select(func.count()).select_from(Therapist)) == 4
    assert session.scalars(select(ImportRun.outcome)).one() == "stopped"
    session.rollback()
    monkeypatch.setattr(registry_apply, "apply", apply)
    counts = registry(path)
    assert (counts["added"], counts["unchanged"]) == (2, 4)
    assert session.scalar(select(func.count()).select_from(Location)) == 6


def test_a_dry_run_writes_nothing(registry: Import, session: Session, tmp_path: Path) -> None:
    counts = registry(written(tmp_path, files.quoted([massage_therapist(1)])), dry_run=True)
    assert counts["added"] == 1
    assert session.scalar(select(func.count()).select_from(Therapist)) == 0
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_the_history_keeps_the_run(registry: Import, session: Session, tmp_path: Path) -> None:
    registry(written(tmp_path, files.quoted([massage_therapist(1)])))
    run = session.scalars(select(ImportRun)).one()
    assert (run.kind, run.outcome, run.actor, run.counts["added"]) == ("nppes", "finished", "test", 1)
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at


def test_the_next_run_says_of_a_killed_one_that_it_failed(registry: Import, session: Session, tmp_path: Path) -> None:
    session.add_all([ImportRun(kind=kind, file_name="killed.csv", actor="test") for kind in ("nppes", "US-FL")])
    session.commit()
    registry(written(tmp_path, files.quoted([massage_therapist(1)])))
    runs = session.execute(select(ImportRun.kind, ImportRun.outcome).order_by(ImportRun.id)).all()
    assert [tuple(each) for each in runs] == [("nppes", "failed"), ("US-FL", "running"), ("nppes", "finished")]


def test_a_namesake_s_page_address_is_taken(registry: Import, session: Session, tmp_path: Path) -> None:
    session.add(Therapist(slug=registry_plan.slug("Testa Sampleson", npi(1)), name="X", last_name="X"))
    session.commit()
    registry(written(tmp_path, files.quoted([massage_therapist(1)])))
    assert therapist(session, 1).slug.endswith(npi(1))
