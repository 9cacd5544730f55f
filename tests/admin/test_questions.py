"""However much waits for an admin, the pages ask the database as often."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.admin_models import AdminEvent
from app.accounts.models import User
from app.core.clock import now, today
from app.directory.claim_models import Claim
from app.directory.evidence_models import LicenceEvidence
from app.directory.imports.models import ImportRun
from app.directory.listing_models import ListingReport
from app.directory.models import LicenceEvent
from app.notifications.models import OutboxMessage
from app.referrals.models import Doctor
from tests import factories
from tests.support.accounts import make_user, sign_in
from tests.support.html import problems_of
from tests.support.questions import counted

ROOMS = (
    "",
    "licences",
    "licences?q=testa+mt&state=US-TX",
    "claims",
    "doctors",
    "reports",
    "users",
    "messages",
    "imports",
    "history",
)
MOST = 14
"""Statements of one page, who is asking counted."""


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> FlaskClient:
    make_user(app, "root@person.example", "patient", "admin", "doctor")
    sign_in(client, "root@person.example")
    return client


def fill(session: Session, count: int) -> None:
    """That many of everything that an admin sees, by as many people."""
    first = len(session.scalars(select(User.id)).all())
    for number in range(first, first + count):
        person = User(
            email=f"person{number}@person.example", name=f"Person {number}", password="", active=True,
            fs_uniquifier=f"uniquifier-{number}", confirmed_at=now(),
        )  # fmt: skip
        session.add(person)
        session.flush()
        by, page = f"admin user:{person.id}", factories.therapist(session, claimed=False)
        mine = factories.therapist(session).licences[0]
        mine.checked_how, mine.expires_on = "self", today() + timedelta(days=90)
        claim = Claim(therapist_id=page.id, user_id=person.id, state="waiting", evidence="See", created_at=now())
        session.add(claim)
        session.flush()
        session.add_all(
            [
                LicenceEvidence(claim_id=claim.id, kind="image/jpeg", size=1, content="eA==", handed_in_by=by),
                LicenceEvidence(licence_id=mine.id, kind="image/jpeg", size=1, content="eA==", handed_in_by=by),
                LicenceEvent(licence_id=mine.id, old_status="unknown", new_status="active", checked_how="admin", actor=by),
                ListingReport(therapist_id=page.id, reason="address", words="Moved"),
                ImportRun(kind="US-TX", file_name="roster.csv", actor=by, outcome="finished", counts={"new": 1}),
                AdminEvent(actor=by, action="grant", subject=f"claim:{claim.id}"),
                Doctor(user_id=person.id, npi=f"{number:010}", name="Dr. Testa", state="waiting"),
                OutboxMessage(
                    key=f"k{number}", kind="visit.reminder", about="visit:1", facts="{}", state="failed",
                    send_after=now(), attempts=8, last_error="Timeout",
                ),
            ]
        )  # fmt: skip
    session.commit()


@pytest.mark.parametrize("room", ROOMS)
def test_a_full_queue_asks_no_more_than_a_short_one(
    app: Flask, admin: FlaskClient, session: Session, room: str
) -> None:
    def asked() -> list[str]:
        with counted(app) as said:
            answer = admin.get(f"/admin/{room}")
        assert answer.status_code == 200
        assert not problems_of(answer.text)
        return said

    fill(session, 2)
    asked()
    few = asked()
    fill(session, 10)
    many = asked()
    assert len(many) == len(few), "\n".join(sorted(set(many) - set(few)) or many)
    assert len(many) <= MOST
