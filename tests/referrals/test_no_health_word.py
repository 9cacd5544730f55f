"""The whole way of a referral, from the doctor's form to the weekly letter, watched for words about health.

Addresses, redirects, titles, subjects, file names and log lines are what others keep: browsers, proxies, mail servers.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.directory.catalogue import SPECIALTIES
from app.directory.models import Therapist
from app.doors.post import deliver
from app.notifications.models import OutboxMessage
from app.referrals import services
from app.referrals.models import Referral
from app.scheduling import services as scheduling
from app.scheduling.models import Booking
from tests.places import gazetteer
from tests.referrals.house import House, doctor_client
from tests.support.accounts import ADDRESS, make_user, sign_in
from tests.web.scheduling.journey import answers

OURS = {"massage", "massage therapist", "cst"}  # the last is a zone of time, too
OF_THE_PATIENT = "hips?|osteoporosis|fracture|chart|pain|hurts?|nerves?|diagnos\\w*|symptoms?"
NAMES = {name.casefold().replace("-", " ") for each in SPECIALTIES for name in (each.slug, each.name, *each.synonyms)}
WORDS = "|".join([*map(re.escape, sorted(NAMES - OURS)), OF_THE_PATIENT])
HEALTH = re.compile(rf"\b(?:{WORDS})\b|\bM54\b|(?:condition|specialty|technique|what)=", re.IGNORECASE)
RANDOM = re.compile(r"(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{20,}")
PRIVATE = ("/r/", "/referring", "/visits", "/practice/visits/")


def spoken(text: str) -> str:
    """An address in words. Tokens are left out: among random letters any short word comes up one day."""
    return re.sub(r"[-_+]", " ", RANDOM.sub("", unquote_plus(text)))


@dataclass
class Watch:
    """What everybody on the way of a page gets to know."""

    seen: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, answer: TestResponse) -> TestResponse:
        assert answer.status_code < 400, (answer.request.path, answer.text[:2000])
        note = self.seen.append
        note(("asked", answer.request.full_path))
        for name in ("Location", "Content-Disposition"):
            note((name, answer.headers.get(name, "")))
        assert answer.headers["Referrer-Policy"] in ("no-referrer", "same-origin"), answer.request.path
        if answer.request.path.startswith(PRIVATE):
            assert answer.headers["Referrer-Policy"] == "no-referrer", answer.request.path
            assert answer.headers["Cache-Control"] == "no-store", answer.request.path
        if answer.mimetype == "text/html" and "<title>" in answer.text:
            note(("title", answer.text.split("<title>")[1].split("</title>")[0]))
            main = answer.text.partition("<main")[2].partition("</main>")[0]
            for link in re.findall(r'(?:href|src|action)="([^"]+)"', main):
                if link.startswith("/"):  # sources of what everybody is asked are elsewhere, and hear of no referrer
                    note(("link", link.replace("&amp;", "&")))
        return answer

    def said(self) -> list[tuple[str, str, str]]:
        """(kind, the word, where it stands) of every word about health."""
        found = ((kind, HEALTH.search(spoken(text)), text) for kind, text in self.seen)
        return [(kind, match[0], text) for kind, match, text in found if match]


def test_the_words_that_are_looked_for_are_found() -> None:
    for text in (
        "/therapists?what=sciatica",
        "/conditions/lower-back-pain",
        "a%20trapped%20nerve",
        "M54.3",
        "Left hip",
    ):
        assert HEALTH.search(spoken(text)), text
    assert not HEALTH.search(
        spoken("/referring/7/handout.pdf?in=es A link from Dr. Testa Example /r/aHip-hip-M54-painA1b2c3d4e5x")
    )


@pytest.mark.needs("pangoft2-1.0")
def test_no_word_about_health_leaves_the_pages(
    app: Flask, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    house, watch = House.make(app, session), Watch()
    folder = app.config["SETTINGS"].instance / "outbox"
    before = set(folder.glob("*"))
    gazetteer.fill(session)
    user_id = make_user(app, "therapist@practice.example", "patient", "therapist")
    therapist = session.get_one(Therapist, house.world.therapist_id)
    therapist.user_id, slug = user_id, therapist.slug
    house.doctor.digest_until = clock.now() - timedelta(days=8)
    session.commit()
    make_user(app)
    doctor, patient, own = doctor_client(app), app.test_client(), app.test_client()
    sign_in(patient)
    sign_in(own, "therapist@practice.example")

    code, referral_id = refers(doctor, watch, session, house)
    visit = books(patient, watch, session, house, slug, code)
    booking_id = answers_it(own, patient, watch, session, house, visit)
    patient_says_how_it_goes(patient, watch, visit)
    doctor_reads(doctor, watch, referral_id)
    services.send_due(session, clock.now())
    session.commit()
    with app.app_context():
        deliver(200)

    session.rollback()
    kept = session.execute(select(OutboxMessage.key, OutboxMessage.about, OutboxMessage.kind)).all()
    watch.seen += [("outbox", " ".join(map(str, row))) for row in kept]
    sent = session.scalars(select(OutboxMessage.kind).where(OutboxMessage.state == "sent")).all()
    mails = set(folder.glob("*")) - before
    heads = [mail.read_bytes().partition(b"\n\n")[0].decode("ascii", "replace") for mail in mails]
    watch.seen += [("head", head) for head in heads]
    logged = "".join(capsys.readouterr()).splitlines()
    watch.seen += [("log", re.sub(r"route=\S+|\x1b\[\d*m", "", line)) for line in logged]

    assert booking_id
    assert {"referral.digest", "referral.link", "visit.confirmed"} <= set(sent)
    assert len(heads) == len(sent)
    assert len([line for line in logged if "request" in line]) > 30
    assert watch.said() == []


def refers(doctor: FlaskClient, watch: Watch, session: Session, house: House) -> tuple[str, int]:
    for path in ("/referring/", "/referring/new", "/referring/therapists?where=Austin, TX", "/referring/import"):
        watch(doctor.get(path))
    fhir = {
        "resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/7"},
        "reasonCode": [{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M54.31"}]}],
    }  # fmt: skip
    watch(doctor.post("/referring/import", data={"json": json.dumps(fhir)}))
    form = {
        "specialty": "sciatica", "technique": "deep-tissue", "where": "", "radius": "25", "days": "90", "go": "make",
        "note": "Left hip, old fracture", "cautions": "Osteoporosis", "label": "Chart 7, sciatica",
        "shortlist": str(house.world.therapist_id),
    }  # fmt: skip
    watch(doctor.post("/referring/new", data={**form, "go": "choose"}))
    watch(doctor.post("/referring/new", data={**form, "go": "template", "template_name": "Acute low back pain"}))
    address = watch(doctor.post("/referring/new", data=form)).location
    for path in ("", "/qr.svg", "/handout", "/handout?in=es", "/handout.pdf"):
        watch(doctor.get(address + path))
    watch(doctor.post(f"{address}/mail", data={"email": "pat@example.test", "language": "es"}))
    referral_id = int(address.rsplit("/", 1)[1])
    code = session.get_one(Referral, referral_id).code
    session.rollback()
    return code, referral_id


def books(patient: FlaskClient, watch: Watch, session: Session, house: House, slug: str, code: str) -> str:
    watch(patient.get(f"/r/{code}"))
    watch(patient.get(f"/r/{code}?where=Austin, TX"))
    at = next(iter(house.world.free(house.world.now + timedelta(days=2), days=14)))
    session.rollback()
    start = f"/therapists/{slug}/book?service={house.world.service_id}&location={house.world.location_id}&at={at:%Y-%m-%dT%H:%M:%SZ}"
    watch(patient.get(start))
    step = watch(patient.post(start, data=answers(1))).location
    for number in (2, 3):
        watch(patient.get(step))
        step = watch(patient.post(step, data=answers(number))).location
    contact = {"whose": "me", "name": "Pat Example", "email": ADDRESS, "note": "My sciatica is worse"}
    review = watch(patient.post(step, data=contact)).location
    seen = re.search(r'name="seen" value="([\w-]+)"', watch(patient.get(review)).text)
    assert seen
    done = watch(patient.post(review, data={"seen": seen[1], "tell_doctor": "yes"})).location
    watch(patient.get(done))
    visit = str(done).removesuffix("/done")
    watch(patient.get(visit))
    return visit


def answers_it(own: FlaskClient, patient: FlaskClient, watch: Watch, session: Session, house: House, visit: str) -> int:
    booking = session.scalars(select(Booking).where(Booking.referral_id.is_not(None))).one()
    booking_id, ends_at = booking.id, booking.ends_at
    session.rollback()
    for path in ("/practice/", f"/practice/visits/{booking_id}", f"/practice/visits/{booking_id}/referral"):
        assert "Sent by Dr. Testa Example" in watch(own.get(path)).text or path.endswith("/referral")
    watch(own.post(f"/practice/visits/{booking_id}/accept"))
    watch.seen.append(("calendar", watch(patient.get(f"{visit}/visit.ics")).text))
    scheduling.attended(session, booking_id, house.world.me, ends_at + timedelta(minutes=5))
    session.commit()
    watch(own.post(f"/practice/visits/{booking_id}/referral", data={"text": "The sciatica is better."}))
    return booking_id


def patient_says_how_it_goes(patient: FlaskClient, watch: Watch, visit: str) -> None:
    said = {"moment": "end", "pain": "3", "hard": "tie my shoes, my hip", "shared": "both"}
    watch(patient.post(f"{visit}/checks", data=said))
    watch(patient.get(f"{visit}/checks"))
    watch(patient.post(f"{visit}/doctor", data={"tell": "yes"}))


def doctor_reads(doctor: FlaskClient, watch: Watch, referral_id: int) -> None:
    for path in ("", f"{referral_id}", f"{referral_id}/outcome.json", "referrals.csv", "?status=attended"):
        watch(doctor.get(f"/referring/{path}"))
    watch(doctor.post("/referring/", data={"words": "sciatica"}))
