"""My data: all of it in one file, and gone when I say so. My address: changed only by me."""

import json
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import String, Text, func, select, update
from sqlalchemy.orm import Session

from app.accounts.admin_models import AdminEvent
from app.accounts.demo import PASSWORD as DEMO_PASSWORD
from app.accounts.demo import make_people
from app.accounts.models import SignIn, User
from app.articles.models import ExternalArticle
from app.cli.demo import sign_ins
from app.core import clock
from app.core.crypto import EncryptedText
from app.directory.models import Therapist
from app.doors.database import transaction
from app.doors.post import post_of
from app.notifications.delivery import Post, deliver_due
from app.referrals.checks import Answers
from app.referrals.models import Doctor
from app.referrals.services import checking
from app.scheduling import services as scheduling
from app.scheduling.contact import NOWHERE
from app.scheduling.emails import RENDERERS
from app.scheduling.models import AuditRead, Booking
from app.scheduling.personal_data import ERASED
from app.scheduling.waiting import Wish
from app.tables import Base
from tests import factories
from tests.articles.test_editing import FORM as ELSEWHERE
from tests.referrals.house import NOTE, House, doctor_client, verified_doctor
from tests.scheduling.world import MONDAY, World, person
from tests.support.accounts import ADDRESS, PASSWORD, letters, link_in, make_user, sign_in, signed_in, user
from tests.support.html import problems_of
from tests.support.questions import counted
from tests.web.scheduling.journey import Patient

pytestmark = pytest.mark.databases

NEW = "ada.new@person.example"


@pytest.fixture
def ada(app: Flask, client: FlaskClient) -> FlaskClient:
    make_user(app)
    sign_in(client)
    return client


def test_the_export_holds_everything_but_secrets(ada: FlaskClient, session: Session) -> None:
    answer = ada.post("/account/export")
    told = json.loads(answer.text)["account"]
    assert (told["email"], told["name"], told["roles"]) == (ADDRESS, "Ada Sample", ["patient"])
    assert len(told["devices"]) == 1
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for secret in (user(session).password, user(session).fs_uniquifier):
        assert str(secret) not in answer.text


def test_erasing_takes_a_deliberate_tick(ada: FlaskClient, session: Session) -> None:
    assert ada.post("/account/erase").status_code == 200
    assert user(session).email == ADDRESS
    assert ada.post("/account/erase", data={"sure": "y"}).status_code == 302
    session.rollback()
    for table in (User, SignIn):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert not signed_in(ada)


def test_the_portrait_of_an_erased_person_is_nowhere_any_more(app: Flask, ada: FlaskClient, session: Session) -> None:
    folder = app.config["SETTINGS"].instance / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    names = [f"{digit * 40}.jpg" for digit in "ab"]
    for name in names:
        (folder / name).write_bytes(b"a face")
    factories.therapist(session, user_id=user(session).id, photo=names[0])
    factories.therapist(session, photo=names[1])
    session.commit()
    ada.post("/account/erase", data={"sure": "y"})
    assert [(folder / name).exists() for name in names] == [False, True]


@pytest.mark.parametrize("path", ["/account/export", "/account/erase"])
def test_both_ask_for_the_password_when_signing_in_was_long_ago(ada: FlaskClient, session: Session, path: str) -> None:
    with ada.session_transaction() as cookie:
        cookie["fs_paa"] = 0
    assert ada.post(path, data={"sure": "y"}).headers["Location"].startswith("/account/verify")
    assert user(session).email == ADDRESS


def ask_for(client: FlaskClient, session: Session, email: str = NEW) -> str:
    client.post("/account/change-email", data={"email": email})
    return link_in(letters(session)[-1], "change-email")


def test_a_new_address_counts_once_it_is_confirmed(ada: FlaskClient, session: Session) -> None:
    link = ask_for(ada, session)
    assert ada.get(link).status_code == 200
    assert user(session).email == ADDRESS
    assert ada.post(link).status_code == 302
    assert user(session, NEW).name == "Ada Sample"
    assert [letter["to"] for letter in letters(session)] == [NEW, ADDRESS]
    told = letters(session)[1]
    assert told["subject"] == "Your address was changed"
    for words in (" ".join(told["text"].split()), told["html"]):
        assert "write to security@127.0.0.1 from this address" in words
        assert "forgot" not in words


def test_a_stranger_at_a_mistyped_address_gets_nothing(app: Flask, ada: FlaskClient, session: Session) -> None:
    link = ask_for(ada, session)
    make_user(app, "ben@person.example")
    ben, nobody = app.test_client(), app.test_client()
    sign_in(ben, "ben@person.example")
    for stranger in (ben, nobody):
        stranger.post(link)
        assert user(session).email == ADDRESS


def test_an_address_that_is_taken_is_not_told(app: Flask, ada: FlaskClient, session: Session) -> None:
    make_user(app, "ben@person.example")
    pages = [
        ada.post("/account/change-email", data={"email": email}).text.replace(email, "")
        for email in ("ben@person.example", NEW)
    ]
    assert pages[0] == pages[1]
    taken, free = letters(session)
    assert (taken["to"], taken["subject"]) == ("ben@person.example", "This address has an account already")
    assert "change-email" not in taken["text"]
    assert free["to"] == NEW


