"""A booking before it is in any state: what it is known by and opened with, and its columns."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.crypto import Sealed
from app.core.database import plain
from app.core.statements import Asked, Statement
from app.core.tokens import new_code, new_token, token_hash
from app.core.zones import zone
from app.scheduling.contact import Contact
from app.scheduling.models import Booking
from app.scheduling.queries.bookable import Bookable
from app.scheduling.queries.visits import PURPOSE

CONFIRM_PURPOSE = "confirm"
REFERENCE_LETTERS, REFERENCE_LENGTH = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 8
NEXT_ID = Statement(select(func.nextval(func.pg_get_serial_sequence("booking", "id"))))


def ask_id(session: Session) -> Asked | None:
    """The id of a booking to come, where it can be had beforehand: then what is written of it goes in one piece."""
    return NEXT_ID.ask(session, {}) if plain(session).dialect.name == "postgresql" else None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The link and the code that a mail carries, and the hashes, which are all that the booking keeps of them."""

    link: str
    code: str
    link_hash: str
    code_hash: str

    @property
    def facts(self) -> dict[str, str]:
        """For the mail."""
        return {"confirm": self.link, "code": self.code}

    @property
    def columns(self) -> dict[str, str]:
        return {"confirm_hash": self.link_hash, "code_hash": self.code_hash}


@dataclass(frozen=True, slots=True)
class Keys:
    """What one booking is known by and opened with."""

    reference: str
    token: str
    token_hash: str
    confirmation: Confirmation


def new_keys() -> Keys:
    token = new_token()
    opened_by = token_hash(PURPOSE, token)
    return Keys(_new_reference(), Sealed(token), opened_by, new_confirmation(opened_by))


def _new_reference() -> str:
    """Eight letters from one draw: the number is written with them as its digits."""
    number, letters = secrets.randbelow(len(REFERENCE_LETTERS) ** REFERENCE_LENGTH), ""
    for _ in range(REFERENCE_LENGTH):
        number, digit = divmod(number, len(REFERENCE_LETTERS))
        letters += REFERENCE_LETTERS[digit]
    return letters


def new_confirmation(opened_by: str) -> Confirmation:
    """A link and a code for the booking with this `token_hash`."""
    link, code = new_token(), new_code()
    return Confirmation(link, code, token_hash(CONFIRM_PURPOSE, link), token_hash(opened_by, code))


def new_booking(one: Bookable, at: datetime, person: Contact, keys: Keys, **more: Any) -> Booking:
    """A booking with what was agreed, in no state yet; `more` are further columns.

    It never enters a session (`transition` writes it), so nothing need watch how its columns are filled.
    """
    booking = Booking()
    booking.__dict__.update(
        reference=keys.reference,
        token_hash=keys.token_hash,
        token=keys.token,
        sequence=0,
        events=0,
        therapist_id=one.therapist_id,
        location_id=one.location_id,
        service_id=one.service_id,
        service_name=one.service_name,
        minutes=one.minutes,
        buffer_before=one.buffer_before,
        buffer_after=one.buffer_after,
        price_cents=one.price_cents,
        currency=one.currency,
        cancel_cutoff=one.cancel_cutoff,
        reschedule_cutoff=one.reschedule_cutoff,
        name=person.name,
        email=person.email,
        email_key=person.email_key,
        phone=person.phone,
        visit_for=person.visit_for,
        address=person.address,
        locale=person.locale,
        **when(at, one.minutes, one.time_zone),
        **more,
    )
    return booking


def when(at: datetime, minutes: int, time_zone: str) -> dict[str, Any]:
    """The columns that say when a visit is."""
    return {
        "starts_at": at,
        "ends_at": at + timedelta(minutes=minutes),
        "wall_start": on_the_wall(at, time_zone),
        "time_zone": time_zone,
    }


def on_the_wall(at: datetime, time_zone: str) -> str:
    """What the venue's clock shows at an instant: "2027-03-01T09:00". It stays when governments move clocks."""
    return at.astimezone(zone(time_zone)).replace(tzinfo=None).isoformat(timespec="minutes")
