"""A doctor, a link and a bookable therapist, invented."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.directory.services import refresh_listings
from app.doors.database import transaction
from app.referrals import services
from app.referrals.models import Doctor
from tests.scheduling.world import World
from tests.support.accounts import make_user, sign_in

NPI = "1234567893"
DOCTOR = "doctor@practice.example"
FORM = {"specialty": "sciatica", "technique": "", "where": "", "radius": "25", "days": "90", "go": "make"}
"""The one short page, filled in."""
NOTE = "Watch the left hip, see me if the leg gives way."


def verified_doctor(app: Flask, email: str = DOCTOR, *, npi: str = NPI, state: str = "verified") -> int:
    """A doctor with an account; returns the doctor's id."""
    user_id = make_user(app, email, "patient", "doctor", name="Dr. Testa Example")
    with app.app_context(), transaction() as session:
        facts = services.DoctorFacts(npi, "Dr. Testa Example", "Example Family Practice")
        doctor = services.sign_up(session, user_id, facts, clock.now())
        doctor.state = state
        return doctor.id


def refer(session: Session, doctor_id: int, at: datetime | None = None, **facts: Any) -> Any:
    kind = facts.pop("kind", "personal")
    whole = services.ReferralFacts(**{"specialty_id": 2, "note": NOTE, "label": "Chart 1204", **facts})
    made = services.refer(session, doctor_id, whole, at or clock.now(), kind)
    session.commit()
    return made


def doctor_client(app: Flask, email: str = DOCTOR) -> FlaskClient:
    client = app.test_client()
    sign_in(client, email)
    return client


@dataclass
class House:
    world: World
    doctor_id: int
    referral: Any

    @classmethod
    def make(cls, app: Flask, session: Session, **facts: Any) -> "House":
        doctor_id = verified_doctor(app)
        world = World.make(session, mode="request")
        world.now = clock.now()
        world.set_hours(range(7))
        refresh_listings(session, [world.therapist_id])
        made = refer(session, doctor_id, **{"shortlist": (world.therapist_id,), **facts})
        return cls(world, doctor_id, made)

    @property
    def doctor(self) -> Doctor:
        return self.world.session.get_one(Doctor, self.doctor_id)

    def booked(self, session: Session, state: str = "requested") -> Any:
        """A visit that came by the link, in some state; returns what booking returns."""
        from app.scheduling import services as scheduling

        world = self.world
        at = next(iter(world.free(world.now + timedelta(days=2), days=14)))
        made = world.book(at, verified=True, referral_id=self.referral.id)
        if state in ("confirmed", "attended", "no_show"):
            scheduling.accept(session, made.id, world.me, world.now)
        if state == "attended":
            scheduling.attended(session, made.id, world.me, at + timedelta(hours=2))
        if state == "no_show":
            scheduling.no_show(session, made.id, world.me, at + timedelta(hours=2))
        if state == "declined":
            scheduling.decline(session, made.id, world.me, "fully_booked", world.now)
        session.commit()
        return made
