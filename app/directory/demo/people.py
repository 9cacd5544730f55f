"""One fictional therapist after another, drawn from a seeded source of chance. Pure: `today` and the towns come in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.directory import catalogue
from app.directory.demo import shares, words
from app.directory.demo.towns import Spot, Town, spot_in, spots
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.npi import check_digit


@dataclass(slots=True)
class DraftLicence:
    region: str
    number: str
    status: LicenceStatus
    status_raw: str
    issued_on: date | None
    expires_on: date | None
    checked_how: CheckedHow
    checked_on: date | None


@dataclass(slots=True)
class DraftLocation:
    spot: Spot
    name: str = ""
    street: str = ""
    unit: str = ""
    radius_km: float | None = None
    """Set for home visits only."""
    address_public: bool = True
    steps: int | None = None
    parking: str | None = None
    side_lying: bool | None = None
    table_height: str | None = None
    access_note: str = ""


@dataclass(slots=True)
class DraftService:
    name: str
    minutes: int
    price_cents: int
    buffer_after: int
    home_visit: bool = False


@dataclass(slots=True)
class Draft:
    """A fictional therapist before it becomes rows. Without `claimed`, only what a registry would say."""

    first: str
    last: str
    gender: str | None
    claimed: bool
    phone: str
    licences: list[DraftLicence]
    locations: list[DraftLocation]
    npi: str | None = None
    booking_mode: str = "none"
    credentials: str = ""
    bio: str = ""
    practising_since: int | None = None
    confirmed_on: date | None = None
    specialties: list[tuple[int, int | None]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    services: list[DraftService] = field(default_factory=list)


def people(seed: int, towns: Sequence[Town], number: int, today: date) -> Iterator[Draft]:
    """`number` fictional therapists; the same for the same seed, towns and day."""
    random = Random(seed)  # noqa: S311
    for count, (town, spot) in enumerate(spots(random, towns, number), start=1):
        yield _person(random, town, spot, count, today)


def _person(random: Random, town: Town, spot: Spot, count: int, today: date) -> Draft:
    gender = _weighted(random, shares.GENDERS)
    claimed = random.random() < shares.CLAIMED
    first = random.choice(words.FIRST_STARTS) + random.choice(words.FIRST_ENDS[gender or "other"])
    start = random.choice(words.LAST_STARTS)
    last = start + random.choice([end for end in words.LAST_ENDS if end != start.lower()])
    since = today.year - 1 - min(34, int(random.expovariate(1 / 9)))
    licence = _licence(random, spot.zip.region, count, claimed, since, today)
    phone = f"+1{random.randrange(201, 990)}55501{random.randrange(100):02d}"
    draft = Draft(first, last, gender if claimed else None, claimed, phone, [licence], [_practice(random, spot, last)])
    if claimed:
        _fill_profile(random, draft, town, since, today)
    else:
        draft.npi = _npi(count)
    return draft


def _npi(count: int) -> str:
    """A number with the right check digit that is nobody's: NPPES counts up from 1000000000, and is far from 29…"""
    first_nine = f"29{count:07d}"
    return first_nine + str(check_digit(first_nine))


def _fill_profile(random: Random, draft: Draft, town: Town, since: int, today: date) -> None:
    draft.booking_mode = "instant" if random.random() < shares.INSTANT else "request"
    draft.credentials = random.choice(words.CREDENTIALS)
    draft.practising_since = since
    draft.confirmed_on = today - timedelta(days=int(random.triangular(0, 300, 20)))
    draft.specialties = _specialties(random, today.year - since)
    draft.languages = _languages(random, draft.licences[0].region)
    visits = random.random()
    if visits < shares.HOME_VISITS + shares.HOME_VISITS_ONLY:
        _add_home_visits(random, draft, only=visits < shares.HOME_VISITS_ONLY)
    elif random.random() < shares.SECOND_PRACTICE:
        draft.locations.append(_practice(random, spot_in(random, town), draft.last))
    _add_access(random, draft)
    draft.services = _services(random, draft, town)
    draft.bio = _bio(random, draft)


def _weighted(random: Random, choices: tuple[tuple[str | None, float], ...]) -> str | None:
    at = random.random()
    for value, share in choices:
        at -= share
        if at < 0:
            return value
    return choices[-1][0]


def _licence(random: Random, region: str, count: int, claimed: bool, since: int, today: date) -> DraftLicence:
    """Checked with a board on a day, said by the person or the registry, or no longer good for a listing."""
    number = f"DEMO-{count:06d}"
    checked = random.random() < (shares.CHECKED if claimed else shares.CHECKED / 2)
    if not checked:
        how = CheckedHow.SELF if claimed else CheckedHow.REGISTRY
        ends = today + timedelta(days=random.randrange(30, 900)) if claimed else None
        status = LicenceStatus.ACTIVE if claimed else LicenceStatus.UNKNOWN
        return DraftLicence(region, number, status, "", None, _lapsed(random, ends, today), how, None)
    seen = today - timedelta(days=int(random.triangular(0, 120, 10)))
    issued = date(since, 1, 1) + timedelta(days=random.randrange(360))
    ends = _lapsed(random, today + timedelta(days=random.randrange(30, 760)), today)
    status = LicenceStatus.SUSPENDED if random.random() < 0.005 else LicenceStatus.ACTIVE
    raw = "Suspended" if status is LicenceStatus.SUSPENDED else "Active"
    return DraftLicence(region, number, status, raw, issued, ends, CheckedHow.BOARD_ROSTER, seen)


