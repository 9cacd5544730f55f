"""The one referral that a doctor has begun and not made yet. It is the doctor's own, and forgotten after a week."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.directory.queries import therapist_by_slug
from app.referrals import drafts
from app.referrals.drafts import Draft
from app.referrals.models import Doctor, ReferralDraft
from app.referrals.queries.choosing import id_of


def keep_draft(session: Session, doctor_id: int, draft: Draft, now: datetime) -> None:
    row = session.get(ReferralDraft, doctor_id)
    if row is None:
        row = ReferralDraft(doctor_id=doctor_id)
        session.add(row)
    row.facts, row.changed_at = drafts.to_json(draft), now
    session.flush()


def choose(session: Session, doctor_id: int, slug: str, now: datetime) -> None:
    """Put a therapist on the shortlist; where nothing was begun, this begins it."""
    keep_draft(session, doctor_id, _current(session, doctor_id, now).plus(therapist_by_slug(session, slug).id), now)


def unchoose(session: Session, doctor_id: int, slug: str, now: datetime) -> None:
    keep_draft(session, doctor_id, _current(session, doctor_id, now).minus(id_of(session, slug)), now)


def drop_draft(session: Session, doctor_id: int) -> None:
    session.execute(delete(ReferralDraft).where(ReferralDraft.doctor_id == doctor_id))


def forget_left_drafts(session: Session, now: datetime) -> None:
    session.execute(
        delete(ReferralDraft).where(ReferralDraft.changed_at <= now - drafts.LASTS),
        execution_options={"synchronize_session": False},
    )


def _current(session: Session, doctor_id: int, now: datetime) -> Draft:
    """Under the doctor's lock: of two buttons pressed at once, the second adds to what the first began."""
    session.get_one(Doctor, doctor_id, with_for_update=True)
    row = session.get(ReferralDraft, doctor_id, populate_existing=True)
    return drafts.from_json(row.facts) if row and row.changed_at > now - drafts.LASTS else Draft()
