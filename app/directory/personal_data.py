"""What the directory holds about a person who has a practice here."""

from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session, undefer

from app.accounts.actors import ERASED, acts_of
from app.accounts.models import User
from app.directory.catalogue import BY_ID
from app.directory.claim_models import Claim
from app.directory.evidence_models import LicenceEvidence
from app.directory.licences import CheckedHow
from app.directory.listing_services import refresh_listings
from app.directory.models import LicenceEvent, Location, Therapist
from app.directory.queries import GONE, own_practice

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
CLAIM = ("npi", "licence_number", "evidence", "state", "created_at", "decided_at", "reason")
SERVICE = ("name", "description", "minutes", "price_cents", "active")


def export(session: Session, user: User) -> dict[str, Any] | None:
    """The whole practice, with what was handed in beside licences and claims; None for a person without any of it."""
    own, claims = own_practice(session, user.id), _claims(session, user)
    if own is None:
        return {"claims": claims} if claims else None
    return {
        **_facts(own, OWN),
        "photo": f"/media/{own.photo}" if own.photo else None,
        "specialties": [
            {"name": BY_ID[each.specialty_id].name, "years": each.years}
            for each in own.specialties
            if each.specialty_id in BY_ID
        ],
        "licences": [
            {**_facts(each, LICENCE), "handed_in": _files(session, LicenceEvidence.licence_id == each.id, user)}
            for each in own.licences
        ],
        "locations": [_facts(each, LOCATION) for each in own.locations],
        "services": [_facts(each, SERVICE) for each in own.services],
        "languages": sorted(each.language for each in own.languages),
        "claims": claims,
    }


def _claims(session: Session, user: User) -> list[dict[str, Any]]:
    rows = session.scalars(select(Claim).where(Claim.user_id == user.id).order_by(Claim.id)).all()
    return [
        {**_facts(each, CLAIM), "handed_in": _files(session, LicenceEvidence.claim_id == each.id, user)}
        for each in rows
    ]


def _files(session: Session, subject: ColumnElement[bool], user: User) -> list[dict[str, Any]]:
    """What the person handed in themselves, whole: `content` is base64."""
    query = select(LicenceEvidence).where(subject, LicenceEvidence.handed_in_by.in_(acts_of(user.id)))
    rows = session.scalars(query.options(undefer(LicenceEvidence.content)).order_by(LicenceEvidence.id))
    return [_facts(each, ("kind", "size", "at", "content")) for each in rows]


def erase(session: Session, user: User) -> None:
    """An imported page goes back to what the registry says; one made here loses its name and is shown to nobody.

    What was handed in goes with its licences and claims, and histories forget who it was.
    """
    session.execute(delete(Claim).where(Claim.user_id == user.id))
    own = own_practice(session, user.id)
    if own is not None:
        _give_back(session, own)
    for column in (LicenceEvent.actor, LicenceEvidence.handed_in_by, Claim.decided_by):
        change = update(column.class_).where(column.in_(acts_of(user.id))).values({column.key: ERASED})
        session.execute(change, execution_options={"synchronize_session": False})


def _give_back(session: Session, own: Therapist) -> None:
    evidence = LicenceEvidence.licence_id.in_([each.id for each in own.licences])
    session.execute(delete(LicenceEvidence).where(evidence))
    own.user_id, own.bio, own.photo, own.email, own.website = None, "", None, None, None
    own.booking_mode, own.claimed, own.practising_since = "none", False, None
    if own.origin == "self":
        _forget(own)
    else:
        _forget_additions(own)
    session.flush()
    refresh_listings(session, [own.id])


def _forget(own: Therapist) -> None:
    own.hidden, own.phone, own.gender, own.credentials = True, None, None, ""
    own.first_name, own.last_name, own.name, own.slug = "", "", "Former therapist", f"{GONE}{own.id}"
    own.licences.clear()
    for place in own.locations:
        _close(place)


def _forget_additions(own: Therapist) -> None:
    """What the registry never said: own licences and places, how to get in, services, languages."""
    own.licences[:] = [each for each in own.licences if each.checked_how != CheckedHow.SELF]
    own.specialties.clear()
    own.languages.clear()
    for service in own.services:
        service.active = False
    for place in own.locations:
        if place.source_key is None:
            _close(place)
        place.address_public, place.access_note = False, ""
        place.steps = place.parking = place.side_lying = place.table_height = None


def _close(place: Location) -> None:
    """Town and zone stay: past visits are told by them."""
    place.active, place.name, place.street, place.unit, place.phone = False, "", "", "", None
    place.lat = place.lon = place.radius_km = None
    place.postcode = place.access_note = ""


def _facts(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
