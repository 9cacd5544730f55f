"""What the registry's file says of doctors: looked up for those who signed up, compared, shown to who verifies."""

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.referrals import services
from app.referrals.models import Doctor, RegistryEntry
from app.referrals.registry import Entry, doubts, professions
from tests.directory.imports import files
from tests.factories import therapist
from tests.referrals.house import verified_doctor
from tests.support.accounts import letters, make_user, sign_in
from tests.support.html import problems_of

WEEK, EVERYBODY = "npidata_pfile_20250101-20250107.csv", "npidata_pfile_20050523-20250112.csv"
FAMILY_MEDICINE, PHYSICAL_THERAPIST, STUDENT = "207Q00000X", "225100000X", "390200000X"
CODE, SWITCH = "Healthcare Provider Taxonomy Code_{}", "Healthcare Provider Primary Taxonomy Switch_{}"


def row(number: int, **facts: str) -> dict[str, str]:
    """A physician's row; our doctors are called Testa Example."""
    return files.somebody_else(number, **{"last": "EXAMPLE", "first": "TESTA", **facts})


@pytest.fixture
def sought(app: Flask) -> dict[str, int]:
    """Four doctors who signed up, the last verified: by NPI, their number here."""
    npis = [files.npi(number) for number in range(1, 5)]
    states = ("waiting", "waiting", "waiting", "verified")
    return {
        npi: verified_doctor(app, f"d{at}@practice.example", npi=npi, state=state)
        for at, (npi, state) in enumerate(zip(npis, states, strict=True))
    }


def imported(app: Flask, path: Path, *options: str) -> dict[str, int]:
    result = app.test_cli_runner().invoke(args=["import", "doctors", str(path), "--json", *options])
    assert result.exit_code == 0, result.stderr
    counts: dict[str, int] = json.loads(result.stdout)
    return counts


def entries(session: Session) -> dict[str, RegistryEntry]:
    session.rollback()
    return {each.npi: each for each in session.scalars(select(RegistryEntry)).all()}


def whole(folder: Path, rows: list[dict[str, str]], name: str = WEEK) -> Path:
    return files.written(folder, files.quoted(rows), name)


