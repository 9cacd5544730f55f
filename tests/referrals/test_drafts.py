"""A referral that was begun: kept while therapists are chosen, sealed, and ended by making the link."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.referrals import drafts, queries, services
from app.referrals.models import Referral, ReferralDraft
from tests.referrals.choosing import add
from tests.referrals.house import doctor_client, verified_doctor
from tests.support.html import problems_of

pytestmark = pytest.mark.databases
FORM = {"specialty": "sciatica", "technique": "", "where": "Austin, TX", "radius": "25", "days": "90"}
SECRET = {"note": "Watch the left hip.", "label": "Chart 1204", "cautions": "Osteoporosis"}


def test_what_was_filled_in_is_kept_while_choosing(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    answer = doctor.post("/referring/new", data={**FORM, **SECRET, "suggested_visits": "4", "go": "choose"})
    assert answer.location == "/referring/therapists", "nothing of the form is in the address"
    page = doctor.get(answer.location).text
    assert not problems_of(page)
    assert [f'id="t-{slug}"' in page for slug in town] == [True, True, True, False], "who works on it"
    assert add(doctor, town[1]) == f"/referring/therapists#t-{town[1]}"
    assert ": Bea Baker</span>" in doctor.get("/referring/therapists").text
    form = doctor.get("/referring/new").text
    assert not problems_of(form)
    for words in (*SECRET.values(), 'value="4"', "You began this referral on"):
        assert words in form, words
    ticked = form.split(f'value="{queries.chosen(session, _draft(session, doctor_id).shortlist)[0].id}"')[1]
    assert ticked.startswith(" checked")


def test_a_radius_or_a_therapist_that_cannot_be_breaks_no_page(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    for number in ("9" * 14, "-" + "9" * 30):
        odd = {**FORM, "radius": "all", "shortlist": [number]}
        assert doctor.post("/referring/new", data={**odd, "go": "make"}).status_code == 422
        assert doctor.post("/referring/new", data={**odd, "go": "choose"}).status_code == 303
        for path in ("/referring/therapists", "/referring/therapists?radius=0&where=Austin, TX", "/referring/new"):
            assert doctor.get(path).status_code == 200


def test_making_the_link_ends_what_was_begun(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    doctor.post("/referring/new", data={**FORM, "go": "choose"})
    add(doctor, town[0])
    ids = _draft(session, doctor_id).shortlist
    made = doctor.post("/referring/new", data={**FORM, "go": "make", "shortlist": [str(each) for each in ids]})
    assert made.status_code == 303
    assert "Ada Able" in doctor.get(made.location).text
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ReferralDraft)) == 0
    assert "You began" not in doctor.get("/referring/new").text


def test_what_was_begun_is_sealed_and_the_doctors_own(
    app: Flask, doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    from sqlalchemy import LargeBinary, type_coerce

    doctor.post("/referring/new", data={**FORM, **SECRET, "go": "choose"})
    sealed = session.scalars(select(type_coerce(ReferralDraft.facts, LargeBinary))).one()
    assert bytes(sealed).startswith(b"gAAAA")
    verified_doctor(app, "other@practice.example", npi="1245319599")
    other = doctor_client(app, "other@practice.example")
    page = other.get("/referring/new").text
    assert "Chart 1204" not in page
    assert "You began" not in page


def test_another_one_can_be_begun_instead(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    doctor.post("/referring/new", data={**FORM, **SECRET, "go": "choose"})
    assert doctor.post("/referring/draft/drop").location == "/referring/new"
    assert "Chart 1204" not in doctor.get("/referring/new").text


def test_what_was_left_alone_for_a_week_is_forgotten(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    doctor.post("/referring/new", data={**FORM, **SECRET, "go": "choose"})
    later = clock.now() + drafts.LASTS
    assert queries.draft_of(session, doctor_id, later) is None
    services.forget_left_drafts(session, later - timedelta(minutes=1))
    assert session.scalar(select(func.count()).select_from(ReferralDraft)) == 1
    services.forget_left_drafts(session, later)
    assert session.scalar(select(func.count()).select_from(ReferralDraft)) == 0


def test_a_template_fills_the_form_and_leaves_the_list(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    doctor.post("/referring/new", data={**FORM, "go": "template", "template_name": "Near us", "suggested_visits": "7"})
    session.rollback()
    (template_id, _name), *_ = queries.templates(session, doctor_id)
    session.rollback()
    doctor.post("/referring/new", data={**FORM, **SECRET, "go": "choose"})
    add(doctor, town[2])
    page = doctor.get(f"/referring/new?template={template_id}").text
    assert 'value="7"' in page
    assert "Chart 1204" not in page
    assert len(re.findall(r'name="shortlist"[^>]* checked', page)) == 1


def test_no_referral_is_made_by_choosing(doctor: FlaskClient, session: Session, town: list[str]) -> None:
    add(doctor, town[0])
    assert session.scalar(select(func.count()).select_from(Referral)) == 0


def _draft(session: Session, doctor_id: int) -> drafts.Draft:
    session.rollback()
    begun = queries.draft_of(session, doctor_id, clock.now())
    assert begun
    return begun[0]
