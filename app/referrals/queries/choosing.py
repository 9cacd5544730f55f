"""Whom a doctor has chosen: the shortlist of what was begun, and the favourites."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.directory.models import Therapist
from app.referrals import drafts
from app.referrals.drafts import Draft
from app.referrals.models import FavouriteTherapist, ReferralDraft


class Chosen(NamedTuple):
    """`note` is the doctor's own, of favourites only."""

    id: int
    slug: str
    name: str
    note: str = ""


def draft_of(session: Session, doctor_id: int, now: datetime) -> tuple[Draft, datetime] | None:
    """What was begun, and when it was last changed; None when nothing is, or it was left alone for a week."""
    query = select(ReferralDraft.facts, ReferralDraft.changed_at).where(ReferralDraft.doctor_id == doctor_id)
    row = session.execute(query).first()
    if row is None or row.changed_at <= now - drafts.LASTS:
        return None
    return drafts.from_json(row.facts), row.changed_at


def chosen(session: Session, therapist_ids: tuple[int, ...]) -> list[Chosen]:
    """Who they are, in that order; who has left is left out."""
    query = select(Therapist.id, Therapist.slug, Therapist.name).where(Therapist.id.in_(therapist_ids))
    known = {row.id: Chosen(*row) for row in session.execute(query)} if therapist_ids else {}
    return [known[each] for each in therapist_ids if each in known]


def id_of(session: Session, slug: str) -> int:
    """Whose slug it is, hidden or not: who is on a list can be taken off. NotFound when it is nobody's."""
    found = session.scalar(select(Therapist.id).where(Therapist.slug == slug))
    if found is None:
        raise NotFound("There is no such therapist here.", code="therapist-unknown")
    return found


def favourites(session: Session, doctor_id: int) -> list[Chosen]:
    """By name."""
    query = (
        select(Therapist.id, Therapist.slug, Therapist.name, FavouriteTherapist.note)
        .join(FavouriteTherapist, FavouriteTherapist.therapist_id == Therapist.id)
        .where(FavouriteTherapist.doctor_id == doctor_id)
    )
    rows = session.execute(query.order_by(Therapist.name, Therapist.id))
    return [Chosen(row.id, row.slug, row.name, row.note or "") for row in rows]