@pytest.mark.databases
def test_only_doctors_who_signed_up_are_kept(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    rows = [row(number) for number in range(1, 60)] + [files.organization(70), files.massage_therapist(71)]
    counts = imported(app, whole(tmp_path, rows))
    assert counts == {
        "rows": 61, "rejected": 0, "doctors": 4, "found": 4, "not_in_file": 0, "changed": 4, "in_doubt": 0,
    }  # fmt: skip
    assert set(entries(session)) == set(sought)
    one = entries(session)[files.npi(1)]
    assert (one.standing, one.kind, one.name, one.taxonomies) == ("active", "person", "Testa Example", FAMILY_MEDICINE)
    assert one.as_of == date(2024, 1, 15)
    assert imported(app, whole(tmp_path, rows))["changed"] == 0


def test_the_zip_and_a_resaved_file_say_the_same(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    rows = [row(number) for number in range(1, 30)]
    zipped = files.zipped(tmp_path, {WEEK: files.quoted(rows), "readme.pdf": b"%PDF"})
    assert imported(app, zipped)["found"] == 4
    assert imported(app, files.written(tmp_path, files.resaved(rows)))["changed"] == 0


def test_names_that_differ_organizations_and_deactivations_are_told_apart(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    other = row(1, last="OTHERSON", **{"Provider Other Last Name": "EXAMPLE", "Provider Other First Name": "TESTA"})
    clinic = files.organization(2) | {"npi": files.npi(2)}
    rows = [other, clinic, files.deactivated(3), row(4, last="STRANGER")]
    counts = imported(app, whole(tmp_path, rows))
    assert (counts["found"], counts["in_doubt"]) == (4, 3)
    found = [entries(session)[files.npi(number)] for number in range(1, 5)]
    assert [(each.standing, each.kind) for each in found] == [
        ("active", "person"), ("active", "organization"), ("deactivated", ""), ("active", "person"),
    ]  # fmt: skip
    assert (found[0].name, found[0].other_name) == ("Testa Otherson", "Testa Example")
    assert found[1].name == "EXAMPLE CLINIC"


def test_the_name_stays_when_the_registry_drops_it(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    imported(app, whole(tmp_path, [row(1)]))
    imported(app, whole(tmp_path, [files.deactivated(1), row(9)]))
    one = entries(session)[files.npi(1)]
    assert (one.standing, one.name, one.as_of) == ("deactivated", "Testa Example", date(2025, 3, 3))
    imported(app, whole(tmp_path, [row(1)]))
    assert entries(session)[files.npi(1)].standing == "deactivated", "an older row does not undo a newer one"
    again = files.somebody_else(1, deactivated="03/03/2025", reactivated="04/04/2025", last="EXAMPLE")
    imported(app, whole(tmp_path, [again]))
    assert entries(session)[files.npi(1)].standing == "active"


def test_only_a_file_that_holds_everybody_can_say_that_an_npi_is_nobodys(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    assert imported(app, whole(tmp_path, [row(1)]))["not_in_file"] == 3
    assert set(entries(session)) == {files.npi(1)}
    counts = imported(app, whole(tmp_path, [row(1)], EVERYBODY))
    assert (counts["changed"], counts["in_doubt"]) == (3, 3)
    assert entries(session)[files.npi(2)].standing == "absent"
    imported(app, whole(tmp_path, [row(2, updated="02/02/2025")]))
    assert entries(session)[files.npi(2)].standing == "active", "enumerated since"


def test_a_dry_run_says_it_and_keeps_nothing(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    assert imported(app, whole(tmp_path, [row(1)]), "--dry-run")["changed"] == 1
    assert entries(session) == {}


def test_a_broken_row_is_rejected_with_its_line_and_the_rest_is_read(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    rows = [row(1, last=""), row(2), row(2), row(3, entity="7")]
    counts = imported(app, whole(tmp_path, rows), "--rejects", str(rejects))
    assert (counts["found"], counts["rejected"]) == (1, 3)
    reasons = rejects.read_text()
    assert "2,no last name" in reasons
    assert "already on line 3" in reasons
    assert "entity type '7'" in reasons


@pytest.mark.parametrize("content", [b"", b"%PDF", b"NPI,Entity Type Code\n1,2\n"])
def test_a_wrong_file_is_refused_in_words(app: Flask, sought: dict[str, int], tmp_path: Path, content: bytes) -> None:
    result = app.test_cli_runner().invoke(args=["import", "doctors", str(files.written(tmp_path, content))])
    assert result.exit_code == 2
    assert result.stderr.strip().endswith("Nothing was imported.")


def test_another_npi_or_a_closed_account_leaves_nothing_behind(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    from app.accounts.models import User
    from app.referrals import personal_data

    imported(app, whole(tmp_path, [row(number) for number in range(1, 5)]))
    session.rollback()
    doctor = session.get_one(Doctor, sought[files.npi(1)])
    assert doctor.user_id
    facts = services.DoctorFacts(files.npi(50), "Testa Example")
    services.sign_up(session, doctor.user_id, facts, clock.now())
    second = session.get_one(Doctor, sought[files.npi(2)])
    personal_data.erase(session, session.get_one(User, second.user_id))
    session.commit()
    assert set(entries(session)) == {files.npi(3), files.npi(4)}


def test_who_is_in_the_directory_is_known_before_any_file_is_searched(app: Flask, session: Session) -> None:
    therapist(session, npi=files.npi(9), name="Testa Example", origin="nppes", registry_active=True)
    session.commit()
    verified_doctor(app, npi=files.npi(9), state="waiting")
    one = entries(session)[files.npi(9)]
    assert (one.name, one.taxonomies) == ("Testa Example", files.MASSAGE)


def test_the_admin_sees_the_comparison_before_the_word_is_given(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    make_user(app, "admin@house.example", "admin")
    admin = app.test_client()
    sign_in(admin, "admin@house.example")
    assert admin.get("/admin/doctors").text.count("no registry file was searched") == 3
    rows = [row(1), row(2, last="STRANGER", **{CODE.format(1): STUDENT}), files.deactivated(3), row(4, last="STRANGER")]
    imported(app, whole(tmp_path, rows))
    page = admin.get("/admin/doctors").text
    assert not problems_of(page)
    waiting, again = page.split('id="again"')
    for words in ("The names agree", "physician (207Q00000X)", "The names differ.", "usually refer", "was deactivated"):
        assert waiting.count(words) == 1, words
    assert "student (390200000X)" in waiting
    assert "Testa Stranger" in again
    before = len(letters(session))
    admin.post(f"/admin/doctors/{sought[files.npi(4)]}/verify")
    assert 'id="again"' not in admin.get("/admin/doctors").text
    assert len(letters(session)) == before, "nothing new was decided, so no mail"


def test_a_verified_doctor_whose_npi_ends_is_found_and_stopped(
    app: Flask, session: Session, sought: dict[str, int], tmp_path: Path
) -> None:
    make_user(app, "admin@house.example", "admin")
    admin = app.test_client()
    sign_in(admin, "admin@house.example")
    imported(app, whole(tmp_path, [files.deactivated(4), row(8)]))
    assert "The NPI was deactivated." in admin.get("/admin/doctors").text.split('id="again"')[1]
    admin.post(f"/admin/doctors/{sought[files.npi(4)]}/refuse", data={"reason": "The NPI has ended."})
    session.rollback()
    assert session.get_one(Doctor, sought[files.npi(4)]).state == "refused"


def entry(**facts: object) -> Entry:
    known = {
        "standing": "active", "kind": "person", "name": "Testa Example", "other_name": "",
        "taxonomies": (FAMILY_MEDICINE,), "as_of": None,
    }  # fmt: skip
    return Entry(**{**known, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, ()),
        ({"taxonomies": ("163W00000X", "363LF0000X")}, ()),
        ({"taxonomies": ("363AM0700X",)}, ()),
        ({"taxonomies": (PHYSICAL_THERAPIST,)}, ()),
        ({"taxonomies": ("2251X0800X",)}, ()),
        ({"taxonomies": ("225200000X",)}, ("profession",)),
        ({"taxonomies": ("111NS0005X",)}, ()),
        ({"taxonomies": (files.MASSAGE,)}, ("profession",)),
        ({"taxonomies": ()}, ("profession",)),
        ({"name": "Testo Example"}, ("name",)),
        ({"name": "Testa Otherson", "other_name": "Testa Q Example"}, ()),
        ({"kind": "organization", "name": "Example Clinic", "taxonomies": ("261QP2300X",)}, ("organization", "name", "profession")),
        ({"standing": "deactivated", "name": ""}, ("deactivated",)),
        ({"standing": "absent", "name": ""}, ("absent",)),
    ],
)  # fmt: skip
def test_what_speaks_against_an_entry(facts: dict[str, object], found: tuple[str, ...]) -> None:
    assert doubts("Dr. Testa Example", entry(**facts)) == found


def test_each_profession_is_named_once_the_primary_first() -> None:
    codes = ("207QS0010X", "207Q00000X", PHYSICAL_THERAPIST, "101Y00000X")
    assert professions(codes) == [
        ("207QS0010X", "physician"),
        (PHYSICAL_THERAPIST, "physical therapist"),
        ("101Y00000X", ""),
    ]
    assert professions(()) == []


def test_the_primary_taxonomy_comes_first(app: Flask, session: Session, sought: dict[str, int], tmp_path: Path) -> None:
    two = {SWITCH.format(1): "N", CODE.format(2): "207RS0010X", SWITCH.format(2): "Y", CODE.format(3): FAMILY_MEDICINE}
    imported(app, whole(tmp_path, [row(1, **two)]))
    assert entries(session)[files.npi(1)].taxonomies == f"207RS0010X,{FAMILY_MEDICINE}"
