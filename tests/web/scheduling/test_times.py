"""The week strip: the first bookable day first, the venue's clock always, and never more than two looks at the tables."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.core.formats import when
from app.core.zones import zone
from app.directory.models import Licence, Service
from app.scheduling import services
from app.scheduling.hours import OpeningHours
from app.web.scheduling.asking import book_url
from tests.scheduling.world import MONDAY, World
from tests.support.questions import listening
from tests.web.scheduling.journey import Patient, words

pytestmark = pytest.mark.databases


def test_it_opens_on_the_first_bookable_day(patient: Patient, session: Session) -> None:
    world = patient.world
    services.add_time_off(session, world.therapist_id, world.now, MONDAY + timedelta(days=9, hours=8), world.now)
    session.commit()
    page = words(patient.get(f"/therapists/{patient.slug}/times"))
    assert "11 Mar to 17 Mar" in page
    assert "9:00 am" in page


def test_an_empty_week_says_when_the_next_time_is(patient: Patient, session: Session) -> None:
    world = patient.world
    services.add_time_off(session, world.therapist_id, world.now, MONDAY + timedelta(days=9, hours=8), world.now)
    session.commit()
    page = patient.get(f"/therapists/{patient.slug}/times?from=2027-03-01")
    assert "Nothing is free this week." in page.text
    assert "The next time is Thu 11 Mar" in page.text
    assert "/waitlist" in page.text


def test_nine_o_clock_stays_nine_o_clock_across_the_change(patient: Patient) -> None:
    """Case 4."""
    page = patient.get(f"/therapists/{patient.slug}/times?from=2027-03-12").text
    nine = re.findall(r'datetime="(\d{4}-\d\d-\d\dT09:00:00[-+]\d\d:\d\d)"', page)
    assert nine == [
        f"2027-03-{day}T09:00:00-0{offset}:00" for day, offset in ((12, 6), (15, 5), (16, 5), (17, 5), (18, 5))
    ]
    assert "Central Time" in page


def test_every_time_shown_leads_into_a_booking(patient: Patient) -> None:
    page = patient.get(f"/therapists/{patient.slug}/times").text
    links = {link.replace("&amp;", "&") for link in re.findall(r'class="time" href="([^"]+)"', page)}
    assert book_url(patient.slug, patient.world.service_id, patient.world.location_id, MONDAY) in links
    for link in sorted(links)[::9]:
        assert patient.get(link).status_code == 200, link


def test_a_booked_time_is_not_shown(patient: Patient, session: Session, world: World) -> None:
    world.requested()
    session.commit()
    page = patient.get(f"/therapists/{patient.slug}/times").text
    assert "2027-03-01T15%3A00%3A00Z" not in page
    assert "2027-03-01T16%3A00%3A00Z" in page


def test_services_and_places_can_be_chosen(patient: Patient, session: Session, world: World) -> None:
    session.add(Service(therapist_id=world.therapist_id, name="Long one", minutes=90, position=1))
    session.commit()
    page = patient.get(f"/therapists/{patient.slug}/times")
    assert "Long one" in page.text
    assert page.text.count('class="pick"') == 2


@pytest.mark.databases
@pytest.mark.parametrize(
    "query",
    [
        "service=x",
        "service=3000000000&location=3000000000",
        "service=99999999999999999999",
        "from=2027-13-45",
        "from=0001-01-01",
        "from=9999-12-31",
        "location=-1",
    ],
)
def test_an_odd_address_still_shows_times(patient: Patient, query: str) -> None:
    assert patient.get(f"/therapists/{patient.slug}/times?{query}").status_code == 200


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("cancel", "move", "said"),
    [
        (1440, 1440, ["Cancel or move it online up to 24 hours before."]),
        (1440, 2880, ["Cancel it online up to 24 hours before.", "Move it online up to 2 days before."]),
        (0, 60, ["Cancel it online until it begins.", "Move it online up to 1 hour before."]),
        (60, 0, ["Cancel it online up to 1 hour before.", "Move it online until it begins."]),
    ],
)
def test_both_cut_offs_are_said_where_a_time_is_chosen_and_before_it_is_sent(
    patient: Patient, session: Session, world: World, cancel: int, move: int, said: list[str]
) -> None:
    """Case 10: each of the two, also where they differ, and for programs too."""
    services.set_scheduling(
        session, world.therapist_id, {"cancel_cutoff": cancel, "reschedule_cutoff": move}, world.now
    )
    session.commit()
    page = words(patient.get(f"/therapists/{patient.slug}/times"))
    assert [each in page for each in said] == [True] * len(said)
    terms = patient.client.get(f"/api/v1/therapists/{patient.slug}/times?service={world.service_id}").json["terms"]
    assert (terms["cancel_cutoff"], terms["reschedule_cutoff"], terms["booking"]) == (cancel, move, "request")
    review = words(patient.get(patient.to_review()))
    verbs = (("cancel", cancel), ("move it", move)) if cancel != move else (("cancel or move it", cancel),)
    for verb, minutes in verbs:
        until = (MONDAY - timedelta(minutes=minutes)).astimezone(zone("America/Chicago"))
        assert f"You can {verb} online until {when(until, 'en')}." in review


def test_an_expired_licence_is_not_booked(patient: Patient, session: Session, world: World) -> None:
    for licence in session.query(Licence).filter_by(therapist_id=world.therapist_id):
        licence.status = "expired"
    session.commit()
    assert "No times can be booked here" in patient.get(f"/therapists/{patient.slug}/times").text
    assert patient.get(patient.url()).status_code == 404


def test_the_profile_carries_the_week(patient: Patient) -> None:
    page = patient.get(f"/therapists/{patient.slug}").text
    assert (
        book_url(patient.slug, patient.world.service_id, patient.world.location_id, MONDAY).replace("&", "&amp;")
        in page
    )


def test_nothing_left_within_reach_is_said(patient: Patient, session: Session, world: World) -> None:
    services.set_hours(session, world.therapist_id, world.location_id, [OpeningHours(6, 60, 90)], world.now)
    session.commit()
    assert "Nothing is free in the weeks that can be booked." in patient.get(f"/therapists/{patient.slug}/times").text


def test_instants_are_utc_in_addresses() -> None:
    assert "at=2027-03-01T15%3A00%3A00Z" in book_url("a", 1, 2, datetime(2027, 3, 1, 15, tzinfo=UTC))


def test_the_page_asks_the_same_few_questions_however_full_the_week(
    patient: Patient, session: Session, world: World
) -> None:
    def statements() -> int:
        with listening(Engine) as asked:
            patient.get(f"/therapists/{patient.slug}/times?from=2027-03-01")
        return len(asked)

    empty = statements()
    for hour in range(0, 6, 2):
        world.requested(MONDAY + timedelta(hours=hour))
    session.commit()
    full = statements()
    assert full == empty
    assert full < 15