def test_the_address_that_it_is_already_is_said_and_mails_nothing(ada: FlaskClient, session: Session) -> None:
    page = ada.post("/account/change-email", data={"email": ADDRESS}).text
    assert "That is your address now" in page
    assert not problems_of(page)
    assert letters(session) == []


def test_a_name_is_changed_and_tidied(ada: FlaskClient, session: Session) -> None:
    ada.post("/account/name", data={"name": "  Ada \n  \u202eLovely\u200b "})
    assert user(session).name == "Ada Lovely"
    ada.post("/account/name", data={"name": '"><script>alert(1)</script>'})
    assert "<script>alert" not in ada.get("/account/").text


def test_a_form_without_its_token_changes_nothing(app: Flask, ada: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path, data in (
            ("/account/name", {"name": "X"}),
            ("/account/erase", {"sure": "y"}),
            ("/account/logout", {}),
        ):
            assert ada.post(path, data=data).status_code == 400
        assert (
            app.test_client().post("/account/login", data={"email": ADDRESS, "password": PASSWORD}).status_code == 400
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert user(session).name == "Ada Sample"
    assert signed_in(ada)


def test_guest_visits_are_the_persons_once_the_address_is_proved_and_go_with_them(
    app: Flask, ada: FlaskClient, session: Session
) -> None:
    world = World.make(session)
    mine = world.requested(contact=person(email=ADDRESS.upper(), phone="+15125550123"), note="My left hip")
    theirs = world.requested(MONDAY + timedelta(hours=2), contact=person(email="ben@person.example"))
    scheduling.block(session, world.therapist_id, ADDRESS)
    session.commit()
    told = json.loads(ada.post("/account/export").text)["visits"]["visits"]
    assert [each["reference"] for each in told] == [mine.reference]
    assert told[0]["note"] == "My left hip"

    said = ada.get("/account/erase").text
    assert "in your therapists&#39; calendars" in said
    assert "so that the block holds" in said
    ada.post("/account/erase", data={"sure": "y"})
    session.rollback()
    kept = {each.reference: each for each in session.scalars(select(Booking))}
    gone = kept[mine.reference]
    assert (gone.name, gone.email, gone.phone, gone.note, gone.screening) == (ERASED, NOWHERE, None, None, None)
    assert kept[theirs.reference].email == "ben@person.example"
    assert scheduling.blocked(session, world.therapist_id) == [ADDRESS.casefold()], "what the page said"


def reads(session: Session) -> list[tuple[str, str, int]]:
    """Who read what that is sealed, in order."""
    session.rollback()
    query = select(AuditRead.reader, AuditRead.kind, AuditRead.subject_id).order_by(AuditRead.id)
    return [(reader, kind, subject) for reader, kind, subject in session.execute(query)]


def test_each_visit_whose_sealed_words_are_told_is_recorded_as_read(
    app: Flask, ada: FlaskClient, session: Session
) -> None:
    """However many there are, in as many statements."""
    world = World.make(session)
    visits: list[int] = []
    asked = []
    for hour in range(3):
        made = world.requested(MONDAY + timedelta(hours=hour), contact=person(email=ADDRESS), note="My left hip")
        visits.append(made.id)
        session.commit()
        with counted(app) as seen:
            assert "My left hip" in ada.post("/account/export").text
        asked.append(len(seen))
        assert reads(session)[-len(visits) :] == [("patient", "visit", each) for each in visits]
    assert len(reads(session)) == 1 + 2 + 3
    assert len(set(asked)) == 1, asked


def test_who_holds_nothing_sealed_reads_nothing_sealed(ada: FlaskClient, session: Session) -> None:
    theirs = World.make(session).requested(contact=person(email="ben@person.example"), note="My left hip")
    session.commit()
    assert theirs.reference not in ada.post("/account/export").text
    assert reads(session) == []


def test_a_doctors_notes_and_a_patients_answers_are_recorded_as_read_too(
    app: Flask, ada: FlaskClient, session: Session
) -> None:
    house = House.make(app, session)
    made = house.booked(session, "confirmed")
    for pain in (7, 5):
        checking.add_check(session, made.token, "before", Answers(pain, "tie my shoes"), "nobody", clock.now())
    session.execute(update(Booking).values(email_key=ADDRESS, verified_at=clock.now()))
    session.commit()

    assert "tie my shoes" in ada.post("/account/export").text
    assert reads(session) == [("patient", "visit", made.id), ("patient", "outcome-checks", made.id)]
    assert NOTE in doctor_client(app).post("/account/export").text
    assert reads(session)[2:] == [(f"doctor:{house.doctor_id}", "referral-note", house.referral.id)]


def test_an_account_that_runs_a_practice_can_be_erased_too(ada: FlaskClient, session: Session) -> None:
    one = factories.therapist(session, user_id=user(session).id, bio="My own words", origin="self")
    session.commit()
    ada.post("/account/erase", data={"sure": "y"})
    session.refresh(one)
    assert (one.user_id, one.bio, one.hidden, one.claimed) == (None, "", True, False)
    (place,) = one.locations
    session.refresh(place)
    assert (place.street, place.postcode, place.lat, place.lon, place.radius_km) == ("", "", None, None, None)


def test_the_demos_sign_ins_work_in_development_only(app: Flask, client: FlaskClient) -> None:
    assert sign_ins_of(app) == []
    with app.app_context():
        from app.doors.database import db

        keys = app.config["SETTINGS"].data_keys
        addresses = make_people(db.session, hash_password(DEMO_PASSWORD), keys)
        assert make_people(db.session, "another", keys) == addresses
        db.session.commit()
    assert len(DEMO_PASSWORD) >= 15
    assert sign_in(client, "admin@demo.example", DEMO_PASSWORD).status_code == 302


def sign_ins_of(app: Flask) -> list[str]:
    with app.app_context():
        return sign_ins()


def test_no_table_holds_the_address_of_who_was_erased(app: Flask, client: FlaskClient, session: Session) -> None:
    """An admin who also runs a practice, with decisions of their own and about them in the histories."""
    me = make_user(app, ADDRESS, "patient", "admin", "editor", "therapist", "doctor")
    other = make_user(app, "ben@person.example", "patient", "admin")
    sign_in(client)
    one = factories.practice(session, me, origin="self", email=ADDRESS)
    session.commit()
    client.post(f"/practice/licences/{one.licences[0].id}", data={"jurisdiction": "US-TX", "number": "MT1"})
    client.post(f"/admin/users/{other}/role/give", data={"role": "editor"})
    ben = app.test_client()
    sign_in(ben, "ben@person.example")
    ben.post(f"/admin/users/{me}/role/take", data={"role": "doctor"})
    doctor = verified_doctor(app, state="waiting")
    client.post(f"/admin/doctors/{doctor}/verify", data={"reason": "Called the practice."})
    client.post("/editing/articles/new", data=ELSEWHERE)
    client.get("/practice/page")
    assert holding(session, ADDRESS), "or this test sees nothing"
    client.post("/account/erase", data={"sure": "y"})
    assert holding(session, ADDRESS) == []
    left = session.execute(select(AdminEvent.actor, AdminEvent.subject).order_by(AdminEvent.id)).all()
    mine = ("erased account", f"user:{other}"), ("erased account", f"doctor:{doctor}")
    assert left == [mine[0], (f"admin user:{other}", "erased account"), mine[1]]
    for column in (Doctor.decided_by, ExternalArticle.added_by):
        assert session.scalars(select(column)).all() == ["erased account"]


def test_nothing_of_a_patient_is_left_and_nobody_is_written_to(app: Flask, ada: FlaskClient, session: Session) -> None:
    """Visits with words and messages, a wish, a link on its way, a booking half typed in this browser (case 14)."""
    world = World.make(session)
    world.now = clock.now()
    world.set_hours(range(7))
    who = person(name="Zelda Sample", email=ADDRESS, phone="+15125550177", visit_for="Zelda Kid")
    first, second, third = world.free(world.now, 20)[20:180:60]
    visit = world.confirmed(first, contact=who, note="Zelda's hip")
    scheduling.book_once(session, "key-1", world.request(second, contact=who, note="Zelda's hip"), world.now)
    scheduling.join_waitlist(session, world.service_id, Wish(first.date(), third.date()), who, world.now)
    scheduling.mail_visits_link(session, ADDRESS, world.now)
    scheduling.write_message(session, visit.token, "Zelda parks outside", world.now)
    session.commit()
    patient = Patient(ada, session.get_one(Therapist, world.therapist_id).slug, world)
    session.rollback()
    patient.to_review(third, name="Zelda Sample", email=ADDRESS, note="Zelda's hip")
    assert {"booking_draft.sealed", "booking.note", "waitlist_entry.name"} <= {*holding(session, "Zelda")}
    assert "outbox_message.facts" in holding(session, ADDRESS)
    ada.post("/account/erase", data={"sure": "y"})
    assert [holding(session, words) for words in (ADDRESS, "Zelda", "5550177")] == [[], [], []]
    assert written_to(app, session) == {"therapist@example.test"}


def written_to(app: Flask, session: Session) -> set[str]:
    """Whom the post writes to by now."""
    mails: list[EmailMessage] = []
    with app.app_context():
        paper = post_of(app.config["SETTINGS"]).letterhead
        deliver_due(transaction, Post(RENDERERS, paper, mails.append), lambda: clock.now() + timedelta(days=60), 100)
    return {str(mail["To"]) for mail in mails}


def holding(session: Session, words: str) -> list[str]:
    """The columns in which the words stand, sealed ones too."""
    session.rollback()
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String | Text | EncryptedText):
                values = session.scalars(select(column).where(column.is_not(None)))
                if any(words.casefold() in str(value).casefold() for value in values):
                    found.append(f"{table.name}.{column.name}")
    return found
