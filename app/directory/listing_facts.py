"""What is known of a therapist when listings are derived. Plain values, as the tables hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.directory.licences import LicenceFacts


class Bound(NamedTuple):
    """What is known of the first free time at a location for visits of `free_minutes` or more; see `SearchEntry`.

    The default knows nothing.
    """

    free_base: int = 0
    free_hours: int = 0
    free_later: int = -1
    free_firsts: int = -1
    free_quarters: bytes | None = None
    free_minutes: int = 0
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
    id: int
    minutes: int
    buffer_before: int
    buffer_after: int
    price_cents: int | None
    home_visit: bool


@dataclass(slots=True)
class Whole:
    """All that is known of a therapist. `licences` carry their issuer, which the card names."""

    therapist: TherapistFacts
    licences: list[tuple[LicenceFacts, str]]
    locations: list[LocationFacts]
    services: list[ServiceFacts]
    """In the therapist's order."""
    specialty_ids: list[int]
    languages: list[str]
    bounds: Mapping[int, Bound] = field(default_factory=dict)
    """By location."""
