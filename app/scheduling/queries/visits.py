"""One visit as its two people see it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import User
from app.core.catalogues import ENGLISH
from app.core.errors import Gone, NotFound
from app.core.tokens import looks_like_token, token_hash
from app.directory.models import Location, Therapist
from app.directory.queries import GONE
from app.scheduling.models import Booking, BookingEvent, VisitsLink

PURPOSE = "visit"
LINK_PURPOSE = "visits"


class Visit(NamedTuple):
    """A booking with its people and place. Screening and note are not here: see `services.read_sealed`."""

    id: int
    reference: str
    token: str
    state: str
    expires_at: datetime | None
    sequence: int
    events: int
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    service_id: int | None
    service_name: str
    minutes: int
    price_cents: int | None
    currency: str
    cancel_cutoff: int
    reschedule_cutoff: int
    new_starts_at: datetime | None
    new_by: str | None
    new_expires_at: datetime | None
    offered_times: str | None
    name: str
    email: str | None
    phone: str | None
    visit_for: str
    locale: str
    verified_at: datetime | None
    series_id: str | None
    referral_id: int | None
    code_tries: int
    code_mails: int
    therapist_id: int
    therapist_slug: str
    therapist_name: str
    therapist_email: str | None
    therapist_locale: str
    therapist_phone: str | None
    booking_mode: str
    location_id: int
    location_kind: str
    location_name: str
    street: str
    unit: str
    city: str
    region: str
    postcode: str
    country: str
    address_public: bool
    lat: float | None
    lon: float | None
    new_place: str | None

    @property
    def address_shown(self) -> bool:
        """The street is for confirmed visits, unless the therapist shows it to all."""
        return self.address_public or self.state in ("confirmed", "attended", "no_show")

    @property
    def therapist_gone(self) -> bool:
        """Whether the therapist has left for good: nobody reads a message, and there is nothing to book."""
        return self.therapist_slug.startswith(GONE)


ELSEWHERE = aliased(Location)
NEW_PLACE = (
    select(func.coalesce(func.nullif(ELSEWHERE.name, ""), ELSEWHERE.city))
    .where(ELSEWHERE.id == Booking.new_location_id, ELSEWHERE.id != Booking.location_id)
    .correlate(Booking)
    .scalar_subquery()
)
"""What the place of the other time is called, where it is another place."""

VISIT = (
    select(
        Booking.id,
        Booking.reference,
        Booking.token,
        Booking.state,
        Booking.expires_at,
        Booking.sequence,
        Booking.events,
        Booking.created_at,
        Booking.starts_at,
        Booking.ends_at,
        Booking.time_zone,
        Booking.service_id,
        Booking.service_name,
        Booking.minutes,
        Booking.price_cents,
        Booking.currency,
        Booking.cancel_cutoff,
        Booking.reschedule_cutoff,
        Booking.new_starts_at,
        Booking.new_by,
        Booking.new_expires_at,
        Booking.offered_times,
        Booking.name,
        Booking.email,
        Booking.phone,
        Booking.visit_for,
        Booking.locale,
        Booking.verified_at,
        Booking.series_id,
        Booking.referral_id,
        Booking.code_tries,
        Booking.code_mails,
        Therapist.id,
        Therapist.slug,
        Therapist.name,
        Therapist.email,
        func.coalesce(User.language, ENGLISH),
        Therapist.phone,
        Therapist.booking_mode,
        Location.id,
        Location.kind,
        Location.name,
        Location.street,
        Location.unit,
        Location.city,
        Location.region,
        Location.postcode,
        Location.country,
        Location.address_public,
        Location.lat,
        Location.lon,
        NEW_PLACE,
    )
    .join_from(Booking, Therapist, Booking.therapist_id == Therapist.id)
    .outerjoin(User, Therapist.user_id == User.id)
    .join(Location, Booking.location_id == Location.id)
)


class EventRow(NamedTuple):
    number: int
    at: datetime
    actor: str
    action: str
    old_state: str | None
    new_state: str
    starts_at: datetime
    reason: str


def visit(session: Session, token: object) -> Visit:
    """The visit behind a link; NotFound for anything that is not a visit's token."""
    if not looks_like_token(token):
        raise NotFound("There is no visit behind this link.", code="visit-unknown")
    return _one(session, Booking.token_hash == token_hash(PURPOSE, str(token)))


def visit_by_id(session: Session, booking_id: int, therapist_id: int | None = None) -> Visit:
    """A visit by number, for its therapist (or, with None, for our own messages).

    Whoever never confirmed asked for nothing yet: what they wrote and answered is not the therapist's to read.
    """
    asked = Booking.verified_at.is_not(None) | Booking.email.is_(None)
    mine = [] if therapist_id is None else [Booking.therapist_id == therapist_id, asked]
    return _one(session, Booking.id == booking_id, *mine)


def _one(session: Session, *where: Any) -> Visit:
    row = session.execute(VISIT.where(*where)).first()
    if row is None:
        raise NotFound("There is no such visit.", code="visit-unknown")
    return Visit._make(row)


def visits_of_email(session: Session, email_key: str) -> list[Visit]:
    """All visits under one confirmed address, newest first."""
    query = VISIT.where(Booking.email_key == email_key, Booking.verified_at.is_not(None))
    return [Visit._make(row) for row in session.execute(query.order_by(Booking.starts_at.desc()).limit(200))]


def visits_of_link(session: Session, token: object, now: datetime) -> list[Visit]:
    """The visits behind a mailed link; Gone when it is too old."""
    if not looks_like_token(token):
        raise NotFound("This link is not one of ours.", code="link-unknown")
    query = select(VisitsLink.email_key, VisitsLink.expires_at)
    row = session.execute(query.where(VisitsLink.token_hash == token_hash(LINK_PURPOSE, str(token)))).first()
    if row is None or row.expires_at <= now:
        raise Gone("This link has ended. Ask for a new one.", code="link-ended")
    return visits_of_email(session, row.email_key)


def series_of(session: Session, series_id: str) -> list[Visit]:
    """All visits of a series, in order."""
    query = VISIT.where(Booking.series_id == series_id).order_by(Booking.starts_at)
    return [Visit._make(row) for row in session.execute(query)]


def history(session: Session, booking_id: int) -> list[EventRow]:
    """What happened to a booking, first to last."""
    columns = [getattr(BookingEvent, name) for name in EventRow._fields]
    query = select(*columns).where(BookingEvent.booking_id == booking_id).order_by(BookingEvent.number)
    return [EventRow._make(row) for row in session.execute(query)]


def offered_times(one: Visit) -> Sequence[tuple[datetime, int]]:
    """The (start, location) that the therapist offered instead."""
    return [(datetime.fromisoformat(at), place) for at, place, *_ in json.loads(one.offered_times or "[]")]
