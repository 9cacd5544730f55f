"""The doctor's own: the list of referrals with what may be known of each, in a fixed number of reads."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, LargeBinary, Select, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from app.core.bulk import chunks
from app.core.crypto import decrypt
from app.core.errors import NotFound
from app.directory.models import Therapist
from app.referrals.models import Referral, ReferralConsent, ReferralTemplate
from app.referrals.statuses import NEVER_AFTER, OF_STATE, RANK, Month, Shared, Status, month_back
from app.referrals.statuses import months as by_month
from app.referrals.statuses import status as status_of
from app.scheduling.models import Booking

MOST_LABELS = 5000
MOST_IDS = 5000
Condition = ColumnElement[bool]


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


class Place(NamedTuple):
    """Where a page ends in the list, which does not move when referrals are made meanwhile."""

    created_at: datetime
    id: int


class Page(NamedTuple):
    """`older` is where the next page begins, None at the end."""

    letters: list[Letter]
    older: Place | None


def letters(
    session: Session,
    doctor_id: int,
    now: datetime,
    *,
    before: Place | None = None,
    status: Status | None = None,
    words: str = "",
    limit: int = 50,
) -> Page:
    """A page of a doctor's referrals, newest first: with a status, or with `words` in the label. Three reads at most.

    Labels are sealed, so words are looked for in at most MOST_LABELS of them at a time; then a page may hold fewer than
    `limit`, or none, and still have an `older`.
    """
    chosen = _own(doctor_id, before, in_status(status, now) if status else None)
    older = None
    if words:
        ids, older = _labelled(session, chosen, words, limit)
        chosen = _own(doctor_id, None, Referral.id.in_(ids))
    rows = session.execute(chosen.with_only_columns(*_SHOWN).limit(limit + 1)).all()
    if len(rows) > limit:
        older = Place(rows[limit - 1].created_at, rows[limit - 1].id)
    return Page(_letters(session, doctor_id, rows[:limit], now), older)


def every_letter(session: Session, doctor_id: int, now: datetime) -> list[Letter]:
    rows = session.execute(_own(doctor_id).with_only_columns(*_SHOWN)).all()
    return _letters(session, doctor_id, rows, now)


def months(session: Session, doctor_id: int, now: datetime, count: int = 6) -> list[Month]:
    """The last months in numbers, of links for one patient: two reads."""
    first = datetime.combine(month_back(now.date(), count - 1), datetime.min.time(), UTC)
    since = and_(Referral.created_at >= first, Referral.kind == "personal")
    rows = session.execute(_own(doctor_id, None, since).with_only_columns(*_COUNTED)).all()
    told = _told(session, doctor_id, since)
    counted = ((row.created_at, row.opened, status_of(row.created_at, row.opened, told[row.id], now)) for row in rows)
    return by_month(counted, now.date(), count)


_SHOWN = (
    Referral.id, Referral.kind, Referral.specialty_id, Referral.created_at, Referral.valid_until, Referral.revoked_at,
    Referral.opened, Referral.label,
)  # fmt: skip
_COUNTED = (Referral.id, Referral.created_at, Referral.opened)


def _own(doctor_id: int, before: Place | None = None, condition: Condition | None = None) -> Select[Any]:
    query = select(Referral).where(Referral.doctor_id == doctor_id)
    if before:
        at, number = before
        earlier = and_(Referral.created_at == at, Referral.id < number)
        query = query.where(or_(Referral.created_at < at, earlier))
    if condition is not None:
        query = query.where(condition)
    return query.order_by(Referral.created_at.desc(), Referral.id.desc())


def in_status(wanted: Status, now: datetime) -> Condition:
    """`statuses.status` as the database says it, of links for one patient: a poster's link has no one status."""
    rank = case({state: RANK[word] for state, word in OF_STATE.items()}, value=Booking.state)
    best = (
        select(func.max(rank))
        .join(ReferralConsent, ReferralConsent.booking_id == Booking.id)
        .where(
            ReferralConsent.referral_id == Referral.id,
            Booking.referral_id == Referral.id,
            ReferralConsent.withdrawn_at.is_(None),
            Booking.state.in_(OF_STATE),
        )
        .scalar_subquery()
    )
    personal = Referral.kind == "personal"
    if wanted in RANK:
        return and_(personal, best == RANK[wanted])
    late = Referral.created_at <= now - NEVER_AFTER
    if wanted == "never_booked":
        return and_(personal, best.is_(None), late)
    opened = Referral.opened > 0
    return and_(personal, best.is_(None), ~late, opened if wanted == "opened" else ~opened)


def _labelled(session: Session, chosen: Select[Any], words: str, limit: int) -> tuple[list[int], Place | None]:
    """Whose label holds the words, and how far was looked; each label is opened only until the page is full."""
    sought = " ".join(words.casefold().split())
    sealed = type_coerce(Referral.label, LargeBinary)
    rows = session.execute(
        chosen.with_only_columns(Referral.id, Referral.created_at, sealed.label("sealed")).limit(MOST_LABELS)
    ).all()
    found: list[int] = []
    for row in rows:
        if row.sealed is not None and sought in " ".join(decrypt(bytes(row.sealed)).casefold().split()):
            found.append(row.id)
            if len(found) > limit:
                return found, None
    looked = Place(rows[-1].created_at, rows[-1].id) if len(rows) == MOST_LABELS else None
    return found, looked


def _letters(session: Session, doctor_id: int, rows: Sequence[Any], now: datetime) -> list[Letter]:
    visits = shared_visits(session, doctor_id, [row.id for row in rows])
    found = []
    for row in rows:
        own = tuple(visits.get(row.id, ()))
        what = status_of(row.created_at, row.opened, [Shared(each.state) for each in own], now)
        found.append(Letter(**row._mapping, status=what, visits=own))
    return found


def _told(session: Session, doctor_id: int, since: Condition) -> Mapping[int, list[Shared]]:
    query = _shared(doctor_id).where(since).with_only_columns(ReferralConsent.referral_id, Booking.state)
    found: dict[int, list[Shared]] = defaultdict(list)
    for referral_id, state in session.execute(query):
        found[referral_id].append(Shared(state))
    return found


def shared_visits(session: Session, doctor_id: int, referral_ids: Sequence[int]) -> Mapping[int, list[SharedVisit]]:
    """By referral, the visits whose patients agree now that the doctor knows. A time only held is not among them."""
    found: dict[int, list[SharedVisit]] = defaultdict(list)
    for part in chunks(referral_ids, MOST_IDS):
        query = _shared(doctor_id).where(Referral.id.in_(part)).order_by(Booking.starts_at, Booking.id)
        for row in session.execute(query):
            found[row.referral_id].append(SharedVisit._make(row))
    return found


def _shared(doctor_id: int) -> Select[*tuple[Any, ...]]:
    return (
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
