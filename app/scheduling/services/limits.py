"""Who may not book, and how many requests one person may have open."""

from sqlalchemy import delete, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.core.errors import Forbidden
from app.scheduling.contact import Contact, email_key
from app.scheduling.models import BlockedPerson, Booking
from app.scheduling.queries.bookable import Bookable
from app.scheduling.states import OPEN

MOST_OPEN_ANYWHERE = 6


def check_person(session: Session, one: Bookable, person: Contact) -> None:
    """Forbidden when the therapist blocked this person, or too many of their requests are open: one statement."""
    names = [value for value in (person.email_key, person.phone) if value]
    same = [Booking.email_key == person.email_key] if person.email_key else []
    same += [Booking.phone == person.phone] if person.phone else []
    query = union_all(
        select(literal(0)).where(
            exists().where(BlockedPerson.therapist_id == one.therapist_id, BlockedPerson.value.in_(names))
        ),
        select(Booking.therapist_id).where(or_(*same), Booking.state.in_(sorted(OPEN)), Booking.series_id.is_(None)),
    )
    found = list(session.execute(query).scalars())
    if 0 in found:
        raise Forbidden("This therapist cannot take this booking online. Please call.", code="not-accepted")
    if found.count(one.therapist_id) >= one.most_open_requests or len(found) >= MOST_OPEN_ANYWHERE:
        raise Forbidden(
            "You have several requests that wait for an answer. Please wait for one, or cancel one.",
            code="too-many-open",
        )


def block(session: Session, therapist_id: int, value: str) -> None:
    """Let this e-mail address or phone number (+1…) book no more with the therapist."""
    session.merge(BlockedPerson(therapist_id=therapist_id, value=email_key(value)))


def unblock(session: Session, therapist_id: int, value: str) -> None:
    session.execute(
        delete(BlockedPerson).where(BlockedPerson.therapist_id == therapist_id, BlockedPerson.value == email_key(value))
    )


def blocked(session: Session, therapist_id: int) -> list[str]:
    return list(session.scalars(select(BlockedPerson.value).where(BlockedPerson.therapist_id == therapist_id)))
