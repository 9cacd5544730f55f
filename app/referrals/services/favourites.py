"""The therapists whom a doctor likes to refer to, each with a note of the doctor's own."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid, NotFound
from app.directory.queries import therapist_by_slug
from app.referrals.models import Doctor, FavouriteTherapist
from app.referrals.queries.choosing import id_of

MOST_FAVOURITES = 100
LONGEST_NOTE = 300


def add_favourite(session: Session, doctor_id: int, slug: str) -> None:
    """Conflict when the list is full; adding somebody again changes nothing.

    Under the doctor's lock: a button that is pressed twice adds once, and the list is counted right.
    """
    therapist_id = therapist_by_slug(session, slug).id
    session.get_one(Doctor, doctor_id, with_for_update=True)
    if session.get(FavouriteTherapist, (doctor_id, therapist_id)) is not None:
        return
    count = session.scalar(select(func.count()).where(FavouriteTherapist.doctor_id == doctor_id)) or 0
    if count >= MOST_FAVOURITES:
        raise Conflict("Your list is full. Take somebody off first.", code="too-many-favourites")
    session.add(FavouriteTherapist(doctor_id=doctor_id, therapist_id=therapist_id))
    session.flush()


def remove_favourite(session: Session, doctor_id: int, slug: str) -> None:
    session.execute(
        delete(FavouriteTherapist).where(
            FavouriteTherapist.doctor_id == doctor_id, FavouriteTherapist.therapist_id == id_of(session, slug)
        )
    )


def note_favourite(session: Session, doctor_id: int, slug: str, note: str) -> None:
    """The doctor's own words about one of the list; empty takes them away."""
    row = session.get(FavouriteTherapist, (doctor_id, id_of(session, slug)))
    if row is None:
        raise NotFound("This therapist is not on your list.", code="not-a-favourite")
    words = note.strip()
    if len(words) > LONGEST_NOTE:
        raise Invalid("That is too long: at most 300 letters.", field="note", code="note-long")
    row.note = words or None
    session.flush()
