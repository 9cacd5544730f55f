"""Making a link, taking it back, mailing it, and counting how often it was opened."""

from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid, NotFound
from app.core.tokens import new_token, token_hash
from app.directory.catalogue import BY_ID
from app.directory.models import Therapist
from app.notifications.outbox import Notice, enqueue
from app.referrals import links
from app.referrals.drafts import MOST_SHORTLISTED
from app.referrals.models import Doctor, Referral, ReferralTherapist
from app.referrals.queries.links import PURPOSE

LONGEST_NOTE = 2000
LONGEST_LABEL = 120
MOST_VISITS = 30
HANDOUT_LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Area:
    place: str
    lat: float
    lon: float
    radius_km: float = 40.0


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """What a doctor fills in. Either an `area` or a `shortlist` (therapist ids), or neither: the patient says where."""

    specialty_id: int
    technique_id: int = 0
    cautions: str = ""
    area: Area | None = None
    shortlist: tuple[int, ...] = ()
    suggested_visits: int | None = None
    days: int | None = links.DEFAULT_DAYS
    note: str = ""
    label: str = ""
    source: str | None = None


def refer(session: Session, doctor_id: int, facts: ReferralFacts, now: datetime, kind: str = "personal") -> Referral:
    """Make a link; Invalid names the field. A standing link has no end and carries nothing of one patient."""
    _check(session, facts)
    code, standing, area = new_token(), kind == "standing", facts.area
    referral = Referral(
        doctor_id=doctor_id,
        kind=kind,
        code_hash=token_hash(PURPOSE, code),
        code=code,
        specialty_id=facts.specialty_id,
        technique_id=facts.technique_id,
        place=area.place[:120] if area else "",
        lat=area.lat if area else None,
        lon=area.lon if area else None,
        radius_km=area.radius_km if area else 40.0,
        suggested_visits=facts.suggested_visits,
        valid_until=None if standing else links.valid_until(now, facts.days or links.DEFAULT_DAYS),
        created_at=now,
        note=None if standing else facts.note.strip() or None,
        cautions=None if standing else facts.cautions.strip() or None,
        label=facts.label.strip()[:LONGEST_LABEL] or None,
        source=facts.source,
    )
    session.add(referral)
    session.flush()
    session.add_all(
        ReferralTherapist(referral_id=referral.id, therapist_id=each, position=at)
        for at, each in enumerate(dict.fromkeys(facts.shortlist))
    )
    session.flush()
    return referral


def _check(session: Session, facts: ReferralFacts) -> None:
    condition, technique = BY_ID.get(facts.specialty_id), BY_ID.get(facts.technique_id)
    if condition is None or condition.kind != "condition":
        raise Invalid("Choose what the referral is for.", field="specialty", code="specialty")
    if facts.technique_id and (technique is None or technique.kind != "technique"):
        raise Invalid("Choose a technique from the list.", field="technique", code="technique")
    if facts.suggested_visits is not None and not 1 <= facts.suggested_visits <= MOST_VISITS:
        raise Invalid("Between 1 and 30 visits.", field="suggested_visits", code="visits")
    if facts.days is not None and not 1 <= facts.days <= links.MOST_DAYS:
        raise Invalid("A link works for at most a year.", field="days", code="days")
    if len(facts.note) > LONGEST_NOTE or len(facts.cautions) > LONGEST_NOTE:
        raise Invalid("That is too long: at most 2000 letters.", field="note", code="note-long")
    _check_shortlist(session, facts.shortlist)


def _check_shortlist(session: Session, shortlist: tuple[int, ...]) -> None:
    wanted = set(shortlist)
    if len(wanted) > MOST_SHORTLISTED:
        raise Invalid("At most ten therapists on one referral.", field="shortlist", code="shortlist-long")
    query = select(func.count()).where(Therapist.id.in_(wanted), Therapist.hidden.is_(False))
    if wanted and session.scalar(query) != len(wanted):
        raise Invalid("One of these therapists is not here any more.", field="shortlist", code="shortlist-gone")


def revoke(session: Session, doctor_id: int, referral_id: int, now: datetime) -> None:
    """The link stops working at once. What was booked stays booked."""
    referral = own(session, doctor_id, referral_id)
    referral.revoked_at = referral.revoked_at or now


def own(session: Session, doctor_id: int, referral_id: int) -> Referral:
    """A doctor's own referral; another's does not exist for them."""
    found = session.scalar(select(Referral).where(Referral.id == referral_id, Referral.doctor_id == doctor_id))
    if found is None:
        raise NotFound("There is no such referral.", code="referral-unknown")
    return found


def count_opening(session: Session, referral_id: int, now: datetime) -> None:
    session.execute(
        update(Referral)
        .where(Referral.id == referral_id)
        .values(opened=Referral.opened + 1, first_opened_at=func.coalesce(Referral.first_opened_at, now)),
        execution_options={"synchronize_session": False},
    )


def mail_to_patient(
    session: Session, doctor_id: int, referral_id: int, email: str, language: str, now: datetime
) -> None:
    """Mail the link. The address is in the sealed outbox until it is sent, and nowhere afterwards."""
    referral, doctor = own(session, doctor_id, referral_id), session.get_one(Doctor, doctor_id)
    link = links.LinkFacts(doctor.state, True, referral.revoked_at, referral.valid_until)
    if links.standing(link, now) != "works":
        raise Conflict("This link does not work now, so it cannot be mailed.", code="link-not-working")
    try:
        address = validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid("This is not an e-mail address.", field="email", code="email") from error
    facts = {"referral": referral.id, "to": address, "language": language if language in HANDOUT_LANGUAGES else "en"}
    about = f"referral:{referral.id}"
    enqueue(session, [Notice(f"{about}:mail:{new_token()}", "referral.link", about, facts, now)])