def _lapsed(random: Random, ends: date | None, today: date) -> date | None:
    return today - timedelta(days=random.randrange(1, 400)) if random.random() < shares.LAPSED else ends


def _practice(random: Random, spot: Spot, last: str) -> DraftLocation:
    street = random.choice(words.STREETS)
    name = random.choice(words.PRACTICES).format(last=last, street=street)
    address = f"{random.randrange(1, 2400)} {street} {random.choice(words.STREET_KINDS)}"
    return DraftLocation(spot, name, address, random.choice(words.UNITS), address_public=random.random() < 0.8)


def _add_home_visits(random: Random, draft: Draft, *, only: bool) -> None:
    visits = DraftLocation(draft.locations[0].spot, radius_km=random.choice((8.0, 15.0, 25.0, 40.0)))
    draft.locations = [visits] if only else [*draft.locations, visits]


def _add_access(random: Random, draft: Draft) -> None:
    for each in draft.locations:
        if each.radius_km is None and random.random() < 0.75:
            each.steps = random.choice((0, 0, 0, 0, 1, 2, 3, 12))
            each.parking = random.choice(words.PARKING)
            each.side_lying = random.random() < 0.8
            each.table_height = random.choice(words.TABLES)
            each.access_note = random.choice(words.ACCESS_NOTES) if random.random() < 0.4 else ""


def _specialties(random: Random, years: int) -> list[tuple[int, int | None]]:
    """At least one condition, so that everybody is found for something."""
    found = [each for each, share in shares.SHARES.items() if random.random() < share]
    if not any(catalogue.BY_ID[each].kind == "condition" for each in found):
        found.append(catalogue.BY_SLUG["muscle-tension"].id)
    return [(each, random.randint(1, years) if years and random.random() < 0.7 else None) for each in sorted(found)]


def _languages(random: Random, region: str) -> list[str]:
    own = {**shares.LANGUAGES, "es": shares.SPANISH.get(region, shares.LANGUAGES["es"])}
    return ["en", *(language for language, share in own.items() if random.random() < share)]


def _services(random: Random, draft: Draft, town: Town) -> list[DraftService]:
    techniques = [catalogue.BY_ID[each].slug for each, _ in draft.specialties]
    known = [words.SERVICES[slug] for slug in techniques if slug in words.SERVICES]
    large = shares.LARGE_TOWN_LEVEL if town.population >= shares.LARGE_TOWN else 1.0
    level = shares.PRICE_LEVELS.get(draft.licences[0].region, 1.0) * large
    hour = shares.HOUR_CENTS * level * random.gauss(1, 0.13)
    buffer = random.choice((10, 15, 15, 15, 20, 30))
    at_practice = any(each.radius_km is None for each in draft.locations)
    offered = [] if not at_practice else _at_practice(random, known or ["Massage"], hour, buffer)
    if any(each.radius_km is not None for each in draft.locations):
        offered.append(DraftService("Massage at your home", 60, _price(hour * 1.3), 30, home_visit=True))
    return offered


def _at_practice(random: Random, known: list[str], hour: float, buffer: int) -> list[DraftService]:
    main = random.sample(known, min(len(known), random.choice((1, 2, 2, 3))))
    offered = [DraftService(name, 60, _price(hour * random.uniform(0.97, 1.1)), buffer) for name in main]
    if random.random() < 0.75:
        offered.append(DraftService(f"{main[0]}, long", 90, _price(hour * 1.42), buffer))
    if random.random() < 0.45:
        offered.append(DraftService("Back and neck, short", 30, _price(hour * 0.6), buffer))
    return offered


def _price(cents: float) -> int:
    """To the next five dollars, and never below 30."""
    return max(3000, round(cents / 500) * 500)


def _bio(random: Random, draft: Draft) -> str:
    conditions = [each for each, _ in draft.specialties if catalogue.BY_ID[each].kind == "condition"]
    picked = random.sample(conditions, min(2, len(conditions)))
    focus = " and ".join(catalogue.BY_ID[each].name.lower() for each in picked)
    sentences = (
        random.choice(words.OPENINGS).format(since=draft.practising_since, focus=focus),
        random.choice(words.MANNERS),
        random.choice(words.HONESTIES),
        random.choice(words.PRACTICALITIES),
    )
    return " ".join(each for each in sentences if each)
