"""What a profile page shows: plain values for the template, and its schema.org description."""

from typing import Any

from flask_babel import gettext

from app.core.markdown import simple
from app.directory.boards import LOOK_UPS
from app.directory.card import initials, shown_phone
from app.directory.licences import Level
from app.directory.models import Licence, Location
from app.directory.queries import Profile
from app.web.finder.results import language_name

SOURCES = {"nppes": "the national provider registry (NPPES)"}


def card(profile: Profile) -> dict[str, Any]:
    """The head of the page: the same names as a results card."""
    person, place = profile.therapist, profile.locations[0] if profile.locations else None
    lat, lon = _point(place)
    return {
        "slug": person.slug,
        "name": person.name,
        "initials": initials(person.first_name, person.last_name, person.name),
        "credentials": person.credentials,
        "photo_url": f"/media/{person.photo}" if person.photo else None,
        "licence": _licence(profile.licence, profile.level),
        "distance_km": None,
        "town": _town(place),
        "home_visit": any(each.kind == "home_visits" for each in profile.locations),
        "claimed": person.claimed,
        "phone": shown_phone((place.phone if place else None) or person.phone),
        "booking_mode": person.booking_mode if person.claimed else "none",
        "currency": person.currency,
        "confirmed_on": person.confirmed_on,
        "lat": lat,
        "lon": lon,
    }


def details(profile: Profile) -> dict[str, Any]:
    """The rest of the page."""
    person, place = profile.therapist, next(iter(profile.locations), None)
    named = [(each, {"slug": each.slug, "name": gettext(each.name)}) for each in profile.specialties]
    reach = [each.radius_km for each in profile.locations if each.kind == "home_visits" and each.radius_km]
    genders = {"female": gettext("a woman"), "male": gettext("a man"), "other": gettext("non-binary")}
    return {
        "headline": "",
        "about": person.bio,
        "about_html": simple(person.bio),
        "gender": genders.get(person.gender or "", ""),
        "languages": [language_name(code) for code in profile.languages],
        "access": _access(place) if place else [],
        "conditions": [shown for each, shown in named if each.kind == "condition"],
        "techniques": [shown for each, shown in named if each.kind == "technique"],
        "services": [
            {"name": each.name, "detail": each.description, "minutes": each.minutes, "price_cents": each.price_cents}
            for each in profile.services
        ],
        "address": _address(place) if place else None,
        "home_visit_km": max(reach, default=None),
        "source": gettext(SOURCES.get(person.origin, "a public registry")),
        "articles": [],
    }


def json_ld(profile: Profile, url: str) -> dict[str, Any]:
    """schema.org: a Person with a credential and the business they run; never a protected title."""
    person, place = profile.therapist, next(iter(profile.locations), None)
    business: dict[str, Any] = {"@type": "HealthAndBeautyBusiness", "name": person.name, "url": url}
    if place:
        shown = _address(place)
        business["address"] = {
            "@type": "PostalAddress",
            "addressLocality": place.city,
            "addressRegion": place.region,
            "postalCode": place.postcode,
            "addressCountry": place.country,
            **({"streetAddress": place.street} if shown["street_shown"] and place.street else {}),
        }
        lat, lon = _point(place)
        if lat is not None:
            business["geo"] = {"@type": "GeoCoordinates", "latitude": lat, "longitude": lon}
    described: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Person",
        "name": person.name,
        "jobTitle": "Massage therapist",
        "url": url,
        "worksFor": business,
        "knowsAbout": [each.name for each in profile.specialties],
    }
    if person.npi:
        described["identifier"] = {"@type": "PropertyValue", "propertyID": "NPI", "value": person.npi}
    if profile.licence and profile.level != Level.EXPIRED:
        described["hasCredential"] = {
            "@type": "EducationalOccupationalCredential",
            "credentialCategory": "license",
            "name": profile.licence.kind,
            "identifier": profile.licence.number,
            **(
                {"recognizedBy": {"@type": "Organization", "name": profile.licence.issuer}}
                if profile.licence.issuer
                else {}
            ),
        }
    return described


def _licence(licence: Licence | None, level: Level) -> dict[str, Any]:
    if licence is None:
        return {"level": str(Level.EXPIRED), "checked_on": None, "board": "", "number": ""}
    return {
        "level": str(level),
        "checked_on": licence.checked_on,
        "how": licence.checked_how,
        "board": licence.issuer,
        "number": licence.number,
        "board_url": LOOK_UPS.get(licence.jurisdiction),
    }


def _point(place: Location | None) -> tuple[float | None, float | None]:
    if place is None or place.lat is None or place.lon is None:
        return None, None
    return (place.lat, place.lon) if _street_shown(place) else (round(place.lat, 2), round(place.lon, 2))


def _street_shown(place: Location) -> bool:
    return place.address_public and place.kind == "practice"


def _town(place: Location | None) -> str:
    return ", ".join(filter(None, (place.city, place.region))) if place else ""


def _address(place: Location) -> dict[str, Any]:
    shown = _street_shown(place)
    street = [place.name, " ".join(filter(None, (place.street, place.unit)))] if shown else []
    lines = [line for line in (*street, f"{_town(place)} {place.postcode if shown else ''}".strip()) if line]
    return {"lines": lines, "street_shown": shown, "comes": place.kind == "home_visits"}


def _access(place: Location) -> list[str]:
    words = []
    if place.steps is not None:
        words.append(gettext("No steps") if place.steps == 0 else gettext("%(count)s steps", count=place.steps))
    if place.parking:
        words.append(gettext("Parking: %(parking)s", parking=place.parking))
    if place.side_lying:
        words.append(gettext("Can work with you lying on your side"))
    if place.table_height:
        words.append(gettext("Table: %(height)s", height=place.table_height))
    return [*words, *([place.access_note] if place.access_note else [])]
