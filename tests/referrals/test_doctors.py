"""The doctor's rooms: signing up, making links, the list, what is not theirs."""

import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.notifications.models import OutboxMessage
from app.referrals import services
from app.referrals.models import Doctor, Referral
from tests.referrals.house import FORM, NPI, House, doctor_client, verified_doctor
from tests.support.accounts import letters, make_user, sign_in
from tests.support.html import problems_of

pytestmark = pytest.mark.databases


def test_who_is_not_signed_in_reads_what_this_is(client: FlaskClient) -> None:
    page = client.get("/referring/welcome")
    assert "Refer in one minute, and hear back" in page.text
    assert not problems_of(page.text)
    assert 'href="/account/register?next=/referring/start"' in page.text


def test_an_account_becomes_a_doctor_who_waits(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app, "new@practice.example")
    sign_in(client, "new@practice.example")
    assert client.get("/referring/welcome").headers["Location"] == "/referring/start"
    assert client.get("/referring/", follow_redirects=False).status_code == 403
    wrong = client.post("/referring/start", data={"npi": "1234567890", "name": "Testa Example"})
    assert wrong.status_code == 422
    assert "ten digits" in wrong.text
    right = client.post("/referring/start", data={"npi": "1234567893", "name": "Testa Example"})
    assert right.status_code == 303
    assert session.scalars(select(Doctor.state)).all() == ["waiting"]
    page = client.get("/referring/")
    assert "Not verified yet" in page.text
    assert not problems_of(page.text)
    session.rollback()
    made = client.post("/referring/new", data=FORM)
    code = session.scalars(select(Referral.code)).one()
    assert made.status_code == 303
    assert app.test_client().get(f"/r/{code}").status_code == 404
    session.rollback()
    services.decide(
        session, session.scalars(select(Doctor.id)).one(), verified=True, by="a", reason="", now=clock.now()
    )
    session.commit()
    assert app.test_client().get(f"/r/{code}").status_code == 200


def test_an_admin_decides_and_one_npi_is_verified_once(app: Flask, session: Session) -> None:
    first = verified_doctor(app, "one@practice.example", state="waiting")
    second = verified_doctor(app, "two@practice.example", state="waiting")
    make_user(app, "admin@house.example", "admin")
    admin = app.test_client()
    sign_in(admin, "admin@house.example")
    page = admin.get("/admin/doctors")
    assert page.text.count(f"NPI {NPI}") == 2
    assert not problems_of(page.text)
    admin.post(f"/admin/doctors/{first}/verify")
    admin.post(f"/admin/doctors/{second}/verify")
    admin.post(f"/admin/doctors/{second}/refuse")
    session.rollback()
    assert dict(session.execute(select(Doctor.id, Doctor.state)).all()) == {first: "verified", second: "waiting"}
    admin.post(f"/admin/doctors/{second}/refuse", data={"reason": "The registry has another name."})
    session.rollback()
    assert session.get_one(Doctor, second).state == "refused"


def test_one_short_page_makes_a_link_with_everything_beside_it(doctor: FlaskClient, session: Session) -> None:
    page = doctor.get("/referring/new")
    assert not problems_of(page.text)
    made = doctor.post("/referring/new", data={**FORM, "note": "Left hip", "label": "=1+1", "suggested_visits": "6"})
    page = doctor.get(made.location)
    assert not problems_of(page.text)
    referral = session.scalars(select(Referral)).one()
    assert f"/r/{referral.code}" in page.text
    assert (referral.note, referral.suggested_visits, referral.specialty_id) == ("Left hip", 6, 2)
    assert (referral.valid_until - referral.created_at).days == 90
    index = doctor.get("/referring/")
    assert not problems_of(index.text)
    assert "&#39;=1" not in index.text
    assert '"\'=1+1"' in doctor.get("/referring/referrals.csv").text


@pytest.mark.parametrize(
    "wrong",
    [{"specialty": "swedish"}, {"specialty": ""}, {"days": "0"}, {"suggested_visits": "31"}, {"shortlist": "999999"}, {"note": "x" * 2001}],
)  # fmt: skip
def test_what_breaks_a_rule_makes_no_link(doctor: FlaskClient, session: Session, wrong: dict[str, str]) -> None:
    assert doctor.post("/referring/new", data={**FORM, **wrong}).status_code == 422
    assert session.scalars(select(Referral)).all() == []


