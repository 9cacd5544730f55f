"""The patient's link: what it shows, when it does not work, and what nobody may learn from it."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.tokens import new_token
from app.directory.models import Licence
from app.directory.services import refresh_listings
from app.referrals import services
from app.referrals.models import Doctor, Referral
from tests.referrals.house import NOTE, House, refer, verified_doctor
from tests.support.html import problems_of
from tests.support.questions import counted

pytestmark = pytest.mark.databases


def test_a_link_shows_who_referred_for_what_and_times_at_once(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    house = House.make(app, session, suggested_visits=6, technique_id=0)
    page = client.get(f"/r/{house.referral.code}")
    assert page.status_code == 200, page.text
    assert not problems_of(page.text)
    for words in ("Dr. Testa Example suggests", "Example Family Practice", "Sciatica", "6 visits", "Testa Sample"):
        assert words in page.text, words
    assert "/book?service=" in page.text
    assert NOTE not in page.text
    assert "Chart 1204" not in page.text


def test_no_health_word_in_address_title_or_referrer(app: Flask, client: FlaskClient, session: Session) -> None:
    house = House.make(app, session)
    page = client.get(f"/r/{house.referral.code}")
    title = page.text.split("<title>")[1].split("</title>")[0]
    assert "ciatica" not in title + house.referral.code
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "what=" not in page.text.split("<main")[1].split("</main>")[0]


def test_openings_are_counted_once_a_browser(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    first = app.test_client()
    for _ in range(3):
        first.get(f"/r/{house.referral.code}")
    app.test_client().get(f"/r/{house.referral.code}")
    first.post("/r/leave")
    first.get(f"/r/{house.referral.code}")
    app.test_client().head(f"/r/{house.referral.code}")
    app.test_client().get(f"/r/{house.referral.code}", headers={"User-Agent": "WhatsApp/2.23.20.0"})
    ahead = app.test_client()
    ahead.get(f"/r/{house.referral.code}", headers={"Sec-Purpose": "prefetch"})
    session.expire_all()
    assert session.get_one(Referral, house.referral.id).opened == 2
    ahead.get(f"/r/{house.referral.code}")
    session.rollback()
    assert session.get_one(Referral, house.referral.id).opened == 3, "fetched ahead, and then opened"


@pytest.mark.parametrize("change", ["expired", "revoked", "unverified", "refused", "locked"])
def test_a_link_that_does_not_work_says_so_kindly(
    app: Flask, client: FlaskClient, session: Session, change: str
) -> None:
    house = House.make(app, session)
    referral, doctor = session.get_one(Referral, house.referral.id), session.get_one(Doctor, house.doctor_id)
    if change == "expired":
        referral.valid_until = clock.now() - timedelta(seconds=1)
    if change == "revoked":
        services.revoke(session, doctor.id, referral.id, clock.now())
    if change in ("unverified", "refused"):
        doctor.state = "waiting" if change == "unverified" else "refused"
    if change == "locked":
        doctor.user_id = None
    session.commit()
    page = client.get(f"/r/{house.referral.code}")
    assert page.status_code == (404 if change == "unverified" else 410)
    assert 'href="/therapists"' in page.text
    assert "Testa" not in page.text
    assert "ciatica" not in page.text
    with client.session_transaction() as kept:
        assert "referral_id" not in kept


@pytest.mark.parametrize("code", ["x", "null", "[]", "%27%20OR%201=1--", "A" * 27, "é" * 27, "A" * 5000])
def test_what_is_no_code_leads_on(client: FlaskClient, code: str) -> None:
    page = client.get(f"/r/{code}")
    assert page.status_code == 404
    assert 'href="/therapists"' in page.text


def test_a_number_is_no_code(app: Flask, client: FlaskClient, session: Session) -> None:
    house = House.make(app, session)
    assert client.get(f"/r/{house.referral.id}").status_code == 404
    assert house.referral.code not in session.scalars(select(Referral.code_hash)).all()


def test_a_therapist_without_a_licence_is_left_out_and_said(app: Flask, client: FlaskClient, session: Session) -> None:
    house = House.make(app, session)
    licence = session.scalars(select(Licence).where(Licence.therapist_id == house.world.therapist_id)).one()
    licence.status = "revoked"
    session.flush()
    refresh_listings(session, [house.world.therapist_id])
    session.commit()
    page = client.get(f"/r/{house.referral.code}")
    assert page.status_code == 200
    assert "cannot be booked at the moment" in page.text
    assert "/book?service=" not in page.text
    assert 'name="where"' in page.text


def test_the_number_of_reads_does_not_grow_with_the_shortlist(app: Flask, session: Session) -> None:
    from tests.scheduling.world import World

    doctor_id = verified_doctor(app)
    worlds = [World.make(session) for _ in range(6)]
    refresh_listings(session, [each.therapist_id for each in worlds])
    codes = [refer(session, doctor_id, shortlist=tuple(w.therapist_id for w in worlds[:n])).code for n in (1, 6)]
    counts = []
    for code in codes:
        client = app.test_client()
        client.get(f"/r/{code}")
        with counted(app) as seen:
            assert "Testa Sample" in client.get(f"/r/{code}").text
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8, counts


@pytest.mark.usefixtures("limits")
def test_guessing_codes_ends_soon_and_kindly(client: FlaskClient) -> None:
    answers = [client.get(f"/r/{new_token()}") for _ in range(61)]
    assert {each.status_code for each in answers[:60]} == {404}
    assert answers[60].status_code == 429
    assert int(answers[60].headers["Retry-After"]) > 0
    assert "no-store" in answers[60].headers["Cache-Control"]
