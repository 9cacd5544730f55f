"""The parts of a practice: licences as told by their owner, services, locations. Every one is looked up with its owner."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid, NotFound
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.listing_services import refresh_listings
from app.directory.matching import name_key, number_key
from app.directory.models import Licence, LicenceEvent, Location, Service, Therapist
from app.directory.services.therapists import lock_therapist

LICENCE_FACTS = frozenset({"jurisdiction", "number", "issuer", "expires_on"})
SERVICE_FACTS = frozenset(
    {
        "name",
        "description",
        "minutes",
        "price_cents",
        "buffer_before",
        "buffer_after",
        "home_visit",
        "active",
        "position",
    }
)
LOCATION_FACTS = frozenset(
    {
        "kind", "name", "street", "unit", "city", "region", "postcode", "country", "phone", "lat", "lon", "time_zone",
        "radius_km", "address_public", "active", "steps", "parking", "side_lying", "table_height", "access_note",
    }
)  # fmt: skip
MOST_LICENCES, MOST_SERVICES, MOST_LOCATIONS = 8, 30, 8
Part = TypeVar("Part", Licence, Location, Service)


def report_licence(
    session: Session, therapist_id: int, licence_id: int | None, facts: Mapping[str, Any], *, actor: str
) -> Licence:
    """A licence as its owner tells it: listed as self-reported until the board's list or an admin says more.

    Conflict for one that was checked with the board: then only a new check changes it.
    """
    _allow(facts, LICENCE_FACTS)
    lock_therapist(session, therapist_id)
    row = own(session, Licence, therapist_id, licence_id) if licence_id else _new_licence(session, therapist_id)
    if row.checked_how in (CheckedHow.BOARD_ROSTER, CheckedHow.ADMIN):
        raise Conflict("This licence was checked with the board. Write to us to change it.", code="licence-checked")
    _check_number(session, row, facts)
    for name, value in facts.items():
        setattr(row, name, value)
    row.number_key = number_key(row.number)
    row.checked_how, row.checked_on = CheckedHow.SELF, None
    if licence_id is None:
        session.add(row)
    session.flush()
    words = f"{row.jurisdiction} {row.number}"
    session.add(
        LicenceEvent(
            licence_id=row.id, actor=actor[:120], old_status=row.status if licence_id else None, new_status=row.status,
            expires_on=row.expires_on, checked_how=CheckedHow.SELF, words=words,
        )
    )  # fmt: skip
    refresh_listings(session, [therapist_id])
    return row


def save_service(session: Session, therapist_id: int, service_id: int | None, facts: Mapping[str, Any]) -> Service:
    """Add or change a treatment. Bookings keep what was agreed."""
    _allow(facts, SERVICE_FACTS)
    lock_therapist(session, therapist_id)
    row = own(session, Service, therapist_id, service_id) if service_id else Service(therapist_id=therapist_id)
    if service_id is None:
        row.position = _count(session, Service, therapist_id, MOST_SERVICES)
        session.add(row)
    return _save(session, row, facts)


def save_location(session: Session, therapist_id: int, location_id: int | None, facts: Mapping[str, Any]) -> Location:
    """Add or change a place. The caller derives the timeline anew: its zone may be another."""
    _allow(facts, LOCATION_FACTS)
    lock_therapist(session, therapist_id)
    row = own(session, Location, therapist_id, location_id) if location_id else Location(therapist_id=therapist_id)
    if location_id is None:
        _count(session, Location, therapist_id, MOST_LOCATIONS)
        session.add(row)
    return _save(session, row, facts)


def own(session: Session, kind: type[Part], therapist_id: int, part_id: int) -> Part:
    """A therapist's own part; another's does not exist for them."""
    row = session.get(kind, part_id)
    if row is None or row.therapist_id != therapist_id:
        raise NotFound("There is no such thing in your practice.")
    return row


def _save(session: Session, row: Part, facts: Mapping[str, Any]) -> Part:
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()
    refresh_listings(session, [row.therapist_id])
    return row


def _new_licence(session: Session, therapist_id: int) -> Licence:
    _count(session, Licence, therapist_id, MOST_LICENCES)
    last_name = session.scalars(select(Therapist.last_name).where(Therapist.id == therapist_id)).one()
    return Licence(
        therapist_id=therapist_id,
        name_key=name_key(last_name),
        status=LicenceStatus.UNKNOWN,
        checked_how=CheckedHow.SELF,
        issuer="",
    )


def _check_number(session: Session, row: Licence, facts: Mapping[str, Any]) -> None:
    number, jurisdiction = str(facts["number"]).strip(), facts["jurisdiction"]
    if not number:
        raise Invalid("Give the number on your licence.", field="number", code="number-needed")
    query = select(Licence.id).where(
        Licence.therapist_id == row.therapist_id, Licence.jurisdiction == jurisdiction, Licence.number == number
    )
    with session.no_autoflush:
        same = session.scalar(query)
    if same is not None and same != row.id:
        raise Conflict("This licence is in your list already.", code="licence-twice")


def _count(session: Session, kind: type[Part], therapist_id: int, most: int) -> int:
    count = session.scalar(select(func.count()).select_from(kind).where(kind.therapist_id == therapist_id)) or 0
    if count >= most:
        raise Conflict("You have as many of these as there can be.", code="too-many")
    return count


def _allow(facts: Mapping[str, Any], names: frozenset[str]) -> None:
    if unknown := set(facts) - names:
        raise Invalid("Not to be set here: %(names)s.", values={"names": ", ".join(sorted(unknown))})
