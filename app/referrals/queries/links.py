"""What is behind a link: a fixed number of reads, and nothing that is sealed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.tokens import looks_like_token, token_hash
from app.directory.listing_models import Listing
from app.referrals import links
from app.referrals.models import Doctor, Referral, ReferralTherapist

PURPOSE = "referral"


class Link(NamedTuple):
    """A referral as its patient and its therapist may know it."""

    id: int
    kind: str
    doctor_id: int
    doctor_name: str
    practice: str
    specialty_id: int
    technique_id: int
    place: str
    lat: float | None
    lon: float | None
    radius_km: float
    suggested_visits: int | None
    valid_until: datetime | None
    created_at: datetime
    standing: links.Standing


def _query() -> Any:
    return (
        select(
            Referral.id,
            Referral.kind,
            Doctor.id,
            Doctor.name,
            Doctor.practice,
            Referral.specialty_id,
            Referral.technique_id,
            Referral.place,
            Referral.lat,
            Referral.lon,
            Referral.radius_km,
            Referral.suggested_visits,
            Referral.valid_until,
            Referral.created_at,
            Doctor.state,
            User.active,
            Referral.revoked_at,
        )
        .join(Doctor, Doctor.id == Referral.doctor_id)
        .outerjoin(User, User.id == Doctor.user_id)
    )


def link_of(session: Session, code: object, now: datetime) -> Link | None:
    """The link of a code, whether it works or not; None for anything that is not a code of ours."""
    if not looks_like_token(code):
        return None
    return _link(session, _query().where(Referral.code_hash == token_hash(PURPOSE, str(code))), now)


def link_by_id(session: Session, referral_id: int | None, now: datetime) -> Link | None:
    return None if referral_id is None else _link(session, _query().where(Referral.id == referral_id), now)


class Referrer(NamedTuple):
    """What a therapist's list says of who sent somebody; the note is behind a page that records its reading."""

    doctor_name: str
    suggested_visits: int | None


def referrers(session: Session, referral_ids: Iterable[int | None]) -> dict[int, Referrer]:
    """By referral, in one read; none when nobody was sent."""
    wanted = {each for each in referral_ids if each is not None}
    if not wanted:
        return {}
    query = select(Referral.id, Doctor.name, Referral.suggested_visits).join(Doctor, Doctor.id == Referral.doctor_id)
    return {
        row.id: Referrer(row.name, row.suggested_visits)
        for row in session.execute(query.where(Referral.id.in_(wanted)))
    }


def _link(session: Session, query: Any, now: datetime) -> Link | None:
    row = session.execute(query).first()
    if row is None:
        return None
    *shown, state, active, revoked_at = row
    facts = links.LinkFacts(state, bool(active), revoked_at, row.valid_until)
    return Link._make((*shown, links.standing(facts, now)))


class Shortlisted(NamedTuple):
    """One of a shortlist; `card` is None when they may not be listed that day (the licence has ended, or they left)."""

    therapist_id: int
    card: dict[str, Any] | None


def shortlist(session: Session, referral_id: int, on: date) -> list[Shortlisted]:
    query = select(ReferralTherapist.therapist_id).where(ReferralTherapist.referral_id == referral_id)
    ids = session.scalars(query.order_by(ReferralTherapist.position)).all()
    return cards_of(session, ids, on)


def cards_of(session: Session, therapist_ids: Sequence[int], on: date) -> list[Shortlisted]:
    """The therapists in that order, each with the card of their first listed location, as the finder gives it."""
    query = select(Listing.therapist_id, Listing.location_id, Listing.bookable_until, Listing.card).where(
        Listing.therapist_id.in_(therapist_ids), Listing.listed_until >= on.toordinal()
    )
    listed: dict[int, dict[str, Any]] = {}
    for therapist_id, location_id, until, card in session.execute(query.order_by(Listing.location_id.desc())):
        by_phone = {"booking_mode": "none"} if until < on.toordinal() else {}
        listed[therapist_id] = {**orjson.loads(card), "distance_km": None, "location_id": location_id, **by_phone}
    return [Shortlisted(each, listed.get(each)) for each in therapist_ids]
