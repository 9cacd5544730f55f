"""The waitlist's pages: joining, confirming by the mailed link, leaving, and taking a time that came free."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.scheduling import deadlines, services
from app.scheduling.models import Booking, WaitlistEntry
from app.scheduling.queries import visit
from app.scheduling.waiting import Wish
from tests.scheduling.world import MONDAY, World, person
from tests.support.accounts import ADDRESS, make_user, sign_in
from tests.support.html import problems_of
from tests.web.scheduling.journey import Patient, answers, words

pytestmark = pytest.mark.databases
WISH = {
    "first": "2027-03-01",
    "last": "2027-03-05",
    "weekdays": ["0", "1"],
    "part": "morning",
    "name": "Pat",
    "email": "pat@example.test",
}


def join(patient: Patient, **more: Any) -> str:
    """Where joining leads to."""
    place = f"/therapists/{patient.slug}/waitlist?service={patient.world.service_id}"
    answer = patient.post(f"{place}&location={patient.world.location_id}", **{**WISH, **more})
    assert answer.status_code == 303, words(answer)
    return str(answer.location)


def entry_now(session: Session) -> WaitlistEntry:
    session.rollback()
    return session.scalars(select(WaitlistEntry).order_by(WaitlistEntry.id.desc())).first() or pytest.fail("no entry")


def test_waiting_and_leaving(patient: Patient, session: Session, world: World) -> None:
    place = f"/therapists/{patient.slug}/waitlist?service={world.service_id}&location={world.location_id}"
    assert patient.get(place).status_code == 200
    assert patient.post(place, **{**WISH, "last": "2027-02-01"}).status_code == 422
    shown = words(patient.get(join(patient)))
    assert "We sent a mail to pat@example.test" in shown
    assert "Before that, no time is held for you" in shown
    assert "within 3 days" in shown
    entry = entry_now(session)
    assert (entry.weekdays, entry.from_minute, entry.to_minute, entry.proved_at) == (3, 0, 720, None)
    mailed = f"/waitlist/{entry.token}"
    assert "Yes, put me on the list" in words(patient.get(mailed))
    for _ in range(2):
        assert patient.post(f"{mailed}/confirm").location == mailed
    assert "You are on the list" in words(patient.get(mailed))
    assert entry_now(session).proved_at == world.now
    patient.post(mailed)
    assert entry_now(session).state == "left"
    assert "You left the waitlist" in patient.get(mailed).text


@pytest.mark.databases("sqlite")
def test_who_is_blocked_learns_it_behind_the_mailed_link(patient: Patient, session: Session, world: World) -> None:
    services.block(session, world.therapist_id, WISH["email"])
    session.commit()
    assert "We sent a mail to pat@example.test" in words(patient.get(join(patient)))
    mailed = f"/waitlist/{entry_now(session).token}"
    answer = patient.post(f"{mailed}/confirm")
    assert answer.status_code == 403
    assert "cannot take this booking online. Please call." in words(answer)
    services.unblock(session, world.therapist_id, WISH["email"])
    session.commit()
    assert patient.post(f"{mailed}/confirm").location == mailed
    services.block(session, world.therapist_id, WISH["email"])
    session.commit()
    shown = patient.get(mailed)
    assert "No time will be offered to you here" in shown.text
    assert not problems_of(shown.text)


@pytest.mark.databases("sqlite")
def test_only_the_button_confirms(patient: Patient, session: Session) -> None:
    join(patient)
    mailed = f"/waitlist/{entry_now(session).token}"
    for method, path, status in (
        ("GET", mailed, 200),
        ("HEAD", mailed, 200),
        ("GET", f"{mailed}/confirm", 405),
        ("HEAD", f"{mailed}/confirm", 405),
    ):
        assert patient.client.open(path, method=method).status_code == status, (method, path)
        assert entry_now(session).proved_at is None


@pytest.mark.databases("sqlite")
def test_another_mail_can_be_had_by_this_browser_alone(
    app: Flask, patient: Patient, session: Session, world: World
) -> None:
    shown = join(patient)
    stranger = Patient(app.test_client(), patient.slug, world)
    stranger.post(shown)
    assert "Send another mail" not in words(stranger.get(shown))
    assert len(world.outbox("waitlist.confirm")) == 1
    for mails in (2, 3, 3):
        assert patient.post(shown).location == shown
        session.rollback()
        assert len(world.outbox("waitlist.confirm")) == mails
    assert "send no more" in words(patient.get(shown))
    session.delete(entry_now(session))
    session.commit()
    patient.post(shown)
    assert "There is nothing to confirm any more" in patient.get(shown).text


@pytest.mark.databases("sqlite")
def test_a_stranger_is_not_told_who_waits_already(app: Flask, patient: Patient, session: Session, world: World) -> None:
    waits = person(email="pat@example.test")
    wish = services.entry_of(session, _waiting(session, world, waits))
    for _ in range(services.MOST_WISHES - 1):
        _waiting(session, world, waits)
    assert wish.proved_at
    session.commit()
    told = []
    for email in ("pat@example.test", "new@example.test"):
        stranger = Patient(app.test_client(), patient.slug, world)
        told.append(words(stranger.get(join(stranger, email=email))).replace(email, "..."))
    assert told[0] == told[1]


@pytest.mark.databases("sqlite")
def test_who_waits_in_too_many_places_is_told_behind_the_mailed_link(
    patient: Patient, session: Session, world: World
) -> None:
    for _ in range(services.MOST_WISHES):
        _waiting(session, world, person(email="pat@example.test"))
    session.commit()
    join(patient)
    refused = patient.post(f"/waitlist/{entry_now(session).token}/confirm")
    assert refused.status_code == 422
    assert "as many waitlists as there can be" in words(refused)
    assert entry_now(session).proved_at is None


@pytest.mark.databases("sqlite")
def test_too_many_mails_are_refused_beside_the_address(patient: Patient, session: Session, world: World) -> None:
    for _ in range(4):
        join(patient)
    place = f"/therapists/{patient.slug}/waitlist?service={world.service_id}&location={world.location_id}"
    refused = patient.post(place, **WISH)
    assert refused.status_code == 422
    assert "Several of our mails to this address wait for an answer" in words(refused)


@pytest.mark.databases("sqlite")
def test_a_link_that_nobody_used_in_time_says_so(patient: Patient, session: Session, clock: Any) -> None:
    join(patient)
    mailed = f"/waitlist/{entry_now(session).token}"
    clock.shift(deadlines.PROVE)
    assert "This link has ended" in words(patient.get(mailed))
    late = patient.post(f"{mailed}/confirm")
    assert (late.status_code, entry_now(session).proved_at) == (410, None)
    assert "This link has ended" in words(late)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("email", "proved"), [(ADDRESS, True), (ADDRESS.upper(), True), ("pat@example.test", False)])
def test_who_is_signed_in_with_the_address_is_not_asked(
    app: Flask, patient: Patient, session: Session, world: World, email: str, proved: bool
) -> None:
    make_user(app, ADDRESS)
    sign_in(patient.client)
    shown = words(patient.get(join(patient, email=email)))
    assert ("You are on the list" in shown, "look into your mail" in shown) == (proved, not proved)
    assert bool(entry_now(session).proved_at) is proved
    assert [each.kind for each in world.outbox()] == ["waitlist.joined" if proved else "waitlist.confirm"]


def _waiting(session: Session, world: World, who: services.Contact) -> str:
    wish = Wish(MONDAY.date(), MONDAY.date())
    return services.join_waitlist(session, world.service_id, wish, who, world.now, verified=True).token


def test_a_freed_time_is_offered_and_taken_after_the_questions(
    patient: Patient, session: Session, world: World
) -> None:
    taken = world.confirmed()
    place = f"/therapists/{patient.slug}/waitlist?service={world.service_id}&location={world.location_id}"
    session.commit()
    patient.post(
        place, first="2027-03-01", last="2027-03-01", weekdays=["0"], part="any", name="Pat", email="pat@example.test"
    )
    patient.post(f"/waitlist/{entry_now(session).token}/confirm")
    session.rollback()
    services.cancel(session, taken.token, world.now)
    session.commit()
    offer = session.scalars(select(Booking).where(Booking.email == "pat@example.test")).one()
    shown = patient.get(f"/visits/{offer.token}")
    assert "A time is free" in shown.text
    questions = patient.post(f"/visits/{offer.token}/take").location
    for number in (1, 2, 3):
        assert questions.endswith(f"questions/{number}")
        questions = patient.post(questions, **answers(number)).location
    assert questions.endswith("/review")
    sent = patient.send(questions)
    assert sent.location == f"/visits/{offer.token}/done", words(sent)
    session.rollback()
    assert visit(session, offer.token).state == "requested"