def test_what_it_is_for_is_said_by_the_doctor_and_not_by_the_list(doctor: FlaskClient) -> None:
    """Neither a form that nobody touched nor a request whose reason we do not know names a condition."""
    unknown = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": {"reference": "P/7"}}
    filled = doctor.post("/referring/import", data={"json": json.dumps({**unknown, "reasonCode": [{"text": "Odd"}]})})
    for page in (doctor.get("/referring/new").text, filled.text):
        assert '<option selected value="">Choose one</option>' in page
    assert "Choose what it is for" in doctor.post("/referring/new", data={**FORM, "specialty": ""}).text


def test_a_template_keeps_the_form_but_nothing_of_a_patient(doctor: FlaskClient) -> None:
    doctor.post(
        "/referring/new",
        data={**FORM, "go": "template", "template_name": "Near us", "label": "Chart 1204", "suggested_visits": "4"},
    )
    page = doctor.get("/referring/")
    assert "Near us" in page.text
    link = page.text.split("Near us")[0].rsplit('href="', 1)[1].split('"')[0]
    filled = doctor.get(link).text
    assert 'value="4"' in filled
    assert "Chart 1204" not in filled


def test_a_standing_link_has_no_end_and_no_note(doctor: FlaskClient, session: Session) -> None:
    doctor.post("/referring/new", data={**FORM, "go": "standing", "note": "of one patient"})
    referral = session.scalars(select(Referral)).one()
    assert (referral.kind, referral.valid_until, referral.note) == ("standing", None, None)


def test_the_mail_to_the_patient_says_nothing_of_health(app: Flask, doctor: FlaskClient, session: Session) -> None:
    from app.doors.post import deliver, letterhead_of
    from app.referrals.emails import link

    doctor.post("/referring/new", data=FORM)
    referral = session.scalars(select(Referral)).one()
    answer = doctor.post(f"/referring/{referral.id}/mail", data={"email": "pat@example.test", "language": "es"})
    assert answer.status_code == 303, answer.text
    facts = letters(session)[-1]
    with app.app_context():
        message = link(session, facts, letterhead_of(app.config["SETTINGS"]))
        assert message is not None
        assert (message.to, message.subject) == ("pat@example.test", "Un enlace de Dr. Testa Example")
        assert f"/r/{referral.code}" in message.text
        assert "ciática" not in message.text + message.subject
        deliver()
    session.rollback()
    assert session.scalars(select(OutboxMessage.facts).where(OutboxMessage.kind == "referral.link")).all() == [None]


def test_a_bad_address_is_said_on_top_too(doctor: FlaskClient, session: Session) -> None:
    made = doctor.post("/referring/new", data=FORM)
    answer = doctor.post(f"{made.location}/mail", data={"email": "pat", "language": "en"})
    assert answer.status_code == 422
    assert not problems_of(answer.text)
    assert re.search(r'data-module="error-summary".*?<li><a href="#email">', answer.text, re.S)


def test_a_link_is_taken_back_on_a_second_word_and_not_given_out_then(doctor: FlaskClient) -> None:
    made = doctor.post("/referring/new", data=FORM)
    page = doctor.get(made.location).text
    assert "Give it to the patient" in page
    asked = re.search(r"<details[^>]*><summary>Take the link back</summary>(.*?)</details>", page)
    assert asked
    assert f'action="{made.location}/revoke"' in asked[1]
    assert page.count("/revoke") == 1
    page = doctor.post(f"{made.location}/revoke", follow_redirects=True).text
    assert "This link no longer works." in page
    for gone in ("Give it to the patient", "/qr.svg", "/handout", "Copy the link", "/revoke"):
        assert gone not in page


def test_a_link_taken_back_is_not_mailed(doctor: FlaskClient, session: Session) -> None:
    doctor.post("/referring/new", data=FORM)
    referral = session.scalars(select(Referral)).one()
    session.rollback()
    doctor.post(f"/referring/{referral.id}/revoke")
    answer = doctor.post(f"/referring/{referral.id}/mail", data={"email": "pat@example.test", "language": "en"})
    assert answer.status_code == 422


