"""The calendar files that mails carry, and the feed: sound, in the venue's zone, each change known by its sequence."""

import os
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy.orm import Session

from app.notifications.messages import Message
from app.scheduling import queries, services
from app.scheduling.calendar_file import uid
from app.scheduling.emails import RENDERERS
from app.scheduling.own_feed import feed_file
from app.scheduling.services import Booked
from tests.scheduling.mails import PAPER, written
from tests.scheduling.world import MONDAY, World, facts_in


def calendar_of(message: Message) -> Calendar:
    (attachment,) = message.attachments
    return Calendar.from_ical(attachment.content)


def test_the_calendar_file_is_in_the_venues_zone_with_its_rules(session: Session) -> None:
    """CASES 5: on page, in mail and in the calendar file the time is the venue's."""
    world = World.make(session)
    world.confirmed()
    message = written(world, "visit.confirmed")
    assert "9:00 am (Central Time)" in message.subject
    calendar = calendar_of(message)
    (event,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event["DTSTART"].params["TZID"] == "America/Chicago"
    assert event.start == MONDAY
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/Chicago"]


def test_a_move_keeps_the_uid_and_grows_the_sequence_and_a_cancel_takes_it_out(session: Session) -> None:
    world = World.make(session, mode="instant")
    booked = world.confirmed()
    first = calendar_of(written(world, "visit.confirmed")).walk("VEVENT")[0]
    services.reschedule(session, booked.token, MONDAY + timedelta(hours=2), world.location_id, world.now)
    moved = calendar_of(written(world, "visit.moved")).walk("VEVENT")[0]
    services.cancel(session, booked.token, world.now)
    cancelled = calendar_of(written(world, "visit.cancelled"))
    last = cancelled.walk("VEVENT")[0]
    assert cancelled["METHOD"] == "CANCEL"
    assert first["UID"] == moved["UID"] == last["UID"]
    assert first["SEQUENCE"] < moved["SEQUENCE"] < last["SEQUENCE"]
    assert last["STATUS"] == "CANCELLED"


def test_each_calendar_leads_to_its_readers_own_page(session: Session) -> None:
    """The patient's link lets whoever has it act for the patient: the therapist does not get it."""
    world = World.make(session, mode="instant")
    booked = world.confirmed()
    theirs, ours = (
        calendar_of(written(world, f"visit.{kind}")).walk("VEVENT")[0] for kind in ("confirmed", "new_booking")
    )
    assert theirs["URL"] == f"https://unknot.example/visits/{booked.token}"
    assert ours["URL"] == f"https://unknot.example/practice/visits/{booked.id}"
    assert theirs["DESCRIPTION"] == f"To change or cancel it: {theirs['URL']}"
    assert booked.token not in ours.to_ical().decode().replace("\r\n ", "")


def test_each_date_of_a_series_has_its_calendar_file(session: Session) -> None:
    world = World.make(session)
    made = services.book_series(session, world.request(verified=True), 1, 4, world.now)
    services.accept(session, made[3].id, world.me, world.now)
    services.cancel(session, made[1].token, world.now)
    services.accept(session, made[0].id, world.me, world.now, whole_series=True)

    def files(kind: str) -> set[tuple[str, str, str]]:
        message = written(world, kind)
        assert len({file.name for file in message.attachments}) == len(message.attachments)
        calendars = [Calendar.from_ical(file.content) for file in message.attachments]
        events = [(each["METHOD"], each.walk("VEVENT")[0]) for each in calendars]
        return {(method, event["UID"], event["URL"]) for method, event in events}

    def expected(method: str, *which: int) -> set[tuple[str, str, str]]:
        visits = [queries.visit(session, made[number].token) for number in which]
        return {(method, uid(each, PAPER.base_url), f"https://unknot.example/visits/{each.token}") for each in visits}

    assert files("visit.confirmed") == expected("REQUEST", 0, 2)
    assert "The attached files put them" in " ".join(written(world, "visit.confirmed").text.split())
    services.move_as_therapist(
        session, made[2].id, world.me, MONDAY + timedelta(days=14, hours=3), world.location_id, world.now
    )
    assert files("visit.confirmed") == expected("REQUEST", 0), "the other has moved meanwhile, and its own mail says so"
    services.cancel(session, made[0].token, world.now, scope="all")
    assert files("visit.cancelled") == expected("CANCEL", 0, 2, 3)


def test_of_a_cancelled_series_only_what_was_in_a_calendar_is_taken_out(session: Session) -> None:
    world = World.make(session)
    made = services.book_series(session, world.request(verified=True), 1, 3, world.now)
    services.accept(session, made[1].id, world.me, world.now)
    services.cancel(session, made[0].token, world.now, scope="all")
    (file,) = written(world, "visit.cancelled").attachments
    assert made[1].token in str(Calendar.from_ical(file.content).walk("VEVENT")[0]["URL"])


def test_a_cancelled_request_sends_no_calendar_file(session: Session) -> None:
    world = World.make(session)
    services.cancel(session, world.requested().token, world.now)
    assert written(world, "visit.cancelled").attachments == ()


def cancel(world: World, booked: Booked) -> None:
    services.cancel(world.session, booked.token, world.now)


def cancel_as_therapist(world: World, booked: Booked) -> None:
    services.cancel_as_therapist(world.session, booked.id, world.me, "ill", world.now)


def moved(world: World) -> Booked:
    """Accepted, which the therapist needs no file for, and then moved, for which there is one."""
    booked = world.confirmed()
    services.move_as_therapist(
        world.session, booked.id, world.me, MONDAY + timedelta(hours=2), world.location_id, world.now
    )
    return booked


PUT_IN: dict[str, tuple[str, Callable[[World], Booked]]] = {
    "new_booking": ("instant", World.confirmed),
    "moved_therapist": ("request", moved),
}
TAKEN_OUT = {"patient_cancelled": cancel, "cancelled_therapist": cancel_as_therapist}


@pytest.mark.parametrize("kind", sorted(TAKEN_OUT))
@pytest.mark.parametrize("put_in", sorted(PUT_IN))
def test_what_a_mail_put_into_the_therapists_calendar_is_taken_out_again(
    session: Session, put_in: str, kind: str
) -> None:
    mode, book = PUT_IN[put_in]
    world = World.make(session, mode=mode)
    booked = book(world)
    before = calendar_of(written(world, f"visit.{put_in}")).walk("VEVENT")[0]
    TAKEN_OUT[kind](world, booked)
    message = written(world, f"visit.{kind}")
    assert message.to == "therapist@example.test"
    assert "The attached file takes it out of your calendar." in message.text
    calendar = calendar_of(message)
    (event,) = calendar.walk("VEVENT")
    assert (calendar["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (event["UID"], event["DTSTART"].dt) == (before["UID"], before["DTSTART"].dt)
    assert event["SEQUENCE"] > before["SEQUENCE"]
    assert "ATTENDEE" not in event, "the patient is no guest in the therapist's own calendar"


@pytest.mark.parametrize("book", [World.requested, World.confirmed])
def test_what_no_mail_put_into_the_therapists_calendar_is_not_taken_out(
    session: Session, book: Callable[[World, datetime], Booked]
) -> None:
    """A request, also one that was accepted: the therapist was sent no file for it."""
    world = World.make(session)
    cancel(world, book(world, MONDAY))
    message = written(world, "visit.patient_cancelled")
    assert (message.attachments, "attached" in message.text) == ((), False)
    cancel_as_therapist(world, book(world, MONDAY + timedelta(hours=2)))
    (row,) = world.outbox("visit.cancelled_therapist")
    assert RENDERERS[row.kind](session, facts_in(row), PAPER) is None


def test_each_date_of_a_cancelled_series_is_taken_out_of_the_therapists_calendar(session: Session) -> None:
    world = World.make(session, mode="instant")
    made = services.book_series(session, world.request(verified=True), 1, 3, world.now)
    services.cancel_as_therapist(session, made[0].id, world.me, "ill", world.now, scope="all")
    (row,) = world.outbox("visit.cancelled_therapist")
    message = written(world, row.kind)
    assert len(message.attachments) == 3
    assert "You cancelled these visits of Pat Example." in message.text
    assert "The attached files take them out of your calendar." in message.text


def test_the_feed_tells_of_every_change_by_its_sequence(session: Session) -> None:
    world = World.make(session)

    def sequence() -> int:
        rows = queries.agenda(session, world.therapist_id, MONDAY, MONDAY + timedelta(days=1))
        (event,) = Calendar.from_ical(feed_file(rows, "Unknot", PAPER.base_url)).walk("VEVENT")
        return int(event["SEQUENCE"])

    booked = world.requested()
    seen = [sequence()]
    for change in (
        lambda: services.accept(session, booked.id, world.me, world.now),
        lambda: services.move_as_therapist(
            session, booked.id, world.me, MONDAY + timedelta(hours=2), world.location_id, world.now
        ),
        lambda: services.attended(session, booked.id, world.me, MONDAY + timedelta(hours=4)),
    ):
        change()
        seen.append(sequence())
    assert seen == sorted(set(seen))


@pytest.mark.needs("khal")
def test_khal_imports_the_calendar_file(session: Session, tmp_path: Path) -> None:
    """A real calendar program takes it: Debian's khal."""
    world = World.make(session)
    world.confirmed()
    file = tmp_path / "visit.ics"
    file.write_bytes(written(world, "visit.confirmed").attachments[0].content)
    settings = tmp_path / "khal.conf"
    settings.write_text(
        f"[calendars]\n[[home]]\npath = {tmp_path / 'calendar'}\n[sqlite]\npath = {tmp_path / 'khal.db'}\n"
        "[locale]\nlocal_timezone = America/Chicago\ndefault_timezone = America/Chicago\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\ndatetimeformat = %Y-%m-%d %H:%M\n"
        "longdateformat = %Y-%m-%d\nlongdatetimeformat = %Y-%m-%d %H:%M\n[default]\ndefault_calendar = home\n"
    )
    (tmp_path / "calendar").mkdir()
    environment = {"HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    run = ["khal", "-c", str(settings)]
    subprocess.run(
        [*run, "import", "--batch", "-a", "home", str(file)], check=True, env=environment, capture_output=True
    )
    shown = subprocess.run(
        [*run, "list", "2027-03-01", "1d", "--format", "{start-time} {end-time} {title}"],
        check=True,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert "09:00 10:00 Visit with Testa Sample" in shown.stdout
