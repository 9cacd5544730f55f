"""From `/r/<code>` through the pages of booking: the link goes along, the question is asked, and the answer can change."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.directory.models import Therapist
from app.referrals import queries, services
from app.referrals.models import ReferralConsent
from app.scheduling.models import Booking
from app.web.referrals import carrying
from tests.referrals.house import House
from tests.support.accounts import ADDRESS, make_user, sign_in
from tests.web.scheduling.journey import Patient

BOX = r'<input id="tell-doctor" type="checkbox" name="tell_doctor" value="yes"( checked)?>'


@pytest.fixture
def house(app: Flask, session: Session) -> House:
    return House.make(app, session)


@pytest.fixture
def at(house: House) -> datetime:
    return next(iter(house.world.free(house.world.now + timedelta(days=2), days=14)))


def patient_of(client: FlaskClient, house: House) -> Patient:
    slug = house.world.session.get_one(Therapist, house.world.therapist_id).slug
    house.world.session.rollback()
    return Patient(client, slug, house.world)


def send(patient: Patient, review: str, **more: str) -> TestResponse:
    seen = re.search(r'name="seen" value="([\w-]+)"', patient.get(review).text)
    assert seen
    return patient.post(review, seen=seen[1], **more)


def of_visit(session: Session) -> tuple[int | None, bool]:
    """The referral of the one visit, and whether the doctor may know of it."""
    session.rollback()
    booking = session.scalars(select(Booking)).one()
    return booking.referral_id, services.agreed(session, booking.id)


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("tell", [False, True])
def test_the_link_goes_along_and_the_doctor_knows_only_if_the_box_was_ticked(
    app: Flask, house: House, at: datetime, session: Session, signed_in: bool, tell: bool
) -> None:
    client = app.test_client()
    contact = {}
    if signed_in:
        make_user(app)
        sign_in(client)
        contact = {"email": ADDRESS}
    patient = patient_of(client, house)
    assert f"/therapists/{patient.slug}" in patient.get(f"/r/{house.referral.code}").text
    review = patient.to_review(at, **contact)
    page = patient.get(review).text
    assert "Let Dr. Testa Example know that I booked and how it went" in page
    assert re.search(BOX, page)[1] is None, "ticked beforehand"  # type: ignore[index]
    sent = send(patient, review, **({"tell_doctor": "yes"} if tell else {}))
    assert sent.status_code == 303
    assert of_visit(session) == (house.referral.id, tell)
    letter = queries.letters(session, house.doctor_id, clock.now()).letters[0]
    assert letter.status == ("requested" if tell and signed_in else "opened"), "a time only held is not told"


def test_the_yes_is_taken_back_and_given_again_on_the_page_of_the_visit(
    app: Flask, house: House, at: datetime, session: Session
) -> None:
    client = app.test_client()
    make_user(app)
    sign_in(client)
    patient = patient_of(client, house)
    patient.get(f"/r/{house.referral.code}")
    visit = str(send(patient, patient.to_review(at, email=ADDRESS), tell_doctor="yes").location).removesuffix("/done")
    assert "Stop telling my doctor" in patient.get(visit).text
    for tell, words in (("no", "Let my doctor know"), ("yes", "Stop telling my doctor"), ("no", "Let my doctor know")):
        assert patient.post(f"{visit}/doctor", tell=tell).status_code == 303
        assert words in patient.get(visit).text
        assert of_visit(session) == (house.referral.id, tell == "yes")


def test_what_was_typed_wrong_leaves_the_box_as_it_was(
    app: Flask, house: House, at: datetime, session: Session
) -> None:
    patient = patient_of(app.test_client(), house)
    patient.get(f"/r/{house.referral.code}")
    again = patient.post(patient.to_review(at), seen="another-draft", tell_doctor="yes")
    assert "Nothing was sent yet" in again.text
    assert re.search(BOX, again.text)[1], "the tick is lost"  # type: ignore[index]
    assert session.scalars(select(ReferralConsent)).all() == []


@pytest.mark.parametrize("end", ["revoked", "expired", "refused"])
def test_a_link_that_ends_while_its_patient_fills_in_asks_and_carries_nothing(
    app: Flask, house: House, at: datetime, session: Session, end: str
) -> None:
    patient = patient_of(app.test_client(), house)
    patient.get(f"/r/{house.referral.code}")
    review, referral_id = patient.to_review(at), house.referral.id
    session.rollback()
    if end == "revoked":
        services.revoke(session, house.doctor_id, referral_id, clock.now())
    elif end == "expired":
        services.own(session, house.doctor_id, referral_id).valid_until = clock.now()
    else:
        house.doctor.state = "refused"
    session.commit()
    assert "tell_doctor" not in patient.get(review).text
    assert send(patient, review, tell_doctor="yes").status_code == 303
    assert of_visit(session) == (None, False)


def test_who_leaves_the_link_books_without_it(app: Flask, house: House, at: datetime, session: Session) -> None:
    patient = patient_of(app.test_client(), house)
    patient.get(f"/r/{house.referral.code}")
    assert patient.post("/r/leave").location == "/therapists"
    patient.book(at)
    assert of_visit(session) == (None, False)


def test_a_link_opened_a_week_ago_sticks_to_nothing(
    app: Flask, house: House, at: datetime, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = patient_of(app.test_client(), house)
    patient.get(f"/r/{house.referral.code}")
    monkeypatch.setattr(carrying, "now", lambda: clock.now() + carrying.LASTS + timedelta(seconds=2))
    patient.book(at)
    assert of_visit(session) == (None, False)


def test_a_tick_without_a_link_tells_nobody(app: Flask, house: House, at: datetime, session: Session) -> None:
    patient = patient_of(app.test_client(), house)
    review = patient.to_review(at)
    assert "tell_doctor" not in patient.get(review).text
    assert send(patient, review, tell_doctor="yes").status_code == 303
    assert of_visit(session) == (None, False)
