"""Whether a home visit is asked for farther away than the therapist comes."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.geometry import distance_km
from app.directory.listing_models import Listing
from app.directory.models import Location
from app.places.queries import geocode

SLACK_KM = {"zip": 6.0, "postcode": 6.0, "neighbourhood": 6.0, "point": 1.0}
WIDE_KM = 20.0
"""How far an address may lie from the middle of its ZIP, and of what is wider: its town."""


def beyond_reach(session: Session, location_id: int, address: str) -> str | None:
    """The place of an address that surely lies beyond the reach of home visits; None within it, and when we cannot tell.

    Only our own gazetteer is asked: nobody else learns where a patient lives. Measured from where the finder shows the
    therapist, a grid of a kilometre: asking from many places finds nobody's home.
    """
    query = select(Listing.lat, Listing.lon, Location.radius_km).join(Location, Location.id == Listing.location_id)
    base = session.execute(query.where(Listing.location_id == location_id)).first()
    if base is None or base.radius_km is None:
        return None
    meant = geocode(session, " ".join(address.split()), (base.lat, base.lon))
    if meant.place is None or meant.alternatives:
        return None
    away = distance_km(base.lat, base.lon, meant.place.lat, meant.place.lon)
    far = away > base.radius_km + SLACK_KM.get(meant.place.kind, WIDE_KM)
    return (
        (meant.place.name or meant.place.label if meant.place.kind == "point" else meant.place.label) if far else None
    )
