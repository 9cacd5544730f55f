"""What a doctor has put on the list of a referral that was begun."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.referrals import queries


def on_list(session: Session, doctor_id: int) -> list[str]:
    session.rollback()
    begun = queries.draft_of(session, doctor_id, clock.now())
    return [each.slug for each in queries.chosen(session, begun[0].shortlist)] if begun else []


def add(doctor: FlaskClient, slug: str, go: str = "add", back: str = "/referring/therapists") -> str:
    answer = doctor.post("/referring/shortlist", data={"therapist": slug, "go": go, "back": back})
    assert answer.status_code == 303
    return str(answer.location)
