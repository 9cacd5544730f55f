"""The answer back: what the doctor sees with consent, and that without it there is nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import Conflict, Forbidden, NotFound
from app.directory.models import Therapist
from app.notifications.models import OutboxMessage
from app.referrals import checks, queries, services
from app.referrals.models import OutcomeNote, Referral
from app.scheduling.models import AuditRead
from tests.referrals.house import NOTE, House, doctor_client
from tests.support.accounts import letters, make_user, sign_in
from tests.support.html import problems_of

pytestmark = pytest.mark.databases


def word(session: Session, house: House, at: Any = None) -> str:
    session.rollback()
    return queries.letters(session, house.doctor_id, at or clock.now()).letters[0].status


@pytest.mark.parametrize("state", ["requested", "confirmed", "attended", "no_show", "declined"])
def test_the_doctor_learns_the_outcome_only_while_the_patient_agrees(app: Flask, session: Session, state: str) -> None:
    house = House.make(app, session)
    made = house.booked(session, state)
    assert word(session, house) == "new"
    services.give_consent(session, made.token, clock.now())
    session.commit()
    assert word(session, house) == state
    services.withdraw_consent(session, made.token, clock.now())
    session.commit()
    assert word(session, house) == "new"
    assert word(session, house, clock.now() + timedelta(days=14)) == "never_booked"


def test_with_and_without_a_private_booking_the_doctors_pages_are_the_same(app: Flask, session: Session) -> None:
    house, client = House.make(app, session), doctor_client(app)
    paths = ["/referring/", f"/referring/{house.referral.id}", "/referring/referrals.csv"]

    def plain(path: str) -> str:
        import re

        return re.sub(r'value="[^"]{60,}"|nonce-\S+', "", client.get(path).text)

    before = [plain(path) for path in paths]
    house.booked(session, "attended")
    assert [plain(path) for path in paths] == before


def test_consent_belongs_to_a_visit_that_came_by_a_link(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    at = house.world.free(house.world.now + timedelta(days=2), days=14)[0]
    made = house.world.requested(at)
    with pytest.raises(Conflict):
        services.give_consent(session, made.token, clock.now())
    with pytest.raises(NotFound):
        services.give_consent(session, "A" * 27, clock.now())


def test_the_note_is_for_the_therapist_of_the_visit_and_each_read_is_recorded(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    made = house.booked(session)
    assert services.read_note(session, made.id, house.world.therapist_id, clock.now()) == (NOTE, None)
    reads = session.execute(select(AuditRead.reader, AuditRead.kind, AuditRead.subject_id)).all()
    assert (f"therapist:{house.world.therapist_id}", "referral-note", house.referral.id) in map(tuple, reads)
    with pytest.raises(NotFound):
        services.read_note(session, made.id, house.world.therapist_id + 1, clock.now())


def test_notes_are_sealed_at_rest(app: Flask, session: Session) -> None:
    House.make(app, session, cautions="Osteoporosis")
    from sqlalchemy import LargeBinary, type_coerce

    columns = [type_coerce(getattr(Referral, name), LargeBinary) for name in ("note", "cautions", "label", "code")]
    for value in session.execute(select(*columns)).one():
        assert bytes(value).startswith(b"gAAAA")


def test_an_outcome_note_needs_the_visit_and_the_patients_yes(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    made, me = house.booked(session, "attended"), house.world.therapist_id
    with pytest.raises(Forbidden):
        services.write_outcome(session, made.id, me, "Better.", clock.now())
    services.give_consent(session, made.token, clock.now())
    services.write_outcome(session, made.id, me, "Better.", clock.now())
    found = services.read_outcomes(session, house.doctor, house.referral.id, clock.now())
    assert found[made.id][1] == "Better."
    services.withdraw_consent(session, made.token, clock.now())
    assert services.read_outcomes(session, house.doctor, house.referral.id, clock.now()) == {}
    assert session.scalar(select(func.count()).select_from(OutcomeNote)) == 1


def test_a_visit_that_has_not_been_has_no_outcome(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    made = house.booked(session, "confirmed")
    services.give_consent(session, made.token, clock.now())
    with pytest.raises(Conflict):
        services.write_outcome(session, made.id, house.world.therapist_id, "Better.", clock.now())


def test_outcome_checks_go_only_where_the_patient_says(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    made, me, at = house.booked(session, "confirmed"), house.world.therapist_id, clock.now()

    def seen() -> tuple[int, int, int]:
        return (
            len(services.read_own_checks(session, made.token, at)),
            len(services.read_checks_as_therapist(session, made.id, me, at)),
            len(services.read_checks_as_doctor(session, house.doctor, house.referral.id, at)),
        )

    services.add_check(session, made.token, "before", checks.Answers(7, "tie my shoes"), "nobody", at)
    services.give_consent(session, made.token, at)
    assert seen() == (1, 0, 0)
    services.share_checks(session, made.token, "therapist")
    assert seen() == (1, 1, 0)
    services.share_checks(session, made.token, "both")
    assert seen() == (1, 1, 1)
    services.withdraw_consent(session, made.token, at)
    assert seen() == (1, 1, 0)
    services.share_checks(session, made.token, "nobody")
    assert seen() == (1, 0, 0)


def test_answers_given_for_oneself_can_be_shared_later_on_the_page(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    token, client = house.booked(session, "confirmed").token, app.test_client()
    path = f"/visits/{token}/checks"
    for moment, pain, shared in (("before", "8", "nobody"), ("review", "5", "therapist")):
        assert client.post(path, data={"moment": moment, "pain": pain, "shared": shared}).status_code == 303
    assert "Some of these answers are shared" in client.get(path).text
    for shared, words in (
        ("both", "Your therapist sees these answers, and your doctor while"),
        ("therapist", "Your therapist sees these answers too."),
        ("nobody", "Only you see these answers."),
    ):
        assert client.post(path, data={"go": "share", "shared": shared}).status_code == 303
        page = client.get(path).text
        assert words in page
        assert not problems_of(page)
        assert f'value="{shared}">' not in page.partition('value="share"')[2].partition("</form>")[0]


def test_the_weekly_letter_holds_numbers_and_no_health_word(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    made = house.booked(session, "confirmed")
    services.count_opening(session, house.referral.id, clock.now())
    services.give_consent(session, made.token, clock.now())
    house.doctor.digest_until = None
    session.commit()
    later = clock.now() + timedelta(hours=1)
    assert services.send_due(session, later) == 1
    assert services.send_due(session, later) == 0
    session.commit()
    numbers = letters(session)[-1]["numbers"]
    assert (numbers["opened"], numbers["requested"], numbers["confirmed"]) == (1, 1, 1)


def test_a_quiet_week_writes_no_letter(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    house.booked(session, "attended")
    house.doctor.digest_until = None
    session.commit()
    before = session.scalar(select(func.count()).select_from(OutboxMessage))
    services.send_due(session, clock.now() + timedelta(hours=1))
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == before


def test_the_therapists_page_and_the_word_back(app: Flask, session: Session) -> None:
    house = House.make(app, session, cautions="Osteoporosis", suggested_visits=4)
    made = house.booked(session, "attended")
    user_id = make_user(app, "therapist@practice.example", "patient", "therapist")
    session.get_one(Therapist, house.world.therapist_id).user_id = user_id
    services.give_consent(session, made.token, clock.now())
    session.commit()
    client = app.test_client()
    sign_in(client, "therapist@practice.example")
    path = f"/practice/visits/{made.id}/referral"
    page = client.get(path)
    assert page.status_code == 200
    assert not problems_of(page.text)
    for words in (NOTE, "Osteoporosis", "Dr. Testa Example", "Sciatica"):
        assert words in page.text
    assert client.post(path, data={"text": "Two visits, better."}).status_code == 303
    doctor = doctor_client(app)
    assert "Two visits, better." in doctor.get(f"/referring/{house.referral.id}").text
    answer = doctor.get(f"/referring/{house.referral.id}/outcome.json")
    assert answer.mimetype == "application/fhir+json"
    assert "Two visits, better." in answer.text


def test_another_therapist_sees_nothing_of_it(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    made = house.booked(session)
    from tests.factories import therapist

    user_id = make_user(app, "other@practice.example", "patient", "therapist")
    therapist(session).user_id = user_id
    session.commit()
    client = app.test_client()
    sign_in(client, "other@practice.example")
    page = client.get(f"/practice/visits/{made.id}/referral")
    assert page.status_code == 404
    assert NOTE not in page.text
