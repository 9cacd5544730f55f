"""What a therapist's rows become in the finder: whether, how long and where listed, with which bits, on which card. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import floor
from typing import NamedTuple

import orjson

from app.directory import languages
from app.directory.card import card_of, offered_at
from app.directory.catalogue import ANY
from app.directory.licences import FOREVER, Level, LicenceFacts, last_listed_day, level, licence_for
from app.directory.listing_facts import UNKNOWN, LocationFacts, TherapistFacts, Whole

HOME_VISITS = 1000
"""Added to a specialty's id in the entries of home visits, so that they are a part of the index of their own."""

MAX_REACH_KM = 160.0
"""The farthest home visit that is searched for (100 miles)."""

LONGEST_MINUTES = 240
"""The longest treatment that the minutes filter knows."""

FEMALE, MALE, OTHER, CHECKED, STEP_FREE, CLAIMED, BOOKABLE, FIRST = (1 << at for at in range(8))
"""FIRST is the therapist's first listed practice: entries that have it are as many therapists."""
GENDER_FLAG = {"female": FEMALE, "male": MALE, "other": OTHER}

BANDS_PER_DEGREE = 20

FRESH_DAYS, BOOKABLE_DAYS = 183, 365
"""A claimed page that nobody confirmed for half a year comes after others as near; after a year it is by phone only."""

FREE_HOURS = 62
"""How many hours one number of an entry says when a visit might start (one bit each, in a signed 64-bit number)."""
FREE_BITS = (1 << FREE_HOURS) - 1
KNOWN_HOURS = 2 * FREE_HOURS
"""How many hours ahead an entry says so: there are two such numbers."""


class ListingRow(NamedTuple):
    """In the order of the columns of `listing`."""

    therapist_id: int
    location_id: int
    lat: float
    lon: float
    entries: str
    listed_until: int
    card: str
    bookable_until: int
    free_base: int
    free_hours: int
    free_later: int
    free_firsts: int
    free_quarters: bytes | None
    free_minutes: int
    lead: int
    pace: int


EntryRow = tuple[
    int, int, float, float, int, int, int, int, int, int, int, int | None, str, float | None, str,
    str, int, int, int, int, int, bytes | None, int, int, int,
]  # fmt: skip
"""In the order of the columns of `search_entry`."""


def listing_day(moment: datetime) -> date:
    """The day by which licences are judged: the earliest that it is anywhere on earth, so none ends before its last day does."""
    return (moment - timedelta(hours=12)).date()


def band_of(lat: float) -> int:
    """The strip of latitude, 1/20 degree high, that an entry is filed under."""
    return floor(lat * BANDS_PER_DEGREE)


def partition(specialty_id: int, *, home_visits: bool) -> int:
    """The leading key of an entry."""
    return specialty_id + HOME_VISITS if home_visits else specialty_id


