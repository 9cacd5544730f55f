"""The doctor's own: the list of referrals with what may be known of each, in a fixed number of reads."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.directory.models import Therapist
from app.referrals.models import Referral, ReferralConsent, ReferralTemplate
from app.referrals.statuses import Shared, Status, status
from app.scheduling.models import Booking


class SharedVisit(NamedTuple):
    """A visit that the patient lets the doctor know of: nothing of who it is."""

    booking_id: int
    referral_id: int
    state: str
    starts_at: datetime
    time_zone: str
    therapist_name: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One referral in the list. `label` is the doctor's own, sealed at rest."""

    id: int
    kind: str
    specialty_id: int
    created_at: datetime
    valid_until: datetime | None
    revoked_at: datetime | None
    opened: int
    label: str | None
    status: Status
    visits: tuple[SharedVisit, ...]


def letters(session: Session, doctor_id: int, now: datetime, *, limit: int = 200, skip: int = 0) -> list[Letter]:
    """A doctor's referrals, newest first: two reads, however many."""
    query = select(
        Referral.id, Referral.kind, Referral.specialty_id, Referral.created_at, Referral.valid_until,
        Referral.revoked_at, Referral.opened, Referral.label,
    ).where(Referral.doctor_id == doctor_id)  # fmt: skip
    rows = session.execute(query.order_by(Referral.created_at.desc(), Referral.id.desc()).limit(limit).offset(skip))
    visits = shared_visits(session, doctor_id)
    found = []
    for row in rows:
        own = tuple(visits.get(row.id, ()))
        what = status(row.created_at, row.opened, [Shared(each.state) for each in own], now)
        found.append(Letter(*row, what, own))
    return found


def shared_visits(session: Session, doctor_id: int, referral_id: int | None = None) -> Mapping[int, list[SharedVisit]]:
    """By referral, the visits whose patients agree now that the doctor knows. A time only held is not among them."""
    query = (
        select(
            Booking.id, ReferralConsent.referral_id, Booking.state, Booking.starts_at, Booking.time_zone, Therapist.name
        )
        .join(ReferralConsent, ReferralConsent.booking_id == Booking.id)
        .join(Referral, Referral.id == ReferralConsent.referral_id)
        .join(Therapist, Therapist.id == Booking.therapist_id)
        .where(
            Referral.doctor_id == doctor_id,
            Booking.referral_id == Referral.id,
            ReferralConsent.withdrawn_at.is_(None),
            Booking.state != "held",
        )
    )
    if referral_id is not None:
        query = query.where(Referral.id == referral_id)
    found: dict[int, list[SharedVisit]] = defaultdict(list)
    for row in session.execute(query.order_by(Booking.starts_at, Booking.id)):
        found[row.referral_id].append(SharedVisit._make(row))
    return found


def standing_link(session: Session, doctor_id: int) -> Referral | None:
    """The newest standing link that was not taken back."""
    query = select(Referral).where(
        Referral.doctor_id == doctor_id, Referral.kind == "standing", Referral.revoked_at.is_(None)
    )
    return session.scalars(query.order_by(Referral.id.desc()).limit(1)).first()


def templates(session: Session, doctor_id: int) -> list[tuple[int, str]]:
    query = select(ReferralTemplate.id, ReferralTemplate.name).where(ReferralTemplate.doctor_id == doctor_id)
    return sorted(((row.id, row.name) for row in session.execute(query)), key=lambda each: each[1].casefold())


def template(session: Session, doctor_id: int, template_id: int) -> dict[str, Any]:
    query = select(ReferralTemplate.facts).where(
        ReferralTemplate.id == template_id, ReferralTemplate.doctor_id == doctor_id
    )
    text = session.scalar(query)
    if text is None:
        raise NotFound("There is no such template.", code="template-unknown")
    facts: dict[str, Any] = json.loads(text)
    return facts
