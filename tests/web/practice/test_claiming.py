"""A page that somebody asked for: the way back to it while it waits, and what it lacks once it is theirs."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.directory import services
from app.directory.claim_models import Claim
from app.directory.models import Therapist
from tests import factories
from tests.support.accounts import make_user, sign_in
from tests.support.html import problems_of
from tests.web.practice.conftest import Practice

NOTICE = "Before people can book you"


@pytest.fixture
def claim(app: Flask, client: FlaskClient, session: Session) -> Claim:
    """The claim of whoever is signed in, on which nobody decided yet."""
    asking = make_user(app, "claimant@person.example")
    page = factories.therapist(session, claimed=False, origin="nppes", booking_mode="none")
    page.specialties, page.services = [], []
    made = Claim(
        therapist_id=page.id, user_id=asking, state="waiting", evidence="My website", created_at=datetime.now(UTC)
    )
    session.add(made)
    session.commit()
    sign_in(client, "claimant@person.example")
    return made


def slug_of(session: Session, claim: Claim) -> str:
    return session.get_one(Therapist, claim.therapist_id).slug


def test_a_claim_that_waits_is_found_again(client: FlaskClient, session: Session, claim: Claim) -> None:
    path = f"/practice/claims/{claim.id}"
    welcome = client.get("/practice/").text
    assert f'href="{path}"' in welcome
    assert not problems_of(welcome)
    form = f"/practice/claim/{slug_of(session, claim)}"
    assert client.get(form).headers["Location"] == path
    assert "Licence number" in client.get(form + "?again=yes").text
    assert "A person looks at what you sent" in client.get(path).text


def test_a_fictional_page_says_its_numbers_and_a_real_one_does_not(
    client: FlaskClient, session: Session, claim: Claim
) -> None:
    page, form = session.get_one(Therapist, claim.therapist_id), f"/practice/claim/{slug_of(session, claim)}"
    page.npi, number = "2900000017", page.licences[0].number
    for origin, shown in (("nppes", False), ("demo", True)):
        page.origin = origin
        session.commit()
        assert (f"2900000017 and {number}" in client.get(form + "?again=yes").text) == shown


def test_a_page_that_was_taken_over_says_what_it_lacks(client: FlaskClient, session: Session, claim: Claim) -> None:
    services.decide_claim(session, claim.id, granted=True, by="admin user:1", reason="Seen", now=datetime.now(UTC))
    session.commit()
    today = client.get("/practice/").text
    assert NOTICE in today
    for path in ("/practice/page", "/practice/services", "/practice/places", "/practice/rules"):
        assert f'<li><a href="{path}">' in today
    assert not problems_of(today)
    assert "The page is yours" in client.get(f"/practice/claims/{claim.id}").text


def test_a_practice_that_can_be_booked_lacks_nothing(mine: Practice) -> None:
    assert NOTICE not in mine.get("/").text
