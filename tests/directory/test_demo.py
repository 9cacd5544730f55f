"""Fictional therapists: the same for the same seed, where people live, and right in the finder."""

from collections import Counter
from datetime import date
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid
from app.directory.demo import services
from app.directory.demo.people import Draft, people
from app.directory.demo.shares import SHARES
from app.directory.demo.towns import Town, Zip, served, spots, with_zips
from app.directory.licences import CheckedHow
from app.directory.listing_models import Listing, SearchEntry
from app.directory.models import Licence, Location, Service, Therapist
from app.directory.npi import is_npi
from app.places.models import Place
from tests import factories

TODAY = date(2026, 11, 21)


def _zip(code: str, city: str, region: str, lat: float, lon: float) -> Zip:
    return Zip(code, city, region, lat, lon, "America/Chicago")


BIG = Town("Big", "TX", 30.0, -97.0, 900_000, (_zip("70001", "Big", "TX", 30.0, -97.0),))
SMALL = Town("Small", "TX", 33.0, -99.0, 100_000, (_zip("70002", "Small", "TX", 33.0, -99.0),))


def _drafts(seed: int = 1, number: int = 2000, towns: tuple[Town, ...] = (BIG, SMALL)) -> list[Draft]:
    return list(people(seed, towns, number, TODAY))


def test_the_same_seed_makes_the_same_people_and_a_longer_list_begins_alike() -> None:
    assert _drafts(7, 200) == _drafts(7, 200) == _drafts(7, 500)[:200]
    assert _drafts(7, 200) != _drafts(8, 200)


def test_towns_have_therapists_in_proportion_to_their_people() -> None:
    counts = Counter(town.name for town, _ in spots(Random(3), [BIG, SMALL], 5000))
    assert counts["Big"] / 5000 == pytest.approx(0.9, abs=0.02)


def test_a_small_demo_serves_the_large_towns_only() -> None:
    village = Town("Village", "TX", 35.0, -100.0, 500)
    assert served([village, SMALL, BIG], 100) == [BIG, SMALL]
    assert served([village, SMALL, BIG], 100_000) == [BIG, SMALL, village]


def test_a_borough_is_counted_with_its_city_but_a_town_across_the_border_is_not() -> None:
    borough = Town("Borough", "TX", 30.01, -97.01, 300_000)
    across = Town("Across", "OK", 30.02, -97.0, 300_000)
    assert served([borough, across, BIG], 10_000) == [BIG, across]


def test_a_town_has_the_zips_inside_it_or_the_nearest_or_is_left_out() -> None:
    inside, outside = _zip("70003", "In", "TX", 30.01, -97.0), _zip("70004", "Out", "TX", 30.24, -97.0)
    foreign = _zip("60001", "Over", "OK", 30.0, -97.0)
    assert with_zips([BIG], [inside, outside, foreign])[0].zips == (inside,)
    assert with_zips([BIG], [outside])[0].zips == (outside,)
    assert with_zips([BIG], [foreign]) == []


def test_specialties_are_as_common_as_the_shares_say() -> None:
    claimed = [each for each in _drafts(number=3000) if each.claimed]
    counts = Counter(specialty for each in claimed for specialty, _ in each.specialties)
    for specialty, share in SHARES.items():
        assert counts[specialty] / len(claimed) == pytest.approx(share, abs=0.07)


def test_the_unclaimed_have_only_what_a_registry_knows() -> None:
    unclaimed = [each for each in _drafts() if not each.claimed]
    assert unclaimed
    assert all(each.booking_mode == "none" and each.phone for each in unclaimed)
    assert not any(each.bio or each.services or each.specialties for each in unclaimed)


def test_only_boards_give_a_day_of_checking_and_every_claimed_one_can_be_booked() -> None:
    for draft in _drafts():
        for licence in draft.licences:
            assert (licence.checked_on is not None) == (licence.checked_how is CheckedHow.BOARD_ROSTER)
            assert licence.number.startswith("DEMO-")
        if draft.claimed:
            assert draft.services
            assert all(each.minutes % 5 == 0 and each.price_cents % 500 == 0 for each in draft.services)


