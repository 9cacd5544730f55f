"""What the reads of `/api/v1` say of places, specialties and therapists: values in, JSON's shapes out."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import current_app

from app.core.zones import zone
from app.directory import queries as directory
from app.directory.catalogue import BY_ID, Specialty
from app.directory.models import Licence, Location, Service
from app.places.results import Spot
from app.scheduling.queries import NextTimes


def profile_body(found: directory.Profile) -> dict[str, Any]:
    """A therapist as the public page shows them; without phone or street."""
    person = found.therapist
    return {
        "slug": person.slug,
        "name": person.name,
        "url": _url(person.slug),
        "credentials": person.credentials,
        "bio": person.bio,
        "gender": person.gender,
        "languages": found.languages,
        "licence": _licence(found.licence, found.level) if found.licence else None,
        "locations": [_location(each) for each in found.locations],
        "services": [_service(each) for each in found.services],
        "specialties": [specialty_body(each) for each in found.specialties],
        "currency": person.currency,
        "claimed": person.claimed,
        "booking_mode": person.booking_mode if person.claimed else "none",
        "confirmed_on": person.confirmed_on,
    }


def _licence(licence: Licence, level: str) -> dict[str, Any]:
    return {
        "level": level,
        "checked_on": licence.checked_on,
        "how": licence.checked_how,
        "board": licence.issuer,
        "number": licence.number,
        "jurisdiction": licence.jurisdiction,
    }


def _service(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "minutes": service.minutes,
        "price": None if service.price_cents is None else service.price_cents / 100,
        "home_visit": service.home_visit,
    }


def _url(slug: str) -> str:
    return f"{current_app.config['SETTINGS'].base_url}/therapists/{slug}"


def place_body(spot: Spot) -> dict[str, Any]:
    """A place of the gazetteer, or a point."""
    facts = asdict(spot)
    return {name: facts[name] for name in ("label", "kind", "lat", "lon", "time_zone")}


def specialty_body(each: Specialty) -> dict[str, Any]:
    """What somebody works on, or how."""
    return {"slug": each.slug, "name": each.name, "kind": each.kind}


def card_body(card: Mapping[str, Any], times: NextTimes | None) -> dict[str, Any]:
    """One result of a search (a card as the finder keeps it, and its next times where they were asked)."""
    same = ("slug", "name", "credentials", "licence", "languages", "minutes", "currency", "home_visit", "claimed")
    cents = card["min_price_cents"]
    return {
        **{name: card[name] for name in (*same, "booking_mode", "confirmed_on")},
        "url": _url(card["slug"]),
        "distance_km": round(card["distance_km"], 3),
        "location": {
            "id": card["location_id"],
            "town": card["town"],
            "country": card["country"],
            "lat": card["lat"],
            "lon": card["lon"],
            "time_zone": card["time_zone"],
            "home_visits": card["at_home"],
        },
        "specialties": [specialty_body(BY_ID[each]) for each in card["specialty_ids"] if each in BY_ID],
        "min_price": None if cents is None else cents / 100,
        "next_times": [each.astimezone(zone(times.time_zone)) for each in times.starts] if times else [],
        "next_service": _next_service(times) if times else None,
    }


def _next_service(times: NextTimes) -> dict[str, Any]:
    price = None if times.price_cents is None else times.price_cents / 100
    return {"id": times.service_id, "location": times.location_id, "minutes": times.minutes, "price": price}


def _location(place: Location) -> dict[str, Any]:
    exact = place.address_public and place.kind == "practice"
    lat, lon = (None if value is None else value if exact else round(value, 2) for value in (place.lat, place.lon))
    return {
        "id": place.id,
        "town": ", ".join(part for part in (place.city, place.region) if part),
        "country": place.country,
        "lat": lat,
        "lon": lon,
        "time_zone": place.time_zone,
        "home_visits": place.kind == "home_visits",
    }
