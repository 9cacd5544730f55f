"""What reaches the patient's letter box, whatever happens to the worker and to the visit meanwhile (case 18)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app.doors.database import transaction
from app.notifications.delivery import Post, deliver_due
from app.scheduling import services
from app.scheduling.deadlines import REMINDERS, still_reminds
from app.scheduling.emails import RENDERERS
from app.scheduling.services import Booked
from tests.scheduling.mails import PAPER
from tests.scheduling.world import MONDAY, World, code_in

HOUR = timedelta(hours=1)
REMINDER = "Your visit: "


class LetterBox:
    """Each delivery is that of a worker that was just started."""

    def __init__(self, app: Flask) -> None:
        self.app, self.mails = app, list[EmailMessage]()

    def delivered(self, at: datetime) -> list[str]:
        """The subjects of what came by then, and not before."""
        before = len(self.mails)
        with self.app.app_context(), time_machine.travel(at, tick=False):
            while deliver_due(transaction, Post(RENDERERS, PAPER, self.mails.append), lambda: at):
                pass
        return [str(mail["Subject"]) for mail in self.mails[before:]]

    def reminders(self, at: datetime) -> int:
        return sum(subject.startswith(REMINDER) for subject in self.delivered(at))


@pytest.fixture
def box(app: Flask) -> LetterBox:
    return LetterBox(app)


def confirmed(world: World, box: LetterBox) -> Booked:
    booked = world.confirmed(MONDAY)
    world.session.commit()
    assert box.reminders(world.now) == 0
    return booked


def test_each_reminder_goes_out_once(world: World, box: LetterBox) -> None:
    confirmed(world, box)
    hours = [-24.1, -24, -23.9, -10, -2, -1.5, 0, 1]
    assert [box.reminders(MONDAY + each * HOUR) for each in hours] == [0, 1, 0, 0, 1, 0, 0, 0]


def by_code(world: World, made: list[Booked]) -> None:
    code = code_in(world.outbox("visit.confirm_contact")[0])
    services.confirm_by_code(world.session, made[0].token, code, world.now)


def accept_all(world: World, made: list[Booked]) -> None:
    services.accept(world.session, made[0].id, world.me, world.now, whole_series=True)


@pytest.mark.parametrize(
    ("mode", "verified", "confirm"),
    [
        ("request", True, accept_all),
        ("instant", False, by_code),
        ("instant", True, lambda _world, _made: None),
    ],
)
def test_each_date_of_a_series_has_its_own_reminders(
    session: Session, box: LetterBox, mode: str, verified: bool, confirm: Callable[[World, list[Booked]], object]
) -> None:
    world = World.make(session, mode=mode)
    made = services.book_series(session, world.request(verified=verified), 1, 3, world.now)
    confirm(world, made)
    session.commit()
    assert box.reminders(world.now) == 0
    for week in range(2):
        at = MONDAY + week * 7 * 24 * HOUR
        assert [box.reminders(at + each * HOUR) for each in (-24.1, -24, -2, 0)] == [0, 1, 1, 0], week
    services.cancel_as_therapist(session, made[1].id, world.me, "ill", MONDAY + 8 * 24 * HOUR, scope="rest")
    waiting = [each for each in world.outbox("visit.reminder", "visit.follow_up") if each.state == "waiting"]
    assert waiting == []


@pytest.mark.parametrize(("back", "late"), [(-20, 1), (-1, 1), (0, 0), (30, 0)])
def test_a_worker_that_was_down_sends_what_still_reminds_and_never_two_at_once(
    world: World, box: LetterBox, back: int, late: int
) -> None:
    confirmed(world, box)
    assert box.reminders(MONDAY + back * HOUR) == late
    assert box.reminders(MONDAY + back * HOUR) == 0


def cancel(world: World, booked: Booked) -> None:
    services.cancel(world.session, booked.token, world.now)


def cancel_as_therapist(world: World, booked: Booked) -> None:
    services.cancel_as_therapist(world.session, booked.id, world.me, "ill", world.now)


def move_away(world: World, booked: Booked) -> None:
    later = MONDAY + timedelta(days=7)
    services.move_as_therapist(world.session, booked.id, world.me, later, world.location_id, world.now)


@pytest.mark.parametrize("change", [cancel, cancel_as_therapist, move_away])
@pytest.mark.parametrize("reminded", [False, True])
def test_nobody_is_reminded_of_a_visit_that_is_not(
    world: World, box: LetterBox, change: Callable[[World, Booked], None], reminded: bool
) -> None:
    booked = confirmed(world, box)
    if reminded:
        world.now = MONDAY - 24 * HOUR
        assert box.reminders(world.now) == 1
    change(world, booked)
    world.session.commit()
    assert [box.reminders(MONDAY + each * HOUR) for each in (-24, -2, 30)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("name", "before", "still"),
    [("24h", 24, True), ("24h", 2, False), ("24h", 3, True), ("2h", 2, True), ("2h", 0.1, True), ("2h", 0, False)],
)
def test_a_late_reminder(name: str, before: float, still: bool) -> None:
    assert still_reminds(name, MONDAY - before * HOUR, MONDAY) is still
    assert set(REMINDERS) == {"24h", "2h"}