def test_phone_numbers_are_from_the_range_kept_for_fiction() -> None:
    assert all(each.phone[5:10] == "55501" and len(each.phone) == 12 for each in _drafts(number=300))


def test_the_unclaimed_have_numbers_that_could_be_claimed_and_are_nobodys() -> None:
    drafts = _drafts(number=300)
    numbers = [each.npi for each in drafts if each.npi]
    assert all(each.claimed == (each.npi is None) for each in drafts)
    assert len(set(numbers)) == len(numbers) > 0
    assert all(is_npi(each) and each.startswith("29") for each in numbers)


def _gazetteer(session: Session) -> None:
    def place(number: int, kind: str, name: str, label: str, lat: float, lon: float, people: int) -> Place:
        return Place(
            id=number, kind=kind, name=name, label=label, admin1="TX", country="US", lat=lat, lon=lon,
            population=people, weight=max(people, 2), time_zone="America/Chicago",
        )  # fmt: skip

    session.add_all(
        [
            place(1, "town", "Austin", "Austin, TX", 30.27, -97.74, 950_000),
            place(2, "town", "Marfa", "Marfa, TX", 30.31, -104.02, 20_000),
            place(78701, "zip", "78701", "Austin, TX 78701", 30.27, -97.74, 0),
            place(79843, "zip", "79843", "Marfa, TX 79843", 30.31, -104.02, 0),
        ]
    )
    session.commit()


@pytest.mark.databases
def test_load_lists_everybody_whose_licence_holds(session: Session) -> None:
    _gazetteer(session)
    counts = services.load(session, therapists=120, seed=5)
    assert session.scalar(select(func.count()).select_from(Therapist)) == 120
    assert session.scalar(select(func.count()).select_from(Listing)) == counts["listings"]
    assert 120 < counts["listings"] <= session.scalar(select(func.count()).select_from(Location))  # type: ignore[operator]
    assert session.scalar(select(func.count()).select_from(SearchEntry).where(SearchEntry.specialty_id == 0))
    assert set(session.scalars(select(Licence.jurisdiction))) == {"US-TX"}
    assert set(session.scalars(select(Location.city))) == {"Austin", "Marfa"}
    assert session.scalar(select(func.min(Service.price_cents))) >= 3000  # type: ignore[operator]


@pytest.mark.databases
def test_people_who_come_after_a_load_get_ids_of_their_own(session: Session) -> None:
    _gazetteer(session)
    services.load(session, therapists=3, seed=1)
    assert factories.therapist(session).id == 4


@pytest.mark.databases
def test_a_second_load_is_refused_and_a_replacing_one_leaves_real_people(session: Session) -> None:
    _gazetteer(session)
    real = factories.therapist(session).id
    with pytest.raises(Conflict, match="already holds 1 therapists"):
        services.load(session, therapists=5, seed=1)
    services.load(session, therapists=5, seed=1, replace=True)
    counts = services.load(session, therapists=7, seed=2, replace=True)
    assert counts["removed"] == 5
    assert session.scalar(select(func.count()).select_from(Therapist)) == 8
    assert session.get(Therapist, real) is not None
    alive = set(session.scalars(select(Therapist.id)))
    assert set(session.scalars(select(SearchEntry.therapist_id))) <= alive


@pytest.mark.parametrize("number", [0, -1, 1_000_001])
def test_an_impossible_number_is_refused(session: Session, number: int) -> None:
    with pytest.raises(Invalid, match="--therapists"):
        services.load(session, therapists=number)


def test_the_command_says_what_to_load_first_and_leaves_nothing(app: Flask, session: Session) -> None:
    result = app.test_cli_runner().invoke(args=["demo", "load"])
    assert result.exit_code == 1
    assert "places load" in result.output
    assert session.scalar(select(func.count()).select_from(Therapist)) == 0


def test_the_command_prints_counts(app: Flask, session: Session) -> None:
    _gazetteer(session)
    result = app.test_cli_runner().invoke(args=["demo", "load", "--therapists", "3", "--json"])
    assert result.exit_code == 0, result.output
    assert '"therapists": 3' in result.output
