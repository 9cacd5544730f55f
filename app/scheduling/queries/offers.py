"""What one therapist offers for booking, with the names that a page shows: one statement."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.directory.models import Location, Service, Therapist
from app.scheduling.queries.bookable import BOOKABLE, Bookable


class Offer(NamedTuple):
    """One service at one place. The street is empty while the therapist does not show it to all."""

    one: Bookable
    slug: str
    therapist_name: str
    therapist_phone: str | None
    description: str
    place_name: str
    street: str
    city: str
    region: str
    postcode: str
    radius_km: float | None


OFFER = BOOKABLE.add_columns(
    Therapist.slug,
    Therapist.name,
    Therapist.phone,
    Service.description,
    Location.name,
    Location.street,
    Location.city,
    Location.region,
    Location.postcode,
    Location.radius_km,
    Location.address_public,
).order_by(Service.position, Service.id, Location.id)
WIDTH = len(Bookable._fields)


def offers(session: Session, slug: str) -> list[Offer]:
    """Every service at every place of a therapist, in the therapist's order."""
    return [
        _offer(Bookable._make(row[:WIDTH]), *row[WIDTH:])
        for row in session.execute(OFFER.where(Therapist.slug == slug))
    ]


def _offer(one: Bookable, *facts: object) -> Offer:
    *shown, public = facts
    offer = Offer(one, *shown)  # type: ignore[arg-type]
    return offer if public else offer._replace(place_name="", street="", postcode="")