def minutes_bit(minutes: int) -> int:
    """The bit of a treatment's length; 0 for one that is too long to be asked for."""
    return 1 << (minutes // 5) if 0 < minutes <= LONGEST_MINUTES else 0


def specialty_bit(specialty_id: int) -> int:
    """Conditions (1–29) have the low bits, techniques (101–132) the next; others have none."""
    if 0 < specialty_id < 30:
        return 1 << specialty_id
    return 1 << (specialty_id - 70) if 100 < specialty_id < 133 else 0


def shown_point(location: LocationFacts) -> tuple[float, float]:
    """Where the finder puts a location: on a grid of about a kilometre when its address is private or a home base.

    Every distance is measured from it, so that asking from many places finds the grid point and no house.
    """
    if location.address_public and location.kind != "home_visits":
        return location.lat, location.lon
    return round(location.lat, 2), round(location.lon, 2)


def listings(whole: Whole) -> tuple[list[ListingRow], list[EntryRow]]:
    """The rows of a therapist who may be shown at all: one listing a licensed location, and its entries."""
    rows: list[ListingRow] = []
    entries: list[EntryRow] = []
    licensed = list(_licensed(whole))
    first = next((location for location, _, _ in licensed if location.kind != "home_visits"), None)
    for location, licence, last_day in licensed:
        row, own = _at(whole, location, licence, last_day.toordinal(), FIRST if location is first else 0)
        rows.append(row)
        entries.extend(own)
    return rows, entries


def _licensed(whole: Whole) -> Iterator[tuple[LocationFacts, LicenceFacts, date]]:
    """The places where the therapist may be shown, each with its licence and the last day on which that holds."""
    facts = [each for each, _ in whole.licences]
    for location in whole.locations:
        licence = licence_for(facts, f"{location.country}-{location.region}")
        last_day = last_listed_day(licence) if licence else None
        if licence and last_day and (location.kind != "home_visits" or location.radius_km):
            yield location, licence, last_day


def _at(
    whole: Whole, location: LocationFacts, licence: LicenceFacts, until: int, flags: int
) -> tuple[ListingRow, list[EntryRow]]:
    therapist = whole.therapist
    home = location.kind == "home_visits"
    lat, lon = shown_point(location)
    checked = level(licence, date.min)
    offers = sorted({(each.minutes, each.price_cents) for each in offered_at(location, whole.services)}, key=_offer)
    bound = whole.bounds.get(location.id, UNKNOWN)
    if any(length < bound.free_minutes for length, _ in offers):
        bound = UNKNOWN
    priced = [cents for _, cents in offers if cents is not None]
    minutes = 0
    for length, _ in offers:
        minutes |= minutes_bit(length)
    specialties = 0
    for each in whole.specialty_ids:
        specialties |= specialty_bit(each)
    tail = (
        until,
        flags | _flags(therapist, location, checked),
        minutes,
        languages.bits(whole.languages),
        specialties,
        min(priced, default=None),
        "".join(f",{length}:{cents}" for length, cents in offers if cents is not None),
        min(location.radius_km or 0, MAX_REACH_KM) if home else None,
        therapist.currency,
        location.time_zone,
        fresh_until(therapist),
        *bound,
    )
    keys = [partition(each, home_visits=home) for each in (ANY, *whole.specialty_ids)]
    band = band_of(lat)
    entries: list[EntryRow] = [(key, band, lon, lat, therapist.id, location.id, *tail) for key in keys]
    card = card_of(whole, location, licence, checked, offers, (lat, lon))
    text, online = orjson.dumps(card).decode(), bookable_until(therapist, until)
    return ListingRow(
        therapist.id, location.id, lat, lon, ",".join(map(str, keys)), until, text, online, *bound
    ), entries


def fresh_until(therapist: TherapistFacts) -> int:
    """The last day (an ordinal) on which the page counts as confirmed. Nobody can confirm a page without an owner."""
    if not therapist.claimed or therapist.confirmed_on is None:
        return FOREVER.toordinal()
    return therapist.confirmed_on.toordinal() + FRESH_DAYS


def bookable_until(therapist: TherapistFacts, listed_until: int) -> int:
    """The last day (an ordinal) on which visits can be booked online: listed, owned, wanted, and confirmed within a year."""
    if not therapist.claimed or therapist.booking_mode == "none":
        return 0
    confirmed = therapist.confirmed_on
    return min(listed_until, confirmed.toordinal() + BOOKABLE_DAYS) if confirmed else listed_until


def _offer(offer: tuple[int, int | None]) -> tuple[int, int]:
    return (offer[0], offer[1] if offer[1] is not None else -1)


def _flags(therapist: TherapistFacts, location: LocationFacts, checked: Level) -> int:
    flags = GENDER_FLAG.get(therapist.gender or "", 0)
    if checked is Level.CHECKED:
        flags |= CHECKED
    if location.steps == 0:
        flags |= STEP_FREE
    if therapist.claimed:
        flags |= CLAIMED
        if therapist.booking_mode != "none":
            flags |= BOOKABLE
    return flags
