"""Confirming the address while the time is held: by the mailed link, or by the code in the same mail."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Gone, NotFound
from app.core.tokens import looks_like_token, same, token_hash
from app.directory.models import Service, Therapist
from app.notifications.outbox import Notice, enqueue, withdraw
from app.scheduling import contact, deadlines, safety
from app.scheduling.models import Booking, SchedulingSettings
from app.scheduling.plan import HOLD
from app.scheduling.queries.bookable import setting
from app.scheduling.safety import Screening
from app.scheduling.services.beginning import CONFIRM_PURPOSE, new_confirmation
from app.scheduling.services.booking import Booked, booked
from app.scheduling.services.checks import check_screening
from app.scheduling.services.limits import check_mails, check_not_blocked
from app.scheduling.services.offers import check_offer_stands, is_offer, offer_taken
from app.scheduling.services.subject import of_token, the_booking
from app.scheduling.services.transitions import about_visit, together, transition
from app.scheduling.states import PATIENT, Action

MOST_TRIES = 5
MOST_MAILS = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """What a code did. It is a value, not an error, because a wrong try must be kept."""

    right: bool
    tries_left: int
    booked: Booked | None = None


def held_behind(session: Session, confirm_token: object) -> str:
    """The visit's token behind a mailed confirmation link. Changes nothing: a mail scanner may look."""
    return _by_confirm(session, confirm_token).token


def confirm_by_link(session: Session, confirm_token: object, now: datetime) -> Booked:
    """Confirm with the mailed link; Forbidden `not-accepted` when blocked, Conflict `questions-first` for an offer that
    was not taken yet. Doing it again answers the same.
    """
    booking = the_booking(session, _by_confirm(session, confirm_token).id)
    return _confirm(session, booking, now)


def confirm_by_code(session: Session, token: object, code: str, now: datetime) -> Tried:
    """Confirm with the six digits. After five wrong ones only the link works, or the code of another mail."""
    booking = of_token(session, token)
    if booking.state != "held":
        return Tried(True, 0, _confirm(session, booking, now))
    if booking.code_hash is None or booking.code_tries >= MOST_TRIES:
        return Tried(False, 0)
    digits = "".join(letter for letter in code if letter.isdigit())
    if same(token_hash(booking.token_hash, digits), booking.code_hash):
        return Tried(True, MOST_TRIES, _confirm(session, booking, now))
    booking.code_tries += 1
    return Tried(False, MOST_TRIES - booking.code_tries)


def mail_again(session: Session, token: object, now: datetime) -> None:
    """Send a new link and code to the same address, a few times at most: Conflict `too-many-mails` or `questions-first`,
    Forbidden `too-many-unanswered`.

    With the new code the tries begin anew, so that fifteen guesses at a million are all there can be.
    """
    booking = of_token(session, token)
    if booking.state != "held" or not booking.email or (booking.expires_at and booking.expires_at <= now):
        raise Gone("There is nothing to confirm any more.", code="hold-ended")
    _check_asked(booking)
    if booking.code_mails >= MOST_MAILS:
        raise Conflict(
            "We have mailed you three times. Use the newest mail, or start again with another address.",
            code="too-many-mails",
        )
    check_mails(session, booking.email_key, now)
    booking.code_mails += 1
    booking.code_tries = 0
    again = new_confirmation(booking.token_hash)
    booking.confirm_hash, booking.code_hash = again.link_hash, again.code_hash
    about = about_visit(booking.id)
    withdraw(session, about, [HOLD])
    facts = {
        "booking": booking.id,
        "starts_at": booking.starts_at.isoformat(),
        "to": "patient",
        **together(_with_series(session, booking)),
        **again.facts,
    }
    enqueue(session, [Notice(f"{about}:again:{booking.code_mails}", HOLD, about, facts, now)])


def take_offer(
    session: Session, token: object, screening: Screening, note: str, now: datetime, address: str = ""
) -> Booked:
    """Take the time that the waitlist offered; the safety questions come first, as for everybody.

    A home visit needs the address to come to, which nobody who waits was asked for: Invalid `address-needed`.
    """
    check_screening(screening)
    booking = of_token(session, token)
    if not is_offer(session, booking.id):
        raise NotFound("There is no offer behind this link.", code="visit-unknown")
    check_offer_stands(booking, now)
    booking.address = contact.read_address(address, needed=_comes_home(session, booking))
    booking.screening = json.dumps(safety.to_facts(screening))
    booking.note = note.strip()[:2000] or None
    offer_taken(session, booking, now)
    return _confirm(session, booking, now)


def _confirm(session: Session, booking: Booking, now: datetime) -> Booked:
    if booking.state in ("requested", "confirmed"):
        return booked(booking)
    if booking.state != "held" or (booking.expires_at and booking.expires_at <= now):
        raise Gone("This time was held for you, but not any more. Please choose again.", code="hold-ended")
    _check_asked(booking)
    check_not_blocked(session, booking.therapist_id, booking.email_key, booking.phone)
    chosen = _with_series(session, booking)
    for number, each in enumerate(chosen):
        _pass_on(session, each, now, facts=together(chosen), quiet=number > 0)
    return booked(booking)


def _check_asked(booking: Booking) -> None:
    """Nobody leaves `held` without the safety questions: a time that the waitlist offers is held before they are asked."""
    if booking.screening is None:
        raise Conflict("Take this time on its page: the safety questions come first.", code="questions-first")


def _comes_home(session: Session, booking: Booking) -> bool:
    return session.scalars(select(Service.home_visit).where(Service.id == booking.service_id)).one_or_none() or False


def _pass_on(session: Session, booking: Booking, now: datetime, *, facts: dict[str, Any], quiet: bool) -> None:
    mode, accept_hours = _how(session, booking.therapist_id)
    action: Action = "confirm" if mode == "instant" else "request"
    changes: dict[str, Any] = {"verified_at": now}
    if action == "request":
        changes["expires_at"] = deadlines.accept_by(now, booking.starts_at, accept_hours)
    transition(session, booking, action, PATIENT, now, changes=changes, facts=facts, quiet=quiet)


def _how(session: Session, therapist_id: int) -> tuple[str, int]:
    query = select(Therapist.booking_mode, setting(SchedulingSettings.accept_hours)).outerjoin(
        SchedulingSettings, SchedulingSettings.therapist_id == Therapist.id
    )
    mode, accept_hours = session.execute(query.where(Therapist.id == therapist_id)).one()
    return mode, accept_hours


def _with_series(session: Session, booking: Booking) -> list[Booking]:
    if booking.series_id is None:
        return [booking]
    query = select(Booking).where(Booking.series_id == booking.series_id, Booking.state == "held")
    return list(session.scalars(query.order_by(Booking.starts_at)))


def _by_confirm(session: Session, token: object) -> Booking:
    found = None
    if looks_like_token(token):
        query = select(Booking).where(Booking.confirm_hash == token_hash(CONFIRM_PURPOSE, str(token)))
        found = session.scalars(query).first()
    if found is None:
        raise NotFound("This link is not one of ours, or a newer one was sent.", code="link-unknown")
    return found
