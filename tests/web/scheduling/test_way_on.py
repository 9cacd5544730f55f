"""Every end has a way on: wrong codes, the Back button, a second press, a second tab."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.scheduling import queries
from app.scheduling.models import Booking, BookingEvent
from tests.scheduling.world import MONDAY, World, code_in, facts_in, person
from tests.web.scheduling.journey import PAT, Patient, words

pytestmark = pytest.mark.databases


def newest(world: World) -> tuple[str, str]:
    """Code and link of the newest mail."""
    world.session.rollback()
    mail = world.outbox("visit.confirm_contact")[-1]
    return code_in(mail), f"/visits/confirm/{facts_in(mail)['confirm']}"


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def state(session: Session, page: str) -> str:
    session.rollback()
    return queries.visit(session, page.rpartition("/")[2]).state


def use_up(patient: Patient, page: str, code: str) -> str:
    """Type five wrong codes; the last page."""
    said = [patient.post(f"{page}/code", code=wrong(code)) for _ in range(5)]
    assert {each.status_code for each in said} == {422}
    left = ("4 more times", "3 more times", "2 more times", "try once more")
    assert [words in each.text for words, each in zip(left, said, strict=False)] == [True] * 4
    return words(said[-1])


def test_after_five_wrong_codes_the_page_says_what_to_do_next(patient: Patient, world: World) -> None:
    page = patient.book()
    code, _ = newest(world)
    last = use_up(patient, page, code)
    for said in ("That code no longer works", "held for you until 9:30 am", "Send a new code", "the newest mail"):
        assert said in last, said
    assert 'name="code"' not in patient.get(page).text
    refused = patient.post(f"{page}/code", code=code)
    assert "That code no longer works" in refused.text
    assert state(world.session, page) == "held"


def test_a_new_code_begins_the_tries_anew(patient: Patient, world: World) -> None:
    page = patient.book()
    use_up(patient, page, newest(world)[0])
    assert patient.post(f"{page}/resend").location == page
    shown = patient.get(page)
    assert "A new code is on its way" in shown.text
    assert 'name="code"' in shown.text
    code, _ = newest(world)
    assert "4 more times" in patient.post(f"{page}/code", code=wrong(code)).text
    assert patient.post(f"{page}/code", code=code).location == f"{page}/done"


def test_after_the_last_mail_its_button_still_works(patient: Patient, world: World) -> None:
    """Fifteen guesses are all there can be."""
    page = patient.book()
    for mail in range(3):
        last = use_up(patient, page, newest(world)[0])
        assert ("Send a new code" in last) == (mail < 2)
        patient.post(f"{page}/resend")
    shown = patient.get(page)
    assert "mailed you three times" in shown.text
    assert len(world.outbox("visit.confirm_contact")) == 3
    assert "Press the button in the newest mail" in words(shown)
    assert patient.post(newest(world)[1]).location == f"{page}/done"
    assert state(world.session, page) == "requested"


@pytest.mark.databases("sqlite")
def test_an_address_that_nobody_answers_for_can_be_changed(patient: Patient, world: World) -> None:
    for _ in range(2):
        page = patient.book(MONDAY)
        for _ in range(2):
            assert patient.post(f"{page}/resend").location == page
        shown = patient.get(page).text
        patient.post(f"{page}/cancel")
    assert "press the button in the newest one first" in shown
    refused = patient.send(patient.to_review(MONDAY))
    assert refused.status_code == 403
    assert "press the button in the newest one first" in refused.text
    assert "/contact" in refused.text.partition("press the button in the newest one first")[2].partition("</div>")[0]
    patient.book(MONDAY, email="other@example.test")
    assert len(world.outbox("visit.confirm_contact")) == 5


def test_too_late_offers_fresh_times_by_code_and_by_link(patient: Patient, world: World, clock: object) -> None:
    page = patient.book()
    code, link = newest(world)
    clock.shift(1801)  # type: ignore[attr-defined]
    for path, data in ((f"{page}/code", {"code": code}), (link, {})):
        late = patient.post(path, **data)
        assert late.status_code == 410
        assert "not held any more" in late.text
        assert "/book?service=" in late.text
    assert patient.post(f"{page}/resend").location == page
    assert len(world.outbox("visit.confirm_contact")) == 1


@pytest.mark.parametrize("way", ["code", "link", "both"])
def test_a_double_click_on_confirm_confirms_once(patient: Patient, world: World, way: str) -> None:
    page = patient.book()
    code, link = newest(world)
    ways = {"code": [f"{page}/code"] * 2, "link": [link] * 2, "both": [f"{page}/code", link]}[way]
    assert [patient.post(path, code=code).location for path in ways] == [f"{page}/done"] * 2
    events = select(func.count()).select_from(BookingEvent).where(BookingEvent.action == "request")
    world.session.rollback()
    assert world.session.scalar(events) == 1
    assert len(world.outbox("visit.requested")) == 1


@pytest.mark.parametrize("step", ["contact", "review", "questions/1", "questions/3", "repeat", "time"])
def test_back_after_sending_leads_to_the_visit(patient: Patient, step: str) -> None:
    review = patient.to_review()
    page = patient.send(review).location
    again = patient.get(review.replace("review", step))
    assert (again.status_code, again.location) == (303, page)
    assert "look into your mail" in words(patient.get(page))


def test_what_is_changed_after_going_back_makes_no_second_visit(patient: Patient, session: Session) -> None:
    review = patient.to_review()
    page = patient.send(review).location
    changed = patient.post(review.replace("review", "contact"), **{**PAT, "name": "Pat Other"})
    assert changed.location == page
    assert session.scalars(select(Booking.name)).all() == ["Pat Example"]


def test_a_second_tab_with_the_same_time_leads_to_the_visit(patient: Patient, session: Session) -> None:
    first, second = patient.to_review(), patient.to_review()
    seen = re.search(r'name="seen" value="([\w-]+)"', patient.get(second).text)
    assert seen
    page = patient.send(first).location
    assert patient.post(second, seen=seen[1]).location == page
    assert "You have booked this time already" in patient.get(page).text
    assert session.scalar(select(func.count()).select_from(Booking)) == 1
    assert patient.get(patient.url()).location == page


def test_a_time_that_somebody_else_took_leads_to_no_visit(patient: Patient, world: World) -> None:
    """Nor one that this browser held and let go."""
    page = patient.book()
    patient.post(f"{page}/cancel")
    assert patient.get(patient.url()).status_code == 200
    world.requested(contact=person())
    world.session.commit()
    taken = patient.get(patient.url())
    assert taken.status_code == 409
    assert page not in taken.text
