"""The card of a therapist at one place: everything of it that no language and no searcher changes. Pure."""

import re
from collections.abc import Sequence

from app.directory.licences import Level, LicenceFacts
from app.directory.listing_facts import LocationFacts, ServiceFacts, Whole


def offered_at(location: LocationFacts, services: Sequence[ServiceFacts]) -> list[ServiceFacts]:
    """The treatments of a location: those marked for home visits belong there, and all do when none is marked."""
    if location.kind == "home_visits":
        return [each for each in services if each.home_visit] or list(services)
    return [each for each in services if not each.home_visit]


def bookable_at(
    location: LocationFacts, services: Sequence[ServiceFacts]
) -> list[tuple[int, int, int, int, int | None]]:
    """What can be booked online at a location: service, minutes, buffers before and after, price. Home visits only at home."""
    at_home = location.kind == "home_visits"
    return [
        (each.id, each.minutes, each.buffer_before, each.buffer_after, each.price_cents)
        for each in services
        if each.home_visit == at_home
    ]


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


def card_of(
    whole: Whole,
    location: LocationFacts,
    licence: LicenceFacts,
    checked: Level,
    offers: list[tuple[int, int | None]],
    point: tuple[float, float],
) -> dict[str, object]:
    therapist = whole.therapist
    takes_bookings = therapist.claimed and therapist.booking_mode != "none"
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
            "how": licence.checked_how,
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
        "home_visit": any(each.kind == "home_visits" for each in whole.locations),
        "claimed": therapist.claimed,
        "phone": shown_phone(location.phone or therapist.phone),
        "confirmed_on": therapist.confirmed_on,
        "booking_mode": therapist.booking_mode if therapist.claimed else "none",
        "bookable": bookable_at(location, whole.services) if takes_bookings else [],
        "step_free": location.steps == 0,
        "lat": point[0],
        "lon": point[1],
    }