def test_another_doctors_referral_does_not_exist(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    verified_doctor(app, "other@practice.example", npi="1245319599")
    other = doctor_client(app, "other@practice.example")
    for path in ("", "/handout", "/handout.pdf", "/qr.svg", "/outcome.json"):
        assert other.get(f"/referring/{house.referral.id}{path}").status_code == 404, path
    assert other.post(f"/referring/{house.referral.id}/revoke").status_code == 404
    assert other.post(
        f"/referring/{house.referral.id}/mail", data={"email": "a@b.test", "language": "en"}
    ).status_code in (404, 422)
    assert "Chart 1204" not in other.get("/referring/").text


def test_a_fhir_request_fills_the_form_and_its_answer_names_it(doctor: FlaskClient, session: Session) -> None:
    request = {
        "resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/7"},
        "identifier": [{"system": "urn:x", "value": "REQ-7"}],
        "reasonCode": [{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M54.31"}]}, {"coding": [{"system": "urn:y", "code": "<b>Z</b>"}]}],
    }  # fmt: skip
    page = doctor.post("/referring/import", data={"json": json.dumps(request)})
    assert page.status_code == 200
    assert not problems_of(page.text)
    assert '<option selected value="sciatica">' in page.text
    assert "&lt;b&gt;Z&lt;/b&gt;" in page.text
    source = page.text.split('name="source"')[1].split('value="')[1].split('"')[0]
    made = doctor.post("/referring/new", data={**FORM, "source": source})
    answer = doctor.get(made.location + "/outcome.json").json
    assert answer["entry"][0]["resource"]["identifier"] == [{"system": "urn:x", "value": "REQ-7"}]
    made = doctor.post("/referring/new", data={**FORM, "source": ("A" if source[0] != "A" else "B") + source[1:]})
    assert "identifier" not in doctor.get(made.location + "/outcome.json").json["entry"][0]["resource"]


def test_a_request_that_is_none_is_refused_beside_the_field(doctor: FlaskClient) -> None:
    page = doctor.post("/referring/import", data={"json": "{"})
    assert page.status_code == 422
    assert "This is not JSON" in page.text
    empty = doctor.post("/referring/import", data={"json": " "})
    assert empty.status_code == 422
    assert "Choose a file or paste the ServiceRequest" in empty.text


@pytest.mark.parametrize(
    ("size", "status"), [(300_000, 422), (10_000_000, 413)], ids=["more than a referral", "more than a request"]
)
def test_a_file_that_is_too_large_is_refused_in_words(doctor: FlaskClient, size: int, status: int) -> None:
    answer = doctor.post(
        "/referring/import",
        data={"file": (io.BytesIO(b'{"x": "' + b"\xc3\xa9" * (size // 2)), "a.json")},
        headers={"Referer": "http://localhost/referring/import"},
    )
    assert answer.status_code == status
    assert "larger than" in answer.text or "too large" in answer.text
    assert ('href="/referring/import">Back to the form' in answer.text) is (status == 413)


def test_what_was_understood_and_what_was_not_is_said_on_the_form(doctor: FlaskClient) -> None:
    request = {
        "resourceType": "ServiceRequest", "status": "draft", "intent": "order", "subject": {"reference": "Patient/7"},
        "code": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "97124"}]},
        "reasonCode": [{"coding": [{"system": "http://snomed.info/sct", "code": "49218002"}]}, *[{"text": f"Unheard of {n}"} for n in range(102)]],
    }  # fmt: skip
    page = doctor.post("/referring/import", data={"json": json.dumps(request)}).text
    assert not problems_of(page)
    for words in (
        "<code>97124</code> massage",
        "<code>49218002</code> Hip pain",
        "“draft”",
        "Unheard of 99",
        "And 2 more things",
    ):
        assert words in page, words


def test_a_link_for_everybody_has_no_outcome_of_one_patient(doctor: FlaskClient) -> None:
    made = doctor.post("/referring/new", data={**FORM, "go": "standing"})
    assert "outcome.json" not in doctor.get(made.location).text
    assert doctor.get(made.location + "/outcome.json").status_code == 404


def test_erasing_the_account_stops_the_links_and_forgets_the_words(app: Flask, session: Session) -> None:
    from app.accounts.models import User
    from app.referrals import personal_data

    house = House.make(app, session)
    user = session.get_one(User, session.scalars(select(Doctor.user_id)).one())
    told = personal_data.export(session, user)
    assert told["doctor"]["referrals"][0]["label"] == "Chart 1204"
    personal_data.erase(session, user)
    session.commit()
    session.expire_all()
    referral = session.get_one(Referral, house.referral.id)
    assert (referral.note, referral.label) == (None, None)
    assert session.scalars(select(Doctor.name)).one() == "Former doctor"
    assert app.test_client().get(f"/r/{house.referral.code}").status_code == 410
