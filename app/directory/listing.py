"""What a therapist's rows become in the finder: whether, how long and where listed, with which bits, on which card. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import floor
from typing import NamedTuple

import orjson

from app.directory import languages
from app.directory.catalogue import ANY
from app.directory.licences import FOREVER, Level, LicenceFacts, last_listed_day, level, licence_for

HOME_VISITS = 1000
"""Added to a specialty's id in the entries of home visits, so that they are a part of the index of their own."""

MAX_REACH_KM = 160.0
"""The farthest home visit that is searched for (100 miles)."""

LONGEST_MINUTES = 240
"""The longest treatment that the minutes filter knows."""

FEMALE, MALE, OTHER, CHECKED, STEP_FREE, CLAIMED, BOOKABLE = (1 << at for at in range(7))
GENDER_FLAG = {"female": FEMALE, "male": MALE, "other": OTHER}

BANDS_PER_DEGREE = 20

FRESH_DAYS, BOOKABLE_DAYS = 183, 365
"""A claimed page that nobody confirmed for half a year comes after others as near; after a year it is by phone only."""

FREE_HOURS = 62
"""How many hours ahead an entry says when a visit might start (one bit each, in a signed 64-bit number)."""


class Bound(NamedTuple):
    """What is known of a location's first free time; see `SearchEntry`. The default knows nothing."""

    free_base: int = 0
    free_hours: int = 0
    lead: int = 0
    pace: int = 1


UNKNOWN = Bound()


class TherapistFacts(NamedTuple):
    id: int
    slug: str
    name: str
    first_name: str
    last_name: str
    credentials: str
    gender: str | None
    photo: str | None
    phone: str | None
    claimed: bool
    booking_mode: str
    currency: str
    confirmed_on: date | None


class LocationFacts(NamedTuple):
    therapist_id: int
    id: int
    kind: str
    city: str
    region: str
    country: str
    phone: str | None
    lat: float
    lon: float
    time_zone: str
    radius_km: float | None
    address_public: bool
    steps: int | None


class ServiceFacts(NamedTuple):
    therapist_id: int
    minutes: int
    price_cents: int | None
    home_visit: bool


@dataclass(slots=True)
class Whole:
    """All that is known of a therapist. `licences` carry their issuer, which the card names."""

    therapist: TherapistFacts
    licences: list[tuple[LicenceFacts, str]]
    locations: list[LocationFacts]
    services: list[ServiceFacts]
    specialty_ids: list[int]
    languages: list[str]
    bounds: Mapping[int, Bound] = field(default_factory=dict)
    """By location."""


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
    lead: int
    pace: int


EntryRow = tuple[
    int, int, float, float, int, int, int, int, int, int, int, int | None, str, float | None, str,
    str, int, int, int, int, int,
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


def offered_at(location: LocationFacts, services: Sequence[ServiceFacts]) -> list[ServiceFacts]:
    """The treatments of a location: those marked for home visits belong there, and all do when none is marked."""
    if location.kind == "home_visits":
        return [each for each in services if each.home_visit] or list(services)
    return [each for each in services if not each.home_visit]


def initials(first: str, last: str, name: str) -> str:
    """Two letters for a person without a picture."""
    words = [first, last] if first and last else (re.findall(r"\w+", name) or ["?"])
    letters = words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
    return letters.upper()


_NORTH_AMERICAN = re.compile(r"(?:\+?1)?[ .-]?\(?([2-9]\d\d)\)?[ .-]?(\d{3})[ .-]?(\d{4})")


def shown_phone(phone: str | None) -> str | None:
    """A number as people there write it: "(512) 555-0100"; numbers of elsewhere as they are."""
    match = _NORTH_AMERICAN.fullmatch(phone.strip()) if phone else None
    return "({}) {}-{}".format(*match.groups()) if match else phone


def listings(whole: Whole) -> tuple[list[ListingRow], list[EntryRow]]:
    """The rows of a therapist who may be shown at all: one listing a licensed location, and its entries."""
    rows: list[ListingRow] = []
    entries: list[EntryRow] = []
    facts = [each for each, _ in whole.licences]
    makes_home_visits = any(each.kind == "home_visits" for each in whole.locations)
    for location in whole.locations:
        licence = licence_for(facts, f"{location.country}-{location.region}")
        last_day = last_listed_day(licence) if licence else None
        if licence is None or last_day is None or (location.kind == "home_visits" and not location.radius_km):
            continue
        row, own = _at(whole, location, licence, last_day.toordinal(), makes_home_visits)
        rows.append(row)
        entries.extend(own)
    return rows, entries


def _at(
    whole: Whole, location: LocationFacts, licence: LicenceFacts, until: int, makes_home_visits: bool
) -> tuple[ListingRow, list[EntryRow]]:
    therapist = whole.therapist
    bound = whole.bounds.get(location.id, UNKNOWN)
    home = location.kind == "home_visits"
    lat, lon = shown_point(location)
    checked = level(licence, date.min)
    offers = sorted({(each.minutes, each.price_cents) for each in offered_at(location, whole.services)}, key=_offer)
    priced = [cents for _, cents in offers if cents is not None]
    minutes = 0
    for length, _ in offers:
        minutes |= minutes_bit(length)
    specialties = 0
    for each in whole.specialty_ids:
        specialties |= specialty_bit(each)
    tail = (
        until,
        _flags(therapist, location, checked),
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
    card = _card(whole, location, licence, checked, offers, (lat, lon), makes_home_visits)
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


def _card(
    whole: Whole,
    location: LocationFacts,
    licence: LicenceFacts,
    checked: Level,
    offers: list[tuple[int, int | None]],
    point: tuple[float, float],
    makes_home_visits: bool,
) -> dict[str, object]:
    """Everything of a card that no language and no searcher changes."""
    therapist = whole.therapist
    issuer = next((name for facts, name in whole.licences if facts is licence), "")
    return {
        "slug": therapist.slug,
        "name": therapist.name,
        "initials": initials(therapist.first_name, therapist.last_name, therapist.name),
        "credentials": therapist.credentials,
        "photo_url": f"/media/{therapist.photo}" if therapist.photo else None,
        "licence": {
            "level": checked,
            "checked_on": licence.checked_on,
            "board": issuer,
            "number": licence.number,
            "jurisdiction": licence.jurisdiction,
        },
        "town": ", ".join(part for part in (location.city, location.region) if part),
        "country": location.country,
        "time_zone": location.time_zone,
        "specialty_ids": whole.specialty_ids,
        "languages": whole.languages,
        "minutes": sorted({length for length, _ in offers}),
        "min_price_cents": min((cents for _, cents in offers if cents is not None), default=None),
        "currency": therapist.currency,
        "at_home": location.kind == "home_visits",
        "home_visit": makes_home_visits,
        "claimed": therapist.claimed,
        "phone": shown_phone(location.phone or therapist.phone),
        "confirmed_on": therapist.confirmed_on,
        "booking_mode": therapist.booking_mode if therapist.claimed else "none",
        "step_free": location.steps == 0,
        "lat": point[0],
        "lon": point[1],
    }
