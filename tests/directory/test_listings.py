"""A listing follows the directory: what is shown, until when, and what the finder's entries say."""

from datetime import date

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.directory import listing
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.listing_models import Listing, SearchEntry
from app.directory.models import Licence, LicenceEvent, Location, Therapist
from app.directory.services import LicenceChange, refresh_listings, verify_licence
from tests.factories import therapist

pytestmark = pytest.mark.databases


def keys(session: Session) -> list[tuple[int, int]]:
    rows = session.execute(select(SearchEntry.specialty_id, SearchEntry.therapist_id))
    return sorted((row[0], row[1]) for row in rows)


def test_an_entry_for_any_and_one_for_each_specialty(session: Session) -> None:
    one, other = therapist(session, specialty_ids=(1, 2)), therapist(session, specialty_ids=())
    assert refresh_listings(session, [one.id, other.id]) == 2
    assert keys(session) == [(0, one.id), (0, other.id), (1, one.id), (2, one.id)]


def test_refreshing_twice_changes_nothing_and_leaves_others_alone(session: Session) -> None:
    one, other = therapist(session), therapist(session)
    refresh_listings(session, [one.id, other.id])
    before = keys(session)
    refresh_listings(session, [one.id])
    assert keys(session) == before


def test_a_moved_location_leaves_no_entry_behind(session: Session) -> None:
    one = therapist(session)
    refresh_listings(session, [one.id])
    one.locations[0].lat, one.locations[0].lon = 29.76, -95.37
    refresh_listings(session, [one.id])
    assert session.execute(select(SearchEntry.lat)).scalars().all() == [29.76, 29.76]


@pytest.mark.parametrize(
    "change",
    [
        {"hidden": True},
        {"registry_active": False},
    ],
)
def test_hidden_and_deactivated_therapists_are_not_listed(session: Session, change: dict[str, bool]) -> None:
    one = therapist(session)
    refresh_listings(session, [one.id])
    for name, value in change.items():
        setattr(one, name, value)
    assert refresh_listings(session, [one.id]) == 0
    assert keys(session) == []


def test_only_where_a_licence_of_the_state_is_on_record(session: Session) -> None:
    one = therapist(session)
    one.locations.append(Location(city="Tulsa", region="OK", lat=36.15, lon=-95.99))
    refresh_listings(session, [one.id])
    assert session.execute(select(Listing.lat)).scalars().all() == [pytest.approx(30.2672)]


@pytest.mark.parametrize("status", [LicenceStatus.SUSPENDED, LicenceStatus.REVOKED, LicenceStatus.EXPIRED])
def test_a_suspended_licence_unlists_and_a_restored_one_lists_again(session: Session, status: LicenceStatus) -> None:
    one = therapist(session)
    refresh_listings(session, [one.id])
    licence = one.licences[0].id
    day = date(2026, 11, 20)
    assert verify_licence(session, licence, LicenceChange(status, CheckedHow.BOARD_ROSTER, day), actor="US-TX roster")
    assert keys(session) == []
    good = LicenceChange(LicenceStatus.ACTIVE, CheckedHow.BOARD_ROSTER, day, date(2027, 5, 31), "Current/Active")
    assert verify_licence(session, licence, good, actor="US-TX roster")
    until = session.execute(select(SearchEntry.listed_until)).scalars().all()
    assert set(until) == {date(2027, 5, 31).toordinal()}
    card = orjson.loads(session.execute(select(Listing.card)).scalar_one())
    assert card["licence"]["level"] == "checked"
    assert card["licence"]["checked_on"] == "2026-11-20"
    history = session.execute(select(LicenceEvent.old_status, LicenceEvent.new_status).order_by(LicenceEvent.id)).all()
    assert [tuple(each) for each in history] == [("active", status.value), (status.value, "active")]


def test_a_check_that_only_confirms_moves_the_date_and_writes_no_history(session: Session) -> None:
    one = therapist(session)
    licence = one.licences[0]
    first = LicenceChange(LicenceStatus.ACTIVE, CheckedHow.BOARD_ROSTER, date(2026, 10, 1))
    again = LicenceChange(LicenceStatus.ACTIVE, CheckedHow.BOARD_ROSTER, date(2026, 11, 1))
    assert verify_licence(session, licence.id, first, actor="roster")
    assert not verify_licence(session, licence.id, again, actor="roster")
    session.expire_all()
    assert session.execute(select(Licence.checked_on)).scalar_one() == date(2026, 11, 1)
    assert len(session.execute(select(LicenceEvent.id)).all()) == 1


def test_an_unknown_licence_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        verify_licence(session, 99, LicenceChange(LicenceStatus.ACTIVE, CheckedHow.ADMIN, None), actor="x")


def test_home_visits_have_a_part_of_the_index_and_need_a_radius(session: Session) -> None:
    one = therapist(session, specialty_ids=(2,))
    one.locations.append(Location(kind="home_visits", city="Austin", region="TX", lat=30.3, lon=-97.7, radius_km=25))
    one.locations.append(Location(kind="home_visits", city="Austin", region="TX", lat=30.4, lon=-97.8))
    refresh_listings(session, [one.id])
    assert keys(session) == [(0, one.id), (2, one.id), (1000, one.id), (1002, one.id)]
    home = select(SearchEntry.reach_km).where(SearchEntry.specialty_id >= listing.HOME_VISITS).distinct()
    assert session.execute(home).scalars().all() == [25.0]


def test_an_address_that_is_not_public_is_placed_to_a_kilometre(session: Session) -> None:
    one = therapist(session, lat=30.26723, lon=-97.74311)
    one.locations[0].address_public = False
    refresh_listings(session, [one.id])
    card = orjson.loads(session.execute(select(Listing.card)).scalar_one())
    assert (card["lat"], card["lon"]) == (30.27, -97.74)
    assert session.execute(select(SearchEntry.lat).distinct()).scalars().all() == [30.27]


def test_home_visits_start_from_a_grid_point_even_when_the_street_is_shown(session: Session) -> None:
    """Distances measured from three places must not lead to somebody's house."""
    one = therapist(session, lat=30.26723, lon=-97.74311)
    one.locations[0].kind, one.locations[0].radius_km, one.locations[0].address_public = "home_visits", 25, True
    refresh_listings(session, [one.id])
    card = orjson.loads(session.execute(select(Listing.card)).scalar_one())
    assert (card["lat"], card["lon"]) == (30.27, -97.74)
    entries = session.execute(select(SearchEntry.lat, SearchEntry.lon).distinct()).all()
    assert [tuple(each) for each in entries] == [(30.27, -97.74)]
    assert session.execute(select(Listing.lat, Listing.lon)).one() == (30.27, -97.74)


def test_a_therapist_that_is_gone_is_cleared(session: Session) -> None:
    one = therapist(session)
    refresh_listings(session, [one.id])
    one.hidden = True
    refresh_listings(session, [one.id])
    session.delete(one)
    session.flush()
    assert refresh_listings(session, [one.id]) == 0
    assert session.get(Therapist, one.id) is None


def test_an_address_without_a_point_is_not_listed(session: Session) -> None:
    one = therapist(session)
    one.locations[0].lat = None
    assert refresh_listings(session, [one.id]) == 0
