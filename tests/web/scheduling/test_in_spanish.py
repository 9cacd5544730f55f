"""Whoever asks for Spanish gets it all the way to the visit, and it follows them into mails and calendars."""

import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.services import speak
from app.directory.models import Therapist
from app.notifications.messages import Letterhead, Message
from app.referrals.emails import RENDERERS as REFERRAL_MAILS
from app.scheduling import services
from app.scheduling.emails import RENDERERS
from app.scheduling.queries import visit
from config import ROOT
from tests.places import gazetteer
from tests.referrals.house import House
from tests.scheduling.world import MONDAY, code_in, person
from tests.support.accounts import make_user
from tests.support.pseudo import mixed_in, speak_pseudo
from tests.web.scheduling.journey import Patient

PAPER = Letterhead("https://unknot.example", "Unknot <post@unknot.example>", ROOT / "templates/mail")


@pytest.fixture
def house(clock: object, app: Flask, session: Session) -> House:
    gazetteer.fill(session)
    return House.make(app, session, suggested_visits=6)


@pytest.fixture
def reader(app: Flask, session: Session, house: House) -> Patient:
    """Somebody with a doctor's link whose browser asks for Spanish."""
    slug = session.get_one(Therapist, house.world.therapist_id).slug
    one = Patient(app.test_client(), slug, house.world)
    one.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es-US,es;q=0.9,en;q=0.5"
    return one


def go(reader: Patient, house: House) -> str:
    """From the start page by way of the doctor's link to a visit, with all that may happen to it; its address."""
    world = house.world
    for page in ("/", "/therapists?where=Austin, TX&what=sciatica", f"/r/{house.referral.code}", "/get-help-now"):
        assert reader.get(page).status_code == 200
    address = reader.look_at_every_step()
    token = address.rpartition("/")[2]
    reader.post(f"{address}/code", code="nonsense")
    world.session.rollback()
    reader.post(f"{address}/code", code=code_in(world.outbox("visit.confirm_contact")[-1]))
    reader.get(f"{address}/done")
    world.session.rollback()
    booked = visit(world.session, token)
    other = world.free(MONDAY, days=2)[-1]
    services.offer_other_times(world.session, booked.id, world.me, [other], world.location_id, world.now)
    world.session.commit()
    reader.get(address)
    services.accept(world.session, booked.id, world.me, world.now)
    world.session.commit()
    for page in ("", "/done", "/cancel", "/move", f"/move?to={other.isoformat()}", "/messages", "/checks"):
        reader.get(address + page)
    return address


def test_no_english_is_left_on_the_way(reader: Patient, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_pseudo(monkeypatch)
    go(reader, house)
    wrong = [f"{path}: {text}" for path, page in reader.pages for text in mixed_in(page)]
    assert len(reader.pages) > 30
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_every_page_on_the_way_is_in_spanish(reader: Patient, house: House) -> None:
    address = go(reader, house)
    assert visit(house.world.session, address.rpartition("/")[2]).locale == "es"
    assert not [path for path, page in reader.pages if '<html lang="es"' not in page]
    by_path = {path: " ".join(page.split()) for path, page in reader.pages}
    for path, said in (
        ("/", "¿Qué le duele?"),
        ("/therapists", "1 terapeuta"),
        (f"/therapists/{reader.slug}", "Licencia autodeclarada"),
        (f"/therapists/{reader.slug}/times", "Horas libres con"),
        (f"/r/{house.referral.code}", "Se sugieren 6 visitas."),
        (reader.url().partition("?")[0], "¿Ha perdido la sensibilidad"),
        (address, "Su cita con"),
        (f"{address}/cancel", "¿Cancelar esta cita?"),
    ):
        assert said in by_path[path], path


def test_mails_are_in_the_language_of_who_reads_them(house: House) -> None:
    """The patient booked in Spanish, the therapist reads English: who sends, and how, decides nothing."""
    world = house.world
    booked = world.requested(contact=person(locale="es"))
    asked = written(house, "visit.new_request")
    services.accept(world.session, booked.id, world.me, world.now)
    got = written(house, "visit.confirmed")
    assert asked.subject == "A request for Mon 1 Mar, 9:00 am (Central Time)"
    assert got.subject.startswith("Su cita está confirmada: lun 1 mar")
    assert "Hola, Pat Example:" in got.text
    assert "SUMMARY:Cita con Testa Sample" in got.attachments[0].content.decode()


def test_therapists_choose_the_language_of_their_mails(app: Flask, house: House) -> None:
    world = house.world
    user_id = make_user(app, "therapist@person.example", "patient", "therapist")
    world.session.get_one(Therapist, world.therapist_id).user_id = user_id
    speak(world.session, user_id, "es")
    world.requested()
    assert written(house, "visit.new_request").subject.startswith("Una solicitud para el lun 1 mar, 9:00 am")


def test_a_link_by_mail_is_in_the_language_that_the_doctor_chose(house: House) -> None:
    facts = {"referral": house.referral.id, "to": "pat@example.test"}
    for language, subject in (("en", "A link from Dr. Testa Example"), ("es", "Un enlace de Dr. Testa Example")):
        message = REFERRAL_MAILS["referral.link"](house.world.session, {**facts, "language": language}, PAPER)
        assert message is not None
        assert message.subject == subject


def written(house: House, kind: str) -> Message:
    """The last waiting message of a kind, as its reader gets it."""
    row = house.world.outbox(kind)[-1]
    message = RENDERERS[kind](house.world.session, json.loads(row.facts or "{}"), PAPER)
    assert message is not None
    return message
