"""What the directory holds about a person who has a practice here."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.directory.claim_models import Claim
from app.directory.models import Therapist
from app.directory.queries import own_practice
from app.directory.services.listings import refresh_listings

OWN = ("slug", "npi", "name", "credentials", "gender", "bio", "phone", "email", "website", "booking_mode", "currency")
LICENCE = ("jurisdiction", "number", "issuer", "status", "expires_on", "checked_how", "checked_on")
LOCATION = (
    "kind",
    "name",
    "street",
    "unit",
    "city",
    "region",
    "postcode",
    "country",
    "phone",
    "radius_km",
    "access_note",
)
SERVICE = ("name", "description", "minutes", "price_cents", "active")


def export(session: Session, user: User) -> dict[str, Any] | None:
    """The whole practice; None for a person without one."""
    own = own_practice(session, user.id)
    if own is None:
        return None
    return {
        **_facts(own, OWN),
        "licences": [_facts(each, LICENCE) for each in own.licences],
        "locations": [_facts(each, LOCATION) for each in own.locations],
        "services": [_facts(each, SERVICE) for each in own.services],
        "languages": sorted(each.language for each in own.languages),
    }


def erase(session: Session, user: User) -> None:
    """An imported page goes back to what the registry says; one made here loses its name and is shown to nobody."""
    session.execute(delete(Claim).where(Claim.user_id == user.id))
    own = own_practice(session, user.id)
    if own is None:
        return
    own.user_id, own.bio, own.photo, own.email, own.website = None, "", None, None, None
    own.booking_mode, own.claimed = "none", False
    if own.origin == "self":
        _forget(own)
    session.flush()
    refresh_listings(session, [own.id])


def _forget(own: Therapist) -> None:
    own.hidden, own.phone, own.gender, own.credentials = True, None, None, ""
    own.first_name, own.last_name, own.name, own.slug = "", "", "Former therapist", f"gone-{own.id}"
    own.licences.clear()
    for place in own.locations:
        place.active, place.street, place.unit, place.phone, place.access_note = False, "", "", None, ""


def _facts(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
