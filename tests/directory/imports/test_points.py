"""Where imported addresses lie, and what that lists."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.listing_models import Listing, SearchEntry
from app.directory.models import Location, Therapist
from app.directory.services import refresh_listings
from app.places.ids import ZIP_IDS
from app.places.models import Place
from tests.directory.imports import files
from tests.directory.imports.conftest import Import
from tests.directory.imports.files import massage_therapist, written

pytestmark = pytest.mark.databases


@pytest.fixture(autouse=True)
def small_gazetteer(session: Session) -> None:
    rows = [
        ("zip", "78701", "TX", "US", 30.27, -97.74, "America/Chicago"),
        ("town", "Saint Example", "TX", "US", 31.0, -98.0, "America/Chicago"),
        ("town", "Saint Example", "MO", "US", 39.0, -94.0, "America/Chicago"),
        ("town", "Toronto", "ON", "CA", 43.7, -79.4, "America/Toronto"),
    ]
    for number, (kind, name, admin1, country, lat, lon, zone) in enumerate(rows):
        session.add(
            Place(
                id=ZIP_IDS + int(name) if kind == "zip" else number, kind=kind, name=name, label=name, admin1=admin1, country=country, lat=lat, lon=lon,
                population=1000, weight=number, time_zone=zone,
            )
        )  # fmt: skip
    session.commit()


def test_by_zip_else_by_town_else_nowhere(registry: Import, session: Session, tmp_path: Path) -> None:
    rows = [
        massage_therapist(1),
        massage_therapist(2, city="ST. EXAMPLE", postcode="00000"),
        massage_therapist(3, city="TORONTO", state="ONTARIO", postcode="M5V 2T6", country="CA"),
        massage_therapist(4, city="NOWHERE", postcode="99999"),
    ]
    counts = registry(written(tmp_path, files.quoted(rows)))
    places = session.execute(select(Location.lat, Location.lon, Location.time_zone).order_by(Location.therapist_id))
    assert [tuple(each) for each in places] == [
        (30.27, -97.74, "America/Chicago"),
        (31.0, -98.0, "America/Chicago"),
        (43.7, -79.4, "America/Toronto"),
        (None, None, "UTC"),
    ]
    assert counts["locations_without_coordinates"] == 1
    assert len(session.scalars(select(Listing.therapist_id)).all()) == 2


def test_a_deactivated_one_is_listed_no_more(registry: Import, session: Session, tmp_path: Path) -> None:
    registry(written(tmp_path, files.quoted([massage_therapist(1)])))
    assert session.scalars(select(Listing.therapist_id)).all()
    session.rollback()
    registry(written(tmp_path, files.quoted([files.deactivated(1)])))
    assert not session.scalars(select(Listing.therapist_id)).all()


def test_new_people_are_listed_as_a_refresh_would_list_them(registry: Import, session: Session, tmp_path: Path) -> None:
    twice = {f"{name}_2": value for name, value in (
        ("Healthcare Provider Taxonomy Code", files.MASSAGE), ("Provider License Number", "ZZ9"),
        ("Provider License Number State Code", "TX"))}  # fmt: skip
    rows = [massage_therapist(1, **twice), massage_therapist(2, state="MO"), massage_therapist(3, sex="X")]
    registry(written(tmp_path, files.quoted(rows)))

    def shown() -> list[list[tuple[object, ...]]]:
        session.rollback()
        tables = (Listing.__table__, SearchEntry.__table__)
        return [sorted(tuple(row) for row in session.execute(select(table))) for table in tables]

    listed = shown()
    assert [len(rows) for rows in listed] == [2, 2]
    refresh_listings(session, session.scalars(select(Therapist.id)))
    session.commit()
    assert shown() == listed
